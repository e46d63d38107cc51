"""Who may use the reference's endpoints: a bearer's token, the cookie of a PIN session, or anybody on this machine while it is a bench."""

import ipaddress
from typing import Annotated

from fastapi import Depends, Request, WebSocket
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials

from engine.gateway.border.bearer import BEARER
from engine.gateway.border.shown_token import given_token, socket_token
from engine.model.errors import NotSignedIn
from engine.runtime.hub.tunnel_ends import FROM_HUB
from engine.runtime.local import LocalDoor, LocalPort

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def from_this_machine(connection: HTTPConnection) -> bool:
    """Not what a proxy on this machine passes on, or a hub: behind these may be anybody."""
    if any(name in connection.headers for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address("" if connection.client is None else connection.client.host)
        plain = address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address
        return plain.is_loopback and str(plain) != FROM_HUB
    except ValueError:
        return False


def _entered(connection: HTTPConnection, token: str) -> LocalPort:
    door: LocalDoor = connection.app.state.door
    if token:
        return door.enter(token)
    bench = door.bench() if from_this_machine(connection) else None
    if bench is None:
        raise NotSignedIn("Sign in first: send a token as “Authorization: Bearer …”.")
    return bench


def reading(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> LocalPort:
    """Raises NotSignedIn."""
    return _entered(request, given_token(request))


def writing(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> LocalPort:
    """A bench changes nothing about who may write. Raises NotSignedIn."""
    token = given_token(request)
    if not token:
        raise NotSignedIn("Sign in first: send a token as “Authorization: Bearer …”.")
    return _entered(request, token)


def listening(socket: WebSocket) -> tuple[LocalPort, str | None]:
    """The port behind a socket and the subprotocol to answer with. Raises NotSignedIn."""
    try:
        token, answer = socket_token(socket)
    except NotSignedIn:
        token, answer = given_token(socket), None
    return _entered(socket, token), answer


Reader = Annotated[LocalPort, Depends(reading)]
Writer = Annotated[LocalPort, Depends(writing)]
