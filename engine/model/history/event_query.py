"""What questions in words ask of the record beside its usual questions: events by many properties at once, and how many there are."""

from collections.abc import Sequence as Several
from typing import Literal, Protocol, TypeAlias, TypeVar

from engine.model.cameras.clip import Clip
from engine.model.event import Event, EventKind
from engine.model.history.timeline import LaneSpan
from engine.model.people.person import Person
from engine.model.question_type import RecordQuestion
from engine.model.value_class import dataclass

T = TypeVar("T")

QUARTER_NS = 900 * 10**9
TallyBy: TypeAlias = Literal["kind", "camera_id", "zone_id", "person_id", "severity", "quarter"]


@dataclass(frozen=True, slots=True)
class EventWant:
    """Which events; empty and None: no matter. Those of gestures in shadow mode never fit.

    Attributes:
        since_ns, until_ns: of when it began, `since` inclusive, `until` exclusive; touching: of when it went on, both inclusive.
        camera_ids, zone_ids: at any of them, whichever of the two it is. known: of somebody known (True), of nobody known (False).
        subject_ids: what it is about. going_on: without an end. shortest_ns, longest_ns: of those that ended.
    """

    since_ns: int | None = None
    until_ns: int | None = None
    touching: bool = False
    kinds: tuple[EventKind, ...] = ()
    camera_ids: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()
    known: bool | None = None
    not_person_ids: tuple[str, ...] = ()
    not_camera_ids: tuple[str, ...] = ()
    not_zone_ids: tuple[str, ...] = ()
    only_camera_ids: tuple[str, ...] | None = None
    severities: tuple[int, ...] = ()
    min_severity: int = 1
    labels: tuple[str, ...] = ()
    subject_ids: tuple[str, ...] = ()
    going_on: bool = False
    shortest_ns: int | None = None
    longest_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many events have `key`. first_ns: the first start, last_ns: the last end, or start where none has ended."""

    key: str
    count: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class EventTime:
    """Who was where from when to when: as much of an event as many of them are read for. UTC ns; `ended_ns` None: it goes on."""

    id: str
    person_id: str
    started_ns: int
    ended_ns: int | None
    camera_id: str = ""
    zone_id: str = ""


class AskedRecord(Protocol):
    """The record as questions in words see it. Any thread; reads only. Raises EnvironmentFault."""

    def answer(self, question: RecordQuestion[T]) -> T: ...

    def events(self, want: EventWant, limit: int, *, newest_first: bool = True, skip: int = 0) -> tuple[Event, ...]: ...

    def times(self, want: EventWant, limit: int) -> tuple[EventTime, ...]:
        """Of events, in no order: faster than they themselves."""
        ...

    def count(self, want: EventWant) -> int: ...

    def tally(self, want: EventWant, by: TallyBy) -> tuple[Tally, ...]:
        """By key. Of `quarter` the key is the number of the quarter of an hour since 1970, as text."""
        ...

    def counts(self, want: EventWant, by: TallyBy) -> dict[str, int]:
        """How many, by the keys of `tally`: faster where the times do not matter."""
        ...

    def event(self, event_id: str) -> Event | None: ...

    def clip(self, clip_id: str) -> Clip | None: ...

    def clips_of(self, event_ids: Several[str]) -> tuple[Clip, ...]: ...

    def people(self) -> tuple[Person, ...]: ...

    def labels(self) -> tuple[str, ...]:
        """Of gestures that are taught."""
        ...

    def observed(self, sensor_ids: Several[str], since_ns: int, until_ns: int) -> dict[str, tuple[LaneSpan, ...]]:
        """How well sensors watched; where no span lies the engine did not run. Of a sensor that never was watched there is no entry."""
        ...

    def watched_since_ns(self, sensor_id: str) -> int | None:
        """Since when it is known how well this sensor watches."""
        ...

    def began_ns(self) -> int | None:
        """Since when there is a record."""
        ...
