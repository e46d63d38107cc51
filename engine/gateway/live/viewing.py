"""Live pictures of one camera for one viewer: its place in the broadcast of what it may see, from the handshake to the end."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from starlette.types import Message
from starlette.websockets import WebSocket

from engine.gateway.border.attended import attend
from engine.gateway.border.direct_socket import EXTENSION, DirectSocket
from engine.gateway.border.shown_token import socket_token
from engine.gateway.live.broadcast import Broadcast, Channel
from engine.gateway.live.packet_viewing import PacketViewer
from engine.model.accounts.access import Session
from engine.model.errors import EnvironmentFault
from engine.model.port import PictureWant
from engine.runtime.cameras.packets import PacketHub
from engine.runtime.local import LocalDoor

NO_MORE = (4404, "There are no more pictures of this camera.")
MOST_VIEWERS = 200
LEAST_PIXELS, MOST_PIXELS = 16, 3840


class Broadcasts:
    """Running broadcasts by channel; one ends with its last viewer. On the network loop."""

    def __init__(self, door: LocalDoor) -> None:
        self._door = door
        self._running: dict[Channel, Broadcast] = {}
        self._viewers = 0

    def enter(self) -> None:
        """One viewer more, also one without a broadcast. Raises EnvironmentFault when there are too many."""
        if self._viewers >= MOST_VIEWERS:
            raise EnvironmentFault("busy", f"{MOST_VIEWERS} viewers are connected already. Close one, or try again later.")
        self._viewers += 1

    def exit(self) -> None:
        self._viewers -= 1

    def join(self, channel: Channel) -> tuple[Broadcast, asyncio.Queue[str | None]]:
        """Of a viewer that entered. Raises NotFound."""
        broadcast = self._running.get(channel)
        if broadcast is None or broadcast.over:
            broadcast = self._running[channel] = Broadcast(channel, self._door.watch, self._door.overview)
        return broadcast, broadcast.join()

    async def leave(self, channel: Channel, broadcast: Broadcast, queue: asyncio.Queue[str | None]) -> None:
        broadcast.leave(queue)
        if broadcast.idle:
            if self._running.get(channel) is broadcast:
                del self._running[channel]
            await broadcast.close()

    def packets(self, channel: Channel) -> Callable[[], PacketHub]:
        """Gives the packets of its camera. The function raises NotFound once it is gone."""
        return partial(self._door.packets, channel.camera_id)

    async def close(self) -> None:
        running, self._running = list(self._running.values()), {}
        for broadcast in running:
            await broadcast.close()


class Seat:
    """One viewer's place in the broadcast that shows what its session may see. When that changes, so does the place. The network loop."""

    def __init__(self, broadcasts: Broadcasts, channel: Channel, hides: Callable[[], bool]) -> None:
        """`hides`: whether faces are hidden from this viewer now. Raises NotFound."""
        self._broadcasts = broadcasts
        self._hides = hides
        self._seated = False
        self._use_channel(replace(channel, hidden=hides()))

    async def message(self) -> str | None:
        """The next one that this viewer may see; None when the camera is gone."""
        while True:
            if self._hides() != self._channel.hidden:
                await self.leave()
                self._use_channel(replace(self._channel, hidden=self._hides()))
            message = await self._queue.get()
            if message is None or self._hides() == self._channel.hidden:
                return message

    async def leave(self) -> None:
        """Again is no error: the task that reads may be cancelled while it changes places."""
        if self._seated:
            self._seated = False
            await self._broadcasts.leave(self._channel, self._broadcast, self._queue)

    def _use_channel(self, channel: Channel) -> None:
        self._channel = channel
        self._broadcast, self._queue = self._broadcasts.join(channel)
        self._seated = True


async def show_camera(socket: WebSocket, camera_id: str, want: PictureWant, codecs: frozenset[str] = frozenset()) -> None:
    """Refusals before the handshake are ordinary HTTP answers; afterwards the socket is closed with 1008 when the session has ended,
    with 4404 when the camera is gone, with 1012 when the engine stops.

    Args:
        codecs: what the viewer decodes itself; it gets packets where it may (`packet_messages.py`).

    Raises NotSignedIn, PermissionDenied, NotFound, EnvironmentFault; all of them before the handshake.
    """
    door: LocalDoor = socket.app.state.door
    broadcasts: Broadcasts = socket.app.state.broadcasts
    token, subprotocol = socket_token(socket)
    camera_id = await asyncio.to_thread(_called, door, token, camera_id)
    session = await asyncio.to_thread(_check, door, token, camera_id)
    broadcasts.enter()
    try:
        viewer = _viewer(socket, broadcasts, Channel(camera_id, want), lambda: door.hides_faces(session.id), codecs)
        try:
            await socket.accept(subprotocol)
            await attend(socket, viewer.send(), lambda: _check(door, token, camera_id), NO_MORE, viewer.on_message)
        finally:
            await viewer.leave()
    finally:
        broadcasts.exit()


class Viewer(Protocol):
    """One client, served until there is no more."""

    async def send(self) -> None: ...

    def on_message(self, message: Message) -> None:
        """From the client; neither blocks nor raises."""
        ...

    async def leave(self) -> None: ...


def _viewer(socket: WebSocket, broadcasts: Broadcasts, channel: Channel, hides: Callable[[], bool], codecs: frozenset[str]) -> Viewer:
    """Raises NotFound."""
    outlet = socket.scope.get("extensions", {}).get(EXTENSION)
    if codecs and isinstance(outlet, DirectSocket):
        return PacketViewer(outlet, channel, partial(Seat, broadcasts, channel, hides), broadcasts.packets(channel), hides, codecs)
    return PictureViewer(socket, Seat(broadcasts, channel, hides))


class PictureViewer:
    """One that gets pictures only."""

    def __init__(self, socket: WebSocket, seat: Seat) -> None:
        self._socket, self._seat = socket, seat

    async def send(self) -> None:
        while (message := await self._seat.message()) is not None:
            await self._socket.send_text(message)

    def on_message(self, message: Message) -> None:
        """Such clients say nothing that matters."""

    async def leave(self) -> None:
        await self._seat.leave()


def _called(door: LocalDoor, token: str, called: str) -> str:
    """Raises NotSignedIn."""
    return door.enter(token).camera_called(called)


def _check(door: LocalDoor, token: str, camera_id: str) -> Session:
    """Raises NotSignedIn, PermissionDenied; NotFound for a camera that it may not see."""
    port = door.enter(token)
    port.check_live(camera_id)
    return port.session
