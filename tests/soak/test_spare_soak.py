"""How long nobody watches: the engine of a site is killed again and again until its cameras are live at the spare, which hands back each
time. `WATCHROOM_SOAK_SPARE_KILLS`: how many (12). Figures are printed and, where `WATCHROOM_FIGURES` names a folder, written there as
`spare_takeover.json`. The short form is `tests/engine/gateway/test_spare_engines.py`."""

import os
import statistics
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from engine.model.accounts.access import Role, User
from engine.model.time import SystemClock
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.site_with_spare import STANDS_IN, SiteWithSpare
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, empty_record, whole_hub
from tests.soak.figures import report_figures

KILLS = int(os.environ.get("WATCHROOM_SOAK_SPARE_KILLS", "12"))
LIVE_S, CALM_S = 10.0, 3.0
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


class SeenAtSpare:
    """Asked through the hub, as a console does."""

    def __init__(self, hub: WholeHub) -> None:
        self._url = f"http://127.0.0.1:{hub.hub.port_to(STANDS_IN)}/api/v1"
        word = hub.keys.word(STANDS_IN, User("u-1", "Ben", Role.OPERATOR), SystemClock().now_ns())
        token = httpx.post(f"{self._url}/session/hub", json={"word": word}, timeout=60).raise_for_status().json()["token"]
        self._client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False)

    def live(self) -> tuple[int, int]:
        """Of how many cameras."""
        states = [camera["state"] for camera in self._client.get(f"{self._url}/cameras").raise_for_status().json()]
        return states.count("live"), len(states)

    def is_any_live(self) -> bool:
        return self.live()[0] > 0

    def are_all_live(self) -> bool:
        live, cameras = self.live()
        return live == cameras


def test_cameras_are_live_again_at_the_spare(tmp_path: Path) -> None:
    first_s, all_s = list[float](), list[float]()
    with postgres_or_skip() as url, empty_record(url) as record, whole_hub(tmp_path / "hub", record) as hub, ExitStack() as stack:
        site = SiteWithSpare(tmp_path, hub, record, stack, demo=True)
        seen = SeenAtSpare(hub)
        for number in range(KILLS):
            until(lambda: site.pictures() > 0 and not seen.is_any_live(), "the site watches, and the spare does not")
            time.sleep(CALM_S + number % 4 / 4)  # at any time between two renewals
            began_s = time.monotonic()
            site.kill()
            until(seen.is_any_live, "a camera is live at the spare")
            first_s.append(time.monotonic() - began_s)
            until(seen.are_all_live, "all are")
            all_s.append(time.monotonic() - began_s)
            site.start_again()
            until(lambda: not site.stands(), "the spare hands back")
    figures = {"kills": KILLS, "cameras": seen.live()[1], **spread("first_live_s", first_s), **spread("all_live_s", all_s)}
    report_figures("spare_takeover", {**figures, "load": [round(load, 1) for load in os.getloadavg()]})
    assert max(all_s) <= LIVE_S


def spread(name: str, took_s: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(took_s, n=20, method="inclusive")
    return {f"{name}_p50": round(cuts[9], 2), f"{name}_p95": round(cuts[18], 2), f"{name}_max": round(max(took_s), 2)}
