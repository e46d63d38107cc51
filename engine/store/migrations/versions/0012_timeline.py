"""What the timeline draws from afar, words that are looked for, bookmarks and saved searches."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "bookmarks",
        Column("id", Text, primary_key=True),
        Column("at_ns", BigInteger, nullable=False),
        Column("note", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("created_ns", BigInteger, nullable=False),
        Column("until_ns", BigInteger),
        Column("camera_id", Text, nullable=False),
    )
    op.create_index("ix_bookmarks_at", "bookmarks", ["at_ns", "id"])
    op.create_table(
        "saved_searches",
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False, unique=True),
        Column("by", Text, nullable=False),
        Column("filter", JSON, nullable=False),
    )
    op.create_table(
        "watched",
        Column("sensor_id", Text, primary_key=True),
        Column("since_ns", BigInteger, primary_key=True),
        Column("until_ns", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
    )
