"""Events of large batches, whose words are entered after they were saved."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table("found_later", Column("first", Integer, primary_key=True), Column("last", Integer, nullable=False))
    # Of new words: 16 MiB are gathered before they go to the disk, and eight runs of them before they are merged: half the work.
    for name, value in (("hashsize", 1 << 24), ("automerge", 8)):
        op.execute(f"INSERT INTO found_words (found_words, rank) VALUES ('{name}', {value})")
