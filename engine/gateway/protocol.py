"""What a connection may cost before it has said anything."""

import asyncio
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_S = 10.0
FINISH_S = 1.0
MOST_CONNECTIONS = 500  # file handles are shared with cameras and the database


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 that hangs up on connections that send no whole request head within ten seconds, and on too many at once.

    uvicorn itself limits neither. On the network loop.
    """

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._idle():
            self._stop_waiting()  # or it would hang up later, on the next request just as that one comes
        elif self._patience is None:
            self._wait_for_head()

    def on_response_complete(self) -> None:
        self.cycle.body = bytearray()  # what was sent and not read, and would stay for as long as the connection
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops: answers under way have a moment, then downloads are broken off in order."""
        super().shutdown()
        if not self._idle():
            self.loop.call_later(FINISH_S, self.transport.abort)

    def _idle(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def _wait_for_head(self) -> None:
        self._patience = self.loop.call_later(HEAD_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if self._idle() and self.transport.get_protocol() is self:
            self.transport.close()
