"""From a request to the port of whoever makes it."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials
from starlette.concurrency import run_in_threadpool

from engine.gateway.border.bearer import BEARER, token
from engine.gateway.border.shown_token import LOOKED_UP
from engine.model.command_terms import IDEMPOTENCY_KEY
from engine.model.errors import InputError
from engine.runtime.local import LocalDoor, LocalPort


async def door(request: Request) -> LocalDoor:
    return request.app.state.door


async def port(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> LocalPort:
    """Checked against the accounts on every request: a removed user is out at once. Where there is a body, the guard has looked before.

    Without `door` and `token` as dependencies: each costs a tenth of a millisecond, and this is asked for with every request.
    """
    given = await token(credentials)
    looked_up, entered = request.scope.get(LOOKED_UP, ("", None))
    if looked_up != given or not isinstance(entered, LocalPort):
        door: LocalDoor = request.app.state.door
        entered = door.enter_at_once(given) or await run_in_threadpool(door.enter, given)
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key:
        try:
            entered.send_under(key)
        except InputError as error:
            raise InputError(IDEMPOTENCY_KEY, error.message) from None
    return entered


DoorOf = Annotated[LocalDoor, Depends(door)]
PortOf = Annotated[LocalPort, Depends(port)]
