"""Persons who were erased, for copies elsewhere that were made before."""

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "erased_persons",
        Column("pseudonym", Text, primary_key=True),
        Column("digest", Text, nullable=False),
        Column("erased_ns", BigInteger),
    )
