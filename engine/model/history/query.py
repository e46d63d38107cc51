"""Typed queries of the record: what a question in words becomes, whoever plans it, and the rows that answer it.

A `Query` is one flat value so that it reads as JSON (`to_text`, `from_text`), is what a follow-up changes with `replace`, and is what a
tool of a language model takes. What it means is in `queries_run.Desk`, the one way to run it; the text of a query is also the id of a
citation of kind COUNT, so that whoever doubts a number can count again.

Times are UTC ns. A span holds its `since`, not its `until`.
"""

from dataclasses import field
from enum import StrEnum

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.value_class import dataclass

MOST_ROWS = 200
MOST_SPANS = 800


class Ask(StrEnum):
    """What is asked of the rows that fit a scope."""

    LAST = "last"  # the newest of them, by when it ended
    FIRST = "first"  # the oldest of them, by when it began
    STAYS = "stays"  # who was where, when: those that touch the spans, by person and place
    HOW_LONG = "how_long"  # for how long, overlaps counted once
    COUNT = "count"  # how many, by `by`
    LIST = "list"  # they themselves
    ABSENT = "absent"  # known people of whom there is none
    WITH = "with"  # who else was at the same place at the same time
    COMPARE = "compare"  # how many in the spans, and how many in `other`
    CLIP = "clip"  # the clip of the newest
    WHY_ALERT = "why_alert"  # why an alert was raised: `id`, or the newest
    WHY_NOTHING = "why_nothing"  # why nothing was raised of what was there
    OBSERVED = "observed"  # whether anything would have been seen
    HANDLED = "handled"  # who acknowledged or closed alerts
    AVERAGE = "average"  # how many per day (or hour, or span): `measure` mean or median
    USUAL = "usual"  # how many in the span, and how many there are usually at that time of the day
    LENGTHS = "lengths"  # the longest, the shortest, the mean or the median length
    CLOCKS = "clocks"  # the first (`oldest_first`) or last of each day by the clock: usual, earliest, latest
    DAYS = "days"  # on which days there was one, and on which none; of `by` ALL: in which spans
    SHARE = "share"  # how many of them, and of how many they are a part
    LACKING = "lacking"  # of which cameras or zones (`by`) there is none
    ORDER = "order"  # who of several people came (`oldest_first`) or left first
    AT_ONCE = "at_once"  # when at least `least` people were there at once; of `wanted` MOST: how many there were at most
    MATCHING = "matching"  # known people of whom there is something in the scope and in each of `also`, and nothing in any of `without`


class Of(StrEnum):
    """Of which rows."""

    EVENTS = "events"
    ALERTS = "alerts"
    INCIDENTS = "incidents"
    HELD = "held"  # decisions about alerts that some gate held
    PEOPLE = "people"  # events in which somebody was seen, one row per person


class Who(StrEnum):
    """Of whom an event has to be."""

    ANYTHING = "anything"
    ANYONE = "anyone"  # somebody, known or not
    KNOWN = "known"
    UNKNOWN = "unknown"


class By(StrEnum):
    """What is counted apart. Hours, days and weekdays are those of the site's time zone."""

    ALL = "all"
    KIND = "kind"
    CAMERA = "camera"
    ZONE = "zone"
    PERSON = "person"
    HOUR = "hour"  # of the day, 0–23
    DAY = "day"
    WEEKDAY = "weekday"
    SEVERITY = "severity"
    STATE = "state"
    CATEGORY = "category"
    GATE = "gate"  # of what was held: the first that failed
    VERDICT = "verdict"  # what an alert was found to be
    ASSIGNEE = "assignee"  # whom an alert is with


class GroupSelection(StrEnum):
    """Which of the counted groups is asked for."""

    ALL = "all"
    MOST = "most"
    FEWEST = "fewest"
    EVERY = "every"  # of DAYS by person: who was there on all of them


class Measure(StrEnum):
    """What is told of many values."""

    NONE = "none"
    NEAREST = "nearest"  # of incidents
    MEAN = "mean"
    MEDIAN = "median"
    LONGEST = "longest"
    SHORTEST = "shortest"
    EARLIEST = "earliest"
    LATEST = "latest"


SEEN_KINDS = (  # events in which a person shows
    EventKind.PERSON,
    EventKind.PRESENCE,
    EventKind.ZONE_VISIT,
    EventKind.CROSSING,
    EventKind.FALL,
    EventKind.GESTURE,
    EventKind.FIGHT,
    EventKind.LOITERING,
    EventKind.RUNNING,
    EventKind.CROWD,
    EventKind.NAMED,
)


LOST_KINDS = (EventKind.CAMERA_LOST, EventKind.NODE_LOST)
LIST_ASKS = (Ask.LIST, Ask.STAYS)
"""Asks whose rows are all told, after how many there are."""


@dataclass(frozen=True, slots=True)
class Span:
    since_ns: int
    until_ns: int

    def __post_init__(self) -> None:
        if self.until_ns <= self.since_ns:
            raise InputError("spans", "a span ends before it begins")

    def holds(self, at_ns: int) -> bool:
        return self.since_ns <= at_ns < self.until_ns

    def touches(self, since_ns: int, until_ns: int) -> bool:
        return since_ns < self.until_ns and until_ns >= self.since_ns


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows. Empty: no matter. Cameras and zones (and portals, which count as zones) are places: a row is at any of them.

    Attributes:
        spans: rising, apart from each other. kinds: of events, and of what an alert is about. person_ids, not_person_ids: of known people.
        min_severity: 1 all. labels: of gestures, or categories of incidents. states: of alerts (`open`, `new`, `acknowledged`,
            `in_progress`, `closed`) and incidents (`open`, `closed`). dispositions: of alerts. gates: that held. assignees: of alerts.
        near: latitude, longitude, kilometres, of incidents. sensor_ids: what an event is about (nodes).
        going_on: only what has not ended. text: words that an incident's description holds. rule_ids: of alerts.
        longest_s, shortest_s: of an event, None no matter. not_dispositions: alerts that were found so are left out, those that nobody
            judged are not. not_kinds, not_assignees: of events and alerts that are left out.
    """

    spans: tuple[Span, ...] = ()
    kinds: tuple[EventKind, ...] = ()
    who: Who = Who.ANYTHING
    person_ids: tuple[str, ...] = ()
    not_person_ids: tuple[str, ...] = ()
    camera_ids: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    min_severity: int = 1
    labels: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    dispositions: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    near: tuple[float, float, float] | None = None
    sensor_ids: tuple[str, ...] = ()
    going_on: bool = False
    text: str = ""
    rule_ids: tuple[str, ...] = ()
    severities: tuple[int, ...] = ()
    shortest_s: float | None = None
    longest_s: float | None = None
    not_camera_ids: tuple[str, ...] = ()
    not_zone_ids: tuple[str, ...] = ()
    not_dispositions: tuple[str, ...] = ()
    not_kinds: tuple[EventKind, ...] = ()
    not_assignees: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.spans) > MOST_SPANS:
            raise InputError("spans", f"are {len(self.spans)}; at most {MOST_SPANS} are looked at")
        if any(after.since_ns < before.until_ns for before, after in zip(self.spans, self.spans[1:], strict=False)):
            raise InputError("spans", "overlap, or do not rise")

    @property
    def since_ns(self) -> int | None:
        return self.spans[0].since_ns if self.spans else None

    @property
    def until_ns(self) -> int | None:
        return self.spans[-1].until_ns if self.spans else None


@dataclass(frozen=True, slots=True)
class Query:
    """One question of the record. `id`: of one alert, event or incident. `at_ns`: around which moment, of WHY_NOTHING.

    `limit`: most rows given; `Result.total` tells how many there are. `skip`: the first ones left out ("the one before", "the second").
    `least`, `most`: of groups that are counted, and of AT_ONCE, those of fewer and of more are left out; `most` None: no matter.
    """

    ask: Ask
    of: Of = Of.EVENTS
    scope: Scope = field(default_factory=Scope)
    by: By = By.ALL
    wanted: GroupSelection = GroupSelection.ALL
    other: tuple[Span, ...] = ()
    id: str = ""
    at_ns: int | None = None
    limit: int = 20
    skip: int = 0
    oldest_first: bool = False
    measure: Measure = Measure.NONE
    during: bool = False  # of LIST: also what began before and went on still
    least: int = 0
    most: int | None = None
    also: tuple[Scope, ...] = ()
    without: tuple[Scope, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_ROWS:
            raise InputError("limit", f"{self.limit} is outside 1–{MOST_ROWS}")
        if self.skip < 0:
            raise InputError("skip", "is negative")

    @property
    def limited(self) -> bool:
        return self.least > 0 or self.most is not None

    def lets(self, number: int) -> bool:
        """Whether a group of so many is asked for."""
        return number >= self.least and (self.most is None or number <= self.most)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose eyes. `cameras` None: all; otherwise only rows of those cameras are there for them, and none that has no camera.

    `user`: whose name "me" and "my" stand for.
    """

    verbs: frozenset[Verb]
    cameras: frozenset[str] | None = None
    user: str = ""

    def sees(self, camera_id: str) -> bool:
        return self.cameras is None or camera_id in self.cameras
