"""Commands that had an id, so that what is sent again is not done again."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, delete, select

from engine.model.command_terms import KeptCommand
from engine.model.wire import read_as, to_plain
from engine.store.guarded import GuardedTables
from engine.store.tables import metadata
from engine.store.upsert import upsert

kept_commands = Table(
    "kept_commands",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
)
Index("ix_kept_commands_at", kept_commands.c.at_ns)


class CommandKeyTable(GuardedTables):
    """Any thread; each write is its own transaction. Answers are saved by the writer, with what was done. Faults are EnvironmentFault."""

    def begin(self, command: KeptCommand, kept_from_ns: int) -> None:
        """Insert, or replace by id. What is older than `kept_from_ns` goes."""
        with self._write() as connection:
            connection.execute(delete(kept_commands).where(kept_commands.c.at_ns < kept_from_ns))
            upsert(connection, kept_commands, [to_plain(command)])

    def get(self, command_id: str) -> KeptCommand | None:
        with self._read() as connection:
            row = connection.execute(select(kept_commands).where(kept_commands.c.id == command_id)).mappings().first()
        return None if row is None else read_as(KeptCommand, dict(row))

    def remove(self, command_id: str) -> None:
        with self._write() as connection:
            connection.execute(delete(kept_commands).where(kept_commands.c.id == command_id))
