"""A PostgreSQL with PostGIS for tests, or a sentence why there is none."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock

import pytest
from sqlalchemy import text

from benchmarks.history import postgres_server
from benchmarks.history.postgres_server import PostgresServer, programs, running
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord

_RECORD = "record_made_once"
_CREATE = PostgresServer.create


@contextmanager
def postgres_or_skip() -> Iterator[str]:
    """The address of a server on loopback that runs as long as the block does. It does not wait for the disk."""
    if programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed on this machine (Debian: postgresql-15-postgis-3).")
    with running(durable=False) as url:
        yield url


def new_database(server: str, name: str, options: str = "") -> str:
    """Its address. `server`: that of its database `postgres`."""
    engine = postgres_engine(server, reading=True)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} {options}"))
    engine.dispose()
    return server.replace("/postgres", f"/{name}")


def new_record(server: str, name: str) -> str:
    """The address of a shared record with nothing in it: a copy of one that the migrations made, which take longer than most tests of it.
    How they come to it is tested in `tests/engine/store/test_shared_upgrade.py`."""
    return new_database(server, name, f"TEMPLATE {_RECORD}")


class ServersMadeOnce:
    """`create` in place of `PostgresServer.create`: a copy of one server, whose own creation takes longer; it holds what `new_record`
    copies."""

    def __init__(self, ends: ExitStack) -> None:
        """`ends`: where what is copied goes again."""
        self._ends = ends
        self._made: Path | None = None
        self._one_at_a_time = Lock()

    def create(self, server: PostgresServer) -> None:
        with self._one_at_a_time:
            made = self._made = self._made or self._new(server._programs)
        postgres_server._run(server._user, ["cp", "-R", "-p", made, server._data])

    def _new(self, programs: Path) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="watchroom-pg-"))
        self._ends.callback(shutil.rmtree, folder, ignore_errors=True)
        server = PostgresServer(programs, folder, durable=False)
        _CREATE(server)
        server.start()
        SharedRecord(new_database(server.url, _RECORD)).close()
        server._control("-m", "fast", "stop")
        return server._data
