"""Locking what was recorded as evidence, and taking that back; pictures that leave."""

from engine.model.audit import AuditRow, AuditVerb
from engine.model.errors import NotFound
from engine.model.segment import KeepStill, LockEvidence, SegmentCommand
from engine.model.time import to_iso
from engine.runtime.engine import Engine


def execute_segments(engine: Engine, command: SegmentCommand, by: str) -> str:
    """The lock's id; of a picture, its camera's. Raises InputError, NotFound, EnvironmentFault."""
    if isinstance(command, KeepStill):
        return _keep_still(engine, command, by)
    if isinstance(command, LockEvidence):
        lock = engine.segments.new_lock(command, by)
        engine.audit.keep(AuditRow(lock.created_ns, by, AuditVerb.LOCK_EVIDENCE, lock.id, lock.reason))
        engine.segments.lock(lock)
        return lock.id
    engine.segments.unlock(command.lock_id)
    return command.lock_id


def _keep_still(engine: Engine, command: KeepStill, by: str) -> str:
    if engine.settings.camera(command.camera_id) is None:
        raise NotFound(f"There is no camera {command.camera_id!r}.")
    taken = f"picture of {to_iso(command.captured_ns)}"
    engine.audit.keep(AuditRow(engine.clock.now_ns(), by, AuditVerb.EXPORT, command.camera_id, taken))
    return command.camera_id
