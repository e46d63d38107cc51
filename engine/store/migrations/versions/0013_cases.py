"""Evidence packs and the cases they are in."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table("cases", Column("id", Text, primary_key=True), *_created_and_body())
    op.create_table("packs", Column("id", Text, primary_key=True), Column("case_id", Text, nullable=False), *_created_and_body())
    op.create_index("ix_packs_created", "packs", ["created_ns", "id"])
    op.create_index("ix_packs_case", "packs", ["case_id", "created_ns"])


def _created_and_body() -> "tuple[Column[int], Column[object]]":
    return Column("created_ns", BigInteger, nullable=False), Column("body", JSON(none_as_null=True), nullable=False)
