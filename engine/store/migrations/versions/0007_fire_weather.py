"""Classes of fire weather by day, and the weather they were computed from."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "fire_risks",
        Column("day", Text, primary_key=True),
        Column("camera_id", Text, primary_key=True),
        Column("fire_class", Text),
        Column("fwi", Double),
        Column("source", Text, nullable=False),
        Column("fetched_ns", BigInteger, nullable=False),
        Column("trouble", Text, nullable=False),
    )
    op.create_index("ix_fire_risks_fetched", "fire_risks", ["fetched_ns"])
    op.create_table(
        "fire_weather",
        Column("place", Text, primary_key=True),
        Column("day", Text, primary_key=True),
        Column("temperature", Double),
        Column("humidity", Double),
        Column("wind", Double),
        Column("rain", Double),
        Column("status", Text, nullable=False),
        Column("ffmc", Double),
        Column("dmc", Double),
        Column("dc", Double),
        Column("isi", Double),
        Column("bui", Double),
        Column("fwi", Double),
        Column("dsr", Double),
        Column("fire_class", Text),
        Column("spun_up", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Column("forecast", Boolean, nullable=False),
    )
