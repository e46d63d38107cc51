"""Servers of real cameras killed, frozen, corrupted and slowed under a real engine with its network: how long until it is told, how long
until it is back, and what the camera beside it notices. The figures are printed and, where `WATCHROOM_FIGURES` names a folder, written
there as `faults.json`."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.bench.street_files import write_cameras
from engine.model.health import CameraState
from engine.vision.models import ModelStore
from tests.fakes.rtsp import Faults, RtspServer
from tests.fakes.watched_site import BESIDE, VICTIM, WatchedSite, watched_site

FPS = 25
BACK_S = 10.0
FAULT_S = 8.0
pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, Any]]:
    """Collected over the module's tests."""
    collected: dict[str, Any] = {}
    yield collected
    text = json.dumps(collected, indent=1)
    print(f"\n{text}")
    if os.environ.get("WATCHROOM_FIGURES"):
        (Path(os.environ["WATCHROOM_FIGURES"]) / "faults.json").write_text(text + "\n")


@pytest.fixture(scope="module")
def street(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cameras(shared / "data" / "video" / "vtest_480x360.avi", tmp_path_factory.mktemp("street"), 1, FPS)[0]


@pytest.fixture(scope="module")
def models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    ModelStore(folder).install(("yolox-nano",), shared / "data" / "models")
    return folder


@pytest.fixture
def site(tmp_path: Path, street: Path, models: Path) -> Iterator[WatchedSite]:
    with watched_site(tmp_path / "site", street, models) as watched:
        watched.wait_pictures(BESIDE, 3 * FPS)
        yield watched


def set_faults(**values: object) -> Callable[[RtspServer], None]:
    def apply(server: RtspServer) -> None:
        for name, value in values.items():
            setattr(server.faults, name, value)

    return apply


def heal(server: RtspServer) -> None:
    for name in Faults.__slots__:
        setattr(server.faults, name, getattr(Faults(), name))


def fault(site: WatchedSite, begin: Callable[[RtspServer], None], end: Callable[[RtspServer], None], lost: bool) -> dict[str, Any]:
    """Figures of one fault. `lost`: whether the camera is expected to be lost by it."""
    beside, began_s = site.health(BESIDE), time.monotonic()
    begin(site.server)
    lost_s = site.wait_state(VICTIM, CameraState.LOST) if lost else None
    time.sleep(max(0.0, FAULT_S - (time.monotonic() - began_s)))
    during = site.health(VICTIM)
    end(site.server)
    pictures = site.health(VICTIM).pictures
    back_s = site.wait_state(VICTIM, CameraState.LIVE)
    ended_s = time.monotonic()
    site.wait_pictures(VICTIM, FPS)
    after = site.health(BESIDE)
    assert (after.state, after.since_ns, after.reconnects) == (CameraState.LIVE, beside.since_ns, beside.reconnects)
    assert site.losses(BESIDE) == []
    assert site.health(VICTIM).pictures > pictures
    return {
        "to_lost_s": None if lost_s is None else round(lost_s, 2),
        "fps_during": round(during.fps, 1),
        "state_at_the_end": during.state.value,
        "to_live_s": round(back_s, 2),
        "beside_fps": round((after.pictures - beside.pictures) / (time.monotonic() - began_s), 2),
        "seconds": round(ended_s - began_s, 1),
    }


def test_killed(site: WatchedSite, figures: dict[str, Any]) -> None:
    figures["killed"] = fault(site, RtspServer.kill, RtspServer.restart, lost=True)
    assert figures["killed"]["to_live_s"] <= BACK_S


def test_frozen(site: WatchedSite, figures: dict[str, Any]) -> None:
    figures["frozen"] = fault(site, RtspServer.freeze, RtspServer.thaw, lost=True)
    assert figures["frozen"]["to_live_s"] <= BACK_S


def test_refusing(site: WatchedSite, figures: dict[str, Any]) -> None:
    def begin(server: RtspServer) -> None:
        server.faults.refusing = True
        server.kill()
        server.restart()

    figures["refusing"] = fault(site, begin, heal, lost=True)
    assert figures["refusing"]["to_live_s"] <= BACK_S


def test_every_picture_corrupted(site: WatchedSite, figures: dict[str, Any]) -> None:
    figures["corrupted, all"] = fault(site, set_faults(damaged_share=1.0), heal, lost=True)
    assert figures["corrupted, all"]["to_live_s"] <= BACK_S


def test_a_tenth_of_the_pictures_corrupted(site: WatchedSite, figures: dict[str, Any]) -> None:
    figures["corrupted, a tenth"] = fault(site, set_faults(damaged_share=0.1), heal, lost=False)
    assert figures["corrupted, a tenth"]["to_live_s"] <= BACK_S


def test_packets_lost(site: WatchedSite, figures: dict[str, Any]) -> None:
    figures["2 % of packets lost"] = fault(site, set_faults(lost_share=0.02), heal, lost=False)
    assert figures["2 % of packets lost"]["to_live_s"] <= BACK_S


def test_slowed_to_a_quarter(site: WatchedSite, figures: dict[str, Any]) -> None:
    figures["slowed four times"] = fault(site, set_faults(slowness=4.0), heal, lost=False)
    assert 0 < figures["slowed four times"]["fps_during"] < FPS / 2


def test_slowed_to_a_picture_in_four_seconds(site: WatchedSite, figures: dict[str, Any]) -> None:
    figures["slowed a hundred times"] = fault(site, set_faults(slowness=100.0), heal, lost=True)
    assert figures["slowed a hundred times"]["to_live_s"] <= BACK_S


def test_twice_in_a_row(site: WatchedSite, figures: dict[str, Any]) -> None:
    """The second failure comes before the first is forgotten: the pause before connecting again has grown, but not beyond bounds."""
    fault(site, RtspServer.kill, RtspServer.restart, lost=True)
    figures["killed again"] = fault(site, RtspServer.kill, RtspServer.restart, lost=True)
    assert figures["killed again"]["to_live_s"] <= BACK_S
