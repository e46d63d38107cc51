"""Incidents are found by the id that Atlas gave them."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("incidents", Column("threat_id", Text, nullable=False, server_default=""))
    op.execute("UPDATE incidents SET threat_id = coalesce(json_extract(body, '$.classification.threat_id'), '')")
    op.create_index("ix_incidents_threat", "incidents", ["threat_id"])
