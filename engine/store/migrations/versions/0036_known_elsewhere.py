"""Persons of other sites whom this site may recognise for a purpose."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table("known_elsewhere", Column("id", Text, primary_key=True), Column("body", Text, nullable=False))
