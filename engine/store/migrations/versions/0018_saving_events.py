"""Beginnings of four and five letters are found as quickly as those of two and three; looks are packed camera by camera."""

import logging

from alembic import op
from sqlalchemy import Column, Text, text

revision = "0018"
down_revision = "0017"

log = logging.getLogger(__name__)

_SOURCES = ("event", "alert", "decision", "incident", "report", "person", "bookmark")


def upgrade() -> None:
    _words()
    op.add_column("look_packs", Column("camera_id", Text, nullable=False, server_default=""))
    op.create_index("ix_look_packs_camera", "look_packs", ["model", "camera_id"])
    op.drop_index("ix_looks_pack", "looks")
    op.create_index("ix_looks_pack", "looks", ["pack", "model", "camera_id", "closed"])


def _words() -> None:
    """The full text cannot be given another index: it is made anew, and what is there already is put by and by, the newest first, while the
    engine runs. What is freed is not overwritten here, which would write all of it once more: an erasure rewrites the whole file."""
    some = op.get_bind().scalar(text("SELECT EXISTS (SELECT 1 FROM found)"))
    if some:
        log.info("The index of words is made anew: with millions of events this takes up to a minute, and search is whole some time later")
    op.execute("PRAGMA secure_delete = OFF")
    op.execute("DROP TABLE found_words")
    op.execute("DELETE FROM found")
    op.execute("PRAGMA secure_delete = ON")
    tokens = "unicode61 remove_diacritics 2"
    op.execute(
        f"CREATE VIRTUAL TABLE found_words USING fts5(words, marks, content='', columnsize=0, prefix='2 3 4 5', tokenize='{tokens}')"
    )
    for name, value in (("hashsize", 1 << 24), ("automerge", 8)):  # as before, see 0017
        op.execute(f"INSERT INTO found_words (found_words, rank) VALUES ('{name}', {value})")
    op.execute("DELETE FROM found_later")
    op.execute("DELETE FROM found_waiting")
    for source in _SOURCES:
        op.execute(f"INSERT INTO found_waiting SELECT '{source}', max(rowid) FROM {source}s HAVING max(rowid) IS NOT NULL")
    if some:
        log.info("The index of words is made")
