"""The sound of one remote camera, from its socket to whoever listens."""

import json
import logging
import random
import ssl
import threading
from collections import deque
from urllib.parse import quote

import numpy as np
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from engine.gateway.remote.calls import bearer
from engine.gateway.remote.loop import RemoteLoop
from engine.gateway.remote.sockets import SocketAddress
from engine.model.cameras.sound import LONGEST_WAITING_S, SOUND_HZ, Samples, SoundState
from engine.model.health import CameraState

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 4.0
_LARGEST_MESSAGE = 1 << 18
_MOST_WAITING = round(LONGEST_WAITING_S * SOUND_HZ)
_BROKEN = "The connection to the engine broke off. It is made anew."
_REFUSED = "The engine does not let this session listen any more."
_LEAVE = 1000, 1008  # closed on purpose


class RemoteSound:
    """A SoundFeed. Connects again by itself until it is closed or the engine ends it. Any thread."""

    def __init__(self, loop: RemoteLoop, url: str, token: str, verify: ssl.SSLContext | bool, camera_id: str) -> None:
        self._address = SocketAddress(url, f"/ws/sound/{quote(camera_id, safe='')}", verify)
        self._headers = bearer(token)
        self._camera_id = camera_id
        self._loop = loop
        self._lock = threading.Lock()
        self._pieces: deque[Samples] = deque()
        self._waiting = 0
        self._state = SoundState()
        self._running = loop.spawn(self._receive_sound())

    @property
    def state(self) -> SoundState:
        return self._state

    def take(self) -> Samples:
        with self._lock:
            pieces, self._waiting = tuple(self._pieces), 0
            self._pieces.clear()
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def carry(self, token: str) -> None:
        """Another token with every connection from now on."""
        self._headers = bearer(token)

    def close(self) -> None:
        self._running.cancel()

    async def _receive_sound(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._state.ended:
            try:
                await self._hear()
                pause_s = FIRST_PAUSE_S
            except InvalidStatus as refused:
                self._set_state(_refusal(refused))
            except ConnectionClosed as closed:
                self._set_state(_closed(closed))
            except (OSError, WebSocketException):  # TimeoutError is an OSError
                self._set_state(SoundState(CameraState.LOST, _BROKEN))
            if not self._state.ended:
                await self._loop.pause(pause_s * random.uniform(0.5, 1.0))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _hear(self) -> None:
        async with self._address.connect(self._headers, _LARGEST_MESSAGE) as connection:
            while True:
                message = await connection.recv()
                if isinstance(message, bytes):
                    self._put(message)
                else:
                    self._set_state(_parse_sound_state(message))

    def _put(self, data: bytes) -> None:
        samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int16, copy=False)
        with self._lock:
            self._pieces.append(samples)
            self._waiting += len(samples)
            while self._waiting > _MOST_WAITING and len(self._pieces) > 1:
                self._waiting -= len(self._pieces.popleft())

    def _set_state(self, state: SoundState) -> None:
        if not self._state.ended:
            self._state = state


def _parse_sound_state(message: str) -> SoundState:
    try:
        plain = json.loads(message)
        return SoundState(CameraState(plain["state"]), str(plain["reason"]), bool(plain["ended"]))
    except (ValueError, KeyError, TypeError):
        log.warning("what an engine says of its sound was not understood")
        return SoundState(CameraState.LOST, "The engine's answers are not understood; connect again.")


def _refusal(refused: InvalidStatus) -> SoundState:
    """Before the handshake, by an ordinary HTTP answer that says why; while the engine is not well, by one that may change."""
    try:
        why = str(json.loads(refused.response.body or b"")["message"])
    except (ValueError, KeyError, TypeError):
        why = _REFUSED
    return SoundState(CameraState.LOST, why, ended=refused.response.status_code < 500)


def _closed(closed: ConnectionClosed) -> SoundState:
    on_purpose = closed.rcvd is not None and closed.rcvd.code in _LEAVE
    if not on_purpose:
        return SoundState(CameraState.LOST, _BROKEN)
    return SoundState(CameraState.ENDED, closed.rcvd.reason if closed.rcvd is not None else "", ended=True)
