"""A hub as processes of this machine that can be killed: `watchroom hub run`, NATS, and a PostgreSQL that waits for its disk."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.history.postgres_server import PostgresServer, free_port, programs, server
from benchmarks.sites.nats_server import NatsServer
from engine.gateway.hub.enrolment import new_code
from engine.gateway.hub.joining import join
from engine.model.errors import WatchroomError
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.hub_keys import HubKeys
from engine.store import open_store
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from engine.store.store import Store
from tests.fakes.nats_server import nats_cluster, nats_server
from tests.fakes.postgres import new_database
from tests.fakes.waiting import until

JOIN_S = 60.0


class Program:
    """A module of this project, as a process that can be killed and started again."""

    def __init__(self, *words: str) -> None:
        self._words = [sys.executable, "-m", *words]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


class HubProcesses:
    """`programs`: the hub itself, or several with the same keys and database. folder: its data folder. record: its database, as this
    process asks it. servers: NATS, one or a cluster."""

    def __init__(self, folder: Path, postgres: PostgresServer, stack: ExitStack, hubs: int = 1, servers: int = 1) -> None:
        self.folder, self.postgres = folder / "hub", postgres
        self.folder.mkdir()
        self._database = new_database(postgres.url, "hub")
        settings = HubKeys.in_folder(self.folder).server_settings(time.time_ns())
        self.servers = stack.enter_context(_nats(folder, settings, servers))
        binds = [f"127.0.0.1:{free_port()}" for _ in range(hubs)]
        self.urls = [f"http://{bind}" for bind in binds]
        nats = ",".join(each.url for each in self.servers)
        options = ("--data", str(self.folder), "--nats", nats, "--postgres", self._database)
        self.programs = [Program("console", "hub", "run", *options, "--bind", bind) for bind in binds]
        self.record = SharedRecord(self._database)
        stack.callback(self.record.close)
        for program in self.programs:
            program.start()
            stack.callback(program.kill)

    @contextmanager
    def joined_site(self, folder: Path) -> Iterator[Store]:
        """A new site in `folder`, whose name is its key: its record, open as long as the block."""
        folder.mkdir()
        code = new_code(self.record, SystemClock(), folder.name, folder.name.title())
        store = open_store(DataFolder(folder).database, SystemClock())
        try:
            until(lambda: self._joins(folder, store, code), "it joins", JOIN_S)
            yield store
        finally:
            store.close()

    def _joins(self, folder: Path, store: Store, code: str) -> bool:
        try:
            join(folder, store, self.urls[0], code)
        except WatchroomError:  # the hub has not started yet
            return False
        return True

    def ask(self, statement: str) -> list[Any]:
        """Rows of the shared record, by a connection of their own: PostgreSQL may have been killed since the last one."""
        engine = postgres_engine(self._database, reading=True)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(statement)))
        finally:
            engine.dispose()

    def count(self, table: str) -> int:
        return int(self.ask(f"SELECT count(*) FROM {table}")[0][0])

    def counted_events(self) -> int:
        """By the counts of quarters of an hour."""
        return int(self.ask("SELECT sum(n) FROM event_counts, unnest(counts) AS n WHERE camera_id = '*'")[0][0] or 0)


@contextmanager
def _nats(folder: Path, settings: str, servers: int) -> Iterator[list[NatsServer]]:
    if servers > 1:
        with nats_cluster(folder, settings, servers) as cluster:
            yield cluster
    else:
        with nats_server(folder / "nats", settings) as server:
            yield [server]


@contextmanager
def hub_processes(folder: Path, hubs: int = 1, servers: int = 1) -> Iterator[HubProcesses]:
    """Skips where PostgreSQL or NATS is not installed."""
    if programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed on this machine (Debian: postgresql-15-postgis-3).")
    with ExitStack() as stack:
        yield HubProcesses(folder, stack.enter_context(server()), stack, hubs, servers)
