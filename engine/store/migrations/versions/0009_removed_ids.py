"""Ids of incidents and reports that were removed, which are not given again."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table("removed_ids", Column("id", Text, primary_key=True))
