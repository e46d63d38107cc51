"""Copies of the record's file, made while it is in use, and what can be carried over from one that is damaged."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.store.database.connection import BUSY_MS, looking_uri
from engine.store.database.faults import damaged, faults_named

PAGES_AT_ONCE = 256  # 1 MiB
PAUSE_S = 0.005  # after each: the writer's own pages come first
BESIDE = ("-wal", "-shm", "-closed")  # what a record's file has beside it

# What neither the log of observations nor any file tells. Few rows each, taken over whole or not at all: a token that was withdrawn after
# the copy was made, or a lock that was set, must not be forgotten.
CARRIED = ("users", "tokens", "lockouts", "evidence_locks", "evidence_spans", "erase_later", "erasures", "erased_persons", "cases", "packs")
_NOT_WITHOUT = (("users", "tokens"), ("evidence_locks", "evidence_spans"))


def copy_database(source: Path, target: Path, keep_going: Callable[[], None] = lambda: None) -> None:
    """Write the record as it is at one moment into a new file (0600), on the disk when this returns. Others read and write meanwhile.

    One read transaction is held from beginning to end, so that no write makes the copy start again; the write-ahead log grows until then.

    Args:
        keep_going: called between steps; what it raises ends this.

    Raises:
        EnvironmentFault: the disk is full or failed; the record is damaged.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def step(_status: int, left: int, _total: int) -> None:
        keep_going()
        if left:
            time.sleep(PAUSE_S)

    with faults_named(target), closing(_reader(source)) as here, closing(sqlite3.connect(target, isolation_level=None)) as there:
        here.execute("BEGIN")
        here.execute("SELECT count(*) FROM sqlite_master").fetchone()
        here.backup(there, pages=PAGES_AT_ONCE, progress=step)
        there.execute("PRAGMA journal_mode=DELETE")  # alone it is whole: no log belongs to it


def checked_schema(path: Path) -> str:
    """The schema of a copy whose every page and row was read. Raises EnvironmentFault: it is damaged, or no record."""
    with faults_named(path), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict is None or verdict[0] != "ok":
            raise damaged(path, str(verdict[0]) if verdict else "no answer")
        if not _tables(connection) >= {"alembic_version", "events"}:
            raise damaged(path, "it holds no record")
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def schema_of(path: Path) -> str:
    """The schema of a record, from its one row alone; empty where there is none, or none that can be read."""
    if not path.exists():
        return ""
    try:
        with closing(sqlite3.connect(looking_uri(path), uri=True, timeout=BUSY_MS / 1000, isolation_level=None)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""


def carry_over(from_damaged: Path, into: Path) -> tuple[str, ...]:
    """Take tables of `CARRIED` that can be read whole in a damaged record over into a copy of the same schema, and the rows of the audit
    that came after it. Gives their names. Whoever may sign in is as it was; where that cannot be read, no token is good any more.

    Raises EnvironmentFault: the copy cannot be written.
    """
    with faults_named(into), closing(sqlite3.connect(into, isolation_level=None)) as there:
        there.execute("PRAGMA foreign_keys=OFF")
        there.execute("BEGIN IMMEDIATE")
        found = {name: rows for name in CARRIED if (rows := _readable(from_damaged, there, name)) is not None}
        for together in _NOT_WITHOUT:
            if not found.keys() >= set(together):
                found = {name: rows for name, rows in found.items() if name not in together}
        for name, rows in found.items():
            there.execute(f'DELETE FROM "{name}"')
            _insert(there, name, rows)
        if "tokens" not in found and "tokens" in _tables(there):
            there.execute("DELETE FROM tokens")
        carried = (*found, *(("audit",) if _carry_audit(from_damaged, there) else ()))
        there.execute("COMMIT")
    return carried


def _readable(path: Path, there: sqlite3.Connection, name: str) -> list[tuple[object, ...]] | None:
    """All rows of a table that both have with the same columns; None where that cannot be read whole."""
    columns = _columns(there, name)
    try:
        with closing(_reader(path)) as connection:
            if not columns or _columns(connection, name) != columns:
                return None
            return connection.execute(f'SELECT * FROM "{name}" NOT INDEXED').fetchall()
    except sqlite3.Error:
        return None


def _carry_audit(path: Path, there: sqlite3.Connection) -> bool:
    """Rows that follow without a gap, as far as they can be read; the chain of hashes shows whether they are genuine."""
    columns = _columns(there, "audit")
    taken: list[tuple[object, ...]] = []
    if columns:
        last = there.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()[0]
        for row in _audit_after(path, columns, last):
            if row[columns.index("seq")] != last + len(taken) + 1:
                break
            taken.append(row)
    _insert(there, "audit", taken)
    return bool(taken)


def _audit_after(path: Path, columns: tuple[str, ...], last: int) -> Iterator[tuple[object, ...]]:
    with suppress(sqlite3.Error), closing(_reader(path)) as connection:
        if _columns(connection, "audit") == columns:
            yield from connection.execute("SELECT * FROM audit WHERE seq > ? ORDER BY seq", (last,))


def _insert(there: sqlite3.Connection, name: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        there.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)


def _columns(connection: sqlite3.Connection, name: str) -> tuple[str, ...]:
    return tuple(row[1] for row in connection.execute(f'PRAGMA table_info("{name}")'))


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_MS / 1000, isolation_level=None)


def unfit(fault: EnvironmentFault) -> bool:
    """Whether a fault says that a file is damaged, and not that the disk or its permissions are at fault."""
    return fault.reason in ("database_damaged", "database_foreign")
