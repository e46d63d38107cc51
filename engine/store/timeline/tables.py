"""The tables of the timeline that people write: bookmarks and saved searches. As in `tables`, a column is a field's name and plain form."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

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
    Column("by_id", Text, nullable=False, server_default=""),
)
Index("ix_bookmarks_at", bookmarks.c.at_ns, bookmarks.c.id)

# What operators said of events, one verdict of each.
event_verdicts = Table(
    "event_verdicts",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("disposition", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("by_id", Text, nullable=False, server_default=""),
)

# One of a name of each user; `filter` is whole, and empty where a question in words is saved. shared: everybody finds it.
saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("filter", JSON, nullable=False),
    Column("by_id", Text, nullable=False, server_default=""),
    Column("question", Text, nullable=False, server_default=""),
    Column("shared", Boolean, nullable=False),
    UniqueConstraint("by_id", "name"),
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

# What was put (n 1) or taken (n -1) and is not in the indexes below yet, in order; triggers write it. `words` and `marks` None: it only
# counts. camera_id, kind, severity, person: what the timeline counts it under, `kind` empty where it does not.
record_changes = Table(
    "record_changes",
    metadata,
    Column("n", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("words", Text),
    Column("marks", Text),
    Column("camera_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("person", Text, nullable=False),
)

# How many of a kind began in each of `CHUNK` stretches of time (`timeline_counts`), from `chunk` on.
timeline_counts = Table(
    "timeline_counts",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("chunk", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("counts", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# What can be found, by keys that rise with time; its words are in `found_words` (FTS5, without content).
found = Table(
    "found", metadata, Column("key", Integer, primary_key=True), Column("kind", Text, nullable=False), Column("id", Text, nullable=False)
)

# Rows from before there was an index, that are still to be put: those of a source up to this row.
found_waiting = Table("found_waiting", metadata, Column("source", Text, primary_key=True), Column("last", BigInteger, nullable=False))

# Events (by rowid, from `first` to `last`) of large batches, whose words are still to be put.
found_later = Table("found_later", metadata, Column("first", Integer, primary_key=True), Column("last", Integer, nullable=False))
