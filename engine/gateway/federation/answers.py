"""The answers of several sites to one question as one answer."""

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Several
from dataclasses import replace
from typing import Any, Generic, TypeVar

from engine.gateway.federation.merging import concatenate, newest_first, summed
from engine.model.cameras.segment import ListLocks, ListSegments
from engine.model.fire.smoke_questions import CountPlumes, CountSmokeSequences
from engine.model.history.evidence import ListCases, ListPacks
from engine.model.history.replay import ListReplays
from engine.model.history.timeline import (
    CountDays,
    DayCount,
    FindNeighbour,
    GetTimeline,
    LaneKind,
    LaneMarks,
    ListBookmarks,
    ListSearches,
    Timeline,
    TimelineLane,
)
from engine.model.incidents.incident import IncidentCounts
from engine.model.people.erasure import Erasure
from engine.model.question import CountIncidents, ListErasures
from engine.model.review.event_verdict import ListEventVerdicts
from engine.model.sites import SiteState
from engine.model.value_class import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """An answer over sites. `missing`: those that are not in it, each with why and since when."""

    value: T
    missing: tuple[SiteState, ...] = ()


MergeAnswers = Callable[[Any, Several[Any]], Any]
"""The question, and the answers of the sites in their order; without any it gives an empty answer. Raises ValueError, TypeError for an
answer to another question."""


def _in_order(_: Any, answers: Several[Any]) -> Any:
    return concatenate(answers)


def _summed(_: Any, answers: Several[int]) -> int:
    return sum(answers)


def _newest(time: Callable[[Any], int]) -> MergeAnswers:
    return lambda question, answers: newest_first(answers, time)[: getattr(question, "limit", None)]


def _segments(question: ListSegments, answers: Several[Any]) -> Any:
    return tuple(sorted(concatenate(answers), key=lambda segment: (segment.started_ns, segment.id)))[: question.limit]


def _by_name(_: Any, answers: Several[Any]) -> Any:
    return tuple(sorted(concatenate(answers), key=lambda search: search.name))


def _erasures(question: ListErasures, answers: Several[Any]) -> tuple[Erasure, ...]:
    found: tuple[Erasure, ...] = concatenate(answers)
    return tuple(sorted(found, key=lambda each: (each.is_over, -(each.ended_ns or each.asked_ns or 0), each.id)))[: question.limit]


def _neighbour(question: FindNeighbour, answers: Several[int | None]) -> int | None:
    found = [at_ns for at_ns in answers if at_ns is not None and (at_ns > question.at_ns) is question.forward and at_ns != question.at_ns]
    return (min if question.forward else max)(found, default=None)


def _days(_: Any, answers: Several[tuple[DayCount, ...]]) -> tuple[DayCount, ...]:
    by_day: dict[int, list[DayCount]] = {}
    for day in concatenate(answers):
        by_day.setdefault(day.day, []).append(day)
    return tuple(
        DayCount(day, sum(each.events for each in of), sum(each.alerts for each in of), any(each.video for each in of))
        for day, of in sorted(by_day.items())
    )


def _incidents(_: Any, answers: Several[IncidentCounts]) -> IncidentCounts:
    return IncidentCounts(
        sum(each.incidents for each in answers),
        sum(each.reports for each in answers),
        summed(each.by_category for each in answers),
        tuple(sorted(summed(each.by_severity for each in answers))),
        summed(each.by_status for each in answers),
        summed(each.by_state for each in answers),
    )


def _timeline(question: GetTimeline, answers: Several[Timeline]) -> Timeline:
    """Lanes of which there is one at each site become one."""
    for each in answers:
        _check_columns(question, each)
    lanes: dict[tuple[LaneKind, str], TimelineLane] = {}
    for lane in concatenate(each.lanes for each in answers):
        known = lanes.get((lane.kind, lane.id))
        lanes[lane.kind, lane.id] = lane if known is None else _lane(known, lane)
    order = list(LaneKind)
    return Timeline(
        question.since_ns,
        question.until_ns,
        question.columns,
        tuple(sorted(lanes.values(), key=lambda lane: order.index(lane.kind))),
        tuple(sorted(concatenate(each.bookmarks for each in answers), key=lambda bookmark: bookmark.at_ns)),
        max((each.coarse_ns for each in answers), default=0),
    )


def deeper_timeline(question: GetTimeline, timeline: Timeline, older: Timeline | None, oldest_ns: int) -> Timeline:
    """One site's, with what a copy knows of the columns that begin before `oldest_ns`, and the site keeps no longer."""
    if older is None:
        return timeline
    _check_columns(question, older)
    begins = (
        question.since_ns + (question.until_ns - question.since_ns) * column // question.columns for column in range(question.columns)
    )
    before = [begin_ns < oldest_ns for begin_ns in begins]
    lanes = {(lane.kind, lane.id): lane for lane in timeline.lanes}
    for lane in older.lanes:
        known = lanes.get((lane.kind, lane.id), TimelineLane(lane.kind, lane.id))
        marks = {mark.kind: mark for mark in known.marks}
        for mark in lane.marks:
            marks[mark.kind] = _deeper_marks(marks.get(mark.kind), mark, before)
        lanes[lane.kind, lane.id] = replace(known, marks=tuple(marks.values()))
    order = list(LaneKind)
    return replace(
        timeline,
        lanes=tuple(sorted(lanes.values(), key=lambda lane: order.index(lane.kind))),
        coarse_ns=max(timeline.coarse_ns, older.coarse_ns),
    )


def _deeper_marks(known: LaneMarks | None, older: LaneMarks, before: Several[bool]) -> LaneMarks:
    """Of a column that both know something of the larger: the site may not have removed all of it yet."""
    none = (0,) * len(before)
    counts, worst = (none, none) if known is None else (known.counts, known.worst)
    deeper = zip(counts, older.counts, before, strict=True)
    return LaneMarks(
        older.kind,
        tuple(max(one, other) if older_than else one for one, other, older_than in deeper),
        tuple(max(one, other) if older_than else one for one, other, older_than in zip(worst, older.worst, before, strict=True)),
    )


def _check_columns(question: GetTimeline, answer: Timeline) -> None:
    marks = [mark for lane in answer.lanes for mark in lane.marks]
    if any(len(mark.counts) != question.columns or len(mark.worst) != question.columns for mark in marks):
        raise ValueError("a timeline of other columns")


def _lane(one: TimelineLane, other: TimelineLane) -> TimelineLane:
    marks: dict[str, LaneMarks] = {}
    for mark in (*one.marks, *other.marks):
        known = marks.get(mark.kind)
        marks[mark.kind] = mark if known is None else _marks(known, mark)
    spans = sorted((*one.spans, *other.spans), key=lambda span: span.since_ns)
    return TimelineLane(one.kind, one.id, tuple(marks.values()), tuple(spans))


def _marks(one: LaneMarks, other: LaneMarks) -> LaneMarks:
    counts = tuple(map(sum, zip(one.counts, other.counts, strict=True)))
    return LaneMarks(one.kind, counts, tuple(map(max, zip(one.worst, other.worst, strict=True))))


MERGES: Mapping[type[Any], MergeAnswers] = {
    CountIncidents: _incidents,
    CountPlumes: _summed,
    CountSmokeSequences: _summed,
    GetTimeline: _timeline,
    FindNeighbour: _neighbour,
    CountDays: _days,
    ListBookmarks: _newest(lambda bookmark: bookmark.at_ns),
    ListSearches: _by_name,
    ListEventVerdicts: _in_order,
    ListSegments: _segments,
    ListLocks: _newest(lambda lock: lock.created_ns),
    ListPacks: _newest(lambda pack: pack.created_ns),
    ListCases: _newest(lambda case: case.created_ns),
    ListReplays: _in_order,
    ListErasures: _erasures,
}
"""By question: all whose route is `merged`."""
