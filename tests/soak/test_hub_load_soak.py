"""What 63 sites cost their hub: processor and memory of hub, NATS and PostgreSQL while each site records as much as 16 cameras at their
peak (6.7 facts a second), for ten minutes (`WATCHROOM_SOAK_MINUTES`).

The sites are records and links, without cameras, in two processes beside the servers on the same cores. Figures are printed and, where
`WATCHROOM_FIGURES` names a folder, written there as `hub_load.json`.
"""

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

from tests.fakes.hub_processes import HubProcesses, Program, hub_processes
from tests.fakes.waiting import until
from tests.soak.figures import report_figures

SITES, PROCESSES, RATE_HZ = 63, 2, 6.7
MINUTES = float(os.environ.get("WATCHROOM_SOAK_MINUTES", "10"))
_LOOK_S = 1.0
_Parts: TypeAlias = Mapping[str, Callable[[], Iterable[int]]]
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcesses]:
    with hub_processes(tmp_path) as hub:
        yield hub


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_what_sixty_three_sites_cost(tmp_path: Path, hub: HubProcesses, stack: ExitStack) -> None:
    folders = [tmp_path / f"site-{number}" for number in range(SITES)]
    for folder in folders:
        with hub.joined_site(folder):
            pass
    for first in range(PROCESSES):
        sites = Program("tests.soak.hub_site", str(RATE_HZ), *map(str, folders[first::PROCESSES]))
        sites.start()
        stack.callback(sites.kill)
    until(lambda: all(site.seq for site in hub.record.sites()), "every site has told something", 120)
    words = {"hub": f"hub run --data {hub.folder}", "nats": str(tmp_path / "nats"), "sites": "hub_site"}
    parts: dict[str, Callable[[], Iterable[int]]] = {name: partial(_processes, each) for name, each in words.items()}
    report_figures("hub_load", _measure(hub, {**parts, "postgres": lambda: hub.postgres.processes}))
    acknowledged = sum(len((folder / "acknowledged").read_text().splitlines()) for folder in folders)
    until(lambda: hub.counted_events() >= acknowledged, "all of it is at the hub", 120)


def _measure(hub: HubProcesses, parts: _Parts) -> dict[str, object]:
    before, began_s, events = _cpu_s(parts), time.monotonic(), hub.counted_events()
    memory: dict[str, list[float]] = {name: [] for name in parts}
    behind: list[float] = []
    while time.monotonic() - began_s < 60 * MINUTES:
        time.sleep(_LOOK_S)
        behind.append(_behind_s(hub))
        for name, size in _memory_mib(parts).items():
            memory[name].append(size)
    took_s, after = time.monotonic() - began_s, _cpu_s(parts)
    return {
        "sites": len(hub.record.sites()),
        "minutes": round(took_s / 60, 1),
        "events_per_s": round((hub.counted_events() - events) / took_s),
        "cores": {name: round((after[name] - before[name]) / took_s, 3) for name in parts},
        "most_mib": {name: round(max(sizes)) for name, sizes in memory.items()},
        "newest_event_s": {"p50": round(statistics.median(behind), 2), "worst": round(max(behind), 2)},
    }


def _processes(words: str) -> list[int]:
    """Whose command lines have these words."""
    return [each.pid for each in psutil.process_iter(["cmdline"]) if words in " ".join(each.info["cmdline"] or ())]


def _cpu_s(parts: _Parts) -> dict[str, float]:
    """Also of children that have ended."""
    found = dict.fromkeys(parts, 0.0)
    for name, processes in parts.items():
        for process in processes():
            with suppress(psutil.Error):
                found[name] += sum(psutil.Process(process).cpu_times()[:4])
    return found


def _memory_mib(parts: _Parts) -> dict[str, float]:
    """Their own, without what processes share: the buffers of PostgreSQL are 256 MiB more."""
    found = dict.fromkeys(parts, 0.0)
    for name, processes in parts.items():
        for process in processes():
            with suppress(psutil.Error):
                found[name] += psutil.Process(process).memory_full_info().uss / (1 << 20)
    return found


def _behind_s(hub: HubProcesses) -> float:
    """How old the newest event is that the hub has."""
    return time.time() - int(hub.ask("SELECT max(started_ns) FROM events")[0][0] or 0) / 1e9
