"""What is on screen now: living tracks and the newest events, kept by the engine thread, read by anybody."""

import threading
from collections.abc import Callable, Iterable, Mapping, Set

from engine.model.cameras.clip import Clip
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.cameras.track import Track
from engine.model.event import Event
from engine.model.people.traces import Traces
from engine.model.result import StepResult
from engine.model.review.review import ReviewItem
from engine.model.sense_quality import SenseQuality
from engine.pipeline.review.group import erase_person

NEWEST = 200


class Board:
    """Any thread reads; the engine thread writes tracks and events, the recording thread clips. The newest are sorted when somebody looks:
    in a flood hundreds of steps a second change them."""

    def __init__(self, events: Iterable[Event] = (), clips: Iterable[Clip] = (), reviews: Iterable[ReviewItem] = ()) -> None:
        self._lock = threading.Lock()
        self._events = {event.id: event for event in events}
        self._clip_events = frozenset(clip.event_id for clip in clips)
        self._tracks: dict[str, tuple[tuple[Track, ...], int]] = {}
        self._newest: tuple[Event, ...] | None = None  # until somebody looks
        self._zones: tuple[ZoneCount, ...] = ()
        self._senses: tuple[SenseQuality, ...] = ()
        self._reviews = {item.id: item for item in reviews}
        self._newest_reviews: tuple[ReviewItem, ...] | None = None

    def take(self, result: StepResult, at_ns: int) -> None:
        """`at_ns`: of the observation. Tracks are of now: a look at an earlier frame does not take them back."""
        for camera_id, tracks in result.tracks:
            self._tracks[camera_id] = tracks, max(at_ns, self.tracks(camera_id)[1])
        self._zones = self._zones if result.zones is None else result.zones
        self._senses = self._senses if result.senses is None else result.senses
        if result.reviews:
            self._change_reviews({item.id: item for item in result.reviews})
        told = [event for event in result.events if not event.shadow]
        if told:
            with self._lock:
                self._events.update((event.id, event) for event in told)
                self._newest = None
                if len(self._events) > 2 * NEWEST:
                    self._sorted()

    def add_clip(self, clip: Clip) -> None:
        with self._lock:
            self._clip_events |= {clip.event_id}

    def remove_clips(self, event_ids: Set[str]) -> None:
        """These events have no clip any more."""
        with self._lock:
            self._clip_events -= event_ids

    def remove(self, event_ids: Set[str]) -> None:
        with self._lock:
            self._events = {event_id: event for event_id, event in self._events.items() if event_id not in event_ids}
            self._newest = None

    def rewrite(self, change: Callable[[Event], Event]) -> None:
        """What happened is told otherwise, as where somebody was erased."""
        with self._lock:
            self._events = {event_id: change(event) for event_id, event in self._events.items()}
            self._newest = None

    def rewrite_reviews(self, traces: Traces) -> None:
        """Review items tell of this person no more, or of another in their place."""
        with self._lock:
            self._reviews = {item_id: erase_person(item, traces) for item_id, item in self._reviews.items()}
            self._newest_reviews = None

    def keep_cameras(self, camera_ids: Set[str]) -> None:
        """Forget the tracks of all others. The engine thread."""
        for camera_id in self._tracks.keys() - camera_ids:
            del self._tracks[camera_id]

    def tracks(self, camera_id: str) -> tuple[tuple[Track, ...], int]:
        """The camera's living tracks, and the time their boxes refer to."""
        return self._tracks.get(camera_id, ((), 0))

    def zones(self) -> tuple[ZoneCount, ...]:
        """Who is in the zones of cameras' pictures."""
        return self._zones

    def senses(self) -> tuple[SenseQuality, ...]:
        """How well each sense does."""
        return self._senses

    def events(self) -> tuple[Event, ...]:
        """The same value until something changes."""
        with self._lock:
            return self._sorted()

    def reviews(self) -> tuple[ReviewItem, ...]:
        """The newest review items, newest first. The same value until something changes."""
        with self._lock:
            return self._sorted_reviews()

    def clip_events(self) -> frozenset[str]:
        with self._lock:
            self._sorted()
            return self._clip_events

    def _sorted(self) -> tuple[Event, ...]:
        """The caller holds the lock."""
        if self._newest is None:
            newest = sorted(self._events.values(), key=lambda event: (event.started_ns, event.id), reverse=True)[:NEWEST]
            self._newest = tuple(newest)
            self._events = {event.id: event for event in newest}
            self._clip_events = frozenset(self._clip_events & self._events.keys())
        return self._newest

    def _change_reviews(self, told: Mapping[str, ReviewItem]) -> None:
        with self._lock:
            self._reviews.update(told)
            self._newest_reviews = None
            if len(self._reviews) > 2 * NEWEST:
                self._sorted_reviews()

    def _sorted_reviews(self) -> tuple[ReviewItem, ...]:
        """The caller holds the lock."""
        if self._newest_reviews is None:
            newest = sorted(self._reviews.values(), key=lambda item: (item.started_ns, item.id), reverse=True)[:NEWEST]
            self._newest_reviews = tuple(newest)
            self._reviews = {item.id: item for item in newest}
        return self._newest_reviews
