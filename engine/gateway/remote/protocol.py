"""What a connection may cost before it has said anything."""

import asyncio
from typing import Protocol, cast, runtime_checkable

from h11 import Request
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from engine.gateway.border.lobby import PLACE, Lobby, Place

HEAD_S = 5.0
FINISH_S = 1.0


@runtime_checkable
class Upgraded(Protocol):
    """What carries a connection on once it is a WebSocket."""

    def take(self, place: Place) -> None: ...


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 that hangs up on connections that send no whole request head within five seconds, that do not take what is sent, and on
    too many at once.

    uvicorn itself limits none of it. On the network loop.
    """

    _lobby: Lobby
    _place: Place
    _patience: asyncio.TimerHandle | None = None
    _upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._place = Place(self._lobby, transport, self.client[0] if self.client else "?", self._works)
        self._lobby.admit_stranger(self._place)
        self._wait_for_head()

    def handle_events(self) -> None:
        super().handle_events()
        if self.scope is not None:  # pyright: ignore[reportUnnecessaryComparison]
            self.scope[PLACE] = self._place  # type: ignore[typeddict-unknown-key]  # the app's task starts after this

    def handle_websocket_upgrade(self, event: Request) -> None:
        super().handle_websocket_upgrade(event)
        self._upgraded = True
        socket = self.transport.get_protocol()
        if isinstance(socket, Upgraded):
            socket.take(self._place)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._place.moved_on()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._upgraded or not self._idle():
            self._stop_waiting()  # or it would hang up later, on the next request just as that one comes
        elif self._patience is None:
            self._wait_for_head()

    def on_response_complete(self) -> None:
        self.cycle.body = bytearray()  # what was sent and not read, and would stay for as long as the connection
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._place.left()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops: answers under way have a moment, then downloads are broken off in order."""
        super().shutdown()
        if not self._idle():
            self.loop.call_later(FINISH_S, self.transport.abort)

    def _idle(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def _works(self) -> bool:
        return not self._idle() and not self.cycle.more_body

    def _wait_for_head(self) -> None:
        self._patience = self.loop.call_later(HEAD_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if self._idle():
            self.transport.close()


def bounded_by(lobby: Lobby) -> type[BoundedProtocol]:
    """The protocol of one server."""

    class OfOneServer(BoundedProtocol):
        _lobby = lobby

    return OfOneServer
