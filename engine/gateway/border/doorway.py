"""From a request to the port of whoever makes it."""

from typing import Annotated

from fastapi import Depends, Request, WebSocket
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from engine.model.errors import NotSignedIn
from engine.runtime.local import LocalDoor, LocalPort

# Browsers cannot set headers on WebSockets: they offer ["watchroom", "bearer.TOKEN"]. Answered is the first, so that no token is sent back.
SUBPROTOCOL = "watchroom"
OFFERED = "bearer."
LOOKED_UP = "watchroom.looked_up"  # in a request's scope: the token that the guard has looked up, and what it is

LINK = "reportlink"  # the scheme of links to the report page, which are no sessions

BEARER = HTTPBearer(auto_error=False, description="a session's or machine's token")


async def door(request: Request) -> LocalDoor:
    return request.app.state.door


async def token(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> str:
    if credentials is None:
        raise NotSignedIn("Sign in first: send a token as “Authorization: Bearer …”.")
    return credentials.credentials


async def port(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> LocalPort:
    """Checked against the accounts on every request: a removed user is out at once. Where there is a body, the guard has looked before.

    Without `door` and `token` as dependencies: each costs a tenth of a millisecond, and this is asked for with every request.
    """
    given = await token(credentials)
    looked_up, entered = request.scope.get(LOOKED_UP, ("", None))
    if looked_up == given and isinstance(entered, LocalPort):
        return entered
    door: LocalDoor = request.app.state.door
    return door.enter_at_once(given) or await run_in_threadpool(door.enter, given)


def link_token(headers: Headers) -> str:
    """Of a link to the report page; empty when there is none."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == LINK else ""


def socket_token(socket: WebSocket) -> tuple[str, str | None]:
    """The token, from the header or the offered subprotocols, and the subprotocol to answer with. Raises NotSignedIn."""
    offered: list[str] = socket.scope.get("subprotocols", [])
    answer = SUBPROTOCOL if SUBPROTOCOL in offered else None
    kind, _, value = socket.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and value:
        return value, answer
    for protocol in offered:
        if protocol.startswith(OFFERED):
            return protocol.removeprefix(OFFERED), answer
    raise NotSignedIn("Sign in first: send a token in the header “Authorization”, or as the subprotocol “bearer.…” beside “watchroom”.")


DoorOf = Annotated[LocalDoor, Depends(door)]
TokenOf = Annotated[str, Depends(token)]
PortOf = Annotated[LocalPort, Depends(port)]
