"""Alerts, incidents with their reports and places, calls to Atlas, and the chain of the audit."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Integer, Text, text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _extend()
    _alerts()
    _incidents()
    _atlas()


def _extend() -> None:
    op.add_column("events", Column("candidates", JSON, nullable=False, server_default="[]"))
    op.add_column("audit", Column("hash", Text, nullable=False, server_default=""))
    for name, default in (("stage", "event"), ("rule_id", ""), ("alert_id", ""), ("zone_id", ""), ("reason", "")):
        op.add_column("decisions", Column(name, Text, nullable=False, server_default=default))
    op.add_column("decisions", Column("evidence", JSON, nullable=False, server_default="[]"))
    op.add_column("decisions", Column("position", JSON))
    op.add_column("decisions", Column("facts", JSON))
    of_alerts = text("stage = 'alert'")
    op.create_index("ix_decisions_stage", "decisions", ["decided_ns", "id"], sqlite_where=of_alerts, postgresql_where=of_alerts)


def _alerts() -> None:
    op.create_table(
        "alerts",
        Column("id", Text, primary_key=True),
        Column("decision_id", Text, nullable=False),
        Column("rule_id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("severity", Integer, nullable=False),
        Column("raised_ns", BigInteger, nullable=False),
        Column("changed_ns", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("event_id", Text, nullable=False),
        Column("event_ids", JSON, nullable=False),
        Column("incident_id", Text, nullable=False),
        Column("group", Text, nullable=False),
        Column("camera_id", Text, nullable=False),
        Column("subject_id", Text, nullable=False),
        Column("position", JSON),
        Column("zone_id", Text, nullable=False),
        Column("person", Text, nullable=False),
        Column("person_id", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("procedure", JSON, nullable=False),
        Column("steps_done", JSON, nullable=False),
        Column("assignee", Text, nullable=False),
        Column("disposition", Text),
        Column("shelved_until_ns", BigInteger),
        Column("shelved_reason", Text, nullable=False),
        Column("notes", JSON, nullable=False),
        Column("seen_by", JSON, nullable=False),
        Column("level", Integer, nullable=False),
        Column("ended", Boolean, nullable=False),
        Column("promoted", Boolean, nullable=False),
        Column("simulated", Boolean, nullable=False),
    )
    op.create_index("ix_alerts_raised", "alerts", ["raised_ns", "id"])
    is_open = text("state != 'closed'")
    op.create_index("ix_alerts_open", "alerts", ["raised_ns", "id"], sqlite_where=is_open, postgresql_where=is_open)


def _incidents() -> None:
    op.create_table(
        "incidents",
        Column("key", Integer, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False, unique=True),
        Column("category", Text, nullable=False),
        Column("severity", Integer, nullable=False),
        Column("status", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("latitude", Double, nullable=False),
        Column("longitude", Double, nullable=False),
        Column("occurred_ns", BigInteger, nullable=False),
        Column("updated_ns", BigInteger, nullable=False),
        Column("body", JSON, nullable=False),
    )
    op.create_index("ix_incidents_occurred", "incidents", ["occurred_ns", "id"])
    op.create_index("ix_incidents_category", "incidents", ["category", "occurred_ns", "id"])
    op.create_index("ix_incidents_status", "incidents", ["status", "occurred_ns", "id"])
    _reports()
    op.create_table("incident_news", Column("incident_id", Text, primary_key=True), Column("revision", Integer, nullable=False))
    op.execute("CREATE VIRTUAL TABLE incident_places USING rtree(key, south, north, west, east, since, until)")


def _reports() -> None:
    op.create_table(
        "reports",
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False, unique=True),
        Column("incident_id", Text, nullable=False),
        Column("sender", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("occurred_ns", BigInteger, nullable=False),
        Column("status", Text, nullable=False),
        Column("pictured", Boolean, nullable=False),
        Column("link", JSON, nullable=False),
        Column("body", JSON, nullable=False),
    )
    keyed, pictured = text("key != ''"), text("pictured")
    op.create_index("ix_reports_key", "reports", ["sender", "key"], unique=True, sqlite_where=keyed, postgresql_where=keyed)
    op.create_index("ix_reports_incident", "reports", ["incident_id", "sender"])
    op.create_index("ix_reports_pictured", "reports", ["incident_id", "seq"], sqlite_where=pictured, postgresql_where=pictured)


def _atlas() -> None:
    op.create_table(
        "atlas_calls",
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("key", Text, nullable=False, unique=True),
        Column("kind", Text, nullable=False),
        Column("incident_id", Text, nullable=False, index=True),
        Column("body", JSON, nullable=False),
        Column("created_ns", BigInteger, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("last_error", Text, nullable=False),
    )
    op.create_table(
        "atlas_minutes",
        Column("minute", BigInteger, primary_key=True, autoincrement=False),
        Column("calls", Integer, nullable=False),
        Column("answered", Integer, nullable=False),
        Column("total_ms", Double, nullable=False),
        Column("dropped_classify", Integer, nullable=False),
        Column("dropped_feedback", Integer, nullable=False),
    )
