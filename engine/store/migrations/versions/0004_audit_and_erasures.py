"""The audit, and persons who are being erased."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Integer, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "audit",
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("at_ns", BigInteger, nullable=False),
        Column("by", Text, nullable=False),
        Column("verb", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("detail", Text, nullable=False),
    )
    op.create_table(
        "erasures",
        Column("pseudonym", Text, primary_key=True),
        Column("person_id", Text, nullable=False),
        Column("names", JSON, nullable=False),
    )
