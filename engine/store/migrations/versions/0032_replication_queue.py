"""What waits to be told to a hub. Empty, and without triggers, until the site joins one."""

from alembic import op
from sqlalchemy import Column, Integer, Text, UniqueConstraint

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "replication_queue",
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("kind", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("body", Text),
        UniqueConstraint("kind", "id", name="uq_replication_queue"),
        sqlite_autoincrement=True,
    )
