"""Commands and questions: cameras, their search and their trial."""

from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.privacy import same_way
from engine.model.cameras.segment import ListSegments
from engine.model.command import Credentials, PutCamera, RemoveCamera, RestartCamera, TestCamera
from engine.model.errors import BeyondCameras, EnvironmentFault, InputError, NotFound
from engine.model.history.finding import CameraDescription, DescribeCamera, FindCameras, FindUsbCameras, FoundCamera, FoundUsb
from engine.model.people.speech import SoundDevice
from engine.model.question import ListEvents, ListSoundDevices
from engine.model.settings import CameraSettings, Settings
from engine.model.time import EVER_NS
from engine.runtime.cameras.camera_access import CameraAccess
from engine.runtime.cameras.trial import TrialHost, try_camera
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import (
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    audited,
    not_audited,
    site_wide,
    within_scope,
)
from engine.runtime.recorder.record import Record
from engine.runtime.settings.current_settings import current_settings
from engine.runtime.settings.logins import Logins
from engine.runtime.settings.settings_undo import Restore, settings_undo
from engine.runtime.storage.own_files import check_not_own
from engine.sources.camera.find.discovery import find_cameras
from engine.sources.camera.find.onvif import describe_camera
from engine.sources.camera.find.usb_list import usb_cameras
from engine.sources.camera.source import opened_path
from engine.sources.camera.urls import split_credentials
from engine.sources.microphone.device import devices

LONGEST_ID = 100  # bytes; files are named after a camera, and a file's name has 255
NO_FILES = "names a file or folder of the engine's machine, which nobody may who is limited to some cameras"


class CameraHost(SettingsHost, TrialHost, Protocol):
    """What these operations need of the engine."""

    @property
    def logins(self) -> Logins: ...

    @property
    def record(self) -> Record: ...

    @property
    def sight(self) -> CameraAccess: ...


def clean(camera: CameraSettings, credentials: Credentials | None) -> tuple[CameraSettings, Credentials | None]:
    """The camera with any login taken out of its addresses; a login given apart wins. Raises InputError."""
    if len(camera.id.encode()) > LONGEST_ID:
        raise InputError("id", f"is longer than {LONGEST_ID} bytes; files are named after it")
    url, in_url = split_credentials(camera.url)
    sub_url, in_sub_url = split_credentials(camera.sub_url) if camera.sub_url else ("", None)
    return replace(camera, url=url, sub_url=sub_url), credentials or in_url or in_sub_url


def _put_camera(engine: CameraHost, command: PutCamera, session: Session) -> str:
    camera, credentials = clean(command.camera, command.credentials)
    check_not_own(engine.basis.own_folders, camera)
    if camera.number and any(other.number == camera.number and other.id != camera.id for other in engine.settings.cameras):
        raise InputError("number", f"{camera.number} is the number of another camera")
    if credentials is not None:
        engine.logins.put(camera, credentials)
    camera = _drawn_on(engine, camera)
    engine.update_settings(lambda now: now.with_camera(camera), session.user.name, renewed=camera.id if credentials is not None else "")
    return camera.id


def _drawn_on(engine: CameraHost, camera: CameraSettings) -> CameraSettings:
    """With the size of the picture that its privacy areas were drawn on, where they are new and nobody said it."""
    before, unit = engine.settings.camera(camera.id), engine.sight.cameras.find(camera.id)
    if unit is None or not camera.privacy or (before is not None and before.privacy == camera.privacy):
        return camera
    fits = same_way((camera.privacy_size,), unit.size) == (camera.privacy_size,)
    said = before is None or camera.privacy_size != before.privacy_size or fits
    return camera if all(camera.privacy_size) and said else replace(camera, privacy_size=unit.size)


def _remove_camera(engine: CameraHost, command: RemoveCamera, session: Session) -> str:
    camera_id = command.camera_id

    def without(now: Settings) -> Settings:
        if now.camera(camera_id) is None:
            raise NotFound(f"There is no camera {camera_id}.")
        return now.without_camera(camera_id)

    engine.update_settings(without, session.user.name)
    engine.logins.forget(camera_id)
    return camera_id


def _restart_camera(engine: CameraHost, command: RestartCamera, _: Session) -> str:
    unit = engine.sight.cameras.unit(command.camera_id)
    if not unit.settings.enabled:
        raise EnvironmentFault("paused", f"The camera {unit.settings.name} is paused. Switch it on instead.")
    engine.sight.cameras.restart(command.camera_id)
    return command.camera_id


def _check_put(engine: CameraHost, command: PutCamera, session: Session, scope: Scope | None) -> None:
    """Of a limited session: a camera that it sees, before and after, and no file of the machine. Raises BeyondCameras, InputError."""
    if scope is None:
        return
    camera, known = command.camera, engine.settings.camera(command.camera.id)
    is_its_own = camera.id in scope or not _was_there(engine, camera.id) if known is None else session.sees(known)
    if not (session.sees(camera) and is_its_own):
        raise BeyondCameras(command.verb)
    _check_no_files(known, camera)


def _check_no_files(known: CameraSettings | None, camera: CameraSettings) -> None:
    """A path reaches all that the engine's account may read, which is more than some cameras. What was there before stays."""
    named = () if known is None else (known.url, known.sub_url)
    for field, url in (("url", camera.url), ("sub_url", camera.sub_url)):
        if url not in named and opened_path(url) is not None:
            raise InputError(field, NO_FILES)


def _was_there(engine: CameraHost, camera_id: str) -> bool:
    """A camera of before, whose past the id would open."""
    store = engine.record.store
    events = store.answer(ListEvents(limit=1, camera_id=camera_id))
    return bool(events or store.answer(ListSegments(0, EVER_NS, (camera_id,), 1)))


def _is_its_own(_: CameraHost, command: RemoveCamera | RestartCamera, __: Session, scope: Scope) -> bool:
    return command.camera_id in scope


def _login(engine: CameraHost, command: RemoveCamera) -> Restore | None:
    camera = engine.settings.camera(command.camera_id)
    login = None if camera is None else engine.logins.get(camera)
    return None if camera is None or login is None else lambda: engine.logins.put(camera, login)


def _put_id(command: PutCamera) -> str:
    return command.camera.id


def _removed_id(command: RemoveCamera) -> str:
    return command.camera_id


def _test(engine: CameraHost, command: TestCamera, _: Session) -> str:
    camera, credentials = clean(command.camera, command.credentials)
    check_not_own(engine.basis.own_folders, camera)
    return try_camera(engine, camera, credentials or engine.logins.get(camera))


def _find(_: CameraHost, __: FindCameras, ___: Session, ____: Scope | None) -> tuple[FoundCamera, ...]:
    return find_cameras()


def _find_usb(_: CameraHost, __: FindUsbCameras, ___: Session, ____: Scope | None) -> tuple[FoundUsb, ...]:
    return usb_cameras()


def _describe(_: CameraHost, question: DescribeCamera, __: Session, ___: Scope | None) -> CameraDescription:
    return describe_camera(question.address, question.credentials)


def _list_sound_devices(_: CameraHost, __: ListSoundDevices, ___: Session, ____: Scope | None) -> tuple[SoundDevice, ...]:
    return devices()


COMMANDS: Commands[CameraHost] = (
    CommandSpec(
        PutCamera,
        handler=_put_camera,
        scope=_check_put,
        audit=audited(AuditVerb.PUT_CAMERA, "camera.id"),
        undo=settings_undo(camera_id=_put_id),
        durable=True,
        current=current_settings,
    ),
    CommandSpec(
        RemoveCamera,
        handler=_remove_camera,
        scope=within_scope(_is_its_own),
        audit=audited(AuditVerb.REMOVE_CAMERA, "camera_id"),
        undo=settings_undo(_login, _removed_id),
        durable=True,
    ),
    CommandSpec(
        RestartCamera,
        handler=_restart_camera,
        scope=within_scope(_is_its_own),
        audit=audited(AuditVerb.RESTART_CAMERA, "camera_id"),
        undo=NotUndoable("nothing is removed"),
        durable=False,
    ),
    CommandSpec(
        TestCamera,
        handler=_test,
        scope=site_wide,
        audit=not_audited("nothing is kept of a trial"),
        undo=NotUndoable("nothing is kept of a trial"),
        durable=False,
    ),
)
QUESTIONS: Questions[CameraHost] = (
    QuestionSpec(FindCameras, scope=QuestionScope.SITE_WIDE, handler=_find),
    QuestionSpec(FindUsbCameras, scope=QuestionScope.SITE_WIDE, handler=_find_usb),
    QuestionSpec(DescribeCamera, scope=QuestionScope.SITE_WIDE, handler=_describe),
    QuestionSpec(ListSoundDevices, scope=QuestionScope.SITE_WIDE, handler=_list_sound_devices),
)
