"""What the chips of a question ask for, as the filter of a list of hits; and what of it such a list cannot be limited by."""

from dataclasses import replace

from engine.model.history.plan import PlannedQuery
from engine.model.history.query import SEEN_KINDS, Of, Query, Scope, Who
from engine.model.history.timeline import HitKind, LaneKind, SearchFilter, Timeline, TimelineLane

_RECORDS: dict[Of, tuple[HitKind, ...]] = {
    Of.EVENTS: (HitKind.EVENT,),
    Of.PEOPLE: (HitKind.EVENT,),
    Of.ALERTS: (HitKind.ALERT,),
    Of.INCIDENTS: (HitKind.INCIDENT, HitKind.REPORT),
    Of.HELD: (HitKind.DECISION,),
}


def filter_of(query: Query) -> SearchFilter:
    """What of it a list can be limited by. Of several stretches of time: from the first to the last."""
    scope = query.scope
    somebody = not scope.person_ids and (scope.who is not Who.ANYTHING or query.of is Of.PEOPLE)
    kinds = scope.kinds or (SEEN_KINDS if somebody else ())
    placed = not _beyond_where(scope)
    return SearchFilter(
        kinds=_RECORDS[query.of],
        event_kinds=tuple(kind.value for kind in kinds),
        camera_ids=scope.camera_ids if placed else (),
        person_id=scope.person_ids[0] if len(scope.person_ids) == 1 else "",
        zone_id=scope.zone_ids[0] if placed and scope.zone_ids else "",
        label=_only(scope.labels),
        since_ns=scope.since_ns or None,
        until_ns=scope.until_ns,
        min_severity=scope.min_severity if scope.min_severity > 1 else 0,
        rule_id=_only(scope.rule_ids),
        state=_only(scope.states),
    )


def parts_beyond(planned: PlannedQuery) -> frozenset[str]:
    """Parts with a chip of their own that a list is not limited by, or not by all of it."""
    scope = planned.query.scope
    beyond = {
        "who": scope.who in (Who.KNOWN, Who.UNKNOWN) or len(scope.person_ids) > 1,
        "where": _beyond_where(scope),
        "when": len(scope.spans) > 1 or planned.anchor is not None,
    }
    return frozenset(part for part, is_beyond in beyond.items() if is_beyond)


def without_listed(query: Query) -> Query:
    """Without those conditions that have no chip of their own and that a list is limited by."""
    scope = query.scope
    single = {"labels": scope.labels, "rule_ids": scope.rule_ids, "states": scope.states}
    left = {name: values if len(values) > 1 else () for name, values in single.items()}
    return replace(query, scope=replace(scope, min_severity=1, **left))


def _beyond_where(scope: Scope) -> bool:
    """A list is of cameras, or of one zone: of hits at any of both it knows none."""
    return bool(scope.sensor_ids) or len(scope.zone_ids) > 1 or bool(scope.zone_ids and scope.camera_ids)


def _only(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else ""


def limited_timeline(timeline: Timeline, wanted: SearchFilter) -> Timeline:
    """Its lanes of these cameras and this person, with marks of these kinds."""
    return replace(timeline, lanes=tuple(_limited_lane(lane, wanted) for lane in timeline.lanes if _is_wanted(lane, wanted)))


def _is_wanted(lane: TimelineLane, wanted: SearchFilter) -> bool:
    of_camera = lane.kind in (LaneKind.CAMERA, LaneKind.OBSERVED) and bool(lane.id)
    if of_camera and wanted.camera_ids and lane.id not in wanted.camera_ids:
        return False
    return not (lane.kind is LaneKind.PEOPLE and lane.id and wanted.person_id) or lane.id == wanted.person_id


def _limited_lane(lane: TimelineLane, wanted: SearchFilter) -> TimelineLane:
    if not wanted.event_kinds:
        return lane
    return replace(lane, marks=tuple(marks for marks in lane.marks if marks.kind in wanted.event_kinds))
