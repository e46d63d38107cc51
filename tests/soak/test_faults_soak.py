"""Servers of real cameras killed, frozen, corrupted, slowed, changed in size, set to other times and closed to us, under a real engine with
its network: how long until it is told, how long until it is back, and what the camera beside it notices. The figures are printed and,
where `WATCHROOM_FIGURES` names a folder, written there as `faults.json`."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tracking.street_files import write_cameras
from engine.model.health import CameraState
from engine.vision.models import ModelStore
from tests.fakes.http_login import Login
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import Clip, write_clip
from tests.fakes.watched_site import BESIDE, VICTIM, WatchedSite, heal, watched_site
from tests.soak.figures import report_figures

FPS = 25
LOST_S, BACK_S = 2.0, 10.0
LEAST_BESIDE = 0.95  # of the other camera's pictures
FAULT_S = 8.0
LOGIN = Login("viewer", "first-secret")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, Any]]:
    """Collected over the module's tests."""
    collected: dict[str, Any] = {}
    yield collected
    report_figures("faults", collected)


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
    with watched_site(tmp_path / "site", street, models, LOGIN) as watched:
        watched.wait_pictures(BESIDE, 3 * FPS)
        yield watched


def set_faults(**values: object) -> Callable[[RtspServer], None]:
    def apply(server: RtspServer) -> None:
        for name, value in values.items():
            setattr(server.faults, name, value)

    return apply


def fault(
    site: WatchedSite,
    figures: dict[str, Any],
    name: str,
    begin: Callable[[RtspServer], None],
    end: Callable[[RtspServer], None],
    lost: bool,
) -> None:
    """Measures one fault, and checks what is promised. `lost`: whether the camera is expected to be lost by it."""
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
    beside_fps = (after.pictures - beside.pictures) / (time.monotonic() - began_s)
    figures[name] = {
        "to_lost_s": None if lost_s is None else round(lost_s, 2),
        "fps_during": round(during.fps, 1),
        "state_at_the_end": during.state.value,
        "to_live_s": round(back_s, 2),
        "beside_fps": round(beside_fps, 2),
        "load": round(os.getloadavg()[0], 1),
        "seconds": round(ended_s - began_s, 1),
    }
    assert (after.state, after.since_ns, after.reconnects) == (CameraState.LIVE, beside.since_ns, beside.reconnects)
    assert site.losses(BESIDE) == []
    assert site.health(VICTIM).pictures > pictures
    assert back_s <= BACK_S and (lost_s or 0.0) <= LOST_S and beside_fps >= LEAST_BESIDE * FPS


def test_killed(site: WatchedSite, figures: dict[str, Any]) -> None:
    fault(site, figures, "killed", RtspServer.kill, RtspServer.restart, lost=True)


def test_frozen(site: WatchedSite, figures: dict[str, Any]) -> None:
    fault(site, figures, "frozen", RtspServer.freeze, RtspServer.thaw, lost=True)


def test_refusing(site: WatchedSite, figures: dict[str, Any]) -> None:
    def begin(server: RtspServer) -> None:
        server.faults.refusing = True
        server.kill()
        server.restart()

    fault(site, figures, "refusing", begin, heal, lost=True)


def test_every_picture_corrupted(site: WatchedSite, figures: dict[str, Any]) -> None:
    fault(site, figures, "corrupted, all", set_faults(damaged_share=1.0), heal, lost=True)


def test_a_tenth_of_the_pictures_corrupted(site: WatchedSite, figures: dict[str, Any]) -> None:
    fault(site, figures, "corrupted, a tenth", set_faults(damaged_share=0.1), heal, lost=False)


def test_packets_lost(site: WatchedSite, figures: dict[str, Any]) -> None:
    fault(site, figures, "2 % of packets lost", set_faults(lost_share=0.02), heal, lost=False)


def test_slowed_to_a_quarter(site: WatchedSite, figures: dict[str, Any]) -> None:
    fault(site, figures, "slowed four times", set_faults(slowness=4.0), heal, lost=False)
    assert 0 < figures["slowed four times"]["fps_during"] < FPS / 2


def test_slowed_to_a_picture_in_four_seconds(site: WatchedSite, figures: dict[str, Any]) -> None:
    fault(site, figures, "slowed a hundred times", set_faults(slowness=100.0), heal, lost=True)


def test_twice_in_a_row(site: WatchedSite, figures: dict[str, Any]) -> None:
    """The second failure comes before the first is forgotten: the pause before connecting again has grown, but not beyond bounds."""
    fault(site, figures, "killed before", RtspServer.kill, RtspServer.restart, lost=True)
    fault(site, figures, "killed again", RtspServer.kill, RtspServer.restart, lost=True)


def test_another_size_in_mid_stream(site: WatchedSite, figures: dict[str, Any], street: Path, tmp_path: Path) -> None:
    """H.264 tells its size with every keyframe; the description that the connection began with stays the old one."""
    small = write_clip(tmp_path / "small.mp4", Clip(width=320, height=240, gop=FPS, frames=4 * FPS))
    fault(site, figures, "another size", lambda it: it.show("yard", small), lambda it: it.show("yard", street), lost=False)


def test_its_clock_jumps_every_second(site: WatchedSite, figures: dict[str, Any]) -> None:
    """Times of pictures and what it says of the time of day, an hour to and fro."""
    ending = threading.Event()

    def jump() -> None:
        ahead_s = 0.0
        while not ending.wait(1.0):
            ahead_s = 3600.0 - ahead_s
            site.server.faults.stamps_ahead_s = site.server.faults.clock_ahead_s = ahead_s

    jumping = threading.Thread(target=jump, name="jumping")

    def end(server: RtspServer) -> None:
        ending.set()
        jumping.join()
        heal(server)

    fault(site, figures, "clock jumps every second", lambda _: jumping.start(), end, lost=False)


def test_credentials_revoked(site: WatchedSite, figures: dict[str, Any]) -> None:
    def begin(server: RtspServer) -> None:
        server.login = Login("viewer", "another-secret")
        server.kill()
        server.restart()

    def end(server: RtspServer) -> None:
        server.login = LOGIN

    fault(site, figures, "credentials revoked", begin, end, lost=True)
