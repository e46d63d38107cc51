"""The tables of the risk map: what incidents added of late, by incident and by cell."""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Table, Text

from engine.store.tables import alerts, metadata

risk_bumps = Table(
    "risk_bumps",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("category", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("weight", Double, nullable=False),
    Column("strength", Double, nullable=False),
)

# `bump`: as it was at `reference_ns`; it has halved with every half-life since.
risk_cells = Table(
    "risk_cells",
    metadata,
    Column("cell", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("bump", Double, nullable=False),
    Column("reference_ns", BigInteger, nullable=False),
)

_FALSE = alerts.c.disposition == "false"
Index("ix_alerts_false", alerts.c.incident_id, sqlite_where=_FALSE, postgresql_where=_FALSE)
