"""What the audit keeps of changed cameras before they hold: what nobody is shown of them any more, or again, and who may listen."""

from collections.abc import Iterator

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.settings import CameraSettings, Settings


def privacy_rows(before: Settings, then: Settings, by: str, now_ns: int) -> tuple[AuditRow, ...]:
    """Who changes which parts of pictures nobody is shown."""
    return tuple(AuditRow(now_ns, by, AuditVerb.PUT_CAMERA, camera.id, told) for camera, told in _private(before, then))


def listening_rows(before: Settings, then: Settings, by: str, now_ns: int) -> tuple[AuditRow, ...]:
    """Who lets others listen to what, and for what purpose."""
    return tuple(AuditRow(now_ns, by, AuditVerb.CHANGE_LISTENING, camera.id, told) for camera, told in _listening_changes(before, then))


def _private(before: Settings, then: Settings) -> Iterator[tuple[CameraSettings, str]]:
    for camera in then.cameras:
        was = before.camera(camera.id)
        known = set(was.privacy if was is not None else ())
        if set(camera.privacy) != known:
            yield camera, f"privacy areas: {len(set(camera.privacy) - known)} new, {len(known - set(camera.privacy))} gone"


def _listening_changes(before: Settings, then: Settings) -> Iterator[tuple[CameraSettings, str]]:
    for camera in then.cameras:
        was = before.camera(camera.id)
        known = (was.listen, was.listen_purpose.strip()) if was is not None else (False, "")
        purpose = camera.listen_purpose.strip()
        if camera.listen != known[0] or (camera.listen and purpose != known[1]):
            yield camera, f"on, for: {purpose}" if camera.listen else "off"
