"""Commands that had an id, with what they were answered with."""

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "kept_commands",
        Column("id", Text, primary_key=True),
        Column("user_id", Text, nullable=False),
        Column("at_ns", BigInteger, nullable=False),
        Column("digest", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("outcome", Text, nullable=False),
    )
    op.create_index("ix_kept_commands_at", "kept_commands", ["at_ns"])
