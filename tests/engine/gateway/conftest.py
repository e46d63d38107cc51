"""A real engine on a small real video, with its gateway on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role
from engine.model.cameras.segment import Segment
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, Tick
from engine.model.port import EnginePort
from engine.model.settings import CameraSettings, DetectionSettings, RecordingSettings
from engine.model.time import SECOND
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.engine_garbage import engines_freeze_nothing as engines_freeze_nothing
from tests.fakes.media import write_mp4
from tests.fakes.segments import Recorded, numbered_video, record_segments
from tests.fakes.waiting import until

ADMIN, PASSWORD = "ada", "correct horse battery"


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a moving square."""
    pictures = [np.full((180, 320, 4), 60, np.uint8) for _ in range(20)]
    for index, picture in enumerate(pictures):
        picture[60:120, 10 * index : 10 * index + 40] = 220
    return write_mp4(tmp_path_factory.mktemp("video") / "square.mp4", pictures)


@pytest.fixture(scope="session")
def site(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    camera = CameraSettings("door", "Front door", str(video), min_person_share=1.0)  # nobody is in it: searched in a blink
    with running(tmp_path_factory.mktemp("site") / "data", Bind(), CommandLineSettings((camera,)), gateway_needed=True) as site:
        site.door.set_up("Test site", ADMIN, PASSWORD).close()
        recording = RecordingSettings(before_s=1.0, after_s=0.5, keep_segments_days=3650, keep_events_days=3650)  # of what tests save
        quick = replace(site.engine.settings, recording=recording, detection=DetectionSettings(rate_hz=0.2))
        site.engine.change_settings(quick, "test")
        until(lambda: site.door.overview().cameras[0].health.state is CameraState.LIVE, "the camera is live")
        yield site
    monkeypatch.undo()


@pytest.fixture(scope="session")
def operator(site: Site) -> str:
    """An operator's token, as `--token-file` gives it."""
    return site.engine.accounts.create_token(Role.OPERATOR, "test")


@pytest.fixture(scope="session")
def admin(site: Site) -> str:
    return site.engine.accounts.create_token(Role.ADMIN, "test")


@pytest.fixture(scope="session")
def client(site: Site, operator: str) -> Iterator[httpx.Client]:
    """HTTP with the operator's token."""
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {operator}"}, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def stranger(site: Site) -> Iterator[httpx.Client]:
    """HTTP without a token."""
    with httpx.Client(base_url=site.url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(params=["local", "remote"])
def port(request: pytest.FixtureRequest, site: Site) -> Iterator[EnginePort]:
    """An admin's port, here and over the network."""
    door = site.door if request.param == "local" else RemoteDoor(site.url)
    port = door.sign_in(ADMIN, PASSWORD)
    yield port
    port.close()


def lose_door(site: Site) -> str:
    """A new event: the camera was lost for a moment, by report only."""
    before = {event.id for event in site.engine.board.events()}
    now_ns = site.engine.clock.now_ns()
    mailbox = site.engine.mailbox
    mailbox.post(CameraStateChanged("door", now_ns, CameraState.LOST, "No picture for 2 s."))
    mailbox.post(Tick(now_ns + 3 * SECOND))
    mailbox.post(CameraStateChanged("door", now_ns + 3 * SECOND, CameraState.LIVE))

    def lost() -> list[str]:
        new = [event for event in site.engine.board.events() if event.id not in before]
        return [event.id for event in new if event.kind == "camera_lost" and event.ended_ns is not None]

    until(lambda: bool(lost()), "the event is there")
    return lost()[0]


@pytest.fixture(scope="session")
def lost_event(site: Site) -> str:
    """An event in the record, with clip and thumbnail."""
    event_id = lose_door(site)
    until(lambda: event_id in site.engine.board.clip_events(), "its clip is whole")
    assert site.engine.record.writer.flush(10)
    return event_id


@pytest.fixture(scope="session")
def recorded(site: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[Segment, ...]:
    """Three seconds of the door, kept in three segments long ago."""
    source = numbered_video(tmp_path_factory.mktemp("recorded") / "source.mp4")
    made = record_segments(site.engine.data.path, source, Recorded("door", 1_700_000_000 * SECOND, 3.0, 1.0))
    site.engine.record.writer.submit(None, made)
    assert site.engine.record.writer.flush(10)
    return made
