"""`/ws/camera/{id}`: live pictures with tracks and events."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from engine.gateway.broadcast import Broadcast, Channel
from engine.gateway.doorway import socket_token
from engine.model.access import Verb
from engine.model.errors import NotFound, NotSignedIn, PermissionDenied, WatchroomError
from engine.model.port import PictureWant
from engine.runtime.local import LocalDoor, LocalPort

router = APIRouter()

POLICY = 1008
RECHECK_S = 5.0
Pixels = Annotated[int, Query(ge=16, le=3840)]


class Broadcasts:
    """Running broadcasts by channel; one ends with its last viewer. On the network loop."""

    def __init__(self, door: LocalDoor) -> None:
        self._door = door
        self._running: dict[Channel, Broadcast] = {}

    def join(self, channel: Channel) -> tuple[Broadcast, asyncio.Queue[str]]:
        """Raises NotFound."""
        broadcast = self._running.get(channel)
        if broadcast is None:
            broadcast = self._running[channel] = Broadcast(channel, self._door.watch, self._door.overview)
        return broadcast, broadcast.join()

    async def leave(self, channel: Channel, broadcast: Broadcast, queue: asyncio.Queue[str]) -> None:
        broadcast.leave(queue)
        if broadcast.idle and self._running.get(channel) is broadcast:
            del self._running[channel]
            await broadcast.close()

    async def close(self) -> None:
        running, self._running = list(self._running.values()), {}
        for broadcast in running:
            await broadcast.close()


@router.websocket("/ws/camera/{camera_id}")
async def camera(socket: WebSocket, camera_id: str, width: Pixels = 640, height: Pixels = 360, main: bool = False) -> None:
    door: LocalDoor = socket.app.state.door
    broadcasts: Broadcasts = socket.app.state.broadcasts
    channel = Channel(camera_id, PictureWant(width, height, main))
    try:
        token, subprotocol = socket_token(socket)
        port = await asyncio.to_thread(door.enter, token)
        _check(port)
        broadcast, queue = broadcasts.join(channel)
    except WatchroomError as error:
        await socket.close(POLICY, str(error))
        return
    await socket.accept(subprotocol)
    try:
        await _serve(socket, door, token, queue)
    finally:
        await broadcasts.leave(channel, broadcast, queue)


def _check(port: LocalPort) -> None:
    if not port.session.may(Verb.SEE_LIVE):
        raise PermissionDenied(Verb.SEE_LIVE)


async def _serve(socket: WebSocket, door: LocalDoor, token: str, queue: asyncio.Queue[str]) -> None:
    """Send until the viewer leaves or its session ends."""
    sending = asyncio.create_task(_send(socket, queue))
    listening = asyncio.create_task(_listen(socket))
    checking = asyncio.create_task(_recheck(door, token))
    tasks = (sending, listening, checking)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if checking.done() and not listening.done():
            await socket.close(POLICY, "The session has ended.")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: WebSocket, queue: asyncio.Queue[str]) -> None:
    while True:
        await socket.send_text(await queue.get())


async def _listen(socket: WebSocket) -> None:
    """Viewers say nothing; this only notices that they leave."""
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        return


async def _recheck(door: LocalDoor, token: str) -> None:
    while True:
        await asyncio.sleep(RECHECK_S)
        try:
            _check(await asyncio.to_thread(door.enter, token))
        except (NotSignedIn, PermissionDenied, NotFound):
            return
