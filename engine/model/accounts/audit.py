"""What was done that somebody may have to answer for."""

from enum import StrEnum

from engine.model.accounts.user_ref import UserRef
from engine.model.value_class import dataclass


class AuditVerb(StrEnum):
    """What is kept. Behind each: `subject`; `detail`. Persons are told by pseudonyms; free text is kept only where it is the reason for an
    act that needs one."""

    # who came in
    SIGN_IN = "sign_in"  # user id; session, failures before
    SIGN_OUT = "sign_out"  # user id; session
    SIGN_IN_CLOSED = "sign_in_closed"  # user id, empty: no such user; how often it failed, how long it is closed
    SET_UP = "set_up"  # user id of the first admin
    CREATE_USER = "create_user"  # user id; role
    REMOVE_USER = "remove_user"  # user id
    CHANGE_USER = "change_user"  # user id; role, cameras
    RESET_PASSWORD = "reset_password"  # noqa: S105 - user id
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - user id
    CREATE_TOKEN = "create_token"  # noqa: S105 - session id; label, verbs, cameras, days
    REVOKE_TOKEN = "revoke_token"  # noqa: S105 - session id; label
    CHANGE_ACCESS = "change_access"  # when consoles lock
    UNLOCK_CLOSED = "unlock_closed"  # user id; how often a locked console was tried, how long it is closed
    SET_PIN = "set_pin"
    HAND_OVER = "hand_over"  # hand-over id
    READ_HANDOVER = "read_handover"  # hand-over id
    # who looked
    VIEW_CLIP = "view_clip"  # clip id; session. Once per session and clip
    VIEW_FOOTAGE = "view_footage"  # camera id and hour of continuous video; session. Once per session and hour
    SEARCH_ALIKE = "search_alike"  # id of the stay or event they are to look like, empty: a picture, or a description from another site,
    # which is named; cameras, times, how many were compared and found, session. Refused when it cannot be kept
    DESCRIBE_PERSON = "describe_person"  # person; for which purpose and sites, session. Refused when it cannot be kept
    COMPARE_PERSON = "compare_person"  # person id, empty: of another site, which is named; purpose, how many were compared and found,
    # session. Refused when it cannot be kept
    DESCRIBE_LOOK = "describe_look"  # id of the stay or event, empty: a picture; for which sites, session. Refused when it cannot be kept
    LISTEN = "listen"  # camera id; session. Refused when it cannot be kept
    STOP_LISTENING = "stop_listening"  # camera id; session, for how long, why it ended
    # who steered cameras
    TAKE_CAMERA = "take_camera"  # camera id; session, from whom it was taken
    GO_TO_PRESET = "go_to_preset"  # camera id; token of the preset, or home
    SET_PRESET = "set_preset"  # camera id; token of the preset, or home
    REMOVE_PRESET = "remove_preset"  # camera id; token of the preset
    START_TOUR = "start_tour"  # camera id; tour id
    STOP_TOUR = "stop_tour"  # camera id
    SWITCH_OUTPUT = "switch_output"  # camera id; token of the output, on, off or pulse
    TALK = "talk"  # camera id; session. Refused when it cannot be kept
    STOP_TALKING = "stop_talking"  # camera id; session, for how long
    EXPORT = "export"  # id of the clip, event or pack; what left. Refused when it cannot be kept
    LOCK_EVIDENCE = "lock_evidence"  # lock id; reason. Refused when it cannot be kept
    UNLOCK_EVIDENCE = "unlock_evidence"  # lock id
    SEE_FACES = "see_faces"  # clip id. Refused when it cannot be kept
    UNMASK_FACES = "unmask_faces"  # minutes and reason. Refused when it cannot be kept
    # what was decided about alerts and incidents
    CHANGE_ALERT = "change_alert"  # alert id; state, disposition
    SHELVE_ALERT = "shelve_alert"  # alert id; seconds
    ASSIGN_ALERT = "assign_alert"  # alert id
    NOTE_ALERT = "note_alert"  # alert id
    DO_STEP = "do_step"  # alert id; step, done or not
    PROMOTE_HELD = "promote_held"  # decision id; alert id
    JUDGE_EVENT = "judge_event"  # event id; disposition, or that it was taken back
    MERGE_INCIDENTS = "merge_incidents"  # id of the one kept; of the one gone
    SPLIT_INCIDENT = "split_incident"  # incident id; id of the new one
    KEEP_APART = "keep_apart"  # incident id; of the other
    VALIDATE_INCIDENT = "validate_incident"  # incident id; category
    FILE_REPORT = "file_report"  # incident id; source
    EDIT_INCIDENT = "edit_incident"  # incident id; which parts
    LABEL_SMOKE = "label_smoke"  # sequence id; label
    UNMATCH_SMOKE = "unmatch_smoke"  # sequence id; id of the plume it is no part of
    MERGE_SMOKE = "merge_smoke"  # id of the plume it is now; of the other one
    REMOVE_SMOKE = "remove_smoke"  # sequence id
    REMOVE_PACK = "remove_pack"  # pack id
    PUT_CASE = "put_case"  # case id; open or closed
    REMOVE_MEDIA = "remove_media"  # media id; why. Refused when it cannot be kept
    IMPORT_REPORTS = "import_reports"  # job id; format
    # rules and settings
    CREATE_REPORT_LINK = "create_report_link"  # link id; label, days
    REVOKE_REPORT_LINK = "revoke_report_link"  # link id; label
    SET_MODE = "set_mode"  # the mode
    CHANGE_ALERTING = "change_alerting"  # version; how many rules
    CHANGE_ATLAS = "change_atlas"
    CHANGE_FIRE = "change_fire"
    CHANGE_CHAT = "change_chat"  # Claude on or off, model, budget
    ASK_CLAUDE = "ask_claude"  # answer id; model, calls, rows and tokens that left. Refused when it cannot be kept
    RETRAIN_RISK = "retrain_risk"  # job id
    IMPORT_NEIGHBOURHOODS = "import_neighbourhoods"  # how many
    IMPORT_FIRE_WEATHER = "import_fire_weather"  # how many days became what
    CHANGE_RECOGNITION = "change_recognition"  # on with the purpose, or off
    CHANGE_LISTENING = "change_listening"  # camera id; on with the purpose, or off. Refused when it cannot be kept
    CHANGE_SETTINGS = "change_settings"  # which parts
    EXPORT_SETTINGS = "export_settings"  # refused when it cannot be kept
    IMPORT_SETTINGS = "import_settings"  # which fields, by name
    TIDY = "tidy"  # job id
    RESTORE_RECORD = "restore_record"  # name of the backup; where the damaged record is
    APPLY_REPLAY = "apply_replay"  # replay id; the settings tried, and what they made different
    APPLY_TEMPLATE = "apply_template"  # template id, as the hub has it; version, which fields
    PUT_CAMERA = "put_camera"  # camera id
    REMOVE_CAMERA = "remove_camera"  # camera id
    RESTART_CAMERA = "restart_camera"  # camera id
    PUT_WEBHOOK = "put_webhook"  # webhook id
    REMOVE_WEBHOOK = "remove_webhook"  # webhook id
    PUT_CHANNEL = "put_channel"  # channel id; kind
    REMOVE_CHANNEL = "remove_channel"  # channel id
    INSTALL_MODELS = "install_models"  # job id
    PUT_NODE = "put_node"  # MAC
    REMOVE_NODE = "remove_node"  # MAC
    PROVISION_NODE = "provision_node"  # MAC
    OPEN_PAIRING = "open_pairing"  # minutes
    CLOSE_PAIRING = "close_pairing"
    ADD_FIRMWARE = "add_firmware"  # version
    UPDATE_NODES = "update_nodes"  # version; how many nodes
    CALIBRATE_SCANNER = "calibrate_scanner"  # MAC
    # the gallery
    PUT_PERSON = "put_person"  # pseudonym; consent, locked
    RENAME_PERSON = "rename_person"  # pseudonym
    MERGE_PERSONS = "merge_persons"  # pseudonym of the one kept; of the one gone
    SPLIT_PERSON = "split_person"  # pseudonym; how many faces
    DENY_FACE = "deny_face"  # pseudonym of the face
    NAME_TRACK = "name_track"  # pseudonym; track
    UNDO_SPOKEN_NAME = "undo_spoken_name"  # pseudonym
    AGREE_TO_PURPOSE = "agree_to_purpose"  # the purpose; digest of its terms
    WITHDRAW_FROM_PURPOSE = "withdraw_from_purpose"  # the purpose
    SET_PERSON_PURPOSE = "set_person_purpose"  # pseudonym; the purpose, and whether it is no longer
    ENROL_FACE = "enrol_face"  # pseudonym; clip id, or a picture
    ERASE_PERSON = "erase_person"  # pseudonym; reason
    PUT_DEVICE = "put_device"  # pseudonym of the address
    REMOVE_DEVICE = "remove_device"  # pseudonym of the address
    TEACH_GESTURE = "teach_gesture"  # gesture id; mode
    SET_GESTURE_MODE = "set_gesture_mode"  # gesture id; mode
    REMOVE_GESTURE = "remove_gesture"  # gesture id
    REVIEW = "review"  # id of the first review item; reviewed or not, how many items
    REMOVE_BOOKMARK = "remove_bookmark"  # bookmark id
    SHARE_SEARCH = "share_search"  # id of a saved search; shared or not
    REMOVE_SEARCH = "remove_search"  # id of a saved search
    UNDO_REMOVAL = "undo_removal"  # id of what was removed and is back, persons and devices as pseudonyms; its kind
    # spares of a site of a hub
    ALLOW_SPARE = "allow_spare"  # the spare's public key. Refused when it cannot be kept
    WITHDRAW_SPARE = "withdraw_spare"  # the spare's public key
    STAND_IN = "stand_in"  # at the spare: key of the site; why
    HAND_BACK = "hand_back"  # as STAND_IN
    # the audit itself
    AUDIT_KEY = "audit_key"  # the public key that signs from here on, since the one before is lost
    LOST_ROWS = "lost_rows"  # how many could not be kept, as the disk was full for too long


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Never changed or removed. `by`: the name a user had then, `by_id`: of that user, empty where nobody did it and in rows of before.
    `subject`: a pseudonym, never a person's id or name; `verb`: an `AuditVerb`.

    `seq` (from 1, without gaps) and `hash` (SHA-256 hex of this row and the hash before it) are given when it is kept."""

    at_ns: int
    by: str
    verb: str
    subject: str = ""
    detail: str = ""
    seq: int = 0
    hash: str = ""
    by_id: str = ""

    @classmethod
    def of(cls, at_ns: int, user: UserRef, verb: str, subject: str = "", detail: str = "") -> "AuditRow":
        return cls(at_ns, user.name, verb, subject, detail, by_id=user.id)


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The newest row's `seq` and `hash` as they were at a time, signed (Ed25519). `key`: the public key; both base64 of the raw bytes."""

    seq: int
    hash: str
    at_ns: int
    key: str
    signature: str


class AuditFault(StrEnum):
    """What is wrong with an audit."""

    CHANGED = "changed"  # a row is not what it was
    REMOVED = "removed"  # a row is missing between others
    REORDERED = "reordered"  # a row stands in another's place
    INSERTED = "inserted"  # a row came in between
    REWRITTEN = "rewritten"  # rows agree with each other, but not with a signed head
    CUT_TAIL = "cut_tail"  # a signed head names a row beyond the end
    HEAD_FORGED = "head_forged"  # a head that the engine did not sign
    KEY_REPLACED = "key_replaced"  # a head was signed with a key that is not known
    KEY_MISSING = "key_missing"  # the file with the public key is gone
    HEADS_MISSING = "heads_missing"  # there are no heads at all
    UNSIGNED = "unsigned"  # rows that should have been signed long since


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether an audit is whole. `seq`: the first row that is not as it was, or in doubt, where `fault` is set.

    `signed`: up to which row signed heads prove it. `keys`: public keys that signed, base64. `message`: all this in words.
    """

    rows: int
    signed: int
    keys: tuple[str, ...] = ()
    fault: AuditFault | None = None
    seq: int = 0
    message: str = ""
