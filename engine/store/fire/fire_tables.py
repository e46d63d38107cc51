"""The tables of fire weather: classes of cameras by day, and the weather of places with what was computed from it."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, Table, Text

from engine.store.tables import metadata

# `day`: ISO. `fire_class` NULL: nobody knows, and `trouble` says why.
fire_risks = Table(
    "fire_risks",
    metadata,
    Column("day", Text, primary_key=True),
    Column("camera_id", Text, primary_key=True),
    Column("fire_class", Text),
    Column("fwi", Double),
    Column("source", Text, nullable=False),
    Column("fetched_ns", BigInteger, nullable=False),
    Column("trouble", Text, nullable=False),
)
Index("ix_fire_risks_fetched", fire_risks.c.fetched_ns)

# The codes of its last day that is no forecast and was not rejected are the state of a place's season. NULL: not measured, not computed.
fire_weather = Table(
    "fire_weather",
    metadata,
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
