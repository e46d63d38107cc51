"""The tables of continuous video and of what is locked as evidence."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, Table, Text

from engine.store.tables import metadata

# `eventful`: something was going on; whether it is locked too is told by `evidence_spans`.
segments = Table(
    "segments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("camera_id", Text, nullable=False),
    Column("started_ns", BigInteger, nullable=False),
    Column("ended_ns", BigInteger, nullable=False),
    Column("file", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("codec", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("keyframe_ms", Integer, nullable=False),
    Column("eventful", Boolean, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("damage", Text, nullable=False),
)
Index("ix_segments_started", segments.c.started_ns, segments.c.id)
Index("ix_segments_camera", segments.c.camera_id, segments.c.started_ns, segments.c.ended_ns, segments.c.id)
Index(
    "ix_segments_keeping",
    *(segments.c.archived, segments.c.eventful, segments.c.started_ns, segments.c.id),
    *(segments.c.size_bytes, segments.c.camera_id, segments.c.ended_ns),  # sizes are added up from the index alone
)

evidence_locks = Table(
    "evidence_locks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("since_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("camera_ids", JSON, nullable=False),
    Column("expires_ns", BigInteger),
)

# What is to be erased and is locked as evidence: goes when no lock holds it any more. `kind`: segment, clip, journal or pack. Span: what
# becomes whole of a camera's video of that time goes too. Unlisted: a pack in the making goes where it is not listed by the next start.
erase_later = Table("erase_later", metadata, Column("kind", Text, primary_key=True), Column("id", Text, primary_key=True))

# What the locks that hold now hold; an empty camera stands for all. Gone with the lock's end.
evidence_spans = Table(
    "evidence_spans",
    metadata,
    Column("lock_id", Text, primary_key=True),
    Column("camera_id", Text, primary_key=True),
    Column("since_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger, nullable=False),
)
Index("ix_evidence_spans_camera", evidence_spans.c.camera_id, evidence_spans.c.since_ns, evidence_spans.c.until_ns)
