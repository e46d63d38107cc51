"""A hub with sites that write all the time, all of it as processes that can be killed, and the proof that nothing was lost or doubled."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from benchmarks.history.postgres_server import PostgresServer, free_port, programs, server
from engine.gateway.hub.enrolment import new_code
from engine.gateway.hub.joining import join
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.hub_keys import HubKeys
from engine.store import open_store
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from tests.fakes.nats_server import NatsServer, nats_server
from tests.fakes.postgres import new_database
from tests.fakes.waiting import until

SITES, RATE_HZ = 3, 40.0
_NEVER_HZ = 0.001  # a site that only tells what waits


class Program:
    """One of this project, as a process that can be killed and begun again."""

    def __init__(self, *words: str) -> None:
        self._words = [sys.executable, "-m", *words]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


class KilledSite:
    def __init__(self, folder: Path, key: str) -> None:
        folder.mkdir()
        self.folder, self.key = folder, key
        self.process = self._writing(RATE_HZ)
        self.teller = self._writing(_NEVER_HZ)

    def _writing(self, rate_hz: float) -> Program:
        return Program("tests.soak.hub_site", str(rate_hz), str(self.folder))

    def acknowledged(self) -> set[str]:
        """What its record has said it has."""
        path = self.folder / "acknowledged"
        whole, _, _ = path.read_text().rpartition("\n") if path.exists() else ("", "", "")
        return set(whole.splitlines())

    def recorded(self) -> Counter[tuple[str, bool]]:
        """Each event, and whether it has ended."""
        engine = create_engine(f"sqlite:///{DataFolder(self.folder).database}")
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT id, ended_ns IS NOT NULL AS ended FROM events")).all()
        engine.dispose()
        return Counter((row.id, bool(row.ended)) for row in rows)


class KilledHub:
    """`parts`: how each is killed and begun again, by its name."""

    def __init__(self, folder: Path, postgres: PostgresServer, stack: ExitStack) -> None:
        self._folder = folder
        self._database = new_database(postgres.url, "hub")
        own = folder / "hub"
        own.mkdir()
        nats: NatsServer = stack.enter_context(nats_server(folder / "nats", HubKeys.in_folder(own).server_settings(time.time_ns())))
        bind = f"127.0.0.1:{free_port()}"
        self._url = f"http://{bind}"
        process = Program("console", "hub", "run", "--data", str(own), "--nats", nats.url, "--bind", bind, "--postgres", self._database)
        process.start()
        stack.callback(process.kill)
        self.sites = self._joined_sites(stack)
        self.parts: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
            "hub": (process.kill, process.start),
            "nats": (nats.kill, nats.start),
            "postgres": (postgres.kill, postgres.start),
            **{site.key: (site.process.kill, site.process.start) for site in self.sites},
        }

    def _joined_sites(self, stack: ExitStack) -> list[KilledSite]:
        record = SharedRecord(self._database)
        try:
            return [self._joined_site(number, record, stack) for number in range(SITES)]
        finally:
            record.close()

    def _joined_site(self, number: int, record: SharedRecord, stack: ExitStack) -> KilledSite:
        site = KilledSite(self._folder / f"site-{number}", f"site-{number}")
        code = new_code(record, SystemClock(), site.key, f"Site {number}")
        store = open_store(DataFolder(site.folder).database, SystemClock())
        until(lambda: _joins(site, store, self._url, code), "it joins", 60)
        store.close()
        site.process.start()
        for process in (site.process, site.teller):
            stack.callback(process.kill)
        return site

    def kill(self, name: str, for_s: float) -> None:
        """At once, and begin it again after that time."""
        kill, start = self.parts[name]
        kill()
        time.sleep(for_s)
        until(lambda: _begins(start), f"{name} begins again", 60)

    def told(self) -> dict[str, Counter[tuple[str, bool]]]:
        """By site: how often each event is there, and whether it has ended."""
        found: dict[str, Counter[tuple[str, bool]]] = {site.key: Counter() for site in self.sites}
        for row in self._asked("SELECT id, ended_ns IS NOT NULL AS ended FROM events"):
            key, _, event_id = row.id.partition("/")
            found[key][event_id, row.ended] += 1
        return found

    def told_counts(self) -> dict[str, int]:
        """By site: how many events are there, for those that have any."""
        return {row.key: row.n for row in self._asked("SELECT split_part(id, '/', 1) AS key, count(*) AS n FROM events GROUP BY 1")}

    def counted(self) -> int:
        """By its counts of quarters of an hour."""
        return int(self._asked("SELECT sum(n) FROM event_counts, unnest(counts) AS n WHERE camera_id = '*'")[0][0] or 0)

    def _asked(self, statement: str) -> list[Any]:
        engine = postgres_engine(self._database, reading=True)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(statement)))
        finally:
            engine.dispose()

    def check_nothing_lost(self, within_s: float) -> dict[str, Any]:
        """Ends all writing, waits until what waited is at the hub, and compares. Gives figures."""
        for site in self.sites:
            site.process.kill()
        recorded = {site.key: site.recorded() for site in self.sites}
        acknowledged = {site.key: site.acknowledged() for site in self.sites}
        for site in self.sites:
            site.teller.start()
        began_s = time.monotonic()
        until(lambda: all(not recorded[key] - told for key, told in self.told().items()), "all of it is at the hub", within_s)
        drained_s = time.monotonic() - began_s
        for site in self.sites:
            site.teller.kill()
        told = self.told()
        for site in self.sites:
            assert acknowledged[site.key] <= {event_id for event_id, _ in recorded[site.key]}, "what a record has said it has, it has"
            assert not acknowledged[site.key] - {event_id for event_id, _ in told[site.key]}, "nothing is lost"
            assert max(Counter(event_id for event_id, _ in told[site.key]).values()) == 1, "nothing is doubled"
        assert self.counted() == sum(found.total() for found in told.values()), "and the counts agree"
        return {
            "acknowledged": {key: len(found) for key, found in acknowledged.items()},
            "at_the_hub": {key: found.total() for key, found in told.items()},
            "drained_s": round(drained_s, 1),
        }


@contextmanager
def killed_hub(folder: Path) -> Iterator[KilledHub]:
    """On a durable PostgreSQL. Skips where that is not installed."""
    if programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed on this machine (Debian: postgresql-15-postgis-3).")
    with ExitStack() as stack:
        yield KilledHub(folder, stack.enter_context(server()), stack)


def _begins(start: Callable[[], None]) -> bool:
    """A server whose port or memory is not free yet begins a moment later."""
    try:
        start()
    except EnvironmentFault:
        return False
    return True


def _joins(site: KilledSite, store: Any, url: str, code: str) -> bool:
    try:
        join(site.folder, store, url, code)
    except WatchroomError:  # the hub has not begun yet
        return False
    return True
