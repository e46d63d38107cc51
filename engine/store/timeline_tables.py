"""The tables of the timeline that people write: bookmarks and saved searches. As in `tables`, a column is a field's name and plain form."""

from sqlalchemy import JSON, BigInteger, Column, Index, Table, Text

from engine.store.tables import metadata

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger),
    Column("camera_id", Text, nullable=False),
)
Index("ix_bookmarks_at", bookmarks.c.at_ns, bookmarks.c.id)

# One of a name; `filter` is whole.
saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("by", Text, nullable=False),
    Column("filter", JSON, nullable=False),
)

# Whether a sensor would have seen anything: stretches that do not overlap. Where none lies, the engine did not run.
watched = Table(
    "watched",
    metadata,
    Column("sensor_id", Text, primary_key=True),
    Column("since_ns", BigInteger, primary_key=True),
    Column("until_ns", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
