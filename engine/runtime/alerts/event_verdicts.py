"""Verdicts on events: kept, shown with the newest events, and taken back."""

import threading
from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import NotFound
from engine.model.event import Event
from engine.model.review.event_verdict import EventVerdict, JudgeEvent
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from engine.runtime.access.scopes import require_found
from engine.runtime.operations.spec import Commands, CommandSpec, NotUndoable, audited, within_scope
from engine.runtime.recorder.record import Record
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.store.timeline.verdicts import EventVerdictTable


class EventVerdicts(Side):
    """Any thread."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = threading.Lock()  # guards _known
        self._known: dict[str, EventVerdict] = {}  # of events that are shown

    @property
    def table(self) -> EventVerdictTable:
        return self._record.store.verdicts

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        known = self.table.of_events([event.id for event in self._record.board.events()])
        with self._lock:
            self._known = {each.event_id: each for each in known}

    def judge(self, event_id: str, verdict: EventVerdict | None) -> None:
        """Raises EnvironmentFault."""
        if verdict is None:
            self.table.remove(event_id)
        else:
            self.table.put(verdict)
        with self._lock:
            self._known.pop(event_id, None)
            if verdict is not None:
                self._known[event_id] = verdict

    def show(self, shown: Snapshot) -> Snapshot:
        with self._lock:
            if not self._known:
                return shown
            ids = {event.id for event in shown.events}
            self._known = {event_id: each for event_id, each in self._known.items() if event_id in ids}
            return replace(shown, verdicts=tuple(self._known.values()))


class VerdictHost(Protocol):
    """What this needs of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def event_verdicts(self) -> EventVerdicts: ...

    @property
    def record(self) -> Record: ...


def _event(engine: VerdictHost, event_id: str) -> Event:
    """Also before it is written. Raises NotFound."""
    known = next((event for event in engine.record.board.events() if event.id == event_id), None)
    event = known or engine.record.store.event(event_id)
    if event is None:
        raise NotFound(f"There is no event {event_id}.")
    return event


def _judge(engine: VerdictHost, command: JudgeEvent, session: Session) -> str:
    event, user, said = _event(engine, command.event_id), session.user, command.disposition
    verdict = None if said is None else EventVerdict(event.id, said, user.name, engine.clock.now_ns(), user.id)
    engine.event_verdicts.judge(event.id, verdict)
    return event.id


def _may_judge(engine: VerdictHost, command: JudgeEvent, _: Session, scope: Scope) -> bool:
    return require_found(_event(engine, command.event_id).camera_id in scope, f"There is no event {command.event_id}.")


def _verdict_words(command: JudgeEvent, _: str) -> str:
    return command.disposition.value if command.disposition is not None else "taken back"


COMMANDS: Commands[VerdictHost] = (
    CommandSpec(
        JudgeEvent,
        handler=_judge,
        scope=within_scope(_may_judge),
        audit=audited(AuditVerb.JUDGE_EVENT, "event_id", _verdict_words),
        undo=NotUndoable("it is judged again, or not at all, by the same command"),
        durable=True,
    ),
)
