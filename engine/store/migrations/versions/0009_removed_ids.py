"""Ids of incidents and reports that were removed, which are not given again; what else names an incident is found by it."""

from alembic import op
from sqlalchemy import Column, Text, text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table("removed_ids", Column("id", Text, primary_key=True))
    of_incident, about_incident = text("kind = 'incident'"), text("incident_id != ''")
    op.create_index("ix_events_incident", "events", ["kind", "subject_id"], sqlite_where=of_incident, postgresql_where=of_incident)
    op.create_index("ix_alerts_incident", "alerts", ["incident_id"], sqlite_where=about_incident, postgresql_where=about_incident)
