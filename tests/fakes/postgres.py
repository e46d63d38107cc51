"""A PostgreSQL with PostGIS for tests, or a sentence why there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from benchmarks.history.postgres_server import programs, running
from engine.store.database.postgres import postgres_engine


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
