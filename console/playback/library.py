"""What was recorded around the moment that is looked at: asked of the engine in windows, as plans for decoding."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import ListSegments, Segment
from engine.model.errors import WatchroomError
from engine.model.history.timeline import GetTimeline, LaneKind, LaneSpan, SpanState
from engine.model.port import EnginePort
from engine.model.question import ListClips
from engine.model.time import SECOND, Clock, seconds_to_ns
from engine.model.value_class import dataclass
from engine.recording.footage.plan import FootageFile, FootagePlan
from widgets.engine_text import translate_engine_text

SEGMENT, CLIP = "segment:", "clip:"
_HOUR_NS = 3600 * SECOND
_HALF_NS = _HOUR_NS // 2
_NEAR_NS = 600 * SECOND  # so near an edge of what is known, more is asked for
_WIDEST_NS = 6 * _HOUR_NS
_LONGEST_CLIP_NS = 900 * SECOND  # a clip that began so long before may reach in
_AGAIN_NS = 5 * SECOND  # how often the newest is asked for while it is looked at
_OLD_NS = 60 * SECOND  # recordings are removed, too: what is known is asked for anew after this
_PATIENCE_NS = 2 * SECOND  # after a refusal
_CLIPS_A_PAGE, _MOST_CLIPS = 500, 5_000
_GRACE_S = 10.0


@dataclass(frozen=True, slots=True)
class Window:
    """What is known between two times."""

    since_ns: int
    until_ns: int
    segments: tuple[Segment, ...] = ()
    clips: tuple[Clip, ...] = ()
    blind: tuple[tuple[str, LaneSpan], ...] = ()  # camera, and when it would have seen nothing

    def covers(self, other: "Window") -> bool:
        return self.since_ns <= other.since_ns and self.until_ns >= other.until_ns

    def merged_with(self, other: "Window") -> "Window":
        return Window(
            min(self.since_ns, other.since_ns),
            max(self.until_ns, other.until_ns),
            tuple({one.id: one for one in (*self.segments, *other.segments)}.values()),
            tuple({one.id: one for one in (*self.clips, *other.clips)}.values()),
            tuple(dict.fromkeys((*self.blind, *other.blind))),
        )

    def trimmed(self, at_ns: int) -> "Window":
        """No wider than needs be, around a time."""
        since_ns, until_ns = max(self.since_ns, at_ns - _WIDEST_NS // 2), min(self.until_ns, at_ns + _WIDEST_NS // 2)
        return Window(
            since_ns,
            until_ns,
            tuple(one for one in self.segments if one.ended_ns > since_ns and one.started_ns < until_ns),
            tuple(one for one in self.clips if one.ended_ns > since_ns and one.started_ns < until_ns),
            tuple(one for one in self.blind if one[1].until_ns > since_ns and one[1].since_ns < until_ns),
        )


class PlaybackLibrary(QObject):
    """UI thread. One question is under way at a time.

    Signals: changed(): plans say more than before. failed(sentence): the engine did not answer; asked again by a later `look`.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._clock = clock
        self._cameras: tuple[str, ...] = ()
        self._window: Window | None = None
        self.trouble = ""  # why the engine did not answer last time
        self._number = 0
        self._asking = False
        self._asked_ns = self._not_before_ns = self._fresh_ns = 0

    def set_cameras(self, camera_ids: Sequence[str]) -> None:
        if tuple(camera_ids) != self._cameras:
            self._cameras = tuple(camera_ids)
            self.forget()

    def forget(self) -> None:
        """Ask for everything anew with the next `look`."""
        self._window = None
        self._number += 1
        self._asking = False
        self._asked_ns = self._not_before_ns = 0

    def look(self, at_ns: int) -> None:
        """Make sure that what lies around a time is known, or asked for."""
        if self._asking or not self._cameras or self._clock.now_ns() < self._not_before_ns:
            return
        wanted = self._missing_span(at_ns)
        if wanted is None:
            return
        self._asking, self._asked_ns = True, self._clock.now_ns()
        number, port, cameras = self._number, self._bridge.port, self._cameras
        self._bridge.fetch(
            lambda: _load(port, cameras, *wanted),
            self._merge_window,
            lambda error: self._on_window_error(number, error),
            number,
            at_ns,
            owner=self,
        )

    def plan(self, camera_id: str) -> FootagePlan:
        """Where faces are hidden, clips come first: there are copies of them without faces."""
        window = self._window
        if window is None:
            return FootagePlan()
        hidden = self.hides_faces()
        files = [
            *(_file(SEGMENT + one.id, one, hidden) for one in window.segments if one.camera_id == camera_id),
            *(_file(CLIP + one.id, one, not hidden) for one in window.clips if one.camera_id == camera_id),
        ]
        return FootagePlan(files, window.since_ns, min(window.until_ns, self.settled_ns()))

    def hides_faces(self) -> bool:
        snapshot = self._bridge.snapshot
        return snapshot is not None and snapshot.faces_hidden

    def settled_ns(self) -> int:
        """What is newer may still be in a segment that is being written, of which nothing is told before it is whole."""
        return self._clock.now_ns() - self.lag_ns()

    def lag_ns(self) -> int:
        """How long it takes until what is recorded can be seen."""
        snapshot = self._bridge.snapshot
        recording = snapshot.settings.recording if snapshot is not None else None
        return seconds_to_ns(recording.segment_s + _GRACE_S) if recording is not None and recording.continuous else 0

    def blind(self, camera_id: str, at_ns: int) -> LaneSpan | None:
        """Why nothing would have been seen at a time, where that is known."""
        spans = self._window.blind if self._window is not None else ()
        return next((span for camera, span in spans if camera == camera_id and span.since_ns <= at_ns < span.until_ns), None)

    def _missing_span(self, at_ns: int) -> tuple[int, int] | None:
        now_ns, window = self._clock.now_ns(), self._window
        if window is None or not window.since_ns - _HALF_NS <= at_ns <= window.until_ns + _HALF_NS:
            return at_ns - _HALF_NS, min(at_ns + _HALF_NS, max(now_ns, at_ns + SECOND))
        if now_ns - self._fresh_ns > _OLD_NS:
            return window.since_ns, window.until_ns
        if at_ns - window.since_ns < _NEAR_NS:
            return window.since_ns - _HOUR_NS, window.since_ns
        if window.until_ns - at_ns < _NEAR_NS:
            return self._later(window, now_ns)
        return None

    def _later(self, window: Window, now_ns: int) -> tuple[int, int] | None:
        """Beyond what is known; the newest again and again, since it grows."""
        if window.until_ns + _NEAR_NS < now_ns:
            return window.until_ns, min(window.until_ns + _HOUR_NS, now_ns)
        if now_ns - self._asked_ns < _AGAIN_NS:
            return None
        return min(window.until_ns, self.settled_ns()) - 60 * SECOND, now_ns

    def _merge_window(self, number: int, at_ns: int, window: Window) -> None:
        if number != self._number:
            return
        self._asking, self.trouble = False, ""
        old = self._window
        anew = old is None or window.since_ns > old.until_ns or window.until_ns < old.since_ns or window.covers(old)
        if anew:
            self._fresh_ns = self._clock.now_ns()
        self._window = window if old is None or anew else old.merged_with(window).trimmed(at_ns)
        if self._window != old:
            self.changed.emit()

    def _on_window_error(self, number: int, error: WatchroomError) -> None:
        if number == self._number:
            self._asking, self.trouble = False, translate_engine_text(str(error))
            self._not_before_ns = self._clock.now_ns() + _PATIENCE_NS
            self.failed.emit(self.trouble)


def _file(file_id: str, row: Segment | Clip, second_choice: bool) -> FootageFile:
    return FootageFile(file_id, row.started_ns, row.ended_ns, second_choice)


def _load(port: EnginePort, cameras: tuple[str, ...], since_ns: int, until_ns: int) -> Window:
    """A worker thread. Where there are more segments than one answer holds, the window ends where they do."""
    asked = ListSegments(since_ns, until_ns, cameras)
    segments = port.ask(asked)
    if len(segments) >= asked.limit:
        until_ns = max(segment.started_ns for segment in segments)
    return Window(since_ns, until_ns, segments, _clips(port, cameras, since_ns, until_ns), _blind(port, cameras, since_ns, until_ns))


def _clips(port: EnginePort, cameras: tuple[str, ...], since_ns: int, until_ns: int) -> tuple[Clip, ...]:
    found: list[Clip] = []
    before: str | None = None
    while len(found) < _MOST_CLIPS:
        page = port.ask(ListClips(_CLIPS_A_PAGE, before, since_ns=since_ns - _LONGEST_CLIP_NS, until_ns=until_ns))
        found += page
        if len(page) < _CLIPS_A_PAGE:
            break
        before = page[-1].id
    return tuple(clip for clip in found if clip.camera_id in cameras and clip.ended_ns > since_ns)


def _blind(port: EnginePort, cameras: tuple[str, ...], since_ns: int, until_ns: int) -> tuple[tuple[str, LaneSpan], ...]:
    lanes = port.ask(GetTimeline(since_ns, until_ns, 1, (LaneKind.OBSERVED,), cameras))
    found = lanes.lanes if lanes is not None else ()
    return tuple((lane.id, span) for lane in found if lane.id in cameras for span in lane.spans if span.state is SpanState.BLIND)
