"""Purposes for which people may be compared over sites: what this site agreed to, and who is under them."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "purposes",
        Column("id", Text, primary_key=True),
        Column("terms", Text, nullable=False),
        Column("agreed_digest", Text, nullable=False, server_default=""),
        Column("agreed_ns", BigInteger, nullable=False, server_default="0"),
        Column("agreed_by", Text, nullable=False, server_default=""),
        Column("links", Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "person_purposes",
        Column("purpose_id", Text, primary_key=True),
        Column("person_id", Text, primary_key=True),
        Column("until_ns", BigInteger, nullable=False),
    )
