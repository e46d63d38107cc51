"""Commands: undo of a removal."""

from engine.model.access import Session
from engine.model.audit import AuditRow, AuditVerb
from engine.model.undo import Gone, UndoRemoval
from engine.runtime.engine import Engine
from engine.runtime.operations.spec import Commands, CommandSpec, NotUndoable, any_session, audits_itself


def _undo(engine: Engine, command: UndoRemoval, session: Session) -> str:
    done = engine.undo.undo(command.removal_id, session)
    subject = engine.auditor.pseudonym(done.subject) if done.kind is Gone.DEVICE else done.subject
    engine.audit.note(AuditRow(engine.clock.now_ns(), session.user.name, AuditVerb.UNDO_REMOVAL, subject, done.kind.value))
    return done.name


COMMANDS: Commands = (
    CommandSpec(
        UndoRemoval,
        handler=_undo,
        scope=any_session,
        audit=audits_itself("only the handler knows what came back"),
        undo=NotUndoable("the removal is done again"),
        durable=True,
    ),
)
