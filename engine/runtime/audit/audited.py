"""Which commands are kept in the audit, and what of them: ids and words, no names, no free text, no secrets.

What has to be kept before it happens, or knows more than its command says, keeps its own row: `unmask_faces`, `see_faces`, `erase_person`,
`change_recognition`, signing in and out.
"""

from collections.abc import Callable
from dataclasses import fields

from engine.model.access import AccessSettings, Grants, Role
from engine.model.access_command import ChangeAccess, ChangePassword, ChangeUser, ResetPassword
from engine.model.alert_command import (
    AssignAlert,
    ChangeAlert,
    ChangeAlerting,
    ChangeAtlas,
    DoStep,
    EditIncident,
    ImportReports,
    KeepApart,
    MergeIncidents,
    NoteAlert,
    PromoteHeld,
    SetSiteMode,
    ShelveAlert,
    SplitIncident,
    ValidateIncident,
)
from engine.model.audit import AuditVerb
from engine.model.chat import ChangeChat, ChatSettings
from engine.model.command import (
    AddFirmware,
    CalibrateScanner,
    ChangeSettings,
    CreateUser,
    InstallModels,
    ProvisionNode,
    PutBleDevice,
    PutCamera,
    PutChannel,
    PutNode,
    PutWebhook,
    RemoveAnchor,
    RemoveBleDevice,
    RemoveCamera,
    RemoveChannel,
    RemoveNode,
    RemoveUser,
    RemoveWebhook,
    SetPairing,
    UpdateNodes,
)
from engine.model.evidence import PutCase, RemovePack
from engine.model.fire_command import ChangeFire, ImportFireWeather
from engine.model.floor_image import PutFloorImage, RemoveFloorImage
from engine.model.handover import ReadHandover, WriteHandover
from engine.model.people_command import (
    DenyFace,
    EnrolFace,
    EnrolFromClip,
    MergePersons,
    NameTrack,
    PutPerson,
    RemoveGesture,
    RenamePerson,
    SetGestureMode,
    SplitPerson,
    TeachGesture,
    UndoSpokenName,
)
from engine.model.person import Consent
from engine.model.risk_command import ImportNeighbourhoods, RetrainRisk
from engine.model.segment import UnlockEvidence
from engine.model.smoke_command import LabelSmoke, MergeSmoke, RemoveSmoke, UnmatchSmoke
from engine.model.timeline import RemoveBookmark, RemoveSearch
from engine.model.upkeep import TidyNow

Told = tuple[AuditVerb, str, str]  # verb, subject, detail
Pseudonym = Callable[[str], str]


def audited(command: object, outcome: str, pseudonym: Pseudonym) -> tuple[Told, ...]:
    """What is kept of a command that was carried out; nothing of those that change nothing anybody has to answer for."""
    for family in (_settings, _accounts, _devices, _receivers, _people, _alerts, _incidents, _smoke, _evidence, _record):
        told = family(command, outcome, pseudonym)
        if told:
            return told
    return ()


def _settings(command: object, outcome: str, _: Pseudonym) -> tuple[Told, ...]:
    match command:
        case ChangeSettings():
            parts = _given(command, "recognition")
            return ((AuditVerb.CHANGE_SETTINGS, "", parts),) if parts else ()
        case PutFloorImage():
            return ((AuditVerb.CHANGE_SETTINGS, outcome, "picture of the floor plan"),)
        case RemoveFloorImage():
            return ((AuditVerb.CHANGE_SETTINGS, "", "picture of the floor plan removed"),)
        case RemoveAnchor():
            return ((AuditVerb.CHANGE_SETTINGS, "", "anchor removed"),)
        case InstallModels():
            return ((AuditVerb.INSTALL_MODELS, outcome, ""),)
        case ChangeChat(chat, key):
            return ((AuditVerb.CHANGE_CHAT, "", _told_of_chat(chat, key)),)
        case _:
            return ()


def _accounts(command: object, outcome: str, _: Pseudonym) -> tuple[Told, ...]:
    match command:
        case CreateUser(_, role, cameras=cameras):
            return ((AuditVerb.CREATE_USER, outcome, _held(role, cameras)),)
        case ChangeUser(user_id, role, cameras):
            return ((AuditVerb.CHANGE_USER, user_id, _held(role, cameras)),)
        case ResetPassword(user_id):
            return ((AuditVerb.RESET_PASSWORD, user_id, ""),)
        case ChangePassword():
            return ((AuditVerb.CHANGE_PASSWORD, outcome, ""),)
        case ChangeAccess(access):
            return ((AuditVerb.CHANGE_ACCESS, "", f"consoles lock after {access.idle_lock_min:g} min{_origins(access)}"),)
        case RemoveUser(user_id):
            return ((AuditVerb.REMOVE_USER, user_id, ""),)
        case _:
            return ()


def _receivers(command: object, _outcome: str, _: Pseudonym) -> tuple[Told, ...]:
    """Where messages go."""
    match command:
        case PutWebhook(webhook):
            return ((AuditVerb.PUT_WEBHOOK, webhook.id, ""),)
        case RemoveWebhook(webhook_id):
            return ((AuditVerb.REMOVE_WEBHOOK, webhook_id, ""),)
        case PutChannel(channel):
            return ((AuditVerb.PUT_CHANNEL, channel.id, channel.kind.value),)
        case RemoveChannel(channel_id):
            return ((AuditVerb.REMOVE_CHANNEL, channel_id, ""),)
        case _:
            return ()


def _record(command: object, outcome: str, _: Pseudonym) -> tuple[Told, ...]:
    """What is kept, and what people keep in it."""
    match command:
        case TidyNow():
            return ((AuditVerb.TIDY, outcome, ""),)
        case WriteHandover():
            return ((AuditVerb.HAND_OVER, outcome, ""),)
        case ReadHandover(handover_id):
            return ((AuditVerb.READ_HANDOVER, handover_id, ""),)
        case RemoveBookmark(bookmark_id):
            return ((AuditVerb.REMOVE_BOOKMARK, bookmark_id, ""),)
        case RemoveSearch(search_id):
            return ((AuditVerb.REMOVE_SEARCH, search_id, ""),)
        case UnlockEvidence(lock_id):
            return ((AuditVerb.UNLOCK_EVIDENCE, lock_id, ""),)
        case _:
            return ()


def _devices(command: object, outcome: str, pseudonym: Pseudonym) -> tuple[Told, ...]:
    match command:
        case PutCamera(camera):
            return ((AuditVerb.PUT_CAMERA, camera.id, ""),)
        case RemoveCamera(camera_id):
            return ((AuditVerb.REMOVE_CAMERA, camera_id, ""),)
        case PutNode(node):
            return ((AuditVerb.PUT_NODE, node.mac, ""),)
        case RemoveNode(mac):
            return ((AuditVerb.REMOVE_NODE, mac, ""),)
        case ProvisionNode(mac):
            return ((AuditVerb.PROVISION_NODE, mac, ""),)
        case SetPairing(is_open, minutes):
            return ((AuditVerb.OPEN_PAIRING, "", f"{minutes:g} min") if is_open else (AuditVerb.CLOSE_PAIRING, "", ""),)
        case AddFirmware():
            return ((AuditVerb.ADD_FIRMWARE, outcome, ""),)
        case UpdateNodes(version, macs):
            return ((AuditVerb.UPDATE_NODES, version, f"{len(macs)} nodes" if macs else "all nodes"),)
        case PutBleDevice(device):
            return ((AuditVerb.PUT_DEVICE, pseudonym(device.address), ""),)
        case RemoveBleDevice(address):
            return ((AuditVerb.REMOVE_DEVICE, pseudonym(address), ""),)
        case CalibrateScanner(scanner):
            return ((AuditVerb.CALIBRATE_SCANNER, scanner, ""),)
        case _:
            return ()


def _people(command: object, outcome: str, pseudonym: Pseudonym) -> tuple[Told, ...]:
    match command:
        case PutPerson(consent=consent, locked=locked):
            return ((AuditVerb.PUT_PERSON, pseudonym(outcome), _standing(consent, locked)),)
        case RenamePerson(person_id):
            return ((AuditVerb.RENAME_PERSON, pseudonym(person_id), ""),)
        case MergePersons(kept_id, gone_id):
            return ((AuditVerb.MERGE_PERSONS, pseudonym(kept_id), pseudonym(gone_id)),)
        case SplitPerson(face_ids):
            return ((AuditVerb.SPLIT_PERSON, pseudonym(outcome), f"{len(face_ids)} faces"),)
        case DenyFace(face_id):
            return ((AuditVerb.DENY_FACE, pseudonym(face_id), ""),)
        case NameTrack(fused_id, person_id):
            return ((AuditVerb.NAME_TRACK, pseudonym(person_id) if person_id else "", fused_id),)
        case UndoSpokenName(person_id):
            return ((AuditVerb.UNDO_SPOKEN_NAME, pseudonym(person_id), ""),)
        case EnrolFace(person_id):
            return ((AuditVerb.ENROL_FACE, pseudonym(person_id), "a picture"),)
        case EnrolFromClip(person_id, clip_id):
            return ((AuditVerb.ENROL_FACE, pseudonym(person_id), clip_id),)
        case TeachGesture(mode=mode):
            return ((AuditVerb.TEACH_GESTURE, outcome, mode.value),)
        case SetGestureMode(gesture_id, mode):
            return ((AuditVerb.SET_GESTURE_MODE, gesture_id, mode.value),)
        case RemoveGesture(gesture_id):
            return ((AuditVerb.REMOVE_GESTURE, gesture_id, ""),)
        case _:
            return ()


def _alerts(command: object, outcome: str, _: Pseudonym) -> tuple[Told, ...]:
    match command:
        case ChangeAlert(alert_ids, state, disposition):
            detail = state.value if disposition is None else f"{state.value}, {disposition.value}"
            return tuple((AuditVerb.CHANGE_ALERT, alert_id, detail) for alert_id in alert_ids)
        case ShelveAlert(alert_ids, seconds):
            return tuple((AuditVerb.SHELVE_ALERT, alert_id, f"{seconds:g} s") for alert_id in alert_ids)
        case AssignAlert(alert_ids):
            return tuple((AuditVerb.ASSIGN_ALERT, alert_id, "") for alert_id in alert_ids)
        case NoteAlert(alert_id):
            return ((AuditVerb.NOTE_ALERT, alert_id, ""),)
        case DoStep(alert_id, step, done):
            return ((AuditVerb.DO_STEP, alert_id, f"step {step} {'done' if done else 'not done'}"),)
        case PromoteHeld(decision_id):
            return ((AuditVerb.PROMOTE_HELD, decision_id, outcome),)
        case SetSiteMode(mode):
            return ((AuditVerb.SET_MODE, "", mode.value),)
        case ChangeAlerting(alerts):
            return ((AuditVerb.CHANGE_ALERTING, "", f"after version {alerts.version}: {len(alerts.rules)} rules"),)
        case _:
            return ()


def _incidents(command: object, outcome: str, _: Pseudonym) -> tuple[Told, ...]:
    match command:
        case MergeIncidents(kept_id, gone_id):
            return ((AuditVerb.MERGE_INCIDENTS, kept_id, gone_id),)
        case SplitIncident(incident_id):
            return ((AuditVerb.SPLIT_INCIDENT, incident_id, outcome),)
        case KeepApart(incident_id, other_id):
            return ((AuditVerb.KEEP_APART, incident_id, other_id),)
        case ValidateIncident(incident_id, category):
            return ((AuditVerb.VALIDATE_INCIDENT, incident_id, category.value),)
        case EditIncident(incident_id):
            return ((AuditVerb.EDIT_INCIDENT, incident_id, _given(command, "incident_id")),)
        case ImportReports(format=kind):
            return ((AuditVerb.IMPORT_REPORTS, outcome, kind),)
        case ChangeAtlas():
            return ((AuditVerb.CHANGE_ATLAS, "", ""),)
        case ChangeFire():
            return ((AuditVerb.CHANGE_FIRE, "", ""),)
        case RetrainRisk():
            return ((AuditVerb.RETRAIN_RISK, outcome, ""),)
        case ImportNeighbourhoods():
            return ((AuditVerb.IMPORT_NEIGHBOURHOODS, "", outcome),)
        case ImportFireWeather():
            return ((AuditVerb.IMPORT_FIRE_WEATHER, "", outcome),)
        case _:
            return ()


def _smoke(command: object, outcome: str, _: Pseudonym) -> tuple[Told, ...]:
    match command:
        case LabelSmoke(sequence_id, label):
            return ((AuditVerb.LABEL_SMOKE, sequence_id, "none" if label is None else label.value),)
        case UnmatchSmoke(plume_id, sequence_id):
            return ((AuditVerb.UNMATCH_SMOKE, sequence_id, plume_id),)
        case MergeSmoke(_, other_id):
            return ((AuditVerb.MERGE_SMOKE, outcome, other_id),)
        case RemoveSmoke(sequence_id):
            return ((AuditVerb.REMOVE_SMOKE, sequence_id, ""),)
        case _:
            return ()


def _evidence(command: object, outcome: str, _: Pseudonym) -> tuple[Told, ...]:
    match command:
        case RemovePack(pack_id):
            return ((AuditVerb.REMOVE_PACK, pack_id, ""),)
        case PutCase(closed=closed):
            return ((AuditVerb.PUT_CASE, outcome, "closed" if closed else "open"),)
        case _:
            return ()


def _held(role: Role, cameras: Grants | None) -> str:
    return role.value if cameras is None else f"{role.value}; cameras {', '.join(cameras) or 'none'}"


def _given(command: ChangeSettings | EditIncident, but: str) -> str:
    """The names of the parts that are set."""
    return ", ".join(field.name for field in fields(command) if field.name != but and getattr(command, field.name) is not None)


def _standing(consent: Consent, locked: bool) -> str:
    return f"consent {consent.value}" + (", locked" if locked else "")


def _told_of_chat(chat: ChatSettings, key: str | None) -> str:
    on = f"Claude on, {chat.model}, {chat.budget_usd:g} USD a day" if chat.claude else "Claude off"
    return on + ("" if key is None else "; key stored" if key else "; key forgotten")


def _origins(access: AccessSettings) -> str:
    return f"; pages of {', '.join(access.origins)} may ask" if access.origins else ""
