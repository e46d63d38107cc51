"""Who holds the connections: strangers and signed-in clients have places of their own, and when one kind is full, its greediest gives way.

A new connection is never refused, for nobody knows yet who it is: the oldest connection of the address (of strangers) or account (of
signed-in clients) that holds most is ended, those first on which nothing is being worked on. So neither a crowd behind one address nor
one account keeps anybody else out, also where all of them come through one proxy.
"""

import asyncio
import socket
import struct
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from starlette.types import Scope

MOST_STRANGERS = 150  # file handles are shared with cameras and the database
MOST_KNOWN = 350
STRANGER_WRITE_S = 20.0  # to take an answer as a whole
KNOWN_WRITE_S = 120.0  # without any progress: players stop reading while they are paused
SWEEP_S = 0.5
_AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
PLACE = "watchroom.place"  # in a request's scope


class Place:
    """One connection. On the network loop.

    Args:
        busy: whether the engine is working on an answer, and does not wait for the client.
    """

    def __init__(self, lobby: "Lobby", transport: asyncio.Transport, address: str, busy: Callable[[], bool]) -> None:
        self._lobby = lobby
        self._transport = transport
        self._buffered = 0
        self._stuck_s: float | None = None
        self.address = address
        self.account = ""
        self.busy = busy
        _give_up_in_time(transport)
        self.vouch: Callable[[], str] | None = None

    def held_by(self, account: str) -> None:
        """Who showed a token with the request at hand; empty: nobody did."""
        if account != self.account:
            self._lobby.moves(self, account)

    def vouched_by(self, vouch: Callable[[], str]) -> None:
        """Ask this every now and then for the account, until it names one: the client says later who it is."""
        self.vouch = vouch

    def left(self) -> None:
        self._lobby.left(self)

    def working(self) -> bool:
        return self.busy() and not _unsent(self._transport)

    def looked_at(self, now_s: float) -> None:
        """End it if its client does not take what was sent."""
        buffered, before = _unsent(self._transport), self._buffered
        self._buffered = buffered
        if not buffered or (self.account and buffered < before):
            self._stuck_s = None
        elif self._stuck_s is None:
            self._stuck_s = now_s
        elif now_s - self._stuck_s > (KNOWN_WRITE_S if self.account else STRANGER_WRITE_S):
            self.end()

    def moved_on(self) -> None:
        """The client has taken enough for more to be sent."""
        if self.account:
            self._stuck_s = None

    def end(self) -> None:
        """Also for the kernel, which would otherwise keep what was sent until the client reads it."""
        if _unsent(self._transport) and (wire := self._transport.get_extra_info("socket")) is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        with suppress(AttributeError):  # closed twice over TLS: see `_unsent`; Python 3.11.2, which Debian 12 has, raises here too
            self._transport.abort()


class Lobby:
    """The places of one server. On the network loop."""

    def __init__(self) -> None:
        self._strangers: dict[Place, None] = {}  # in the order of their coming
        self._known: dict[Place, None] = {}
        self._next_look: asyncio.TimerHandle | None = None

    def admit_stranger(self, place: Place) -> None:
        self._strangers[place] = None
        if self._next_look is None:
            self._look_later()
        self._make_room()

    def left(self, place: Place) -> None:
        self._strangers.pop(place, None)
        self._known.pop(place, None)

    def moves(self, place: Place, account: str) -> None:
        if place not in self._strangers and place not in self._known:
            return  # it has ended meanwhile
        self.left(place)
        place.account = account
        (self._known if account else self._strangers)[place] = None
        self._make_room()

    def _make_room(self) -> None:
        while len(self._strangers) > MOST_STRANGERS:
            self._end_one(self._strangers, lambda place: place.address)
        while len(self._known) > MOST_KNOWN:
            self._end_one(self._known, lambda place: place.account)

    def _end_one(self, places: dict[Place, None], holder: Callable[[Place], str]) -> None:
        newest = next(reversed(places))
        greediest = Counter(map(holder, places)).most_common(1)[0][0]
        theirs = [place for place in places if place is not newest and holder(place) == greediest]
        gone = next((place for place in theirs if not place.working()), theirs[0] if theirs else newest)
        del places[gone]
        gone.end()

    def _sweep_once(self) -> None:
        now_s = asyncio.get_running_loop().time()
        for place in (*self._strangers, *self._known):
            place.looked_at(now_s)
            if place.vouch is not None and (account := place.vouch()):
                place.vouch = None
                place.held_by(account)
        self._next_look = None
        if self._strangers or self._known:
            self._look_later()

    def _look_later(self) -> None:
        self._next_look = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep_once)


def _give_up_in_time(transport: asyncio.Transport) -> None:
    """What the kernel has taken from us, it too keeps no longer for a client that does not read, where it can be told so (Linux)."""
    wire = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if wire is not None and option is not None:
        with suppress(OSError):
            wire.setsockopt(socket.IPPROTO_TCP, option, round(KNOWN_WRITE_S * 1000))


def _unsent(transport: asyncio.Transport) -> int:
    """Bytes. A TLS transport that was closed twice knows no more of its connection, and raises (CPython 3.11's asyncio.sslproto)."""
    try:
        return transport.get_write_buffer_size()
    except AttributeError:
        return 0


def place_of(scope: Scope) -> Place | None:
    """None where no server of ours carries the request."""
    return scope.get(PLACE)
