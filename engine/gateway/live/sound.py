"""`/ws/sound/{id}`: one camera's sound for a listener, 16-bit mono of `SOUND_HZ`, little-endian; and how it goes, as JSON."""

import asyncio
import json

from fastapi import APIRouter, WebSocket

from engine.gateway.border.attended import attend
from engine.gateway.border.shown_token import socket_token
from engine.model.cameras.sound import SoundFeed, SoundState
from engine.runtime.local import LocalDoor

router = APIRouter()

EVERY_S = 0.04  # so much later than in the engine it comes at most


@router.websocket("/ws/sound/{camera_id}")
async def sound(socket: WebSocket, camera_id: str) -> None:
    """Refusals before the handshake are ordinary HTTP answers; afterwards the socket is closed with 1008 when the session has ended, with
    1000 after a message that says why nothing comes any more."""
    door: LocalDoor = socket.app.state.door
    token, subprotocol = socket_token(socket)
    port = await asyncio.to_thread(door.enter, token)
    camera_id = port.camera_called(camera_id)
    feed = await asyncio.to_thread(port.listen, camera_id)
    try:
        await socket.accept(subprotocol)
        await attend(socket, _send(socket, feed), lambda: port.check_live(camera_id), (1000, ""))
    finally:
        await asyncio.to_thread(feed.close)


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
