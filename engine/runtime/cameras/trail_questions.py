"""Where the subjects of an event, or all tracks of a camera, were in its picture: from the record, and from trails that are still open."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.cameras.trail import EventTrails, GetEventTrails, ListTrails, TrackTrail
from engine.model.errors import NotFound
from engine.model.event import Event, EventKind
from engine.model.time import SECOND, Clock
from engine.runtime.cameras.trail_side import TrailSide
from engine.runtime.operations.spec import Questions, QuestionScope, QuestionSpec
from engine.runtime.recorder.record import Record

_OF_ONE_PERSON = frozenset({EventKind.PERSON, EventKind.NAMED, EventKind.WHO_IS_IT, EventKind.LOITERING, EventKind.RUNNING})
AROUND_NS = 30 * SECOND  # a clip shows more than the event


class TrailHost(Protocol):
    """What these operations need of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def record(self) -> Record: ...

    @property
    def trails(self) -> TrailSide: ...


def _event_trails(engine: TrailHost, question: GetEventTrails, _: Session, scope: Scope | None) -> EventTrails:
    """Raises NotFound."""
    store = engine.record.store
    event = store.event(question.event_id) if scope is None else store.within(scope).event(question.event_id)
    if event is None:
        raise NotFound(f"There is no event {question.event_id}.")
    if not event.camera_id:
        return EventTrails()
    since_ns, until_ns = event.started_ns - AROUND_NS, (event.ended_ns or engine.clock.now_ns()) + AROUND_NS
    table = store.trails
    own = _joined_trails(
        table.of_track(event.camera_id, event.subject_id, since_ns, until_ns),
        engine.trails.open_trails(event.camera_id, event.subject_id) if event.subject_id else (),
    )
    if (own and event.kind is not EventKind.FIGHT) or event.kind in _OF_ONE_PERSON or _is_of_nobody(event):
        return EventTrails(event.camera_id, own)
    return EventTrails(event.camera_id, _in_view(engine, event.camera_id, since_ns, until_ns), by_subject=False)


def _camera_trails(engine: TrailHost, question: ListTrails, _: Session, scope: Scope | None) -> tuple[TrackTrail, ...]:
    """Raises NotFound."""
    if scope is not None and question.camera_id not in scope:
        raise NotFound(f"There is no camera {question.camera_id}.")
    return _in_view(engine, question.camera_id, question.since_ns, question.until_ns)


def _in_view(engine: TrailHost, camera_id: str, since_ns: int, until_ns: int) -> tuple[TrackTrail, ...]:
    everybody = _joined_trails(engine.record.store.trails.in_view(camera_id, since_ns, until_ns), engine.trails.open_trails(camera_id))
    return tuple(each for each in everybody if each.times_ns[0] < until_ns and each.times_ns[-1] >= since_ns)


def _joined_trails(stored: tuple[TrackTrail, ...], open_now: tuple[TrackTrail, ...]) -> tuple[TrackTrail, ...]:
    """One that was stored between the two readings stands in both, the stored one whole."""
    known = {(each.track_id, each.times_ns[0] // SECOND) for each in stored}
    return (*stored, *(each for each in open_now if (each.track_id, each.times_ns[0] // SECOND) not in known))


def _is_of_nobody(event: Event) -> bool:
    return event.subject_id == event.camera_id


QUESTIONS: Questions[TrailHost] = (
    QuestionSpec(GetEventTrails, scope=QuestionScope.LIMITED, handler=_event_trails),
    QuestionSpec(ListTrails, scope=QuestionScope.LIMITED, handler=_camera_trails),
)
