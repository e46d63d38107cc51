"""Questions that the record answers by itself."""

from typing import Any, Protocol, TypeVar

from engine.model.accounts.access import Scope, Session
from engine.model.cameras.segment import ListLocks, ListSegments
from engine.model.history.timeline import CountDays, FindNeighbour, GetTimeline, ListBookmarks, TrackBack
from engine.model.question import (
    CountIncidents,
    GetDecision,
    GetIncident,
    ListAlerts,
    ListAudit,
    ListClips,
    ListDecisions,
    ListErasures,
    ListEvents,
    ListIncidents,
    ListSequences,
    WhyNothing,
)
from engine.model.question_type import RecordQuestion
from engine.model.review.event_verdict import ListEventVerdicts
from engine.runtime.operations.spec import Questions, QuestionScope, QuestionSpec
from engine.runtime.recorder.record import Record

T = TypeVar("T")

_FROM_VIEWS: tuple[type[RecordQuestion[Any]], ...] = (
    *(ListEvents, ListDecisions, ListSequences, ListClips, ListAlerts, GetDecision, WhyNothing, ListSegments, ListLocks),
    *(GetTimeline, FindNeighbour, CountDays, ListBookmarks, TrackBack, ListEventVerdicts),
)
# or of what no camera saw
_OF_THE_SITE: tuple[type[RecordQuestion[Any]], ...] = (ListIncidents, GetIncident, CountIncidents, ListAudit, ListErasures)


class RecordHost(Protocol):
    """What these operations need of the engine."""

    @property
    def record(self) -> Record: ...


def _answer(engine: RecordHost, question: RecordQuestion[T], _: Session, scope: Scope | None) -> T:
    store = engine.record.store
    return store.answer(question) if scope is None else store.within(scope).answer(question)


QUESTIONS: Questions[RecordHost] = (
    *(QuestionSpec(kind, scope=QuestionScope.LIMITED, handler=_answer) for kind in _FROM_VIEWS),
    *(QuestionSpec(kind, scope=QuestionScope.SITE_WIDE, handler=_answer) for kind in _OF_THE_SITE),
)
