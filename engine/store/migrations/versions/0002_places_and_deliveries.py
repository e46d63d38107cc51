"""Where on the floor an event was, in which zone, and who; messages to the outside."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Integer, Text, text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("events", Column("position", JSON))
    op.add_column("events", Column("zone_id", Text, nullable=False, server_default=""))
    op.add_column("events", Column("person", Text, nullable=False, server_default=""))
    op.add_column("events", Column("level", Integer, nullable=False, server_default="0"))
    _create_deliveries()


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
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
    waiting = text("state = 'waiting'")
    op.create_index("ix_deliveries_waiting", "deliveries", ["due_ns", "id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("ix_deliveries_finished", "deliveries", ["finished_ns"])
    op.create_index("ix_deliveries_event", "deliveries", ["event_id"])
