"""The tables of evidence packs and of the cases they are in. `body` is the whole value; the other columns are what it is looked for by."""

from sqlalchemy import JSON, BigInteger, Column, Index, Table, Text

from engine.store.tables import metadata

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_ns", BigInteger, nullable=False),
    Column("body", JSON(none_as_null=True), nullable=False),
)

packs = Table(
    "packs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("body", JSON(none_as_null=True), nullable=False),
)
Index("ix_packs_created", packs.c.created_ns, packs.c.id)
Index("ix_packs_case", packs.c.case_id, packs.c.created_ns)
