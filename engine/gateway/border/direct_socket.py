"""WebSockets whose messages may skip the queue: 12,000 CSI frames a second take 0.23 of a core this way, 0.55 through ASGI."""

import socket
from contextlib import suppress
from typing import Protocol

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request
from websockets.protocol import State

from engine.gateway.border.lobby import PLACE, Place
from engine.gateway.remote.protocol import FINISH_S

EXTENSION = "watchroom.direct"
CLOSE_S = 2.0
_LITTLE = 16 << 10  # bytes that the kernel takes beyond what is on its way


class Taker(Protocol):
    """Takes messages on the network loop, at once; must neither block nor raise."""

    def text(self, text: str) -> None: ...

    def binary(self, data: bytes) -> None: ...


class DirectSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which an endpoint may ask (`scope["extensions"][EXTENSION].divert`) to hand messages on without ASGI's
    queue, task switch, and pause of reading for each. What is sent, pings and closes go their usual way."""

    _taker: Taker | None = None
    _place: Place | None = None

    def take(self, place: Place) -> None:
        """The connection's place, right after the upgrade and before the endpoint begins."""
        self._place = place
        place.busy = lambda: True  # both sides may be silent in order
        if self.handshake_initiated:
            self.scope[PLACE] = place  # type: ignore[typeddict-unknown-key]

    def connection_lost(self, exc: Exception | None) -> None:
        if self._place is not None:
            self._place.left()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._place is not None:
            self._place.moved_on()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # otherwise it was no WebSocket handshake
            self.scope["extensions"][EXTENSION] = self  # type: ignore[index]

    def divert(self, taker: Taker, ping_s: float) -> None:
        """Before `accept`. From the end of the endpoint on, the other side has two seconds to take what was sent to it.

        Args:
            ping_s: between pings. An answer is not waited for: small clients do not give one, and their silence is noticed elsewhere.
        """
        self._taker = taker
        self.ping_interval, self.ping_timeout = ping_s, None

    def keep_little(self) -> None:
        """What is sent waits here, where it can be left out, and not in buffers: `drained` is after the whole of it went."""
        self.transport.set_write_buffer_limits(high=1, low=0)  # at 0 asyncio's TLS takes an empty buffer for a full one
        wire, option = self.transport.get_extra_info("socket"), getattr(socket, "TCP_NOTSENT_LOWAT", None)
        if wire is not None and option is not None:
            with suppress(OSError):
                wire.setsockopt(socket.IPPROTO_TCP, option, _LITTLE)

    async def drained(self) -> None:
        """Returns when everything has gone to the kernel. Raises ClientDisconnected."""
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ClientDisconnected

    def send_now(self, message: str | bytes) -> None:
        """At once, whatever waits. On the network loop, after `accept`. Raises ClientDisconnected."""
        if self.disconnected or self.close_sent:
            raise ClientDisconnected
        try:
            if isinstance(message, str):
                self.conn.send_text(message.encode())
            else:
                self.conn.send_binary(message)
        except InvalidState:
            raise ClientDisconnected from None
        self.transport.write(b"".join(self.conn.data_to_send()))

    def break_off_unsent(self) -> None:
        """End the connection if anything that was sent still waits here."""
        if not self.writable.is_set():
            self.transport.abort()

    def send_receive_event_to_app(self) -> None:
        if self._taker is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.curr_msg_data_type == "text":
            self._taker.text(bytes(data).decode("utf-8", "replace"))
        else:
            self._taker.binary(bytes(data))

    def handle_ping(self) -> None:
        """Who takes no answers gets none (RFC 6455, 5.5.3: not every ping needs one); they would pile up in memory."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True  # it is refused, which is no error of ours; uvicorn would log one for each

    def shutdown(self) -> None:
        """The server stops: what was sent may still be taken for a moment, then the connection is broken off."""
        if self.handshake_complete and not self.close_sent and self.conn.state is not State.OPEN:
            self.stop_keepalive()  # the other side is closing already; uvicorn would fail over that, and close nobody else
            self.transport.close()
        else:
            super().shutdown()
        self.loop.call_later(FINISH_S, self.transport.abort)

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if self._taker is not None:
            self.loop.call_later(CLOSE_S, self.transport.abort)  # nobody holds a connection open by reading nothing
