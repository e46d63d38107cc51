"""Events keep what the name in them rests on. Of older ones that is not known."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("events", Column("named_by", Text))
