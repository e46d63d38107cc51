"""What people looked like, and where things went in the picture."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, LargeBinary, Text

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    _looks()
    op.create_table(
        "trails",
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
    op.create_index("ix_trails_camera", "trails", ["camera_id", "since_ns"])
    op.create_index("ix_trails_until", "trails", ["until_ns"])
    op.create_index("ix_trails_track", "trails", ["track_id"])


def _looks() -> None:
    op.create_table(
        "looks",
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
    op.create_index("ix_looks_until", "looks", ["until_ns"])
    op.create_index("ix_looks_pack", "looks", ["pack", "model"])
    op.create_index("ix_looks_camera", "looks", ["camera_id", "since_ns"])
    op.create_table(
        "look_packs",
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
    )
