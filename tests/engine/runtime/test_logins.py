import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.command import Credentials
from engine.model.settings import CameraSettings
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.settings.logins import Logins, places

LOGIN = Credentials("root", "s3cret: with, signs\n")
DOOR = CameraSettings("door", "Door", "rtsp://192.0.2.1/main", sub_url="rtsp://192.0.2.1:554/sub")


@pytest.fixture
def logins(tmp_path: Path) -> Logins:
    kept = Logins(SecretStore(tmp_path, lambda: None))
    kept.put(DOOR, LOGIN)
    return kept


@pytest.mark.parametrize(
    "camera",
    [
        DOOR,
        replace(DOOR, name="Renamed", enabled=False, sub_url=""),
        replace(DOOR, url="RTSP://192.0.2.1:554/other", transport="udp"),
        replace(DOOR, url="/videos/a.mp4", sub_url=""),
    ],
)
def test_a_login_stays_while_the_place_does(logins: Logins, camera: CameraSettings):
    assert logins.get(camera) == LOGIN


@pytest.mark.parametrize(
    "camera",
    [
        replace(DOOR, url="rtsp://198.51.100.7/main"),
        replace(DOOR, url="rtsp://192.0.2.1:8554/main"),
        replace(DOOR, url="http://192.0.2.1:554/main"),
        replace(DOOR, sub_url="rtsp://evil.example/sub"),
        replace(DOOR, url="rtsp://192.0.2.1:99999999/main"),
        replace(DOOR, id="other"),
    ],
)
def test_a_login_is_never_sent_elsewhere(logins: Logins, camera: CameraSettings):
    assert logins.get(camera) is None


def test_a_forgotten_login_is_gone(logins: Logins, tmp_path: Path):
    logins.forget("door")
    assert logins.get(DOOR) is None
    assert "s3cret" not in (tmp_path / "secrets.json").read_text()


def test_a_secret_of_another_form_is_no_login(tmp_path: Path):
    secrets = SecretStore(tmp_path, lambda: None)
    for text in ("root\npassword", json.dumps({"user": "root"}), "[]"):
        secrets.put("camera/door", text)
        assert Logins(secrets).get(DOOR) is None


def test_places_are_written_out_in_full():
    assert places(DOOR) == {"rtsp://192.0.2.1:554"}
    assert places(CameraSettings("usb", "Usb", "usb:0")) == frozenset()
