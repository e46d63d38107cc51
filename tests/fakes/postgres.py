"""A PostgreSQL with PostGIS for tests, or a sentence why there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.history.postgres_server import programs, running


@contextmanager
def postgres_or_skip() -> Iterator[str]:
    """The address of a server on loopback that runs as long as the block does. It does not wait for the disk."""
    if programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed on this machine (Debian: postgresql-15-postgis-3).")
    with running(durable=False) as url:
        yield url
