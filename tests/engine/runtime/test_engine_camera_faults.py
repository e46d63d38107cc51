"""A camera's server is killed or freezes under a running engine: it is lost, comes back, and its neighbour never notices."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.health import CameraState
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until
from tests.fakes.watched_site import BESIDE, VICTIM, WatchedSite, watched_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[WatchedSite]:
    video = write_clip(tmp_path / "yard.mp4", Clip(gop=10))
    with watched_site(tmp_path / "site", video, tmp_path / "models") as watched:
        yield watched


def check_lost_and_back(site: WatchedSite, heal: str) -> None:
    before = site.health(BESIDE)
    site.wait_state(VICTIM, CameraState.LOST)
    assert site.health(VICTIM).reason
    site.wait_pictures(BESIDE, 25)
    until(lambda: len(site.losses(VICTIM)) == 1, "the loss is an event")
    assert site.losses(VICTIM)[0].ended_ns is None
    getattr(site.server, heal)()
    site.wait_state(VICTIM, CameraState.LIVE)
    site.wait_pictures(VICTIM, 10)
    until(lambda: site.losses(VICTIM)[0].ended_ns is not None, "the event has ended")
    after = site.health(BESIDE)
    assert (after.state, after.since_ns, after.reconnects) == (CameraState.LIVE, before.since_ns, before.reconnects)
    assert site.losses(BESIDE) == []
    assert site.health(VICTIM).reconnects == 1


def test_a_killed_server_is_lost_and_comes_back(site: WatchedSite) -> None:
    site.server.kill()
    check_lost_and_back(site, "restart")


def test_a_frozen_stream_is_never_shown_as_live(site: WatchedSite) -> None:
    site.server.freeze()
    check_lost_and_back(site, "thaw")
