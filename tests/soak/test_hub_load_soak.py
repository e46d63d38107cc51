"""What 63 sites cost their hub: processor and memory of hub, NATS and PostgreSQL while each site records as much as 16 cameras at their
peak (6.7 facts a second), for ten minutes (`WATCHROOM_SOAK_MINUTES`).

The sites are records and links, without cameras, in two processes beside the servers on the same cores. Figures are printed and, where
`WATCHROOM_FIGURES` names a folder, written there as `hub_load.json`.
"""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest
from sqlalchemy import text

from benchmarks.history.postgres_server import free_port, programs, server
from engine.gateway.hub.enrolment import new_code
from engine.gateway.hub.joining import join
from engine.model.errors import WatchroomError
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.hub_keys import HubKeys
from engine.store import open_store
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from tests.fakes.killed_hub import Program
from tests.fakes.nats_server import nats_server
from tests.fakes.postgres import new_database
from tests.fakes.waiting import until

SITES, PROCESSES, RATE_HZ = 63, 2, 6.7
MINUTES = float(os.environ.get("WATCHROOM_SOAK_MINUTES", "10"))
_LOOK_S = 1.0
_Parts: TypeAlias = Mapping[str, Callable[[], Iterable[int]]]
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_what_sixty_three_sites_cost(tmp_path: Path, stack: ExitStack) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed on this machine (Debian: postgresql-15-postgis-3).")
    postgres = stack.enter_context(server())
    database = new_database(postgres.url, "hub")
    own = tmp_path / "hub"
    own.mkdir()
    nats = stack.enter_context(nats_server(tmp_path / "nats", HubKeys.in_folder(own).server_settings(time.time_ns())))
    bind = f"127.0.0.1:{free_port()}"
    hub = Program("console", "hub", "run", "--data", str(own), "--nats", nats.url, "--bind", bind, "--postgres", database)
    record = SharedRecord(database)
    stack.callback(record.close)
    hub.start()
    stack.callback(hub.kill)
    folders = [tmp_path / f"site-{number}" for number in range(SITES)]
    for folder in folders:
        _join(folder, f"http://{bind}", new_code(record, SystemClock(), folder.name, folder.name.title()))
    for first in range(PROCESSES):
        sites = Program("tests.soak.hub_site", str(RATE_HZ), *map(str, folders[first::PROCESSES]))
        sites.start()
        stack.callback(sites.kill)
    until(lambda: all(site.seq for site in record.sites()), "every site has told something", 120)
    words = {"hub": f"hub run --data {own}", "nats": str(tmp_path / "nats"), "sites": "hub_site"}
    parts: dict[str, Callable[[], Iterable[int]]] = {name: partial(_processes, each) for name, each in words.items()}
    figures = _measure(database, record, {**parts, "postgres": lambda: postgres.processes})
    print(f"\n{json.dumps(figures, indent=1)}")
    if os.environ.get("WATCHROOM_FIGURES"):
        (Path(os.environ["WATCHROOM_FIGURES"]) / "hub_load.json").write_text(json.dumps(figures, indent=1) + "\n")
    acknowledged = sum(len((folder / "acknowledged").read_text().splitlines()) for folder in folders)
    until(lambda: _events(database) >= acknowledged, "all of it is at the hub", 120)


def _measure(database: str, record: SharedRecord, parts: _Parts) -> dict[str, object]:
    before, began_s, events = _cpu_s(parts), time.monotonic(), _events(database)
    memory: dict[str, list[float]] = {name: [] for name in parts}
    behind: list[float] = []
    while time.monotonic() - began_s < 60 * MINUTES:
        time.sleep(_LOOK_S)
        behind.append(_behind_s(database))
        for name, size in _memory_mib(parts).items():
            memory[name].append(size)
    took_s, after = time.monotonic() - began_s, _cpu_s(parts)
    return {
        "sites": len(record.sites()),
        "minutes": round(took_s / 60, 1),
        "events_per_s": round((_events(database) - events) / took_s),
        "cores": {name: round((after[name] - before[name]) / took_s, 3) for name in parts},
        "most_mib": {name: round(max(sizes)) for name, sizes in memory.items()},
        "newest_event_s": {"p50": round(statistics.median(behind), 2), "worst": round(max(behind), 2)},
    }


def _processes(words: str) -> list[int]:
    """Whose command lines have these words."""
    return [each.pid for each in psutil.process_iter(["cmdline"]) if words in " ".join(each.info["cmdline"] or ())]


def _cpu_s(parts: _Parts) -> dict[str, float]:
    found = dict.fromkeys(parts, 0.0)
    for name, processes in parts.items():
        for process in processes():
            with suppress(psutil.Error):
                times = psutil.Process(process).cpu_times()
                found[name] += times.user + times.system
    return found


def _memory_mib(parts: _Parts) -> dict[str, float]:
    """Their own, without what processes share: the buffers of PostgreSQL are 256 MiB more."""
    found = dict.fromkeys(parts, 0.0)
    for name, processes in parts.items():
        for process in processes():
            with suppress(psutil.Error):
                found[name] += psutil.Process(process).memory_full_info().uss / (1 << 20)
    return found


def _events(database: str) -> int:
    return int(_scalar(database, "SELECT coalesce(sum(n), 0) FROM event_counts, unnest(counts) AS n WHERE camera_id = '*'"))


def _behind_s(database: str) -> float:
    """How old the newest event is that the hub has."""
    return time.time() - _scalar(database, "SELECT max(started_ns) FROM events") / 1e9


def _scalar(database: str, query: str) -> float:
    engine = postgres_engine(database, reading=True)
    with engine.connect() as connection:
        found = connection.scalar(text(query))
    engine.dispose()
    return float(found or 0)


def _join(folder: Path, url: str, code: str) -> None:
    folder.mkdir()
    store = open_store(DataFolder(folder).database, SystemClock())

    def joins() -> bool:
        try:
            join(folder, store, url, code)
        except WatchroomError:
            return False
        return True

    until(joins, "it joins", 60)
    store.close()
