"""What was asked about the record, by whom, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    at_zone = sa.text("zone_id != ''")
    op.create_index("ix_events_zone", "events", ["zone_id", "started_ns", "id"], sqlite_where=at_zone, postgresql_where=at_zone)
