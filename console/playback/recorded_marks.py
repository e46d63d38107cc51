"""Who was in the recorded pictures of the wall: trails around the moment that is shown, and whom the chosen row is about."""

from functools import partial

from PySide6.QtCore import QObject, QTimer

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.playback.event_marks import track_label
from console.playback.playback import PlaybackController
from engine.model.cameras.trail import EventTrails, GetEventTrails, ListTrails, TrackTrail
from engine.model.errors import WatchroomError
from engine.model.history.timeline import HitKind, SearchHit
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from widgets.playback.clip_marks import TRAIL_NS, ClipMarks
from widgets.playback.clip_overlay import OVERLAY
from widgets.playback.playback_wall import PlaybackWall

_AROUND_NS = 60 * SECOND  # asked for on both sides of the moment, at normal speed
_EDGE_NS = 15 * SECOND  # so near the edge of what is known the next is asked for
_RENEWED_NS = 2 * SECOND  # how often what still goes on is asked for again
_LATE_NS = 3 * SECOND  # detections come so much later than pictures
_SETTLED_MS = 120
_EVENTS = (HitKind.EVENT, HitKind.LOOKS, HitKind.PERSON)  # hits whose own id is that of an event


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What is known of one camera. `asked_ns`: when; what went on then is known up to that moment."""

    since_ns: int
    until_ns: int
    asked_ns: int
    trails: tuple[TrackTrail, ...] = ()


@dataclass(frozen=True, slots=True)
class _Subject:
    camera_id: str = ""
    track_ids: frozenset[str] = frozenset()
    label: str = ""


class RecordedMarks(QObject):
    """UI thread. One question at a time for each camera; nothing is asked while the overlay is hidden or the wall is not on screen."""

    def __init__(self, bridge: EngineBridge, clock: Clock, playback: PlaybackController, wall: PlaybackWall) -> None:
        super().__init__(wall)
        self._bridge, self._clock, self._playback, self._wall = bridge, clock, playback, wall
        self._known: dict[str, _Stretch] = {}
        self._asking: set[str] = set()
        self._event_id, self._subject = "", _Subject()
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._ask_missing)
        playback.moved.connect(self.follow)
        playback.cameras_changed.connect(self.follow)
        OVERLAY.changed.connect(self.follow)

    # whom it is about

    def choose_hit(self, hit: SearchHit) -> None:
        """Mark the subject of a row among the others."""
        event_id = hit.event_id or (hit.id if hit.kind in _EVENTS and hit.camera_id else "")
        self.choose_event(event_id, hit.person)

    def choose_event(self, event_id: str, person: str = "") -> None:
        """`person`: their name, where it is known. Empty id: about nobody."""
        self._event_id = event_id
        self._set_subject(_Subject())
        if event_id:
            self._bridge.ask(GetEventTrails(event_id), self._take_subject, ignore_answer, event_id, person, owner=self)

    def _take_subject(self, event_id: str, person: str, found: EventTrails) -> None:
        if event_id == self._event_id:
            tracks = frozenset(trail.track_id for trail in found.trails)
            self._set_subject(_Subject(found.camera_id, tracks, track_label(person, found)))

    def _set_subject(self, subject: _Subject) -> None:
        before, self._subject = self._subject, subject
        for camera_id in {before.camera_id, subject.camera_id} & set(self._known):
            self._show(camera_id)

    # who was there

    def follow(self, *_moved: object) -> None:
        """The clock is somewhere else, or there are other cameras."""
        if OVERLAY.shown and self._wall.isVisible() and not self._settled.isActive() and self._missing():
            self._settled.start()

    def _missing(self) -> list[str]:
        at_ns, now_ns = self._playback.position_ns, self._clock.now_ns()
        return [each for each in self._playback.cameras if each not in self._asking and not self._covers(each, at_ns, now_ns)]

    def _covers(self, camera_id: str, at_ns: int, now_ns: int) -> bool:
        known, edge_ns = self._known.get(camera_id), _EDGE_NS * self._pace()
        if known is None or not known.since_ns <= at_ns < known.until_ns:
            return False
        if at_ns > known.asked_ns - _LATE_NS:
            return now_ns - known.asked_ns < _RENEWED_NS
        forward = self._playback.state.speed >= 0 or not self._playback.state.playing
        near = at_ns + edge_ns > known.until_ns if forward else at_ns - edge_ns < known.since_ns
        return not near or (forward and known.until_ns > known.asked_ns)

    def _pace(self) -> int:
        return max(1, round(abs(self._playback.state.speed))) if self._playback.state.playing else 1

    def _ask_missing(self) -> None:
        if not self._wall.isVisible():
            return
        at_ns, around_ns = self._playback.position_ns, _AROUND_NS * self._pace()
        since_ns, until_ns = max(0, at_ns - around_ns - TRAIL_NS), at_ns + around_ns
        for camera_id in self._missing():
            self._asking.add(camera_id)
            stretch = _Stretch(since_ns, until_ns, self._clock.now_ns())
            question = ListTrails(camera_id, since_ns, until_ns)
            drop = partial(self._drop_trails, camera_id, stretch)
            self._bridge.ask(question, self._take_trails, drop, camera_id, stretch, owner=self)

    def _take_trails(self, camera_id: str, stretch: _Stretch, trails: tuple[TrackTrail, ...]) -> None:
        self._asking.discard(camera_id)
        self._known[camera_id] = _Stretch(stretch.since_ns, stretch.until_ns, stretch.asked_ns, trails)
        self._show(camera_id)
        self.follow()

    def _drop_trails(self, camera_id: str, stretch: _Stretch, _error: WatchroomError) -> None:
        """Pictures are shown without marks; asked again once the clock is elsewhere."""
        self._take_trails(camera_id, stretch, ())

    def _show(self, camera_id: str) -> None:
        subject, trails = self._subject, self._known[camera_id].trails
        about = subject.track_ids if subject.camera_id == camera_id else frozenset[str]()
        self._wall.show_marks(camera_id, ClipMarks(trails, (), subject.label, about, everybody=True))
