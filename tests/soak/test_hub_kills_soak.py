"""Sites, their hub, NATS and PostgreSQL killed at random while the sites record: nothing that a record had taken is lost at the hub, and
nothing is there twice. `WATCHROOM_SOAK_KILLS`: how many (50). Figures are printed and, where `WATCHROOM_FIGURES` names a folder, written
there as `hub_kills.json`. The short form is `tests/engine/gateway/test_hub_kills.py`."""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.fakes.killed_hub import killed_hub
from tests.fakes.waiting import until
from tests.soak.figures import report_figures

KILLS = int(os.environ.get("WATCHROOM_SOAK_KILLS", "50"))
DRAINED_S = 120.0
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


def test_nothing_is_lost_or_doubled_whoever_is_killed(tmp_path: Path) -> None:
    chance, killed = random.Random(24), Counter[str]()
    with killed_hub(tmp_path) as hub:
        until(lambda: all(hub.told()[site.key] for site in hub.sites), "all sites are told of", 60)
        for _ in range(KILLS):
            name = chance.choice(["hub", "nats", "postgres", "site"])
            name = chance.choice(hub.sites).key if name == "site" else name
            hub.kill(name, chance.uniform(0.2, 2.0))
            killed[name] += 1
            time.sleep(chance.uniform(0.5, 5.0))
        for site in hub.sites:
            hub.kill(site.key, 0.0)
        time.sleep(5.0)
        figures = {"kills": dict(killed), **hub.check_nothing_lost(DRAINED_S)}
    report_figures("hub_kills", figures)
