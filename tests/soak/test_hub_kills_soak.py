"""Sites, their hub, NATS and PostgreSQL killed at random while the sites record: nothing that a record had taken is lost at the hub, and
nothing is there twice. `WATCHROOM_SOAK_KILLS`: how many (50). Figures are printed and, where `WATCHROOM_FIGURES` names a folder, written
there as `hub_kills.json`."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from benchmarks.history.postgres_server import PostgresServer, free_port, programs, server
from engine.gateway.hub.joining import join
from engine.model.errors import EnvironmentFault
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.hub_keys import HubKeys
from engine.store import open_store
from engine.store.database.postgres import postgres_engine
from tests.fakes.nats_server import NatsServer, nats_server
from tests.fakes.postgres import new_database
from tests.fakes.waiting import until

KILLS = int(os.environ.get("WATCHROOM_SOAK_KILLS", "50"))
SITES, RATE_HZ = 3, 40.0
DRAINED_S = 120.0
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


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


class Hub:
    def __init__(self, folder: Path, postgres: PostgresServer, stack: ExitStack) -> None:
        self._folder = folder
        self.postgres = postgres
        self.database = new_database(postgres.url, "hub")
        own = folder / "hub"
        own.mkdir()
        self.nats: NatsServer = stack.enter_context(nats_server(folder / "nats", HubKeys.in_folder(own).server_settings(time.time_ns())))
        bind = f"127.0.0.1:{free_port()}"
        self.url = f"http://{bind}"
        self.process = Program(
            "console", "hub", "run", "--data", str(own), "--nats", self.nats.url, "--bind", bind, "--postgres", self.database
        )
        self.process.start()
        stack.callback(self.process.kill)
        self.sites = [self._site(number, stack) for number in range(SITES)]

    def _site(self, number: int, stack: ExitStack) -> "Site":
        words = [sys.executable, "-m", "console", "hub", "code", f"site-{number}", f"Site {number}", "--postgres", self.database]
        until(lambda: subprocess.run(words, capture_output=True, check=False).returncode == 0, "the hub has made its tables", 60)
        code = subprocess.run(words, capture_output=True, check=True, text=True).stdout.strip()
        site = Site(self._folder / f"site-{number}", f"site-{number}")
        store = open_store(DataFolder(site.folder).database, SystemClock())
        until(lambda: _joins(site, store, self.url, code), "it joins", 60)
        store.close()
        site.process.start()
        stack.callback(site.process.kill)
        return site

    def told(self) -> dict[str, Counter[tuple[str, bool]]]:
        """By site: how often each event is there, and whether it has ended."""
        engine = postgres_engine(self.database, reading=True)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT id, ended_ns IS NOT NULL AS ended FROM events")).all()
        engine.dispose()
        found: dict[str, Counter[tuple[str, bool]]] = {site.key: Counter() for site in self.sites}
        for row in rows:
            key, _, event_id = row.id.partition("/")
            found[key][event_id, row.ended] += 1
        return found

    def counted(self) -> int:
        """By its counts of quarters of an hour."""
        engine = postgres_engine(self.database, reading=True)
        with engine.connect() as connection:
            found = connection.scalar(text("SELECT sum(n) FROM event_counts"))
        engine.dispose()
        return int(found or 0)


class Site:
    def __init__(self, folder: Path, key: str) -> None:
        folder.mkdir()
        self.folder, self.key = folder, key
        self.process = Program("tests.soak.hub_site", str(folder), str(RATE_HZ))

    def acknowledged(self) -> set[str]:
        path = self.folder / "acknowledged"
        whole, _, _ = path.read_text().rpartition("\n") if path.exists() else ("", "", "")
        return set(whole.splitlines())

    def recorded(self) -> Counter[tuple[str, bool]]:
        engine = create_engine(f"sqlite:///{DataFolder(self.folder).database}")
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT id, ended_ns IS NOT NULL AS ended FROM events")).all()
        engine.dispose()
        return Counter((row.id, bool(row.ended)) for row in rows)


def _begins(start: Callable[[], None]) -> bool:
    """A server whose port or memory is not free yet begins a moment later."""
    try:
        start()
    except EnvironmentFault:
        return False
    return True


def _joins(site: Site, store: Any, url: str, code: str) -> bool:
    try:
        join(site.folder, store, url, code)
    except Exception:  # noqa: BLE001 - asked again
        return False
    return True


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    if programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed on this machine (Debian: postgresql-15-postgis-3).")
    with ExitStack() as stack:
        yield Hub(tmp_path, stack.enter_context(server()), stack)


def test_nothing_is_lost_or_doubled_whoever_is_killed(hub: Hub) -> None:
    chance, killed = random.Random(24), Counter[str]()
    parts: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "hub": (hub.process.kill, hub.process.start),
        "nats": (hub.nats.kill, hub.nats.start),
        "postgres": (hub.postgres.kill, hub.postgres.start),
        **{site.key: (site.process.kill, site.process.start) for site in hub.sites},
    }
    until(lambda: all(hub.told()[site.key] for site in hub.sites), "all sites are told of", 60)
    for _ in range(KILLS):
        name = chance.choice(["hub", "nats", "postgres", "site"])
        name = chance.choice(hub.sites).key if name == "site" else name
        kill, start = parts[name]
        kill()
        killed[name] += 1
        time.sleep(chance.uniform(0.2, 2.0))
        until(lambda begin=start: _begins(begin), f"{name} begins again", 60)
        time.sleep(chance.uniform(0.5, 5.0))
    for site in hub.sites:
        site.process.kill()
        site.process.start()
    time.sleep(5.0)
    for site in hub.sites:  # it writes no more; what waits is told by the next
        site.process.kill()
    recorded = {site.key: site.recorded() for site in hub.sites}
    acknowledged = {site.key: site.acknowledged() for site in hub.sites}
    tellers = [Program("tests.soak.hub_site", str(site.folder), "0.001") for site in hub.sites]
    for teller in tellers:
        teller.start()
    began_s = time.monotonic()
    try:
        until(lambda: all(not recorded[key] - told for key, told in hub.told().items()), "all of it is at the hub", DRAINED_S)
    finally:
        drained_s = time.monotonic() - began_s
        for teller in tellers:
            teller.kill()
    told = hub.told()
    figures = {
        "kills": dict(killed),
        "acknowledged": {key: len(found) for key, found in acknowledged.items()},
        "at_the_hub": {key: found.total() for key, found in told.items()},
        "drained_s": round(drained_s, 1),
    }
    print(f"\n{json.dumps(figures, indent=1)}")
    if os.environ.get("WATCHROOM_FIGURES"):
        (Path(os.environ["WATCHROOM_FIGURES"]) / "hub_kills.json").write_text(json.dumps(figures, indent=1) + "\n")
    for site in hub.sites:
        assert acknowledged[site.key] <= {event_id for event_id, _ in recorded[site.key]}, "what a record has said it has, it has"
        assert not acknowledged[site.key] - {event_id for event_id, _ in told[site.key]}, "nothing is lost"
        assert max(Counter(event_id for event_id, _ in told[site.key]).values()) == 1, "nothing is doubled"
    assert hub.counted() == sum(found.total() for found in told.values()), "and the counts agree"
