"""What was asked about the record, by whom, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    at_zone = sa.text("zone_id != ''")
    op.create_index("ix_events_zone", "events", ["zone_id", "started_ns", "id"], sqlite_where=at_zone, postgresql_where=at_zone)
    op.create_table(
        "chats",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("asked_ns", sa.BigInteger, nullable=False),
        sa.Column("before_id", sa.Text, nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
    )
    op.create_index("ix_chats_user", "chats", ["user_id", "asked_ns", "id"])
    op.create_index("ix_chats_asked", "chats", ["asked_ns"])
    op.create_table(
        "chat_spend",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("micro_usd", sa.BigInteger, nullable=False),
    )
