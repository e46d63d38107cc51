"""`/ws/camera/{id}`: live pictures with tracks and events."""

import asyncio
import logging
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from engine.gateway.broadcast import Broadcast, Channel
from engine.gateway.doorway import socket_token
from engine.model.access import Verb
from engine.model.errors import EnvironmentFault, NotSignedIn, PermissionDenied
from engine.model.port import PictureWant
from engine.runtime.local import LocalDoor

log = logging.getLogger(__name__)
router = APIRouter()

POLICY, NO_CAMERA = 1008, 4404
RECHECK_S = 2.0
CLOSE_S = 2.0  # a viewer that takes nothing is not waited for
MOST_VIEWERS = 200
Pixels = Annotated[int, Query(ge=16, le=3840)]


class Broadcasts:
    """Running broadcasts by channel; one ends with its last viewer. On the network loop."""

    def __init__(self, door: LocalDoor) -> None:
        self._door = door
        self._running: dict[Channel, Broadcast] = {}
        self._viewers = 0

    def join(self, channel: Channel) -> tuple[Broadcast, asyncio.Queue[str | None]]:
        """Raises NotFound; EnvironmentFault when there are too many viewers."""
        if self._viewers >= MOST_VIEWERS:
            raise EnvironmentFault("busy", f"{MOST_VIEWERS} viewers are connected already. Close one, or try again later.")
        broadcast = self._running.get(channel)
        if broadcast is None or broadcast.over:
            broadcast = self._running[channel] = Broadcast(channel, self._door.watch, self._door.overview)
        self._viewers += 1
        return broadcast, broadcast.join()

    async def leave(self, channel: Channel, broadcast: Broadcast, queue: asyncio.Queue[str | None]) -> None:
        self._viewers -= 1
        broadcast.leave(queue)
        if broadcast.idle:
            if self._running.get(channel) is broadcast:
                del self._running[channel]
            await broadcast.close()

    async def close(self) -> None:
        running, self._running = list(self._running.values()), {}
        for broadcast in running:
            await broadcast.close()


@router.websocket("/ws/camera/{camera_id}")
async def camera(socket: WebSocket, camera_id: str, width: Pixels = 640, height: Pixels = 360, main: bool = False) -> None:
    """Refusals before the handshake are ordinary HTTP answers; afterwards the socket is closed with 1008 when the session has ended,
    with 4404 when the camera is gone, with 1012 when the engine stops."""
    door: LocalDoor = socket.app.state.door
    broadcasts: Broadcasts = socket.app.state.broadcasts
    channel = Channel(camera_id, PictureWant(width, height, main))
    token, subprotocol = socket_token(socket)
    await asyncio.to_thread(_check, door, token)
    broadcast, queue = broadcasts.join(channel)
    try:
        await socket.accept(subprotocol)
        await _serve(socket, door, token, queue)
    finally:
        await broadcasts.leave(channel, broadcast, queue)


def _check(door: LocalDoor, token: str) -> None:
    """Raises NotSignedIn, PermissionDenied."""
    if not door.enter(token).session.may(Verb.SEE_LIVE):
        raise PermissionDenied(Verb.SEE_LIVE)


async def _serve(socket: WebSocket, door: LocalDoor, token: str, queue: asyncio.Queue[str | None]) -> None:
    """Send until the viewer leaves, its session ends or the camera is gone."""
    sending = asyncio.create_task(_send(socket, queue))
    listening = asyncio.create_task(_listen(socket))
    checking = asyncio.create_task(_recheck(door, token))
    tasks = (sending, listening, checking)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended, left, why = await asyncio.gather(sending, listening, checking, return_exceptions=True)
    if isinstance(left, asyncio.CancelledError):  # it is still there
        code, reason = (POLICY, why) if isinstance(why, str) else (NO_CAMERA, "There are no more pictures of this camera.")
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await socket.close(code, reason)
    if isinstance(ended, Exception) and not isinstance(ended, (RuntimeError, WebSocketDisconnect)):
        raise ended


async def _send(socket: WebSocket, queue: asyncio.Queue[str | None]) -> None:
    while (message := await queue.get()) is not None:
        await socket.send_text(message)


async def _listen(socket: WebSocket) -> None:
    """Viewers say nothing that matters; this only notices that they leave."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _recheck(door: LocalDoor, token: str) -> str:
    """Why the viewer may not go on."""
    while True:
        await asyncio.sleep(RECHECK_S)
        try:
            await asyncio.to_thread(_check, door, token)
        except (NotSignedIn, PermissionDenied) as error:
            return str(error)
        except EnvironmentFault:
            log.warning("a viewer's session could not be looked up; looking again")
