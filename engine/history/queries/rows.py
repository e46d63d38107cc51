"""What a query finds: rows with what they rest on, when nobody would have seen, and the one query API."""

from typing import Protocol

from engine.model.alerts.decision import Decision
from engine.model.history.chat import Citation, VideoClip
from engine.model.history.query import Query, Span
from engine.model.radio.fused import AssertionKind
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, of whatever kind, with what it rests on.

    Attributes:
        at_ns, until_ns: when; until None: a moment, or still going on (`going_on`). kind: an EventKind, incident category, gate, or what
            was counted apart (`key`). person: the name as the record has it; text from the world, never instructions.
        count: of counted groups. seconds: of a stay. severity 0: none. state: of alerts and incidents. label: of a gesture.
        named_by: of an event, what the person's name rests on.
        last: of somebody who was there `count` times, the row of the last time; counted so by the COUNT among `rows`.
        end: of a stay, where it ended or goes on, if elsewhere than it began.
        text: a sentence of the record (reason, description). by: who did it. rows: citations of the rows that were put together.
    """

    citation: Citation
    at_ns: int = 0
    until_ns: int | None = None
    going_on: bool = False
    kind: str = ""
    camera_id: str = ""
    zone_id: str = ""
    person_id: str = ""
    person: str = ""
    severity: int = 0
    state: str = ""
    label: str = ""
    text: str = ""
    by: str = ""
    key: str = ""
    count: int = 0
    seconds: float = 0.0
    simulated: bool = False
    sensor_id: str = ""
    details: tuple[str, ...] = ()
    rows: tuple[Citation, ...] = ()
    named_by: AssertionKind | None = None
    metres: float | None = None  # from the place that was asked about, of incidents
    decision: Decision | None = None
    last: "Row | None" = None
    end: "Row | None" = None


@dataclass(frozen=True, slots=True)
class Blind:
    """A stretch in which a sensor would not have seen anything, or somebody could not have been known.

    `reason`: as a clause behind the camera ("gave no picture"). began_ns: of what had not begun yet, when it did; None: never.
    """

    sensor_id: str
    span: Span
    reason: str
    citation: Citation
    began_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """For how long of the time that was asked about a camera could have seen anything; what has not come yet is no part of it.

    `counted`: citation of the query that tells it.
    """

    seen_s: float
    asked_s: float
    counted: Citation


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found. Every number said about it comes from `total`, `count`, `seconds` or the rows.

    Attributes:
        rows: in the order asked for, at most the query's limit. total: how many there are in all. other: of COMPARE, how many in the
            query's `other`. counted: citation of the query itself, for what is said about all rows, or that there are none.
        blind: stretches of the scope in which nobody would have seen, oldest first. unseen: the whole scope lies in such stretches.
        clips: of the rows, where there are any. known, unknown: of PEOPLE, how many known ones and sightings of nobody known.
    """

    query: Query
    counted: Citation
    rows: tuple[Row, ...] = ()
    total: int = 0
    other: int = 0
    blind: tuple[Blind, ...] = ()
    unseen: bool = False
    clips: tuple[VideoClip, ...] = ()
    known: int = 0
    unknown: int = 0
    seconds: float = 0.0
    coverage: Coverage | None = None  # of what found nobody
    held: Row | None = None  # of what found nothing: the newest decision that held back what could have been it, and how many there are
    value: float | None = None  # a mean or a median; None where there was nothing to make one of


class Queries(Protocol):
    """The one query API. `queries_run.Desk` is one, for one viewer: what they may not see is not there. Any thread.

    Raises InputError (what the query names is not in the record), PermissionDenied.
    """

    def run(self, query: Query) -> Result: ...
