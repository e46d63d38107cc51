"""What sessions tell the engine to do, carried out on the caller's thread."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeAlias, get_args

from engine.model.access import Session
from engine.model.access_command import AccessCommand, ConfirmPassword
from engine.model.alert_command import AlertCommand, ChangeAtlas, ImportReports, ReportCommand
from engine.model.audit import AuditRow, AuditVerb
from engine.model.chat import ChangeChat, ForgetChat
from engine.model.command import (
    CancelJob,
    ChangeSettings,
    Command,
    CreateUser,
    Credentials,
    IdentifyNode,
    InstallModels,
    PutCamera,
    PutChannel,
    PutWebhook,
    RadioCommand,
    RebootNode,
    RemoveAnchor,
    RemoveCamera,
    RemoveChannel,
    RemoveUser,
    RemoveWebhook,
    SetPairing,
    SimulateFall,
    TestCamera,
    TestChannel,
    TestWebhook,
    UpdateNodes,
)
from engine.model.errors import InputError, NotFound
from engine.model.evidence import EvidenceCommand, MakePack
from engine.model.fire_command import FireCommand, RefreshFire
from engine.model.floor_image import PutFloorImage, RemoveFloorImage
from engine.model.handover import HandoverCommand
from engine.model.people_command import (
    DropTake,
    EnrolFace,
    EnrolFromClip,
    GestureCommand,
    PersonCommand,
    PrepareClip,
    RecordTake,
    ShowPoses,
    TakeFromClip,
    UnmaskFaces,
)
from engine.model.people_settings import PeopleSettings
from engine.model.privacy import same_way
from engine.model.replay import ChangeReplay, MoveReplay, ReplayCommand, StartReplay, StopReplay
from engine.model.risk_command import RetrainRisk, RiskCommand
from engine.model.segment import KeepStill, SegmentCommand
from engine.model.settings import CameraSettings, Settings
from engine.model.smoke_command import SmokeCommand
from engine.model.timeline import TimelineCommand
from engine.model.undo import Gone, UndoRemoval
from engine.model.upkeep import BackUpNow, TidyNow, UpkeepCommand
from engine.runtime.access.access_commands import execute_access
from engine.runtime.access.handovers import execute_handover
from engine.runtime.alerts.alert_commands import execute_alert
from engine.runtime.atlas.atlas_commands import change_atlas
from engine.runtime.audit.audited import audited
from engine.runtime.cameras.floor_image import execute_floor_image
from engine.runtime.cameras.own_files import check_not_own
from engine.runtime.cameras.trial import try_camera
from engine.runtime.chat.chat_commands import change_chat
from engine.runtime.engine import Engine
from engine.runtime.fire.fire_commands import execute_fire
from engine.runtime.footage.segment_commands import execute_segments
from engine.runtime.gestures.gesture_commands import execute_gesture
from engine.runtime.incidents.incident_commands import execute_incident
from engine.runtime.installing import install_models
from engine.runtime.messages.notify_commands import execute_channel
from engine.runtime.messages.webhook_commands import execute_webhook
from engine.runtime.people.people_commands import execute_person
from engine.runtime.radio.radio_commands import execute_radio
from engine.runtime.removals import look
from engine.runtime.replay.replay_commands import execute_replay
from engine.runtime.risk.risk_commands import execute_risk
from engine.runtime.search.timeline_commands import execute_timeline
from engine.runtime.settings.site_zone import with_zone
from engine.runtime.smoke.smoke_commands import execute_smoke
from engine.sources.camera.urls import split_credentials
from engine.vision.detector import check_choice

LONGEST_ID = 100  # bytes; files are named after a camera, and a file's name has 255

# What ends with the engine, or with the session that asked for it: nobody has to wait for the record. The password of a session is
# confirmed whatever becomes of the disk.
OF_THE_MOMENT = (
    *(ConfirmPassword, CancelJob, InstallModels, TestCamera, TestChannel, TestWebhook, IdentifyNode, RebootNode, SetPairing, SimulateFall),
    *(UpdateNodes, RefreshFire, EnrolFace, EnrolFromClip, UnmaskFaces, PrepareClip, RecordTake, TakeFromClip, DropTake, ShowPoses),
    *(ImportReports, MakePack, StartReplay, ChangeReplay, MoveReplay, StopReplay, RetrainRisk, KeepStill, BackUpNow, TidyNow),
)

Room: TypeAlias = Callable[[Engine, Any, Session], str]


def execute(engine: Engine, command: Command, session: Session) -> str:
    """The id that the command made or concerned, or an empty string; what was done is in the audit, and outlives the engine from when this
    returns. The caller has checked the verb. Raises also EnvironmentFault `not_kept`."""
    gather = look(engine, command, session)
    outcome = _execute(engine, command, session)
    removal = gather()
    if removal is not None:
        engine.undo.put(removal, command.verb, session)
    now_ns, by = engine.clock.now_ns(), session.user.name
    engine.audit.note(*(AuditRow(now_ns, by, *told) for told in audited(command, outcome, engine.auditor.pseudonym)))
    if not isinstance(command, OF_THE_MOMENT):
        engine.kept.wait()
    return outcome


def _by_name(execute: Callable[[Engine, Any, str], str]) -> Room:
    """Of a room that needs no more of the session than who it is."""
    return lambda engine, command, session: execute(engine, command, session.user.name)


def _replay(engine: Engine, command: ReplayCommand, session: Session) -> str:
    return execute_replay(engine, command, session, lambda change: execute(engine, change, session))


def _upkeep(engine: Engine, command: UpkeepCommand, session: Session) -> str:
    by = session.user.name
    return engine.kept_up.execute(command, by, lambda before, now: _note_recognition(engine, before.recognition, now.recognition, by))


def _undo(engine: Engine, command: UndoRemoval, session: Session) -> str:
    done = engine.undo.undo(command.removal_id, session)
    subject = engine.auditor.pseudonym(done.subject) if done.kind is Gone.DEVICE else done.subject
    engine.audit.note(AuditRow(engine.clock.now_ns(), session.user.name, AuditVerb.UNDO_REMOVAL, subject, done.kind.value))
    return done.name


_ROOMS: tuple[tuple[Any, Room], ...] = (
    (HandoverCommand, execute_handover),
    (AccessCommand, execute_access),
    (PersonCommand, execute_person),
    (AlertCommand, _by_name(execute_alert)),
    (ReportCommand, _by_name(execute_incident)),
    (FireCommand, _by_name(execute_fire)),
    (RiskCommand, lambda engine, command, _: execute_risk(engine, command)),
    (SegmentCommand, _by_name(execute_segments)),
    (SmokeCommand, _by_name(execute_smoke)),
    (TimelineCommand, execute_timeline),
    (ReplayCommand, _replay),
    (EvidenceCommand, lambda engine, command, session: engine.evidence.execute(command, session)),
    (GestureCommand, _by_name(execute_gesture)),
    (UpkeepCommand, _upkeep),
    (UndoRemoval, _undo),
    (PutFloorImage | RemoveFloorImage, _by_name(execute_floor_image)),
    (PutWebhook | RemoveWebhook | TestWebhook, _by_name(execute_webhook)),
    (PutChannel | RemoveChannel | TestChannel, _by_name(execute_channel)),
    (RadioCommand, _by_name(execute_radio)),
)
_ROOM_OF: dict[Any, Room] = {kind: room for kinds, room in _ROOMS for kind in get_args(kinds) or (kinds,)}


def _execute(engine: Engine, command: Command, session: Session) -> str:
    room = _ROOM_OF.get(type(command))
    if room is not None:
        return room(engine, command, session)
    by = session.user.name
    match command:
        case PutCamera(camera, credentials):
            return _put_camera(engine, camera, credentials, by)
        case RemoveCamera(camera_id):
            return _remove_camera(engine, camera_id, by)
        case TestCamera(camera, credentials):
            camera, credentials = clean(camera, credentials)
            check_not_own(engine.basis.own_folders, camera)
            return try_camera(engine, camera, credentials or engine.logins.get(camera))
        case ChangeSettings():
            return _change_settings(engine, command, by)
        case RemoveAnchor():
            engine.update_settings(lambda now: replace(now, anchor=None), by)
            return ""
        case InstallModels(ids, folder):
            return install_models(engine, ids, folder)
        case CancelJob(job_id):
            engine.jobs.cancel(job_id)
            return job_id
        case CreateUser(name, role, password, cameras):
            return engine.accounts.create_user(name, role, password, cameras).id
        case RemoveUser(user_id):
            if user_id == session.user.id:
                raise InputError("user_id", "is your own account; another admin has to remove it")
            engine.accounts.remove_user(user_id)
            engine.chat.forget_user(user_id)
            return user_id
        case ForgetChat(answer_id):
            engine.chat.forget(answer_id, session)
            return answer_id
        case ChangeChat(chat, key):
            change_chat(engine, chat, key, by)
            return ""
        case ChangeAtlas():
            return change_atlas(engine, command, by)
        case _:
            raise TypeError(f"nobody carries out {type(command).__name__}")


def clean(camera: CameraSettings, credentials: Credentials | None) -> tuple[CameraSettings, Credentials | None]:
    """The camera with any login taken out of its addresses; a login given apart wins. Raises InputError."""
    if len(camera.id.encode()) > LONGEST_ID:
        raise InputError("id", f"is longer than {LONGEST_ID} bytes; files are named after it")
    url, in_url = split_credentials(camera.url)
    sub_url, in_sub_url = split_credentials(camera.sub_url) if camera.sub_url else ("", None)
    return replace(camera, url=url, sub_url=sub_url), credentials or in_url or in_sub_url


def _put_camera(engine: Engine, camera: CameraSettings, credentials: Credentials | None, by: str) -> str:
    camera, credentials = clean(camera, credentials)
    check_not_own(engine.basis.own_folders, camera)
    if camera.number and any(other.number == camera.number and other.id != camera.id for other in engine.settings.cameras):
        raise InputError("number", f"{camera.number} is the number of another camera")
    if credentials is not None:
        engine.logins.put(camera, credentials)
    camera = _drawn_on(engine, camera)
    engine.update_settings(lambda now: now.with_camera(camera), by, renewed=camera.id if credentials is not None else "")
    return camera.id


def _drawn_on(engine: Engine, camera: CameraSettings) -> CameraSettings:
    """With the size of the picture that its privacy areas were drawn on, where they are new and nobody said it."""
    before, unit = engine.settings.camera(camera.id), engine.sight.cameras.find(camera.id)
    if unit is None or not camera.privacy or (before is not None and before.privacy == camera.privacy):
        return camera
    fits = same_way((camera.privacy_size,), unit.size) == (camera.privacy_size,)
    said = before is None or camera.privacy_size != before.privacy_size or fits
    return camera if all(camera.privacy_size) and said else replace(camera, privacy_size=unit.size)


def _remove_camera(engine: Engine, camera_id: str, by: str) -> str:
    def without(now: Settings) -> Settings:
        if now.camera(camera_id) is None:
            raise NotFound(f"There is no camera {camera_id}.")
        return now.without_camera(camera_id)

    engine.update_settings(without, by)
    engine.logins.forget(camera_id)
    return camera_id


def _change_settings(engine: Engine, change: ChangeSettings, by: str) -> str:
    if change.site_name is not None and not change.site_name.strip():
        raise InputError("site_name", "is empty")
    if change.detection is not None:
        check_choice(engine.models, change.detection)

    given = {part.name: value for part in fields(change) if (value := getattr(change, part.name)) is not None}
    zone = given.pop("time_zone", None)
    before = engine.settings.recognition
    engine.update_settings(lambda now: _with_floor_image(_in_zone(replace(now, **given), zone), now), by)
    _note_recognition(engine, before, before if change.recognition is None else change.recognition, by)
    return ""


def _in_zone(settings: Settings, name: str | None) -> Settings:
    """Whoever is editing the rules, whose hours are meant in it, is told that they were changed meanwhile."""
    if name is None or name == settings.alerts.time_zone:
        return settings
    return with_zone(replace(settings, alerts=replace(settings.alerts, version=settings.alerts.version + 1)), name)


def _with_floor_image(changed: Settings, before: Settings) -> Settings:
    """Its picture is laid and taken away by commands of its own, which keep the file too."""
    return replace(changed, floor=replace(changed.floor, image=before.floor.image))


def _note_recognition(engine: Engine, before: PeopleSettings, now: PeopleSettings, by: str) -> None:
    if now != before:
        engine.audit.note(AuditRow(engine.clock.now_ns(), by, AuditVerb.CHANGE_RECOGNITION, detail=_told(before, now)))


def _told(before: PeopleSettings, now: PeopleSettings) -> str:
    """What the audit keeps of how people are recognised."""
    purpose = f"on, for: {now.purpose.strip()}" if now.biometrics else "off"
    hidden = "" if now.blur_faces == before.blur_faces else "; faces are hidden" if now.blur_faces else "; faces are not hidden any more"
    kept = f"; put aside after {now.archive_days:g} days unseen, erased after {now.erase_days:g}"
    same = (now.archive_days, now.erase_days) == (before.archive_days, before.erase_days)
    return purpose + hidden + ("" if same else kept)
