"""What was said about an alert at the hub while this site was away."""

from alembic import op
from sqlalchemy import JSON, Column

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("alerts", Column("hub_acts", JSON, nullable=False, server_default="[]"))
