"""Commands: recordings locked as evidence, and pictures that leave."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.accounts.undo import RemovedKind
from engine.model.cameras.segment import KeepStill, ListLocks, LockEvidence, UnlockEvidence
from engine.model.errors import NotFound
from engine.model.settings import Settings
from engine.model.time import Clock, to_iso
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.footage.segment_side import SegmentSide
from engine.runtime.operations.spec import (
    Commands,
    CommandSpec,
    FinishUndo,
    NotUndoable,
    audited,
    audits_itself,
    nothing_to_undo,
    site_wide,
    within_scope,
)
from engine.runtime.recorder.record import Record
from engine.runtime.undoing import Removal, short_name


class SegmentHost(Protocol):
    """What these operations need of the engine."""

    @property
    def audit(self) -> NamelessAudit: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def record(self) -> Record: ...

    @property
    def segments(self) -> SegmentSide: ...

    @property
    def settings(self) -> Settings: ...


def _lock(engine: SegmentHost, command: LockEvidence, session: Session) -> str:
    """The lock's id. Raises InputError, EnvironmentFault."""
    lock = engine.segments.new_lock(command, session.user.name)
    engine.audit.keep(AuditRow.of(lock.created_ns, session.user, AuditVerb.LOCK_EVIDENCE, lock.id, lock.reason))
    engine.segments.lock(lock)
    return lock.id


def _may_lock(_: SegmentHost, command: LockEvidence, __: Session, scope: Scope) -> bool:
    return bool(command.camera_ids) and all(camera_id in scope for camera_id in command.camera_ids)


def _unlock(engine: SegmentHost, command: UnlockEvidence, _: Session) -> str:
    engine.segments.unlock(command.lock_id)
    return command.lock_id


def _undo_unlock(engine: SegmentHost, command: UnlockEvidence, _: Session) -> FinishUndo:
    """What retention removed in between does not come back."""
    gone = next((each for each in engine.record.store.answer(ListLocks()) if each.id == command.lock_id), None)
    if gone is None:
        return nothing_to_undo
    return lambda: Removal(RemovedKind.LOCK, gone.id, short_name(gone.reason), lambda: engine.segments.lock(gone))


def _keep_still(engine: SegmentHost, command: KeepStill, session: Session) -> str:
    """The camera's id. Raises NotFound, EnvironmentFault."""
    if engine.settings.camera(command.camera_id) is None:
        raise NotFound(f"There is no camera {command.camera_id!r}.")
    taken = f"picture of {to_iso(command.captured_ns)}"
    engine.audit.keep(AuditRow.of(engine.clock.now_ns(), session.user, AuditVerb.EXPORT, command.camera_id, taken))
    return command.camera_id


def _may_keep_still(_: SegmentHost, command: KeepStill, __: Session, scope: Scope) -> bool:
    return command.camera_id in scope


COMMANDS: Commands[SegmentHost] = (
    CommandSpec(
        LockEvidence,
        handler=_lock,
        scope=within_scope(_may_lock),
        audit=audits_itself("before the lock is there, with the reason"),
        undo=NotUndoable("it is unlocked instead"),
        durable=True,
    ),
    CommandSpec(
        UnlockEvidence,
        handler=_unlock,
        scope=site_wide,
        audit=audited(AuditVerb.UNLOCK_EVIDENCE, "lock_id"),
        undo=_undo_unlock,
        durable=True,
    ),
    CommandSpec(
        KeepStill,
        handler=_keep_still,
        scope=within_scope(_may_keep_still),
        audit=audits_itself("before the picture leaves"),
        undo=NotUndoable("the picture has left"),
        durable=False,
    ),
)
