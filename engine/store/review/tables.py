"""The tables of the review. As in `tables`, a column is a field's name and plain form."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, Table, Text

from engine.store.tables import metadata

review_items = Table(
    "review_items",
    metadata,
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
    Column("camera_part", JSON(none_as_null=True)),
    Column("newest_ns", BigInteger, nullable=False, server_default="0"),
)
Index("ix_review_items_started", review_items.c.started_ns, review_items.c.id)
Index("ix_review_items_camera", review_items.c.camera_id, review_items.c.started_ns, review_items.c.id)
_OPEN = review_items.c.ended_ns.is_(None)
Index("ix_review_items_open", review_items.c.started_ns, sqlite_where=_OPEN, postgresql_where=_OPEN)

review_marks = Table(
    "review_marks",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("severity", Integer, nullable=False),
)
Index("ix_review_marks_item", review_marks.c.item_id)
