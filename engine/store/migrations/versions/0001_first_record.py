"""The first record: events, decisions, sequences, clips, accounts."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, ForeignKey, Integer, Text, text

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_events()
    _create_decisions()
    _create_sequences()
    _create_clips()
    _create_accounts()
    op.create_table("meta", Column("key", Text, primary_key=True), Column("value", Text, nullable=False))


def _create_events() -> None:
    op.create_table(
        "events",
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
        Column("box_xyxy", JSON),
        Column("reason", Text, nullable=False),
        Column("simulated", Boolean, nullable=False),
    )
    op.create_index("ix_events_started", "events", ["started_ns", "id"])
    op.create_index("ix_events_kind", "events", ["kind", "started_ns", "id"])
    op.create_index("ix_events_camera", "events", ["camera_id", "started_ns", "id"])
    op.create_index("ix_events_camera_kind", "events", ["camera_id", "kind", "started_ns", "id"])
    still_open = text("ended_ns IS NULL")
    op.create_index("ix_events_open", "events", ["started_ns", "id"], sqlite_where=still_open, postgresql_where=still_open)


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        Column("id", Text, primary_key=True),
        Column("candidate", Text, nullable=False),
        Column("subject_id", Text, nullable=False),
        Column("camera_id", Text, nullable=False),
        Column("decided_ns", BigInteger, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("gates", JSON, nullable=False),
        Column("flip", Text, nullable=False),
        Column("event_id", Text),
        Column("evidence_ids", JSON, nullable=False),
    )
    op.create_index("ix_decisions_decided", "decisions", ["decided_ns", "id"])
    op.create_index("ix_decisions_outcome", "decisions", ["outcome", "decided_ns", "id"])
    op.create_index("ix_decisions_camera", "decisions", ["camera_id", "decided_ns", "id"])
    op.create_index("ix_decisions_camera_outcome", "decisions", ["camera_id", "outcome", "decided_ns", "id"])
    op.create_table(
        "rejected_counts",
        Column("camera_id", Text, primary_key=True),
        Column("day", Integer, primary_key=True),
        Column("rejected", BigInteger, nullable=False),
    )


def _create_sequences() -> None:
    op.create_table(
        "sequences",
        Column("id", Text, primary_key=True),
        Column("number", Integer, nullable=False),
        Column("camera_id", Text, nullable=False),
        Column("category", Integer, nullable=False),
        Column("started_ns", BigInteger, nullable=False),
        Column("last_seen_ns", BigInteger, nullable=False),
        Column("ended_ns", BigInteger),
        Column("max_conf", Double, nullable=False),
        Column("detections", Integer, nullable=False),
        Column("best_box", JSON, nullable=False),
    )
    op.create_index("ix_sequences_started", "sequences", ["started_ns", "id"])
    op.create_index("ix_sequences_camera", "sequences", ["camera_id", "started_ns", "id"])


def _create_clips() -> None:
    op.create_table(
        "clips",
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
    op.create_index("ix_clips_started", "clips", ["started_ns", "id"])
    op.create_index("ix_clips_event", "clips", ["event_id", "started_ns", "id"])
    op.create_index("ix_clips_camera", "clips", ["camera_id", "started_ns", "id"])


def _create_accounts() -> None:
    op.create_table(
        "users",
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("name_key", Text, nullable=False, unique=True),
        Column("role", Text, nullable=False),
        Column("password_hash", Text, nullable=False),
    )
    op.create_table(
        "tokens",
        Column("token_hash", Text, primary_key=True),
        Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        Column("label", Text, nullable=False),
        Column("created_ns", BigInteger, nullable=False),
        Column("expires_ns", BigInteger),
    )
    op.create_index("ix_tokens_user_id", "tokens", ["user_id"])
    op.create_table(
        "lockouts",
        Column("name", Text, primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("until_ns", BigInteger, nullable=False),
    )
    op.create_index("ix_lockouts_until_ns", "lockouts", ["until_ns"])
