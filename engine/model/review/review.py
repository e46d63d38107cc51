"""A review item: events of one place and cause that overlap or follow one another, as the one row that an operator goes through."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.event import EventKind, Severity
from engine.model.question_type import Question
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

MOST_REVIEWS = 500
MOST_MARKED = 500


class ReviewCause(StrEnum):
    ACTIVITY = "activity"  # people and what they do; motion at the same time is part of it
    MOTION = "motion"  # motion only, of nothing known
    OUTAGE = "outage"  # a camera or a node was lost
    INCIDENT = "incident"
    SMOKE = "smoke"
    IDENTITY = "identity"  # what is known of a person contradicts itself
    ENGINE = "engine"  # what the engine could not do


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """How events are grouped into review items. What is settled already is not grouped anew."""

    gap_s: Annotated[
        float,
        Setting(
            "Gap",
            unit="s",
            ge=5,
            le=600,
            decimals=0,
            help="Activity after a longer pause is a new review item. An item may pause for as long as it has lasted, up to 4 times this.",
            central=True,
        ),
    ] = 45.0
    longest_min: Annotated[
        float,
        Setting(
            "Longest review item",
            unit="min",
            ge=1,
            le=60,
            decimals=0,
            help="In an item of this age, no further event begins.",
            central=True,
        ),
    ] = 10.0

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True)
class CameraPart:
    """What the camera of an item saw of it, where sensors of the floor told more."""

    severity: Severity
    event_ids: tuple[str, ...]
    kinds: tuple[EventKind, ...]
    alert_ids: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One row of the review. The pipeline says it when it begins and again, with the same id, whenever it changes or ends.

    Attributes:
        camera_id: empty where no camera saw it. ended_ns: of its last activity; None while it goes on.
        severity: the highest of its events and alerts. event_ids, alert_ids: oldest first.
        kinds: of its events, in the order in which they came. best_event_id: whose picture shows it best; empty: there is none.
        person_ids, persons: who was recognised; one name per id. people: how many people were there at once, at most.
        zone_ids: zones and portals that it is about.
        camera_part: without what only the floor's sensors told; None: the camera saw all of it.
        newest_ns: when the newest of its events began, motion aside.
    """

    id: str
    cause: ReviewCause
    camera_id: str
    started_ns: int
    ended_ns: int | None
    severity: Severity
    event_ids: tuple[str, ...]
    kinds: tuple[EventKind, ...]
    best_event_id: str = ""
    alert_ids: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    people: int = 0
    zone_ids: tuple[str, ...] = ()
    simulated: bool = False
    camera_part: CameraPart | None = None
    newest_ns: int = 0

    @property
    def is_alert(self) -> bool:
        return bool(self.alert_ids)

    def seen_by_camera(self) -> "ReviewItem":
        """For an account that may see this camera and not the floor. Who is named is the same: the floor's part is about them."""
        part = self.camera_part
        if part is None:
            return self
        told = {"severity": part.severity, "event_ids": part.event_ids, "kinds": part.kinds}
        return replace(self, **told, alert_ids=part.alert_ids, zone_ids=part.zone_ids, camera_part=None)


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """That a user has reviewed an item. It holds while the item is no graver than `severity`, which it had then, and nothing new begins
    in it."""

    item_id: str
    user_id: str
    at_ns: int
    severity: int

    def holds(self, item: ReviewItem) -> bool:
        return self.severity >= item.severity and self.at_ns >= item.newest_ns


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """reviewed: whether the user who asks has reviewed it."""

    item: ReviewItem
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """`next_id`: pages on, None at the end."""

    rows: tuple[ReviewRow, ...] = ()
    next_id: str | None = None


@dataclass(frozen=True, slots=True)
class ListReview(Question[ReviewPage]):
    """Newest first; `before_id` pages on from the last one got. Times are UTC ns of the start, `since` inclusive, `until` exclusive.

    camera_ids, causes: empty: all. reviewed: None: both. alerts_only: those that raised an alert.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 100
    before_id: str | None = None
    camera_ids: tuple[str, ...] = ()
    causes: tuple[ReviewCause, ...] = ()
    since_ns: int | None = None
    until_ns: int | None = None
    min_severity: int = 0
    person_id: str = ""
    reviewed: bool | None = None
    alerts_only: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_REVIEWS:
            raise InputError("limit", f"{self.limit} is outside 1–{MOST_REVIEWS}")


@dataclass(frozen=True, slots=True)
class PutReviewed:
    """The user who asks has reviewed these items, or, with `reviewed` False, has not. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    item_ids: tuple[str, ...]
    reviewed: bool = True

    def __post_init__(self) -> None:
        if not 1 <= len(self.item_ids) <= MOST_MARKED:
            raise InputError("item_ids", f"1–{MOST_MARKED} are needed")


ReviewQuestion: TypeAlias = ListReview
ReviewCommand: TypeAlias = PutReviewed
