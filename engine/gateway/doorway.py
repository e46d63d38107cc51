"""From a request to the port of whoever makes it."""

from typing import Annotated

from fastapi import Depends, Request, WebSocket
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from engine.model.errors import NotSignedIn
from engine.runtime.local import LocalDoor, LocalPort

# Browsers cannot set headers on WebSockets: they offer ["watchroom", "bearer.TOKEN"]. Answered is the first, so that no token is sent back.
SUBPROTOCOL = "watchroom"
OFFERED = "bearer."

BEARER = HTTPBearer(auto_error=False, description="a session's or machine's token")


def door(request: Request) -> LocalDoor:
    return request.app.state.door


def token(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> str:
    if credentials is None:
        raise NotSignedIn("Sign in first: send a token as “Authorization: Bearer …”.")
    return credentials.credentials


def port(door: Annotated[LocalDoor, Depends(door)], token: Annotated[str, Depends(token)]) -> LocalPort:
    """Checked against the accounts on every request: a removed user is out at once."""
    return door.enter(token)


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
