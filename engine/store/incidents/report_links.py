"""Links to the report page in the record; of their tokens the hash only."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text, delete, select

from engine.model.incidents.report_page import ReportLink
from engine.model.wire import read_as, to_plain
from engine.store.guarded import GuardedTables
from engine.store.tables import metadata
from engine.store.upsert import upsert

report_links = Table(
    "report_links",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("created_ns", BigInteger, nullable=False),
    Column("expires_ns", BigInteger),
    Column("filed", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("last_used_ns", BigInteger),
)


class ReportLinkTable(GuardedTables):
    """Any thread; each write is its own transaction. Faults of the database are EnvironmentFault."""

    def all(self) -> dict[str, ReportLink]:
        """By the hash of the token."""
        with self._read() as connection:
            rows = [dict(row) for row in connection.execute(select(report_links)).mappings()]
        return {row.pop("token_hash"): read_as(ReportLink, row) for row in rows}

    def put(self, token_hash: str, link: ReportLink) -> None:
        """Insert, or replace."""
        with self._write() as connection:
            upsert(connection, report_links, [{"token_hash": token_hash, **to_plain(link)}])

    def remove(self, token_hash: str) -> None:
        with self._write() as connection:
            connection.execute(delete(report_links).where(report_links.c.token_hash == token_hash))
