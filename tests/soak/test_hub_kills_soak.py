"""Sites, their hub, NATS and PostgreSQL killed or silenced at random while the sites record and somebody at the hub speaks to them: nothing
that a record or the hub had taken is lost, and nothing is there twice; also where two hubs share the database and three servers of NATS are
a cluster. `WATCHROOM_SOAK_KILLS`: how many (50). Figures are printed and, where `WATCHROOM_FIGURES` names a folder, written there as
`hub_kills.json`, `hub_kills_cluster.json`. The short form is `tests/engine/gateway/test_hub_kills.py`."""

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
FROZEN = 0.25  # of what is not PostgreSQL, by chance: silent for some seconds, as a line that is cut
DRAINED_S = 120.0
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.mark.parametrize(("hubs", "servers", "figures_name"), [(1, 1, "hub_kills"), (2, 3, "hub_kills_cluster")])
def test_nothing_is_lost_or_doubled_whoever_is_killed(tmp_path: Path, hubs: int, servers: int, figures_name: str) -> None:
    chance, killed, frozen = random.Random(24), Counter[str](), Counter[str]()
    with killed_hub(tmp_path, hubs, servers) as hub:
        until(lambda: all(hub.told()[site.key] for site in hub.sites), "all sites are told of", 60)
        for _ in range(KILLS):
            kind = chance.choice(["hub", "nats", "postgres", "site"])
            name = chance.choice([part for part in hub.parts if part.startswith(kind)])
            if kind != "postgres" and chance.random() < FROZEN:
                hub.freeze(name, chance.uniform(0.5, 12.0))
                frozen[name] += 1
            else:
                hub.kill(name, chance.uniform(0.2, 2.0))
                killed[name] += 1
            time.sleep(chance.uniform(0.5, 5.0))
        for site in hub.sites:
            hub.kill(site.key, 0.0)
        time.sleep(5.0)
        figures = {"kills": dict(killed), "frozen": dict(frozen), **hub.check_nothing_lost(DRAINED_S)}
    report_figures(figures_name, figures)
