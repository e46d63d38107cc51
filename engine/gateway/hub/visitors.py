"""Who asks a hub over HTTP, for its routes."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from engine.gateway.border.bearer import TokenOf
from engine.gateway.border.shown_token import LOOKED_UP
from engine.gateway.hub.door import HubDoor, Visit
from engine.model.accounts.access import Session


async def _door(request: Request) -> HubDoor:
    return request.app.state.door


HubDoorOf = Annotated[HubDoor, Depends(_door)]


async def _session(request: Request, door: HubDoorOf, token: TokenOf) -> Session:
    """The guard has looked it up."""
    looked_up, entered = request.scope.get(LOOKED_UP, ("", None))
    if looked_up != token or not isinstance(entered, Visit):
        entered = await run_in_threadpool(door.enter, token)
    return entered.session


SessionOf = Annotated[Session, Depends(_session)]
