"""What incidents added to the risk of late, by incident and by cell."""

from alembic import op
from sqlalchemy import BigInteger, Column, Double, Integer, Text, text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "risk_bumps",
        Column("incident_id", Text, primary_key=True),
        Column("latitude", Double, nullable=False),
        Column("longitude", Double, nullable=False),
        Column("at_ns", BigInteger, nullable=False),
        Column("category", Text, nullable=False),
        Column("severity", Integer, nullable=False),
        Column("weight", Double, nullable=False),
        Column("strength", Double, nullable=False),
    )
    op.create_table(
        "risk_cells",
        Column("cell", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
        Column("bump", Double, nullable=False),
        Column("reference_ns", BigInteger, nullable=False),
    )
    is_false = text("disposition = 'false'")
    op.create_index("ix_alerts_false", "alerts", ["incident_id"], sqlite_where=is_false, postgresql_where=is_false)
