"""A site of many cameras at which nothing happens: pictures come, rates and delays waver, and the machine's own figures with them."""

import json
import random
import time
from dataclasses import replace

from benchmarks.report import Case, case
from benchmarks.sites.taking import Taking
from engine.gateway.live.changes import ChangesTaken, ChangesTold
from engine.gateway.live.deflated import Deflated
from engine.gateway.live.subscriptions import LOOK_S, Stream
from engine.model.health import CameraHealth, CameraState, EngineHealth
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import SECOND

_FPS, _BEGAN_NS, _POLLS = 10.0, 1_790_000_000 * SECOND, 20


class _IdleLife:
    """Snapshots as an engine makes them: new values for every camera each time."""

    def __init__(self, cameras: int) -> None:
        self._chance = random.Random(5)
        settings = tuple(CameraSettings(f"camera-{n}", f"Camera {n}", f"rtsp://192.0.2.1/{n}") for n in range(cameras))
        self._settings = Settings(cameras=settings)
        self._health = [
            CameraHealth(CameraState.LIVE, since_ns=_BEGAN_NS, pictures=n, width=640, height=360, codec="h264", decoder="software")
            for n in range(cameras)
        ]

    def at(self, seconds: float) -> Snapshot:
        views = tuple(map(self._view, self._settings.cameras, self._health, [seconds] * len(self._health)))
        chance, now_ns = self._chance, _BEGAN_NS + round(seconds * SECOND)
        memory, free = 900_000_000 + chance.randrange(1 << 22), 10**12 - round(seconds * 50_000)
        health = EngineHealth(_BEGAN_NS, 120 + 10 * chance.random(), memory, 90, 10**8 + round(seconds * 9_000), 10**10, free)
        return Snapshot(round(seconds / LOOK_S) * len(views), now_ns, self._settings, views, health=health)

    def _view(self, settings: CameraSettings, health: CameraHealth, seconds: float) -> CameraView:
        chance = self._chance
        pictures = health.pictures + round(seconds * _FPS)
        last_ns = _BEGAN_NS + round((seconds - chance.random() / _FPS) * SECOND)
        wavering = {"fps": _FPS + chance.gauss(0, 0.15), "latency_ms": 8 + 4 * chance.random(), "detector_hz": 0.2 + 0.05 * chance.random()}
        now = replace(health, pictures=pictures, last_picture_ns=last_ns, recorded_bytes_s=60_000 + 2_000 * chance.random(), **wavering)
        return CameraView(settings, now, tracks_ns=last_ns)


def idle_site(cameras: int, minutes: float) -> tuple[Case, Case]:
    """Told what changes, and beside it polled."""
    life, now_s = _IdleLife(cameras), [0.0]
    stream, deflated, taking = Stream("bench", lambda: now_s[0]), Deflated(), Taking(moves=False)
    taking.take(deflated(stream.whole(life.at(0.0))))
    telling_s, looks = 0.0, round(60 * minutes / LOOK_S)
    for look in range(1, looks + 1):
        now_s[0] = look * LOOK_S
        now = life.at(now_s[0])
        began_s = time.thread_time()
        message = stream.next_change(now, stream.turn)
        data = None if message is None else deflated(message)
        telling_s += time.thread_time() - began_s
        if data is not None:
            taking.take(data)
            stream.hear(stream.revision)
    metrics = {**taking.metrics(60 * minutes), "engine_ms_per_look": round(1_000 * telling_s / looks, 2)}
    return case(f"{cameras} idle cameras, told what changes", {"cameras": cameras}, metrics), _polled(life, cameras)


def _polled(life: _IdleLife, cameras: int) -> Case:
    told, taken, length, taking_s = ChangesTold(), ChangesTaken(), 0, 0.0
    for poll in range(_POLLS + 1):
        answer = told.answer(life.at(poll * LOOK_S), taken.mark)
        began_s = time.thread_time()
        taken.take(answer)
        if poll:
            taking_s += time.thread_time() - began_s
            length += len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())
    metrics = {"kib_per_poll": round(length / _POLLS / 1024, 1), "mbit_per_s": round(8 * length / _POLLS / LOOK_S / 1e6, 2)}
    return case(f"{cameras} idle cameras, polled", {}, {**metrics, "take_in_ms": round(1_000 * taking_s / _POLLS, 1)})
