"""What was held back where nothing was found: the record has it as a decision and as nothing else."""

from dataclasses import replace

from engine.history.queries.findings import count_citation, row_of_decision
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Row
from engine.model.alerts.decision import CandidateKind
from engine.model.event import EventKind
from engine.model.history.query import Ask, Of, Query, Scope

_CANDIDATES = {  # the others are of several kinds of events
    EventKind.FALL: CandidateKind.FALL,
    EventKind.SMOKE: CandidateKind.SMOKE,
    EventKind.GESTURE: CandidateKind.GESTURE,
    EventKind.MOTION: CandidateKind.MOTION,
    EventKind.PERSON: CandidateKind.SEQUENCE,
}
_SEARCHES = (Ask.LIST, Ask.COUNT, Ask.LAST, Ask.FIRST, Ask.STAYS, Ask.HOW_LONG, Ask.CLIP, Ask.WHY_ALERT)


def held_back(reach: Reach, query: Query) -> Row | None:
    """The newest decision on what could have been asked for; `count`: of how many, by the query among its `rows`."""
    scope = _held_scope(query) if query.ask in _SEARCHES and not query.id and query.scope.spans else None
    found = [] if scope is None else reach.held_decisions(scope)
    if scope is None or not found:
        return None
    counted = count_citation(Query(Ask.COUNT, Of.HELD, scope), reach.now_ns)
    return replace(row_of_decision(found[0]), count=len(found), rows=(counted,))


def _held_scope(query: Query) -> Scope | None:
    """None: nothing is held of it. Whoever it was, a candidate has no name yet."""
    scope = query.scope
    place = Scope(scope.spans, camera_ids=scope.camera_ids, zone_ids=scope.zone_ids)
    if query.of is Of.ALERTS and scope == replace(place, kinds=scope.kinds):
        return scope
    candidates = tuple(_CANDIDATES[kind].value for kind in scope.kinds if kind in _CANDIDATES)
    is_of_kind = query.of in (Of.EVENTS, Of.PEOPLE) and len(scope.kinds) == 1 and candidates and not (scope.labels or scope.going_on)
    return replace(place, labels=candidates) if is_of_kind else None
