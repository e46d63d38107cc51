"""One command, carried out by its specification: undo prepared, handler, undo kept, audit noted, record awaited."""

from typing import TypeVar

from engine.model.access import Session
from engine.model.audit import AuditRow
from engine.model.command import Command
from engine.runtime.engine import Engine
from engine.runtime.operations.spec import AuditEntry, CommandSpec

C = TypeVar("C", bound=Command)


def carry_out(engine: Engine, spec: CommandSpec[C], command: C, session: Session) -> str:
    """The id that the command made or concerned, or an empty string; what was done is in the audit, and outlives the engine from when this
    returns. The caller has checked verb and scope. Raises also EnvironmentFault `not_kept`."""
    finish_undo = spec.undo(engine, command, session)
    outcome = spec.handler(engine, command, session)
    removal = finish_undo()
    if removal is not None:
        engine.undo.put(removal, command.verb, session)
    note(engine, spec.audit.entries(command, outcome, engine.auditor.pseudonym), session.user.name)
    if spec.durable:
        engine.kept.wait()
    return outcome


def note(engine: Engine, entries: tuple[AuditEntry, ...], by: str) -> None:
    """Audit rows of now."""
    now_ns = engine.clock.now_ns()
    engine.audit.note(*(AuditRow(now_ns, by, *entry) for entry in entries))
