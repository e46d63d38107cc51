"""SQLite, opened the way the record needs it. The only module that knows which database is below, besides `faults`.

`synchronous=FULL`, although WAL needs only NORMAL to stay sound: a checkpoint of the pipeline is written after the commit of what
precedes it and replay starts there, so a commit lost to a power cut would never be made again. It costs one more fsync per batch.
"""

import json
import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from engine.model.errors import EnvironmentFault

BUSY_MS = 5_000
CACHE_KIB, LARGE_CACHE_KIB = (
    16_384,
    65_536,
)  # of the connection that writes: of less, large batches write out and read again what they change
LOG_PAGES, LARGE_LOG_PAGES = (
    8_000,
    32_000,
)  # of the log (`-wal`), 4 KiB each, before they go into the file: large batches write the same pages again and again
_WRITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_MS}",
    "journal_size_limit=67108864",
    f"wal_autocheckpoint={LOG_PAGES}",
    f"cache_size={-CACHE_KIB}",
)
_READ_PRAGMAS = ("query_only=ON", f"busy_timeout={BUSY_MS}")


def check_file(path: Path) -> None:
    """Refuse a file that cannot be used, before anything could write to it. Makes an empty one (0600) where there is none.

    Raises:
        EnvironmentFault: no folder, not writable.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except FileNotFoundError:
        raise EnvironmentFault("database_unreachable", f"The folder {path.parent} does not exist. Create it, or choose another.") from None
    except OSError as error:
        raise EnvironmentFault("read_only", f"The database {path} cannot be written ({error.strerror}). Make it writable.") from None
    if not os.access(path.parent, os.W_OK):
        raise EnvironmentFault("read_only", f"The folder {path.parent} cannot be written. Make it writable for this account.")


def writing_engine(path: Path) -> Engine:
    """The one connection of this process that writes; its transactions take the write lock at once (`BEGIN IMMEDIATE`).

    Threads wait for one another here: SQLite would have them sleep, for up to a tenth of a second after it is their turn.
    """
    engine = _engine(path, _WRITE_PRAGMAS, pool_size=1, max_overflow=0, pool_timeout=BUSY_MS / 1000)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reading_engine(path: Path) -> Engine:
    """Connections that cannot write. Each thread borrows its own for the time of a question."""
    return _engine(path, _READ_PRAGMAS)


def looking_uri(path: Path) -> str:
    """Of a database that is opened for a look, which makes and changes no file.

    Its log (`-wal`) is read with it where there is one. Where there is none the file is taken as not being changed: whoever looks has to
    look again when a log has come meanwhile. Another reader would leave an empty log, which is what a crash looks like.
    """
    alone = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    return f"{path.absolute().as_uri()}?mode=ro{alone}"


def looking_engine(path: Path) -> Engine:
    """For a look at a record beside an engine that may be writing it, as another user too; see `looking_uri`. Text that is no UTF-8 is read
    all the same."""
    uri = looking_uri(path)
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000), poolclass=NullPool)
    event.listen(engine, "connect", partial(_prepare, pragmas=_READ_PRAGMAS))
    event.listen(engine, "connect", _take_any_text)
    event.listen(engine, "begin", _begin)
    return engine


def give_room(connection: Connection, large: bool) -> None:
    """For large batches: how much of the file this connection keeps in memory, and how long the log grows. What is more than an everyday
    batch needs goes with the next transaction. Every commit is as durable with either."""
    connection.exec_driver_sql(f"PRAGMA cache_size={-(LARGE_CACHE_KIB if large else CACHE_KIB)}")
    connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={LARGE_LOG_PAGES if large else LOG_PAGES}")


def settle(writing: Engine) -> None:
    """Waits for nobody: what readers hold back stays in the log."""
    with closing(writing.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _take_any_text(connection: sqlite3.Connection, _record: Any) -> None:
    connection.text_factory = _decoded


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _engine(path: Path, pragmas: tuple[str, ...], **pool: Any) -> Engine:
    url = URL.create("sqlite", database=str(path))
    compact = partial(json.dumps, separators=(",", ":"))
    engine = create_engine(url, json_serializer=compact, connect_args={"timeout": BUSY_MS / 1000}, **pool)
    event.listen(engine, "connect", partial(_prepare, pragmas=pragmas))
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any, *, pragmas: tuple[str, ...]) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: also DDL is then inside transactions
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
