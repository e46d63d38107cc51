"""Review items and the marks of those who reviewed them. Events from before belong to none."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, Text, text

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "review_items",
        Column("id", Text, primary_key=True),
        Column("cause", Text, nullable=False),
        Column("camera_id", Text, nullable=False),
        Column("started_ns", BigInteger, nullable=False),
        Column("ended_ns", BigInteger),
        Column("severity", Integer, nullable=False),
        Column("event_ids", JSON, nullable=False),
        Column("kinds", JSON, nullable=False),
        Column("best_event_id", Text, nullable=False),
        Column("alert_ids", JSON, nullable=False),
        Column("person_ids", JSON, nullable=False),
        Column("persons", JSON, nullable=False),
        Column("people", Integer, nullable=False),
        Column("zone_ids", JSON, nullable=False),
        Column("simulated", Boolean, nullable=False),
    )
    op.create_index("ix_review_items_started", "review_items", ["started_ns", "id"])
    op.create_index("ix_review_items_camera", "review_items", ["camera_id", "started_ns", "id"])
    is_open = text("ended_ns IS NULL")
    op.create_index("ix_review_items_open", "review_items", ["started_ns"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "review_marks",
        Column("user_id", Text, primary_key=True),
        Column("item_id", Text, primary_key=True),
        Column("at_ns", BigInteger, nullable=False),
        Column("severity", Integer, nullable=False),
    )
    op.create_index("ix_review_marks_item", "review_marks", ["item_id"])
