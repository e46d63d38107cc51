"""Commands: undo of a removal."""

from typing import Protocol

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.accounts.undo import RemovedKind, UndoRemoval
from engine.model.time import Clock
from engine.runtime.audit.auditing import Auditor
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.operations.spec import Commands, CommandSpec, NotUndoable, any_session, audits_itself
from engine.runtime.undoing import UndoShelf


class UndoHost(Protocol):
    """What these operations need of the engine."""

    @property
    def audit(self) -> NamelessAudit: ...

    @property
    def auditor(self) -> Auditor: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def undo(self) -> UndoShelf: ...


def _undo(engine: UndoHost, command: UndoRemoval, session: Session) -> str:
    done = engine.undo.undo(command.removal_id, session)
    subject = engine.auditor.pseudonym(done.subject) if done.kind is RemovedKind.DEVICE else done.subject
    engine.audit.note(AuditRow.of(engine.clock.now_ns(), session.user, AuditVerb.UNDO_REMOVAL, subject, done.kind.value))
    return done.name


COMMANDS: Commands[UndoHost] = (
    CommandSpec(
        UndoRemoval,
        handler=_undo,
        scope=any_session,
        audit=audits_itself("only the handler knows what came back"),
        undo=NotUndoable("the removal is done again"),
        durable=True,
    ),
)
