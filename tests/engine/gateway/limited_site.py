"""A site with two cameras, of which some people may see one: both film, and what the hidden one saw is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, Tick
from engine.model.settings import CameraSettings, DetectionSettings, RecordingSettings
from engine.model.time import SECOND
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.waiting import until

ADMIN, PASSWORD = "ada", "correct horse battery"
LIMITED_ADMIN = "lima"
SEEN, HIDDEN = "door", "strongroom"


@dataclass(frozen=True)
class TwoCameras:
    """`clip`: a file that the site kept of what the hidden camera saw."""

    site: Site
    clip: Path

    def token(self, role: Role, limited: bool = False, **wanted: object) -> str:
        cameras = (SEEN,) if limited else None
        return self.site.engine.accounts.create_token(role, f"{role} {limited}", TokenWanted(cameras=cameras, **wanted))  # type: ignore[arg-type]

    def signed_in(self, name: str) -> str:
        return self.site.door.sign_in_for_token(name, PASSWORD)[0]


@contextmanager
def two_cameras(video: Path, folder: Path) -> Iterator[TwoCameras]:
    """`lima` administers and sees one camera of the two; `gil` and `ines` are a limited operator and investigator."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(folder / "models"))
    names = {SEEN: "Front door", HIDDEN: "Strongroom"}
    cameras = tuple(CameraSettings(each, name, str(video), min_person_share=1.0) for each, name in names.items())  # nobody is in it
    with running(folder / "data", Bind(), CommandLineSettings(cameras), gateway_needed=True) as site:
        site.door.set_up("Test site", ADMIN, PASSWORD).close()
        recording = RecordingSettings(before_s=1.0, after_s=0.5)
        site.engine.change_settings(replace(site.engine.settings, recording=recording, detection=DetectionSettings(rate_hz=0.2)), "test")
        for name, role in ((LIMITED_ADMIN, Role.ADMIN), ("gil", Role.OPERATOR), ("ines", Role.INVESTIGATOR)):
            site.engine.accounts.create_user(name, role, PASSWORD, (SEEN,))
        until(lambda: all(view.health.state is CameraState.LIVE for view in site.door.overview().cameras), "both are live")
        yield TwoCameras(site, _kept_clip(site))
    monkeypatch.undo()


def _kept_clip(site: Site) -> Path:
    now_ns = site.engine.clock.now_ns()
    for observed in (
        CameraStateChanged(HIDDEN, now_ns, CameraState.LOST, "No picture for 2 s."),
        Tick(now_ns + 3 * SECOND),
        CameraStateChanged(HIDDEN, now_ns + 3 * SECOND, CameraState.LIVE),
    ):
        site.engine.mailbox.post(observed)
    until(lambda: bool(site.engine.board.clip_events()), "its clip is whole")
    assert site.engine.record.writer.flush(10)
    return next((site.engine.data.path / "clips").rglob("*.mp4"))
