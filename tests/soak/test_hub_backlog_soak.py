"""Ten sites were cut off from their hub for an hour of full work; the line is back: how long until the hub has all of it.

As processes on one machine, of which sites, hub, NATS and a PostgreSQL that waits for its disk share the cores. Figures are printed and,
where `WATCHROOM_FIGURES` names a folder, written there as `hub_backlog.json`.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.time import SECOND
from engine.store.store import Store
from tests.engine.store.records import decision, event
from tests.fakes.hub_processes import HubProcesses, Program, hub_processes
from tests.fakes.waiting import until
from tests.soak.figures import report_figures

SITES, FACTS_AN_HOUR = 10, 24_000  # 420 facts a second of 63 sites, in an hour of one
_BATCH = 1_000
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcesses]:
    with hub_processes(tmp_path) as hub:
        yield hub


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_an_hour_of_ten_sites_is_told_when_the_line_is_back(tmp_path: Path, hub: HubProcesses, stack: ExitStack) -> None:
    folders = [tmp_path / f"site-{number}" for number in range(SITES)]
    for folder in folders:
        with hub.joined_site(folder) as store:
            _work_an_hour(store)
    hub.servers[0].kill()
    for folder in folders:
        teller = Program("tests.soak.hub_site", "0.001", str(folder))
        teller.start()
        stack.callback(teller.kill)
    time.sleep(20.0)  # all of them have started, and tried in vain
    began_s = time.monotonic()
    hub.servers[0].start()
    wanted = [SITES * (FACTS_AN_HOUR // 2 + 4), SITES * FACTS_AN_HOUR // 2]  # and the four events that each site has written since
    first_s: list[float] = []

    def is_told() -> bool:
        counts = [hub.count(table) for table in ("events", "decisions")]
        if sum(counts) and not first_s:
            first_s.append(time.monotonic() - began_s)
        return counts == wanted

    until(is_told, "all of it is told, and nothing more", 600)
    took_s = time.monotonic() - began_s
    told_s = took_s - first_s[0]
    facts = sum(wanted)
    figures = {"sites": SITES, "facts": facts, "took_s": round(took_s, 1), "told_s": round(told_s, 1), "per_s": round(facts / told_s)}
    report_figures("hub_backlog", figures)


def _work_an_hour(store: Store) -> None:
    """What an hour leaves: events that began and ended, and the decisions that raised them."""
    for first in range(0, FACTS_AN_HOUR // 2, _BATCH):
        numbers = range(first, first + _BATCH)
        store.save([event(number) for number in numbers])
        store.save([decision(number) for number in numbers])
        store.save([replace(event(number), ended_ns=(number + 9) * SECOND) for number in numbers])
