"""Links to the page on which people report from their phones. There were none before."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text

revision = "0024"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "report_links",
        Column("token_hash", Text, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        Column("label", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("created_ns", BigInteger, nullable=False),
        Column("expires_ns", BigInteger),
        Column("filed", Integer, nullable=False),
        Column("refused", Integer, nullable=False),
        Column("last_used_ns", BigInteger),
    )
