"""`/ws/sound/{id}`: one camera's sound for a listener, 16-bit mono of `SOUND_HZ`, little-endian; and how it goes, as JSON."""

import asyncio
import json
import logging
from contextlib import suppress

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from engine.gateway.doorway import socket_token
from engine.model.errors import EnvironmentFault, NotFound, NotSignedIn, PermissionDenied
from engine.model.sound import SoundFeed, SoundState
from engine.runtime.local import LocalDoor, LocalPort

log = logging.getLogger(__name__)
router = APIRouter()

POLICY = 1008
EVERY_S = 0.04  # so much later than in the engine it comes at most
RECHECK_S = 2.0


@router.websocket("/ws/sound/{camera_id}")
async def sound(socket: WebSocket, camera_id: str) -> None:
    """Refusals before the handshake are ordinary HTTP answers; afterwards the socket is closed with 1008 when the session has ended, with
    1000 after a message that says why nothing comes any more."""
    door: LocalDoor = socket.app.state.door
    token, subprotocol = socket_token(socket)
    port = await asyncio.to_thread(door.enter, token)
    feed = await asyncio.to_thread(port.listen, camera_id)
    try:
        await socket.accept(subprotocol)
        await _serve(socket, port, camera_id, feed)
    finally:
        await asyncio.to_thread(feed.close)


async def _serve(socket: WebSocket, port: LocalPort, camera_id: str, feed: SoundFeed) -> None:
    """Until the listener leaves, may not listen any more, or nothing comes any more."""
    sending = asyncio.create_task(_send(socket, feed))
    leaving = asyncio.create_task(_left(socket))
    checking = asyncio.create_task(_recheck(port, camera_id))
    tasks = (sending, leaving, checking)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended, left, why = await asyncio.gather(*tasks, return_exceptions=True)
    if isinstance(left, asyncio.CancelledError):  # it is still there
        code, reason = (POLICY, why) if isinstance(why, str) else (1000, "")
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(code, reason)
    if isinstance(ended, Exception) and not isinstance(ended, (RuntimeError, WebSocketDisconnect)):
        raise ended


async def _send(socket: WebSocket, feed: SoundFeed) -> None:
    told: SoundState | None = None
    while told is None or not told.ended:
        samples, state = feed.take(), feed.state
        if len(samples):
            await socket.send_bytes(samples.astype("<i2").tobytes())
        if state != told:
            told = state
            await socket.send_text(json.dumps({"state": state.state.value, "reason": state.reason, "ended": state.ended}))
        await asyncio.sleep(EVERY_S)


async def _left(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _recheck(port: LocalPort, camera_id: str) -> str:
    """Why the listener may not go on."""
    while True:
        await asyncio.sleep(RECHECK_S)
        try:
            await asyncio.to_thread(port.check_live, camera_id)
        except (NotSignedIn, PermissionDenied, NotFound) as error:
            return str(error)
        except EnvironmentFault:
            log.warning("a listener's session could not be looked up; looking again")
