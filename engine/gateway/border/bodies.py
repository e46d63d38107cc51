"""How large a request may be and how many at once: decided by who sends it, before any of it is read.

Firmware images are larger than anything else, and only admins send them. Who is not signed in has nothing large to say: a name and a
password, a PIN, a node's address.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Protocol

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from engine.gateway.border.shown_token import LOOKED_UP, link_token
from engine.incidents.atlas.media import LARGEST, MIB
from engine.incidents.reading import MOST_BYTES
from engine.model.accounts.access import Session, Verb
from engine.model.errors import WatchroomError
from engine.model.people.commands import LARGEST_PICTURE
from engine.model.value_class import dataclass
from engine.sources.node.firmware import LARGEST_IMAGE

LARGEST_BODY = 1 << 20
STRANGERS_BODY = 1 << 14
STRANGERS_AT_ONCE = 32  # bodies of one address: behind it may be a whole site, but a sign-in takes no time
SLOWEST_BODY_S = 20.0
AROUND = 1 << 16  # of a form or of JSON
LARGEST_COMMAND = max(LARGEST_IMAGE, LARGEST_PICTURE, MOST_BYTES) * 4 // 3 + AROUND  # with a file as base64
ADMINS_BODY = {
    "/api/firmware/upload": LARGEST_IMAGE + AROUND,
    "/api/v1/port/command": LARGEST_COMMAND,
    "/api/v1/incidents/import": MOST_BYTES + AROUND,
}
ANYBODYS_BODY = {f"{prefix}/analyze/{kind}": size + AROUND for kind, size in LARGEST.items() for prefix in ("", "/api/v1")}
ANYBODYS_BODY["/api/v1/search/alike"] = LARGEST_PICTURE * 4 // 3 + AROUND
ANYBODYS_BODY["/api/v1/media"] = max(LARGEST["photo"], LARGEST["video"]) + AROUND
REPORTS = "/report/reports"  # of the page for phones
REPORT_BODY = 24 * MIB + AROUND  # four pictures
LARGE_AT_ONCE = 4  # of one address, of those that anybody who is signed in may send


class ClientDisconnected(Exception):
    """The client left before its request was whole."""


class TooLarge(Exception):
    """The body is larger than its sender may send."""


class SignedIn(Protocol):
    @property
    def session(self) -> Session: ...


class Entrance(Protocol):
    """Where tokens are looked up. Raises NotSignedIn."""

    def enter(self, token: str) -> SignedIn: ...

    def enter_at_once(self, token: str) -> SignedIn | None:
        """None where that would take a look at the record."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that a request's body may have; whether its sender is signed in; whether only few as large are read at once."""

    size: int
    known: bool
    few: bool = False


class Rooms:
    """Looks tokens up, and gives each request with a body its room. On another thread where looking up takes time."""

    def __init__(self, entrance: Entrance, is_link: Callable[[str], bool] = lambda _: False) -> None:
        """`is_link`: whether a token is that of a link to the report page, which may send pictures there."""
        self._entrance = entrance
        self._is_link = is_link

    def known_at_once(self, token: str) -> bool:
        """Whether this is a token that was shown a moment ago, and holds still."""
        return bool(token) and self._entered(self._entrance.enter_at_once, token) is not None

    async def enter(self, scope: Scope, token: str) -> SignedIn | None:
        """Who shows this token; then nobody behind the guard has to look it up again."""
        entered = (self._entered(self._entrance.enter_at_once, token) or await self._looked_up(token)) if token else None
        if entered is not None:
            scope[LOOKED_UP] = token, entered
        return entered

    def room(self, scope: Scope, entered: SignedIn | None) -> Room:
        if entered is None:
            return Room(REPORT_BODY, True, True) if self._may_report(scope) else Room(STRANGERS_BODY, False)
        if scope["method"] != "POST":
            return Room(LARGEST_BODY, True)
        if scope["path"] in ANYBODYS_BODY:
            return Room(ANYBODYS_BODY[scope["path"]], True, True)
        return Room(ADMINS_BODY.get(scope["path"], LARGEST_BODY) if entered.session.may(Verb.ADMINISTER) else LARGEST_BODY, True)

    def _may_report(self, scope: Scope) -> bool:
        return (scope["method"], scope["path"]) == ("POST", REPORTS) and self._is_link(link_token(Headers(scope=scope)))

    async def _looked_up(self, token: str) -> SignedIn | None:
        return await asyncio.to_thread(self._entered, self._entrance.enter, token)

    def _entered(self, enter: Callable[[str], SignedIn | None], token: str) -> SignedIn | None:
        try:
            return enter(token)
        except WatchroomError:
            return None


class Crowd:
    """Bodies that are being read, by address, so many at once. On the network loop."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._reading: Counter[str] = Counter()

    @contextmanager
    def one_more(self, address: str) -> Generator[bool]:
        """False when there are too many of this address already; then nothing is to be read."""
        admitted = self._reading[address] < self._at_once
        self._reading[address] += admitted
        try:
            yield admitted
        finally:
            self._reading[address] -= admitted
            if not self._reading[address]:
                del self._reading[address]


class GivingWay:
    """Strangers' bodies that are being read, so many at once of an address: the one that takes longest gives way to the newest, for who
    sends no faster keeps nobody else from signing in. On the network loop."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._reading: dict[str, dict[asyncio.Timeout, None]] = {}

    @contextmanager
    def one_more(self, address: str) -> Generator[asyncio.Timeout]:
        """How long it may be read, which may become shorter meanwhile."""
        theirs = self._reading.setdefault(address, {})
        if len(theirs) >= self._at_once:
            oldest = next(iter(theirs))
            del theirs[oldest]
            with suppress(RuntimeError):  # its time is over already
                oldest.reschedule(0.0)
        own = asyncio.timeout(SLOWEST_BODY_S)
        theirs[own] = None
        try:
            yield own
        finally:
            theirs.pop(own, None)
            if not theirs and self._reading.get(address) is theirs:
                del self._reading[address]


def has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


async def read_whole(scope: Scope, receive: Receive, room: int, within: asyncio.Timeout | None = None) -> Receive:
    """The request with its body read, of `room` bytes at most, whatever was announced.

    So no thread of the app ever waits for a slow client. Raises TooLarge, TimeoutError, Gone.
    """
    announced = Headers(scope=scope).get("content-length", "0")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > room:
        raise TooLarge
    body = bytearray()
    async with within or asyncio.timeout(SLOWEST_BODY_S):
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnected
            body += message.get("body", b"")
            if len(body) > room:
                raise TooLarge
            more = message.get("more_body", False)
    return _again(bytes(body), receive)


def _again(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
