"""Locking what was recorded as evidence, and taking that back."""

from engine.model.audit import AuditRow, AuditVerb
from engine.model.segment import LockEvidence, SegmentCommand
from engine.runtime.engine import Engine


def execute_segments(engine: Engine, command: SegmentCommand, by: str) -> str:
    """The lock's id. Raises InputError, NotFound, EnvironmentFault."""
    if isinstance(command, LockEvidence):
        lock = engine.segments.new_lock(command, by)
        engine.audit(AuditRow(lock.created_ns, by, AuditVerb.LOCK_EVIDENCE, lock.id, lock.reason))
        engine.segments.lock(lock)
        return lock.id
    engine.segments.unlock(command.lock_id)
    return command.lock_id
