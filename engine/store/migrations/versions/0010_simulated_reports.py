"""Reports of simulated reporters are marked, and so are their incidents: they are never looked through together with real ones."""

from alembic import op
from sqlalchemy import Boolean, Column, text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("incidents", Column("simulated", Boolean, nullable=False, server_default=text("0")))
    op.execute("UPDATE incidents SET simulated = 1 WHERE json_extract(body, '$.simulated')")
