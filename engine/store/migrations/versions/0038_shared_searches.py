"""A saved search is its user's own until it is shared, so that two users may call theirs alike. What was saved before is shared, as it was.

SQLite cannot drop the rule that a name is there once, so the table is made anew.
"""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Text, UniqueConstraint

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.rename_table("saved_searches", "saved_before")
    op.create_table(
        "saved_searches",
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("filter", JSON, nullable=False),
        Column("by_id", Text, nullable=False, server_default=""),
        Column("question", Text, nullable=False, server_default=""),
        Column("shared", Boolean, nullable=False),
        UniqueConstraint("by_id", "name"),
    )
    kept = 'id, name, "by", filter, by_id, question'
    op.execute(f"INSERT INTO saved_searches ({kept}, shared) SELECT {kept}, 1 FROM saved_before")
    op.drop_table("saved_before")
