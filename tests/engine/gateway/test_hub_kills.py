"""Three sites write while a site, NATS, PostgreSQL and the hub are killed, once each: nothing is lost and nothing is there twice. The long
form: `tests/soak/test_hub_kills_soak.py`."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.killed_hub import KilledHub, killed_hub
from tests.fakes.waiting import LONGEST_S, until

LOOK_S = 0.2  # asking takes time from those who are to begin again


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[KilledHub]:
    with killed_hub(tmp_path) as hub:
        yield hub


def test_nothing_is_lost_or_doubled_when_each_is_killed_once(hub: KilledHub) -> None:
    for name in ("", "site-1", "nats", "postgres", "hub"):
        if name:
            hub.kill(name, 0.0)
        before = hub.told_counts()
        until(lambda seen=before: _is_more(hub, seen), f"all sites are told of {f'after the end of {name}' if name else ''}")
    figures = hub.check_nothing_lost(LONGEST_S)
    assert min(figures["acknowledged"].values()) > 0


def _is_more(hub: KilledHub, before: dict[str, int]) -> bool:
    time.sleep(LOOK_S)
    found = hub.told_counts()
    return all(found.get(site.key, 0) > before.get(site.key, 0) for site in hub.sites)
