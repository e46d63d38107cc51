"""Commands and questions: shift hand-overs, written and read."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Protocol

from engine.model.accounts.access import Scope, Session, within
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.handover import MOST_ATTACHED, Handover, LeftKind, ListHandovers, OpenItem, Read, ReadHandover, WriteHandover
from engine.model.alerts.alert import AlertState
from engine.model.errors import NotFound
from engine.model.health import CameraState
from engine.model.question import ListAlerts
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, Clock
from engine.runtime.access.narrowing import Narrowing
from engine.runtime.operations.spec import (
    OUTCOME,
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    any_session,
    audited,
)
from engine.runtime.recorder.record import Record

_DOWN = (CameraState.LOST, CameraState.CONNECTING)
_MOST_COUNTED = 10_000
_LONGEST_SHIFT_NS = 86_400 * SECOND


class ShiftsHost(Protocol):
    """What the hand-overs that are written need of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def record(self) -> Record: ...

    @property
    def settings(self) -> Settings: ...


class HandoversHost(ShiftsHost, Protocol):
    """What writing one needs besides."""

    @property
    def narrowing(self) -> Narrowing: ...

    def snapshot(self, with_users: bool) -> Snapshot: ...


def _list(engine: HandoversHost, question: ListHandovers, session: Session, _: Scope | None) -> tuple[Handover, ...]:
    """Those that whoever asks may read. Raises InputError."""
    shown = _readable_handovers(engine, session, question.before_id)
    if question.unread:
        newest = next(shown, None)
        return (newest,) if newest is not None and newest.awaits(session.user.id) else ()
    return tuple(islice(shown, question.limit))


def _read_handover(engine: HandoversHost, command: ReadHandover, session: Session) -> str:
    """Raises NotFound."""
    known = _readable_handover(engine, session, command.handover_id)
    if all(read.by_id != session.user.id for read in known.read):
        read = (*known.read, Read(session.user.name, engine.clock.now_ns(), session.user.id))
        engine.record.store.handovers.put(replace(known, read=read))
    return known.id


def shift_of(engine: ShiftsHost, session: Session, handover_id: str) -> tuple[int, int]:
    """From when until when, UTC ns, a day at most; empty: the shift that goes on. Raises NotFound."""
    if handover_id:
        known = _readable_handover(engine, session, handover_id)
        since_ns, until_ns = known.since_ns, known.at_ns
    else:
        newest = next(_readable_handovers(engine, session, None), None)
        since_ns, until_ns = None if newest is None else newest.at_ns, engine.clock.now_ns()
    return min(max(since_ns or 0, until_ns - _LONGEST_SHIFT_NS), until_ns - SECOND), until_ns


def _readable_handover(engine: ShiftsHost, session: Session, handover_id: str) -> Handover:
    """Raises NotFound."""
    known = engine.record.store.handovers.get(handover_id)
    if known is None or not _may_read(engine, session, known):
        raise NotFound(f"There is no hand-over {handover_id[:80]!r}.")
    return known


def _readable_handovers(engine: ShiftsHost, session: Session, before_id: str | None) -> Iterator[Handover]:
    table, last = engine.record.store.handovers, before_id
    while page := table.page(last):
        yield from (each for each in page if _may_read(engine, session, each))
        last = page[-1].id


def _may_read(engine: ShiftsHost, session: Session, handover: Handover) -> bool:
    """What is in it may be of any camera that its writer saw."""
    return handover.by_id == session.user.id or within(handover.cameras, session.cameras, engine.settings.cameras)


def _write_handover(engine: HandoversHost, command: WriteHandover, session: Session) -> str:
    """Of what is open, only what whoever writes may see is attached."""
    text = command.text.strip()
    now_ns, scope = engine.clock.now_ns(), session.scope(engine.settings.cameras)
    now = engine.snapshot(with_users=False)
    shown = now if scope is None else engine.narrowing.narrow(now, scope, session)
    before = next(_readable_handovers(engine, session, None), None)
    since_ns = None if before is None else before.at_ns
    raised, closed = _counts(engine, scope, since_ns)
    left = tuple(left_open(shown))
    more = max(0, len(shown.alerts.alerts) - MOST_ATTACHED) + max(0, len(shown.incidents.incidents) - MOST_ATTACHED)
    made = Handover(engine.record.new_id("ho"), now_ns, session.user.name, text, since_ns, left, raised, closed, more, session.cameras)
    made = replace(made, by_id=session.user.id)
    engine.record.store.handovers.put(made)
    return made.id


def _counts(engine: HandoversHost, scope: Scope | None, since_ns: int | None) -> tuple[int, int]:
    """Alerts that were raised since then, and how many of those are closed."""
    store = engine.record.store if scope is None else engine.record.store.within(scope)
    raised = store.answer(ListAlerts(_MOST_COUNTED, since_ns=since_ns)).alerts
    return len(raised), sum(1 for alert in raised if not alert.open)


def left_open(shown: Snapshot) -> Iterable[OpenItem]:
    """Without names and without what people wrote: what it is, where, and since when."""
    for alert in shown.alerts.alerts[:MOST_ATTACHED]:
        taken = alert.state is not AlertState.NEW
        yield OpenItem(LeftKind.ALERT, alert.id, alert.raised_ns, alert.kind.value, int(alert.severity), alert.camera_id, taken)
    for incident in shown.incidents.incidents[:MOST_ATTACHED]:
        yield OpenItem(LeftKind.INCIDENT, incident.id, incident.occurred_ns, incident.category.value, int(incident.severity))
    for view in shown.cameras:
        if view.settings.enabled and view.health.state in _DOWN:
            yield OpenItem(LeftKind.CAMERA, view.settings.id, view.health.since_ns, view.health.reason, camera_id=view.settings.id)


COMMANDS: Commands[HandoversHost] = (
    CommandSpec(
        WriteHandover,
        handler=_write_handover,
        scope=any_session,
        audit=audited(AuditVerb.HAND_OVER, OUTCOME),
        undo=NotUndoable("the next shift may have read it"),
        durable=True,
    ),
    CommandSpec(
        ReadHandover,
        handler=_read_handover,
        scope=any_session,
        audit=audited(AuditVerb.READ_HANDOVER, "handover_id"),
        undo=NotUndoable("it was read"),
        durable=True,
    ),
)
QUESTIONS: Questions[HandoversHost] = (QuestionSpec(ListHandovers, scope=QuestionScope.LIMITED, handler=_list),)
