"""Continuous video, and what is locked as evidence."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, Text

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    _segments()
    op.create_table(
        "evidence_locks",
        Column("id", Text, primary_key=True),
        Column("since_ns", BigInteger, nullable=False),
        Column("until_ns", BigInteger, nullable=False),
        Column("reason", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("created_ns", BigInteger, nullable=False),
        Column("camera_ids", JSON, nullable=False),
        Column("expires_ns", BigInteger),
    )
    op.create_table(
        "evidence_spans",
        Column("lock_id", Text, primary_key=True),
        Column("camera_id", Text, primary_key=True),
        Column("since_ns", BigInteger, nullable=False),
        Column("until_ns", BigInteger, nullable=False),
    )
    op.create_index("ix_evidence_spans_camera", "evidence_spans", ["camera_id", "since_ns", "until_ns"])
    op.create_table("erase_later", Column("kind", Text, primary_key=True), Column("id", Text, primary_key=True))


def _segments() -> None:
    op.create_table(
        "segments",
        Column("id", Text, primary_key=True),
        Column("camera_id", Text, nullable=False),
        Column("started_ns", BigInteger, nullable=False),
        Column("ended_ns", BigInteger, nullable=False),
        Column("file", Text, nullable=False),
        Column("size_bytes", BigInteger, nullable=False),
        Column("codec", Text, nullable=False),
        Column("width", Integer, nullable=False),
        Column("height", Integer, nullable=False),
        Column("keyframe_ms", Integer, nullable=False),
        Column("eventful", Boolean, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("archived", Boolean, nullable=False),
        Column("damage", Text, nullable=False),
    )
    op.create_index("ix_segments_started", "segments", ["started_ns", "id"])
    op.create_index("ix_segments_camera", "segments", ["camera_id", "started_ns", "ended_ns", "id"])
    keeping = ["archived", "eventful", "started_ns", "id", "size_bytes", "camera_id", "ended_ns"]
    op.create_index("ix_segments_keeping", "segments", keeping)
