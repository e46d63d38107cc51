"""The primary of a hub's PostgreSQL is killed and a synchronous standby takes over at its address, again and again, while sites write: what
the hub had confirmed is there. Figures are printed and kept as `hub_standby.json`; `WATCHROOM_SOAK_TAKEOVERS`: how often (5)."""

import os
import time
from pathlib import Path

import pytest

from tests.fakes.killed_hub import killed_hub
from tests.fakes.waiting import until
from tests.soak.figures import report_figures

TAKEOVERS = int(os.environ.get("WATCHROOM_SOAK_TAKEOVERS", "5"))
WRITING_S, DRAINED_S = 6.0, 120.0
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


def test_nothing_is_lost_when_a_standby_takes_over(tmp_path: Path) -> None:
    took_s: list[float] = []
    with killed_hub(tmp_path) as hub:
        until(lambda: len(hub.told_counts()) == len(hub.sites), "all sites are told of", 60)
        primary = hub.postgres
        for _ in range(TAKEOVERS):
            standby = primary.add_standby()
            time.sleep(WRITING_S)
            primary.kill()
            began_s = time.monotonic()
            standby.take_over(primary)
            before = hub.told_counts()
            until(lambda: _all_moved(hub.told_counts(), before), "all sites are told of again", 60)  # noqa: B023 - asked at once
            took_s.append(round(time.monotonic() - began_s, 1))
            primary = standby
        figures = {"takeovers": TAKEOVERS, "took_s": took_s, **hub.check_nothing_lost(DRAINED_S)}
        primary.stop()
    report_figures("hub_standby", figures)


def _all_moved(now: dict[str, int], before: dict[str, int]) -> bool:
    return all(now[key] > before[key] for key in before)
