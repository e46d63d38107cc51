"""Which fields of the model hold ids. A field named like an id and missing here fails a test, so that none is forgotten."""

from collections.abc import Mapping

from engine.gateway.federation.ids import IdKind

_OWN = (
    *("id", "alert_id", "alert_ids", "also_ids", "answer_id", "assignee_id", "best_event_id", "blob_id", "blob_ids", "bookmark_id"),
    *("by_id", "camera_id", "camera_ids", "case_id", "channel_id", "clip_id", "decision_id", "event_id", "event_ids", "evidence_ids"),
    *("face_id", "face_ids", "fused_id", "gesture_id", "gone_id", "handover_id", "incident_id", "item_ids", "job_id", "kept_id"),
    *("last_camera_id", "like_id", "link_id", "lock_id", "mac", "macs", "node_mac", "other_id", "own_incident_id", "pack_id", "peer_mac"),
    *("not_camera_ids", "not_person_ids", "not_zone_ids", "sensor_ids"),
    *("person_id", "person_ids", "plume_id", "related_ids", "removal_id", "replay_id", "report_ids", "review_ids", "rule_id", "rule_ids"),
    *("same_id", "search_id", "sequence_id", "sequence_ids", "service_ids", "seen_by_ids", "session_id", "subject_id", "take_id"),
    *("token_id", "track_id", "track_ids", "user_id", "webhook_id", "zone_id", "zone_ids"),
)
BY_NAME: Mapping[str, IdKind] = {
    **dict.fromkeys(_OWN, IdKind.OWN),
    **dict.fromkeys(("before_id", "next_id"), IdKind.PLACE),
    "sensor_id": IdKind.SENSOR,
    # of others: Atlas's, reporters' own, of a view or a tour within its camera, the sender's of an intent, the hub's of a purpose
    **dict.fromkeys(
        ("threat_id", "pattern_ids", "video_id", "reporter_ids", "device_ids", "view_id", "tour_id", "intent_id", "purpose_id"), IdKind.NONE
    ),
}
"""By the name of a field, in whatever class."""

_LIMITED = "ChangeUser", "CreateToken", "CreateUser", "Handover", "Session", "TokenView", "User"
BY_FIELD: Mapping[tuple[str, str], IdKind] = {
    ("AlarmLoad", "promoted"): IdKind.OWN,
    ("AlarmLoad", "top"): IdKind.OWN,
    ("Alert", "group"): IdKind.OWN,
    ("AlertSettings", "armed_zones"): IdKind.OWN,
    ("AskRecord", "conversation"): IdKind.OWN,
    ("UnderstandQuestion", "conversation"): IdKind.OWN,
    ("BleDeviceView", "device"): IdKind.OWN,
    ("BleMatch", "device"): IdKind.OWN,
    ("Called", "ids"): IdKind.SENSE,
    **{(name, "cameras"): IdKind.GRANT for name in _LIMITED},
    ("Citation", "id"): IdKind.CITED,
    ("Event", "candidates"): IdKind.OWN,
    ("ExplainBlob", "blob"): IdKind.OWN,
    ("FileReport", "media"): IdKind.OWN,
    ("Incident", "merged_into"): IdKind.OWN,
    ("InstallModels", "ids"): IdKind.NONE,
    ("LookoutView", "id"): IdKind.NONE,
    ("MeasureModels", "ids"): IdKind.NONE,
    ("ModelEntry", "id"): IdKind.NONE,
    ("Pattern", "id"): IdKind.NONE,
    ("PeopleView", "names"): IdKind.OWN,
    ("PeopleView", "photos"): IdKind.OWN,
    ("PtzTour", "id"): IdKind.NONE,
    ("Purpose", "id"): IdKind.NONE,
    ("Report", "media"): IdKind.OWN,
    ("RuleTrial", "gained"): IdKind.OWN,
    ("RuleTrial", "lost"): IdKind.OWN,
    ("RuleTrial", "same"): IdKind.OWN,
    ("SearchRecord", "before"): IdKind.PLACE,
    ("Snapshot", "clip_events"): IdKind.OWN,
    ("Snapshot", "reviewed"): IdKind.OWN,
    ("TeachGesture", "takes"): IdKind.OWN,
    ("TimelineLane", "id"): IdKind.SENSOR,
    ("TourName", "id"): IdKind.NONE,
}
"""Where a class has it otherwise, and ids in fields that are not named so."""


def id_kind(class_name: str, field: str) -> IdKind:
    return BY_FIELD.get((class_name, field)) or BY_NAME.get(field, IdKind.NONE)
