"""The tables of what people looked like, and of where things went in the picture. As in `tables`, a column is a field's plain form."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, Table, Text

from engine.store.tables import metadata

# One stay of a person on a camera; `vector`: float16, unit length. `pack`: the pack that it lies in too, 0: none yet.
looks = Table(
    "looks",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("camera_id", Text, nullable=False),
    Column("since_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger, nullable=False),
    Column("best_ns", BigInteger, nullable=False),
    Column("box_xyxy", JSON, nullable=False),
    Column("count", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("pack", Integer, nullable=False),
)
Index("ix_looks_until", looks.c.until_ns)
Index("ix_looks_pack", looks.c.pack, looks.c.model, looks.c.camera_id, looks.c.closed)
Index("ix_looks_camera", looks.c.camera_id, looks.c.since_ns)

# Many looks of one camera in few bytes, to be gone through quickly: arrays as bytes, one entry for each look. `error`: no code is further
# off than that. `camera_id` empty: of several, as they were packed before.
look_packs = Table(
    "look_packs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("since_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger, nullable=False),
    Column("error", Float, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("times", LargeBinary, nullable=False),
    Column("cameras", LargeBinary, nullable=False),
    Column("scales", LargeBinary, nullable=False),
    Column("codes", LargeBinary, nullable=False),
    Column("camera_id", Text, nullable=False, server_default=""),
)
Index("ix_look_packs_camera", look_packs.c.model, look_packs.c.camera_id)

# Where something went in one camera's picture: a track, or motion that nobody named (empty `track_id`). x0 to y1: all of it lies within,
# and `path` its boxes with their times, in shares of the picture.
trails = Table(
    "trails",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("camera_id", Text, nullable=False),
    Column("since_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger, nullable=False),
    Column("track_id", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("x0", Float, nullable=False),
    Column("y0", Float, nullable=False),
    Column("x1", Float, nullable=False),
    Column("y1", Float, nullable=False),
    Column("path", LargeBinary, nullable=False),
)
Index("ix_trails_camera", trails.c.camera_id, trails.c.since_ns)
Index("ix_trails_until", trails.c.until_ns)
Index("ix_trails_track", trails.c.track_id)
