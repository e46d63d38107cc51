"""The tables. A column has the name and the plain form (`engine.model.wire`) of the field it keeps; lists are JSON.

Ids of other rows are indexed but not foreign keys: values of one moment may come in any order and a clip outlives its event's
retention, so a missing row must never keep another from being stored. Only tokens depend on their user, and go with them.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, MetaData, Table, Text, false, text

metadata = MetaData()


_ID = Text().with_variant(Text(collation="C"), "postgresql")  # ordered by its bytes, as SQLite does


def _list(name: str, nullable: bool = False) -> Column[object]:
    return Column(name, JSON(none_as_null=True), nullable=nullable)


events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("started_ns", BigInteger, nullable=False),
    Column("ended_ns", BigInteger),
    Column("received_ns", BigInteger, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("decision_id", Text, nullable=False),
    _list("box_xyxy", nullable=True),
    Column("reason", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
    _list("position", nullable=True),
    Column("zone_id", Text, nullable=False, server_default=""),
    Column("person", Text, nullable=False, server_default=""),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("person_id", Text, nullable=False, server_default=""),
    Column("label", Text, nullable=False, server_default=""),
    Column("shadow", Boolean, nullable=False, server_default=text("0")),
    Column("candidates", JSON(none_as_null=True), nullable=False, server_default="[]"),
    Column("named_by", Text),
)
_OF_PERSON = events.c.person_id != ""
Index("ix_events_person", events.c.person_id, events.c.started_ns, events.c.id, sqlite_where=_OF_PERSON, postgresql_where=_OF_PERSON)
_OF_GESTURE = events.c.label != ""
Index("ix_events_label", events.c.label, events.c.started_ns, events.c.id, sqlite_where=_OF_GESTURE, postgresql_where=_OF_GESTURE)
_OF_INCIDENT = events.c.kind == "incident"
Index("ix_events_incident", events.c.kind, events.c.subject_id, sqlite_where=_OF_INCIDENT, postgresql_where=_OF_INCIDENT)
_OF_ZONE = events.c.zone_id != ""
Index("ix_events_zone", events.c.zone_id, events.c.started_ns, events.c.id, sqlite_where=_OF_ZONE, postgresql_where=_OF_ZONE)
Index("ix_events_started", events.c.started_ns, events.c.id)
Index("ix_events_kind", events.c.kind, events.c.started_ns, events.c.id)
Index("ix_events_camera", events.c.camera_id, events.c.started_ns, events.c.id)
Index("ix_events_camera_kind", events.c.camera_id, events.c.kind, events.c.started_ns, events.c.id)
_OPEN = events.c.ended_ns.is_(None)
Index("ix_events_open", events.c.started_ns, events.c.id, sqlite_where=_OPEN, postgresql_where=_OPEN)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("candidate", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("decided_ns", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    _list("gates"),
    Column("flip", Text, nullable=False),
    Column("event_id", Text),
    _list("evidence_ids"),
    Column("stage", Text, nullable=False, server_default="event"),
    Column("evidence", JSON(none_as_null=True), nullable=False, server_default="[]"),
    Column("rule_id", Text, nullable=False, server_default=""),
    Column("alert_id", Text, nullable=False, server_default=""),
    _list("position", nullable=True),
    Column("zone_id", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    _list("facts", nullable=True),
)
_OF_ALERTS = decisions.c.stage == "alert"
Index("ix_decisions_stage", decisions.c.decided_ns, decisions.c.id, sqlite_where=_OF_ALERTS, postgresql_where=_OF_ALERTS)
Index("ix_decisions_decided", decisions.c.decided_ns, decisions.c.id)
Index("ix_decisions_outcome", decisions.c.outcome, decisions.c.decided_ns, decisions.c.id)
Index("ix_decisions_camera", decisions.c.camera_id, decisions.c.decided_ns, decisions.c.id)
Index("ix_decisions_camera_outcome", decisions.c.camera_id, decisions.c.outcome, decisions.c.decided_ns, decisions.c.id)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("decision_id", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("raised_ns", BigInteger, nullable=False),
    Column("changed_ns", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    _list("event_ids"),
    Column("incident_id", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    _list("position", nullable=True),
    Column("zone_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _list("procedure"),
    _list("steps_done"),
    Column("assignee", Text, nullable=False),
    Column("disposition", Text),
    Column("shelved_until_ns", BigInteger),
    Column("shelved_reason", Text, nullable=False),
    _list("notes"),
    _list("seen_by"),
    Column("level", Integer, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("promoted", Boolean, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("assignee_id", Text, nullable=False, server_default=""),
    Column("seen_by_ids", JSON(none_as_null=True), nullable=False, server_default="[]"),
    Column("hub_acts", JSON(none_as_null=True), nullable=False, server_default="[]"),
)
_OPEN_ALERTS = alerts.c.state != "closed"
_ABOUT_INCIDENT = alerts.c.incident_id != ""
Index("ix_alerts_incident", alerts.c.incident_id, sqlite_where=_ABOUT_INCIDENT, postgresql_where=_ABOUT_INCIDENT)
Index("ix_alerts_raised", alerts.c.raised_ns, alerts.c.id)
Index("ix_alerts_open", alerts.c.raised_ns, alerts.c.id, sqlite_where=_OPEN_ALERTS, postgresql_where=_OPEN_ALERTS)

# `body` is the whole incident; the other columns are what it is looked for by. `key`: of its place in the spatial index, which is an R*Tree
# beside it in SQLite, a column of geography in PostgreSQL (see `incident_places`).
incidents = Table(
    "incidents",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=True),
    Column("id", _ID, nullable=False, unique=True),
    Column("category", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("occurred_ns", BigInteger, nullable=False),
    Column("updated_ns", BigInteger, nullable=False),
    _list("body"),
    Column("simulated", Boolean, nullable=False, server_default=false()),
    Column("threat_id", Text, nullable=False, server_default=""),
)
Index("ix_incidents_threat", incidents.c.threat_id)
Index("ix_incidents_occurred", incidents.c.occurred_ns, incidents.c.id)
Index("ix_incidents_category", incidents.c.category, incidents.c.occurred_ns, incidents.c.id)
Index("ix_incidents_status", incidents.c.status, incidents.c.occurred_ns, incidents.c.id)

# What reporters said, whole and for good; `incident_id` is the incident it is in now, `link` says why, `status` what its reporter was told.
reports = Table(
    "reports",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", _ID, nullable=False, unique=True),
    Column("incident_id", _ID, nullable=False),
    Column("sender", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("occurred_ns", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("pictured", Boolean, nullable=False),
    _list("link"),
    _list("body"),
)
_KEYED = reports.c.key != ""
Index("ix_reports_key", reports.c.sender, reports.c.key, unique=True, sqlite_where=_KEYED, postgresql_where=_KEYED)
Index("ix_reports_incident", reports.c.incident_id, reports.c.sender)
_PICTURED = reports.c.pictured
Index("ix_reports_pictured", reports.c.incident_id, reports.c.seq, sqlite_where=_PICTURED, postgresql_where=_PICTURED)

# Changes of incidents that are not in the pipeline's journal yet; told again at the next start.
incident_news = Table("incident_news", metadata, Column("incident_id", _ID, primary_key=True), Column("revision", Integer, nullable=False))

# Of incidents, and of reports that their sender chose a key for, that are no longer kept: nothing else is called by them.
removed_ids = Table("removed_ids", metadata, Column("id", _ID, primary_key=True))

# Calls to Atlas that wait, first in first out.
atlas_calls = Table(
    "atlas_calls",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("incident_id", Text, nullable=False, index=True),
    _list("body"),
    Column("created_ns", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
)

# How calls to Atlas went, by the minute since 1970, and how many were pushed out of the queue.
atlas_minutes = Table(
    "atlas_minutes",
    metadata,
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("calls", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("total_ms", Double, nullable=False),
    Column("dropped_classify", Integer, nullable=False),
    Column("dropped_feedback", Integer, nullable=False),
)

sequences = Table(
    "sequences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("category", Integer, nullable=False),
    Column("started_ns", BigInteger, nullable=False),
    Column("last_seen_ns", BigInteger, nullable=False),
    Column("ended_ns", BigInteger),
    Column("max_conf", Double, nullable=False),
    Column("detections", Integer, nullable=False),
    _list("best_box"),
)
Index("ix_sequences_started", sequences.c.started_ns, sequences.c.id)
Index("ix_sequences_camera", sequences.c.camera_id, sequences.c.started_ns, sequences.c.id)

clips = Table(
    "clips",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("started_ns", BigInteger, nullable=False),
    Column("ended_ns", BigInteger, nullable=False),
    Column("file", Text, nullable=False),
    Column("thumbnail", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("codec", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("transcoded", Boolean, nullable=False),
)
Index("ix_clips_started", clips.c.started_ns, clips.c.id)
Index("ix_clips_event", clips.c.event_id, clips.c.started_ns, clips.c.id)
Index("ix_clips_camera", clips.c.camera_id, clips.c.started_ns, clips.c.id)

persons = Table(
    "persons",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("name_source", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("first_seen_ns", BigInteger),
    Column("last_seen_ns", BigInteger),
    Column("last_camera_id", Text, nullable=False),
    Column("visits", Integer, nullable=False),
    Column("consent", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("archived_ns", BigInteger),
    Column("locked", Boolean, nullable=False),
)

faces = Table(
    "faces",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    _list("embedding"),
    Column("model", Text, nullable=False),
    Column("quality", Double, nullable=False),
    Column("taken_ns", BigInteger, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("negative", Boolean, nullable=False),
)

gestures = Table(
    "gestures",
    metadata,
    Column("id", Text, primary_key=True),
    Column("label", Text, nullable=False),
    _list("takes"),
    Column("threshold", Double, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("mode", Text, nullable=False),
)

# Never changed or removed; `subject` is a pseudonym. `hash`: of this row and the hash before it.
audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", Text, nullable=False, server_default=""),
    Column("by_id", Text, nullable=False, server_default=""),
)
Index("ix_audit_at", audit.c.at_ns)

# Persons who are being erased: gone on with after a crash. Without id and names, only what was freed remains to be overwritten.
erasures = Table(
    "erasures", metadata, Column("pseudonym", Text, primary_key=True), Column("person_id", Text, nullable=False), _list("names")
)

# Persons who were erased, for copies elsewhere that were made before. Without a time: what was freed remains to be overwritten.
erased_persons = Table(
    "erased_persons",
    metadata,
    Column("pseudonym", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("erased_ns", BigInteger),
)

# Messages to the outside. Those that wait are few and found by when they are due.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("due_ns", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("finished_ns", BigInteger),
)
_WAITING = deliveries.c.state == "waiting"
Index("ix_deliveries_waiting", deliveries.c.due_ns, deliveries.c.id, sqlite_where=_WAITING, postgresql_where=_WAITING)
Index("ix_deliveries_finished", deliveries.c.finished_ns)
Index("ix_deliveries_event", deliveries.c.event_id)

# How many decisions of a camera were rejected on a UTC day (days since 1970), of which only the newest are kept as rows.
rejected_counts = Table(
    "rejected_counts",
    metadata,
    Column("camera_id", Text, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("rejected", BigInteger, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("cameras", JSON(none_as_null=True)),
    Column("last_sign_in_ns", BigInteger),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("expires_ns", BigInteger),
    Column("machine", Boolean, nullable=False, server_default=false()),
    Column("verbs", JSON(none_as_null=True)),
    Column("cameras", JSON(none_as_null=True)),
    Column("by", Text, nullable=False, server_default=""),
    Column("last_used_ns", BigInteger),
)

lockouts = Table(
    "lockouts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("until_ns", BigInteger, nullable=False, index=True),
)

# Facts about the record itself: `created_ns`.
meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
