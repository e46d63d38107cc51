"""A question in words can be saved as a search."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column("saved_searches", Column("question", Text, nullable=False, server_default=""))
