"""Playing of one clip at a time: what to ask of the worker thread, and when to show what it answers. Draws nothing."""

from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from widgets.playback.clip_reader import ClipInfo, ClipPicture, ClipReader
from widgets.playback.clip_worker import ClipWorker
from widgets.playback.playhead import Playhead

_BEFORE_S = 0.001
_LATE_PICTURES = 3
_SHORTEST_LOOP_S = 0.5  # a single picture is not shown again and again


class _Pending(Enum):
    """What the worker has been asked for."""

    NOTHING = auto()
    OPEN = auto()
    NEXT = auto()  # kept until it is due
    STEP = auto()  # shown when it comes
    AT = auto()


class ClipSession(QObject):
    """Main thread; the reader is used on the session's worker thread only.

    At most one request is on its way, and the next picture is asked for only when the last has been shown: a slow machine skips pictures
    and never queues them; dragging the scrubber never piles up seeks.

    Signals:
        opened(ClipInfo); shown(ClipPicture): draw this now; state_changed(): playing or ended changed; failed(sentence).
    """

    opened = Signal(object)
    shown = Signal(object)
    state_changed = Signal()
    failed = Signal(str)
    _open_asked = Signal(int, str)
    _next_asked = Signal(int, float)
    _at_asked = Signal(int, float)

    def __init__(self, make_reader: Callable[[], ClipReader], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.info: ClipInfo | None = None
        self.position_s = 0.0
        self.ended = False
        self.looping = False
        self._from_s = 0.0
        self._playhead = Playhead()
        self._request = 0
        self._pending = _Pending.NOTHING
        self._wish_s: float | None = None
        self._step_wished = False
        self._next: ClipPicture | None = None
        self._due = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._due.timeout.connect(self._show_next)
        self._start_worker(make_reader)

    def _start_worker(self, make_reader: Callable[[], ClipReader]) -> None:
        self._thread = QThread(self)
        self._thread.setObjectName("clip-reader")
        self._worker = ClipWorker(make_reader)
        self._worker.moveToThread(self._thread)
        self._open_asked.connect(self._worker.open)
        self._next_asked.connect(self._worker.read_from)
        self._at_asked.connect(self._worker.read_at)
        self._worker.opened.connect(self._on_opened)
        self._worker.picture.connect(self._on_picture)
        self._worker.failed.connect(self._on_failed)
        self._thread.finished.connect(self._worker.close)
        self.destroyed.connect(partial(_join, self._thread))  # Qt ends the process with a thread that goes while it runs
        self._thread.start()

    @property
    def playing(self) -> bool:
        return self._playhead.playing

    @property
    def speed(self) -> float:
        return self._playhead.speed

    def open(self, path: Path, from_s: float = 0.0) -> None:
        """Load, and play from there; a clip that repeats begins there again."""
        self.halt()
        self._from_s = from_s
        self._open_asked.emit(self._new_request(_Pending.OPEN), str(path))

    def halt(self) -> None:
        """Forget the clip and whatever is on its way."""
        self._request += 1
        self._pending = _Pending.NOTHING
        self._wish_s = self._next = self.info = None
        self._step_wished = False
        self.position_s = 0.0
        self.ended = False
        self.pause()

    def play(self) -> None:
        if self.info is None or self.playing:
            return
        self._playhead.start(0.0 if self.ended else self.position_s, perf_counter())
        if self.ended:
            self.ended = False
            self._ask_at(0.0)
        else:
            self._ask_next()
        self.state_changed.emit()

    def pause(self) -> None:
        self._playhead.stop()
        self._due.stop()
        self.state_changed.emit()

    def seek(self, time_s: float) -> None:
        """Show the picture at this time and, if playing, go on from there."""
        if self.info is None:
            return
        self.ended = False
        self._step_wished = False
        self._ask_at(min(max(0.0, time_s), self.info.duration_s))
        self.state_changed.emit()

    def step(self, pictures: int) -> None:
        """One picture forward (1) or back (-1); pauses."""
        if self.info is None:
            return
        self.pause()
        if pictures < 0:
            self.seek(self.position_s - _BEFORE_S)
        elif self._next is not None:
            self._show_next()
        elif self._pending is _Pending.NEXT:
            self._pending = _Pending.STEP
        elif self._pending is not _Pending.NOTHING:
            self._step_wished = True
        elif not self.ended:
            self._next_asked.emit(self._new_request(_Pending.STEP), 0.0)

    def set_speed(self, speed: float) -> None:
        """0.5, 1, 2 or 4; ValueError otherwise."""
        self._playhead.change_speed(speed, perf_counter())
        self._schedule()

    def shutdown(self) -> None:
        """Stop and join the worker. The session cannot be used again."""
        self.halt()
        _join(self._thread)

    # asking

    def _new_request(self, pending: _Pending) -> int:
        self._request += 1
        self._pending = pending
        return self._request

    def _ask_next(self) -> None:
        """The next picture, unless it is here or something is on its way. When far behind, pictures that are past are skipped, never the
        last: a clip ends with its last picture on screen."""
        if self._next is not None:
            self._schedule()
        elif self._pending is _Pending.NOTHING:
            now_s = self._playhead.now(perf_counter())
            late = now_s - self.position_s > _LATE_PICTURES * self._picture_s() * max(1.0, self.speed)
            self._next_asked.emit(self._new_request(_Pending.NEXT), min(now_s, self._last_picture_s()) if late else 0.0)

    def _ask_at(self, time_s: float) -> None:
        """The picture at a time; while one such request runs, only the newest wish is kept."""
        self._due.stop()
        self._next = None
        if self._pending is _Pending.AT:
            self._wish_s = time_s
        else:
            self._at_asked.emit(self._new_request(_Pending.AT), time_s)

    def _picture_s(self) -> float:
        return 1 / self.info.fps if self.info and self.info.fps > 0 else 0.04

    def _last_picture_s(self) -> float:
        """Half a picture before the last, for times that are rounded."""
        return self.info.duration_s - 1.5 * self._picture_s() if self.info else 0.0

    # answers

    def _on_opened(self, request: int, info: ClipInfo) -> None:
        if request != self._request:
            return
        self._pending = _Pending.NOTHING
        self.info = info
        self._from_s = min(max(0.0, self._from_s), max(0.0, info.duration_s - _SHORTEST_LOOP_S))
        self.opened.emit(info)
        self._begin()
        self.state_changed.emit()

    def _begin(self) -> None:
        self._playhead.start(self._from_s, perf_counter())
        self._ask_at(self._from_s)

    def _on_picture(self, request: int, picture: ClipPicture | None) -> None:
        if request != self._request:
            return
        answered, self._pending = self._pending, _Pending.NOTHING
        if picture is None:
            self._reached_end()
        elif answered is _Pending.NEXT:
            self._next = picture
            self._schedule()
        else:
            self._arrived(picture)
        if self._wish_s is not None:
            wish_s, self._wish_s = self._wish_s, None
            self._ask_at(wish_s)

    def _arrived(self, picture: ClipPicture) -> None:
        """Decoding to a position took its time: play on from the picture that came, not from where the clock has run to."""
        if self.playing:
            self._playhead.start(picture.time_s, perf_counter())
        self._take_picture(picture)
        if self._step_wished and not self.playing and self._pending is _Pending.NOTHING and self._wish_s is None:
            self._step_wished = False
            self.step(1)

    def _on_failed(self, request: int, message: str) -> None:
        if request == self._request:
            self.halt()
            self.failed.emit(message)

    def _reached_end(self) -> None:
        if self._wish_s is not None:
            return
        if self.looping and self.playing and self.info is not None and self.info.duration_s >= _SHORTEST_LOOP_S:
            self._begin()
        else:
            self.ended = True
            self.pause()

    # showing

    def _schedule(self) -> None:
        if self._next is not None and self.playing:
            self._due.start(round(self._playhead.wait_s(self._next.time_s, perf_counter()) * 1000))

    def _show_next(self) -> None:
        picture, self._next = self._next, None
        if picture is not None:
            self._take_picture(picture)

    def _take_picture(self, picture: ClipPicture) -> None:
        self.position_s = picture.time_s
        self.shown.emit(picture)
        if self.playing and self._wish_s is None:
            self._ask_next()


def _join(thread: QThread) -> None:
    thread.quit()
    thread.wait()
