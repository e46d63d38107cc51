"""Commands on a real engine: what they refuse, and what they never give away."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.command import ChangeSettings, Credentials, PutCamera, RemoveCamera, RestartCamera, TestCamera
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.fire.commands import ChangeFire
from engine.model.fire.fire import FireSettings
from engine.model.fire.smoke import Lookout
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings, DetectionSettings
from engine.model.site import SiteAnchor
from engine.model.time import SystemClock
from engine.runtime.cameras import camera_commands
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort, demo_port
from engine.runtime.settings.settings_file import load_settings
from engine.vision.models import ModelStore

DOOR = CameraSettings("door", "Door", "rtsp://ada:s3cret@192.0.2.1/main", enabled=False)
BARE = replace(DOOR, url="rtsp://192.0.2.1/main")
ELSEWHERE = replace(DOOR, url="rtsp://198.51.100.7/main")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


def login(engine: Engine) -> Credentials | None:
    """That the door is opened with."""
    camera = engine.settings.camera("door")
    assert camera is not None
    return engine.logins.get(camera)


def test_a_login_survives_a_new_name_but_not_a_new_host(port: LocalPort, engine: Engine):
    port.command(PutCamera(DOOR))
    port.command(PutCamera(replace(BARE, name="Front door")))
    assert login(engine) == Credentials("ada", "s3cret")
    port.command(PutCamera(ELSEWHERE))
    assert login(engine) is None


def test_a_test_of_another_host_gets_no_stored_login(port: LocalPort, monkeypatch: pytest.MonkeyPatch):
    given: list[Credentials | None] = []

    def note(engine: Engine, camera: CameraSettings, credentials: Credentials | None) -> str:
        given.append(credentials)
        return "job-1"

    monkeypatch.setattr(camera_commands, "try_camera", note)
    port.command(PutCamera(DOOR))
    for camera in (BARE, ELSEWHERE, replace(BARE, id="other")):
        port.command(TestCamera(camera))
    port.command(TestCamera(ELSEWHERE, Credentials("new", "one")))
    assert given == [Credentials("ada", "s3cret"), None, None, Credentials("new", "one")]


def test_an_edited_settings_file_sends_no_login_elsewhere(port: LocalPort, engine: Engine):
    port.command(PutCamera(DOOR))
    assert engine.logins.get(ELSEWHERE) is None, "as it would be read from the file at the next start"


def test_an_unknown_detector_is_refused_and_nothing_changes(port: LocalPort, engine: Engine):
    before = engine.settings
    with pytest.raises(InputError, match="auto, hog") as refused:
        port.command(ChangeSettings(detection=DetectionSettings("yolo-9000")))
    assert refused.value.field == "detector" and engine.settings is before
    port.command(ChangeSettings(detection=DetectionSettings("hog")))
    assert engine.settings.detection.detector == "hog"


def test_a_site_needs_a_name(port: LocalPort, engine: Engine):
    with pytest.raises(InputError) as refused:
        port.command(ChangeSettings(site_name="  "))
    assert refused.value.field == "site_name" and engine.settings.site_name.strip()


def test_where_the_site_lies_is_changed_alone_kept_and_read_again(port: LocalPort, engine: Engine):
    before = engine.settings
    port.command(ChangeSettings(anchor=SiteAnchor(57.708870, -11.974560, 271.5)))
    assert engine.settings == replace(before, anchor=SiteAnchor(57.708870, -11.974560, 271.5))
    port.command(ChangeSettings(site_name="Harbour"))
    assert engine.settings.anchor == SiteAnchor(57.708870, -11.974560, 271.5)
    assert load_settings(engine.data.settings).anchor == engine.settings.anchor


def test_feeds_that_viewers_have_closed_are_not_kept(port: LocalPort):
    port.command(PutCamera(DOOR))
    for _ in range(50):
        port.watch("door", PictureWant(64, 36), lambda: None).close()
    gc.collect()
    assert len(port._feeds) == 0
    open_feed = port.watch("door", PictureWant(64, 36), lambda: None)
    assert len(port._feeds) == 1
    port.close()
    assert len(port._feeds) == 0 and open_feed.latest() is None


def test_a_camera_that_is_removed_is_no_lookout_any_more(port: LocalPort, engine: Engine):
    port.command(PutCamera(DOOR))
    stays = Lookout("mast", 59.0, 18.0)  # of an edge device: no camera of the site
    fire = FireSettings(service_ids=(("door", 7), ("mast", 8)))
    port.command(ChangeSettings(lookouts=(Lookout("door", 59.0, 18.0), stays)))
    port.command(ChangeFire(fire))
    port.command(RemoveCamera("door"))
    stored = load_settings(engine.data.settings)
    assert stored.lookouts == engine.settings.lookouts == (stays,)
    assert stored.fire.service_ids == engine.settings.fire.service_ids == (("mast", 8),)


def test_removing_what_is_not_there(port: LocalPort):
    with pytest.raises(NotFound):
        port.command(RemoveCamera("nobody"))


def test_only_a_camera_that_is_there_and_on_is_restarted(port: LocalPort):
    port.command(PutCamera(DOOR))
    with pytest.raises(EnvironmentFault, match="Door is paused"):
        port.command(RestartCamera("door"))
    with pytest.raises(NotFound):
        port.command(RestartCamera("nobody"))


def test_a_number_that_another_camera_has_is_refused(port: LocalPort, engine: Engine):
    port.command(PutCamera(BARE))
    port.command(PutCamera(replace(BARE, id="yard", name="Yard")))
    assert [camera.number for camera in engine.settings.cameras] == [1, 2]
    with pytest.raises(InputError, match="another camera") as raised:
        port.command(PutCamera(replace(BARE, number=2)))
    assert raised.value.field == "number" and [camera.number for camera in engine.settings.cameras] == [1, 2]
    port.command(PutCamera(replace(BARE, number=20)))
    port.command(PutCamera(replace(BARE, name="Front door")))
    assert [camera.number for camera in engine.settings.cameras] == [20, 2]


def test_what_is_refused_of_a_camera_keeps_no_login_of_it(port: LocalPort, engine: Engine):
    port.command(PutCamera(DOOR))
    port.command(PutCamera(replace(BARE, id="yard", name="Yard")))
    for camera, field in ((replace(BARE, number=2), "number"), (replace(BARE, id="d" * 101), "id")):
        with pytest.raises(InputError) as refused:
            port.command(PutCamera(camera, Credentials("eve", "other")))
        assert refused.value.field == field
    assert login(engine) == Credentials("ada", "s3cret")
