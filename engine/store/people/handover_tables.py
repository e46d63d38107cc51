"""The table of hand-overs from one shift to the next."""

from sqlalchemy import JSON, BigInteger, Column, Index, Table, Text

from engine.store.tables import metadata

handovers = Table(
    "handovers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("body", JSON(none_as_null=True), nullable=False),
)
Index("ix_handovers_at", handovers.c.at_ns, handovers.c.id)
