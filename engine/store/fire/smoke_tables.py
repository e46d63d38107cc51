"""The tables of the smoke watch; as in `tables`, a column has the name and the plain form of the field it keeps."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Index, Integer, Table, Text

from engine.store.tables import metadata

# `max_conf`: of the primary box only; raised, never lowered. `plume_id`: the first of those it is in.
smoke_sequences = Table(
    "smoke_sequences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("camera_id", Text, nullable=False),
    Column("view_id", Text, nullable=False),
    Column("started_ns", BigInteger, nullable=False),
    Column("last_seen_ns", BigInteger, nullable=False),
    Column("max_conf", Double),
    Column("frames", Integer, nullable=False),
    Column("best_box", JSON, nullable=False),
    Column("azimuth_deg", Double),
    Column("cone_deg", Double),
    Column("detector", Text, nullable=False),
    Column("experimental", Boolean, nullable=False),
    Column("validation", Text, nullable=False),
    Column("score", Double),
    Column("attempts", Integer, nullable=False),
    Column("label", Text),
    Column("labelled_by", Text, nullable=False),
    Column("plume_id", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
)
_seen = smoke_sequences.c
# What lists are filtered by stands in the index: rows that are left out are never looked up.
Index("ix_smoke_sequences_started", _seen.started_ns, _seen.id, _seen.camera_id, _seen.max_conf, _seen.validation, _seen.label)

smoke_plumes = Table(
    "smoke_plumes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("started_ns", BigInteger, nullable=False),
    Column("last_seen_ns", BigInteger, nullable=False),
    Column("place", JSON(none_as_null=True)),
    Column("incident_id", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
)
Index("ix_smoke_plumes_started", smoke_plumes.c.started_ns, smoke_plumes.c.id)
Index("ix_smoke_plumes_seen", smoke_plumes.c.last_seen_ns, smoke_plumes.c.id)

# Which sequences a plume is made of; some are in several.
smoke_links = Table("smoke_links", metadata, Column("plume_id", Text, primary_key=True), Column("sequence_id", Text, primary_key=True))
Index("ix_smoke_links_sequence", smoke_links.c.sequence_id, smoke_links.c.plume_id)

# Pairs that an operator said are one plume (`together`), or are not; the lower id first.
smoke_words = Table(
    "smoke_words",
    metadata,
    Column("first_id", Text, primary_key=True),
    Column("second_id", Text, primary_key=True),
    Column("together", Boolean, nullable=False),
)
Index("ix_smoke_words_second", smoke_words.c.second_id)

# The plumes that incidents are corroborated by, as they were when they were filed: what reports of fire are held against.
incident_smoke = Table(
    "incident_smoke",
    metadata,
    Column("plume_id", Text, primary_key=True),
    Column("incident_id", Text, nullable=False),
    Column("since_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger, nullable=False),
    Column("body", JSON, nullable=False),
)
Index("ix_incident_smoke_until", incident_smoke.c.until_ns)
