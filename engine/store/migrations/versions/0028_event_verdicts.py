"""What operators say of events."""

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "event_verdicts",
        Column("event_id", Text, primary_key=True),
        Column("disposition", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("at_ns", BigInteger, nullable=False),
        Column("by_id", Text, nullable=False, server_default=""),
    )
