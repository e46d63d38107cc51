"""Nine recorded 720p cameras on the wall that the console shows them on, by its own clock."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import psutil
from PySide6.QtCore import QEventLoop, QTimer

from benchmarks import report
from benchmarks.video.seek_films import FRAME_NS, SEGMENT_S, START_NS, Film, expected, number_in
from console.app import make_application
from console.bridge import EngineBridge
from console.playback.playback import PlaybackController
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.cameras.segment import ListSegments, Segment
from engine.model.health import CameraHealth, CameraState
from engine.model.history.timeline import GetTimeline, Timeline
from engine.model.port import EnginePort
from engine.model.question_type import Question
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import SECOND, SystemClock
from widgets.playback.playback import TileKind
from widgets.playback.playback_wall import PlaybackWall

CAMERAS = tuple(f"camera{n}" for n in range(9))
_MIDDLE_NS = START_NS + 6 * 3600 * SECOND
_MIB = 1024 * 1024


class FilmPort:
    """As much of an engine as playback asks for: every minute of every camera is the same film."""

    def __init__(self, film: Film) -> None:
        self._film = film
        user = User("bench", "bench", Role.ADMIN)
        self.session = Session("bench", user, ROLE_VERBS[Role.ADMIN])
        views = tuple(CameraView(CameraSettings(each, each, "rtsp://bench/1"), CameraHealth(CameraState.LIVE)) for each in CAMERAS)
        self._snapshot = Snapshot(1, START_NS, Settings(), views)

    def snapshot(self) -> Snapshot:
        return self._snapshot

    def ask(self, question: Question[Any]) -> Any:
        if isinstance(question, GetTimeline):
            return Timeline(question.since_ns, question.until_ns, question.columns, (), ())
        if not isinstance(question, ListSegments):
            return ()
        step_ns = SEGMENT_S * SECOND
        first, last = (question.since_ns - START_NS) // step_ns, (question.until_ns - START_NS) // step_ns + 1
        return tuple(self._segment(camera, n) for camera in question.camera_ids for n in range(first, last))

    def _segment(self, camera: str, n: int) -> Segment:
        since_ns = START_NS + n * SEGMENT_S * SECOND
        return Segment(f"{camera}-{n}", camera, since_ns, since_ns + SEGMENT_S * SECOND, "", 0, "h264", 1280, 720)

    def segment_file(self, segment_id: str) -> Path:
        return self._film.path

    def close(self) -> None:
        pass


@dataclass
class Watched:
    """What was on the wall at each tick of its clock."""

    ticks: int = 0
    looks: int = 0
    right: int = 0
    loading: int = 0
    wrong: int = 0
    most_behind: int = 0
    shown: set[tuple[str, int]] = field(default_factory=set)

    def look(self, playback: PlaybackController, at_ns: int) -> None:
        self.ticks += 1
        for camera in CAMERAS:
            tile = playback.tile(camera)
            self.looks += 1
            if tile.kind is not TileKind.PICTURE or tile.pixels is None:
                self.loading += 1
                continue
            behind = abs((at_ns - START_NS) // FRAME_NS - (tile.picture_ns + FRAME_NS // 2 - START_NS) // FRAME_NS)
            self.most_behind = max(self.most_behind, behind)
            self.right += behind == 0
            if (camera, tile.picture_ns) not in self.shown:
                self.shown.add((camera, tile.picture_ns))
                self.wrong += number_in(tile.pixels) != expected(tile.picture_ns + FRAME_NS // 2)


def run(film: Film, seconds: float, speed: float) -> report.Case:
    """Play on a wall of full HD. Pictures behind: how far the shown one is from that of the clock's time, in pictures."""
    app = make_application()
    bridge = EngineBridge(cast(EnginePort, FilmPort(film)))
    bridge.start()
    playback = PlaybackController(bridge, SystemClock())
    wall = PlaybackWall(playback)
    wall.resize(1920, 1080)
    wall.show()
    playback.set_cameras(CAMERAS)
    playback.seek(_MIDDLE_NS)
    _until(lambda: not playback.state.busy and all(playback.tile(each).kind is TileKind.PICTURE for each in CAMERAS))
    watched = Watched()
    playback.play(speed)
    _until(lambda: playback.position_ns != _MIDDLE_NS)
    playback.moved.connect(lambda at_ns: watched.look(playback, at_ns))
    process = psutil.Process()
    before, began = process.cpu_times(), time.perf_counter()
    _run_for(seconds)
    took_s, after = time.perf_counter() - began, process.cpu_times()
    playback.moved.disconnect()
    metrics = _metrics(watched, playback, took_s, speed)
    metrics["cores"] = round((after.user + after.system - before.user - before.system) / took_s, 2)
    wall.close()
    playback.shutdown()
    bridge.close()
    app.processEvents()
    return report.case(f"nine in step, {speed:g}×", {"gop_s": film.gop_s, "seconds": round(seconds, 1), "wall": "1920×1080"}, metrics)


def _metrics(watched: Watched, playback: PlaybackController, took_s: float, speed: float) -> dict[str, Any]:
    return {
        "most_behind": watched.most_behind,
        "right_share": round(watched.right / max(1, watched.looks), 4),
        "loading_share": round(watched.loading / max(1, watched.looks), 4),
        "pictures_s": round(len(watched.shown) / took_s / len(CAMERAS), 1),
        "ticks_s": round(watched.ticks / took_s, 1),
        "keyframes_only": int(playback.state.keyframes_only),
        "shown_of": playback.thinning.every,
        "wrong": watched.wrong,
        "cache_mib": round(playback.cache.most_bytes / _MIB, 1),
        "rss_mib": round(psutil.Process().memory_info().rss / _MIB),
    }


def _run_for(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _until(holds: Any) -> None:
    loop = QEventLoop()
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: loop.quit() if holds() else None)
    timer.start()
    loop.exec()
