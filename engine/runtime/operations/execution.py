"""One command, carried out by its specification: undo prepared, handler, undo kept, audit noted, record awaited."""

from typing import Protocol, TypeVar

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.user_ref import UserRef
from engine.model.command import Command
from engine.model.time import Clock
from engine.runtime.operations.spec import AuditEntry, CommandSpec
from engine.runtime.ports import AuditLog
from engine.runtime.recorder.durability import DurabilityBarrier
from engine.runtime.undoing import UndoShelf


class Pseudonyms(Protocol):
    def pseudonym(self, thing_id: str) -> str: ...


class ExecutionHost(Protocol):
    """What this needs of the engine."""

    @property
    def audit(self) -> AuditLog: ...

    @property
    def auditor(self) -> Pseudonyms: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def durability(self) -> DurabilityBarrier: ...

    @property
    def undo(self) -> UndoShelf: ...


C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=ExecutionHost)


def carry_out(engine: E, spec: CommandSpec[E, C], command: C, session: Session) -> str:
    """The id that the command made or concerned, or an empty string; what was done is in the audit, and outlives the engine from when this
    returns. The caller has checked verb and scope. Raises also EnvironmentFault `not_kept`."""
    outcome = perform(engine, spec, command, session)
    await_record(engine, spec)
    return outcome


def await_record(engine: ExecutionHost, spec: CommandSpec[E, C]) -> None:
    """What was done outlives the engine from when this returns. Raises EnvironmentFault `not_kept`."""
    if spec.durable:
        engine.durability.wait()


def perform(engine: E, spec: CommandSpec[E, C], command: C, session: Session) -> str:
    """As `carry_out`, where the caller awaits the record."""
    finish_undo = spec.undo(engine, command, session)
    outcome = spec.handler(engine, command, session)
    removal = finish_undo()
    if removal is not None:
        engine.undo.put(removal, command.verb, session)
    note(engine, spec.audit.entries(command, outcome, engine.auditor.pseudonym), session.user)
    return outcome


def note(engine: ExecutionHost, entries: tuple[AuditEntry, ...], by: UserRef) -> None:
    """Audit rows of now."""
    now_ns = engine.clock.now_ns()
    engine.audit.note(*(AuditRow.of(now_ns, by, *entry) for entry in entries))
