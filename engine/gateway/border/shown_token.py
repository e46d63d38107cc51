"""The token that a request shows: in a header, a cookie, or among the subprotocols of a WebSocket."""

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from engine.model.errors import NotSignedIn

# Browsers cannot set headers on WebSockets: they offer ["watchroom", "bearer.TOKEN"]. Answered is the first, so that no token is sent back.
SUBPROTOCOL = "watchroom"
OFFERED = "bearer."
LOOKED_UP = "watchroom.looked_up"  # in a request's scope: the token that the guard has looked up, and what it is
COOKIE = "watchroom_session"  # of a PIN session
LINK = "reportlink"  # the scheme of links to the report page, which are no sessions


def given_token(connection: HTTPConnection) -> str:
    """From the header or the cookie; empty when there is none."""
    kind, _, value = connection.headers.get("authorization", "").partition(" ")
    return value if kind.lower() == "bearer" and value else connection.cookies.get(COOKIE, "")


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
