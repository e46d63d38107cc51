"""Instant replay on a wall: the last seconds of a camera, played in its tile from what the engine holds in memory."""

from collections import deque
from collections.abc import Callable
from dataclasses import field
from functools import partial
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, QSize, QTimer

from console.bridge import EngineBridge
from console.words import denied_text, error_text
from engine.model.accounts.access import Verb
from engine.model.cameras.instant_replay import LARGEST_SIDE, SMALLEST_SIDE, DecodedReplayPicture, ReplayCamera, ReplayPart, ReplayPicture
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.port import EnginePort
from engine.model.snapshot import CameraView, Picture, Snapshot
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.recording.jpeg import decode_jpeg
from widgets.marks.toast import ToastArea
from widgets.time_text import duration_text
from widgets.translation import tr
from widgets.wall.tile_replay import TileReplay
from widgets.wall.video_wall import VideoWall

_TICK_MS = 40
_FIRST, _MORE = 8, 20  # pictures of one answer: few at first, so that something is seen at once
_SPARE_NS = 800 * SECOND // 1000  # asked for more while less than this is left to show
_AGAIN_S = 0.5  # between two questions at the end of what is held
_RETRY_S = 2.0  # after an engine did not answer
_JUMP_NS = SECOND  # nothing was sent for so long: the replay goes on after the gap
_SHORT_NS = SECOND  # so much less may be held than was asked for without a word
_USUAL = QSize(960, 540)
_STEP_BACK_S = 10

Private = tuple[object, bool]  # what decides what may be seen of a camera


@dataclass(slots=True)
class _Replay:
    """One camera's. `at_ns`: the moment on show. `last_ns`: of the newest picture that came. number: of the position that is asked for;
    answers to questions of before are of no use. `failed`: the newest question was not answered."""

    at_ns: int
    private: Private
    playing: bool = True
    number: int = 0
    picture: Picture | None = None
    waiting: deque[Picture] = field(default_factory=deque[Picture])
    last_ns: int | None = None
    held_ns: tuple[int, int] | None = None
    note: str = ""
    asked: bool = False
    asked_s: float = 0.0
    failed: bool = False


class WallReplay(QObject):
    """UI thread. Nothing is asked of the engine while nobody replays, and nothing while a replay stands still.

    A replay ends by `go_live` only, or with its camera. Where its engine does not answer it says so and asks again while it plays.
    """

    def __init__(self, bridge: EngineBridge, clock: Clock, wall: VideoWall, toasts: ToastArea, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._wall, self._toasts = bridge, clock, wall, toasts
        self._replays: dict[str, _Replay] = {}
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._ticked_s = perf_counter()
        wall.replays.stepped_back.connect(self.step_back)
        wall.replays.play_toggled.connect(self.toggle)
        wall.replays.sought.connect(self.seek)
        wall.replays.live_requested.connect(self.go_live)
        bridge.lapsed.connect(self.close)

    @property
    def cameras(self) -> tuple[str, ...]:
        """Those that are replayed."""
        return tuple(self._replays)

    def picture(self, camera_id: str) -> Picture | None:
        """What is on show of a camera that is replayed."""
        replay = self._replays.get(camera_id)
        return replay.picture if replay is not None else None

    def position_ns(self, camera_id: str) -> int | None:
        """The moment on show; None for a camera that is live."""
        replay = self._replays.get(camera_id)
        return replay.at_ns if replay is not None else None

    # what the operator does

    def step_back(self, camera_id: str, seconds: int = _STEP_BACK_S) -> None:
        """From now, or from where the replay stands."""
        replay = self._replays.get(camera_id)
        from_ns = replay.at_ns if replay is not None else self._clock.now_ns()
        self.seek(camera_id, from_ns - seconds * SECOND)

    def seek(self, camera_id: str, at_ns: int) -> None:
        if not self._bridge.may(Verb.SEE_PAST):
            self._toasts.show_message(denied_text(Verb.SEE_PAST), "critical")
            return
        view = self._view(camera_id)
        if view is None:
            return
        at_ns = min(at_ns, self._clock.now_ns())
        replay = self._replays.get(camera_id)
        if replay is None:
            replay = self._replays[camera_id] = _Replay(at_ns, self._private(view))
        replay.at_ns, replay.last_ns, replay.number = at_ns, None, replay.number + 1
        replay.waiting.clear()
        replay.asked = False
        self._ask(camera_id, replay)
        self._show(camera_id, replay)
        self._run()

    def toggle(self, camera_id: str) -> None:
        """Play on, or stand."""
        replay = self._replays.get(camera_id)
        if replay is not None:
            replay.playing = not replay.playing
            self._show(camera_id, replay)
            self._run()

    def go_live(self, camera_id: str) -> None:
        if self._replays.pop(camera_id, None) is not None:
            self._wall.set_replay(camera_id, None)
            self._run()

    def pause(self) -> None:
        """The wall is not on screen: nothing plays unseen."""
        for camera_id, replay in self._replays.items():
            if replay.playing:
                replay.playing = False
                self._show(camera_id, replay)
        self._run()

    def close(self) -> None:
        """Everything is live again."""
        for camera_id in self.cameras:
            self.go_live(camera_id)

    # what the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """A camera that is gone takes its replay along; where other parts are private, or faces hidden, nothing of before stays."""
        views = {view.settings.id: view for view in snapshot.cameras}
        for camera_id, replay in tuple(self._replays.items()):
            view = views.get(camera_id)
            if view is None:
                self.go_live(camera_id)
            elif self._private(view) != replay.private:
                replay.private, replay.picture, replay.held_ns = self._private(view), None, None
                self.seek(camera_id, replay.at_ns)

    def _view(self, camera_id: str) -> CameraView | None:
        return self._bridge.snapshot.camera(camera_id) if self._bridge.snapshot is not None else None

    def _private(self, view: CameraView) -> Private:
        snapshot = self._bridge.snapshot
        return view.settings.privacy, snapshot is not None and snapshot.faces_hidden

    # playing

    def _run(self) -> None:
        wanted = any(replay.playing or replay.asked for replay in self._replays.values())
        if wanted and not self._timer.isActive():
            self._ticked_s = perf_counter()
            self._timer.start()
        elif not wanted:
            self._timer.stop()

    def _tick(self) -> None:
        steady_s = perf_counter()
        passed_ns, self._ticked_s = round((steady_s - self._ticked_s) * SECOND), steady_s
        for camera_id, replay in self._replays.items():
            if not replay.playing:
                continue
            self._advance(replay, passed_ns)
            if _left_ns(replay) < _SPARE_NS and not replay.asked and steady_s - replay.asked_s > self._patience_s(replay):
                self._ask(camera_id, replay)
            self._show(camera_id, replay)

    def _patience_s(self, replay: _Replay) -> float:
        """What the engine does not have yet is not asked for at once again, nor an engine that did not answer."""
        if replay.failed:
            return _RETRY_S
        at_end = replay.held_ns is not None and replay.last_ns is not None and replay.held_ns[1] - replay.last_ns < SECOND
        return _AGAIN_S if at_end else 0.0

    def _advance(self, replay: _Replay, passed_ns: int) -> None:
        """The clock of a replay runs as long as there is something to show."""
        waiting = replay.waiting
        if not waiting:
            return
        replay.at_ns = min(replay.at_ns + passed_ns, waiting[-1].captured_ns)
        if waiting[0].captured_ns - replay.at_ns > _JUMP_NS:
            replay.at_ns = waiting[0].captured_ns
        while waiting and waiting[0].captured_ns <= replay.at_ns:
            replay.picture = waiting.popleft()

    def _ask(self, camera_id: str, replay: _Replay) -> None:
        size = _bounded(self._wall.tile_pixel_size(camera_id))
        following = replay.last_ns is not None
        at_ns, count = (replay.last_ns, _MORE) if replay.last_ns is not None else (replay.at_ns, _FIRST if replay.playing else 1)
        question = ReplayCamera(camera_id, at_ns, count, size.width(), size.height(), after=following)
        replay.asked, replay.asked_s = True, perf_counter()
        self._bridge.fetch(
            partial(_fetched, self._bridge.port, question),
            self._take,
            self._failure(camera_id, replay.number),
            camera_id,
            replay.number,
            owner=self,
            pictures=True,
        )

    def _take(self, camera_id: str, number: int, answer: "tuple[ReplayPart, tuple[Picture, ...]]") -> None:
        replay = self._replays.get(camera_id)
        if replay is None or replay.number != number:
            return
        part, pictures = answer
        first = replay.last_ns is None
        if replay.failed:
            replay.failed, replay.note = False, ""
        replay.asked = False
        replay.held_ns = None if part.held_from_ns is None or part.held_until_ns is None else (part.held_from_ns, part.held_until_ns)
        replay.waiting.extend(pictures)
        replay.last_ns = pictures[-1].captured_ns if pictures else replay.last_ns
        if first:
            self._begin(replay, part)
        self._show(camera_id, replay)
        self._run()

    def _begin(self, replay: _Replay, part: ReplayPart) -> None:
        """The first pictures at a new position are there."""
        wanted_ns = replay.at_ns
        replay.note = part.reason
        replay.picture = replay.waiting.popleft() if replay.waiting else None
        if replay.picture is None or part.held_from_ns is None:
            return
        replay.at_ns = max(wanted_ns, replay.picture.captured_ns)
        if part.held_from_ns - wanted_ns > _SHORT_NS:
            held_ns = max(0, self._clock.now_ns() - part.held_from_ns) // SECOND * SECOND
            replay.note = tr("Only the last {0} are held in memory.").format(duration_text(held_ns))

    def _failure(self, camera_id: str, number: int) -> Callable[[WatchroomError], None]:
        def show_error(error: WatchroomError) -> None:
            replay = self._replays.get(camera_id)
            if replay is not None and replay.number == number:
                replay.asked, replay.failed, replay.note = False, True, error_text(error)
                replay.asked_s = perf_counter()
                replay.playing = replay.playing and _may_pass(error)
                self._show(camera_id, replay)
                self._run()

        return show_error

    def _show(self, camera_id: str, replay: _Replay) -> None:
        self._wall.set_replay(camera_id, TileReplay(replay.at_ns, replay.picture, replay.playing, replay.held_ns, replay.note))


def _may_pass(error: WatchroomError) -> bool:
    """By itself: who waits for it need do nothing."""
    return isinstance(error, EnvironmentFault) and error.reason != "bug"


def _left_ns(replay: _Replay) -> int:
    return replay.waiting[-1].captured_ns - replay.at_ns if replay.waiting else 0


def _bounded(size: QSize) -> QSize:
    """What the engine gives; a tile that is not on the screen wants a usual one."""
    wanted = _USUAL if size.isEmpty() else size
    return wanted.expandedTo(QSize(SMALLEST_SIDE, SMALLEST_SIDE)).boundedTo(QSize(LARGEST_SIDE, LARGEST_SIDE))


def _fetched(port: EnginePort, question: ReplayCamera) -> "tuple[ReplayPart, tuple[Picture, ...]]":
    """On a worker thread: pictures are decoded there."""
    part = port.ask(question)
    return part, tuple(_picture(question.camera_id, index, each) for index, each in enumerate(part.pictures))


def _picture(camera_id: str, index: int, sent: ReplayPicture) -> Picture:
    pixels = sent.pixels if isinstance(sent, DecodedReplayPicture) else np.ascontiguousarray(decode_jpeg(sent.jpeg.tobytes()))
    return Picture(camera_id, sent.at_ns, index, sent.width, sent.height, pixels)
