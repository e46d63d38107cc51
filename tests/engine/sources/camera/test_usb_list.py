"""USB cameras by name and by an address that stays, from folders made like those of Linux; no camera was plugged in for it."""

import struct
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import CameraKind, CameraSettings
from engine.model.time import SystemClock
from engine.sources.camera.find import usb_list
from engine.sources.camera.find.usb_list import gives_pictures, usb_cameras
from engine.sources.camera.source import open_source
from engine.sources.camera.usb import usb_index

LINK = "usb-046d_HD_Pro_Webcam_C920_8A3B-video-index0"


@pytest.fixture
def machine(tmp_path: Path) -> tuple[Path, Path]:
    """Two cameras of one kind, of which each has a second device for data; one without links; what is no camera."""
    names = {0: "HD Pro Webcam C920", 1: "HD Pro Webcam C920", 2: "HD Pro Webcam C920", 10: "Grab\x00ber  \n", 11: ""}
    folder, links, devices = tmp_path / "class", tmp_path / "by-id", tmp_path / "dev"
    for made in (folder, links, devices):
        made.mkdir()
    for number, name in names.items():
        (folder / f"video{number}").mkdir()
        (folder / f"video{number}" / "name").write_text(name)
        (devices / f"video{number}").touch()
    (folder / "v4l-subdev0").mkdir()
    (folder / "videofoo").mkdir()
    (folder / "video11" / "name").unlink()
    (links / LINK).symlink_to("../dev/video0")
    (links / LINK.replace("index0", "index1")).symlink_to("../dev/video1")
    (links / "usb-other").symlink_to("../dev/sda")
    return folder, links


def test_each_camera_is_there_once_by_its_name_and_lasting_address(machine: tuple[Path, Path]) -> None:
    found = usb_cameras(*machine, captures=lambda device: device.name != "video1", system="linux")
    assert [(camera.url, camera.name) for camera in found] == [
        (f"usb:by-id/{LINK}", "HD Pro Webcam C920 (video0)"),
        ("usb:2", "HD Pro Webcam C920 (video2)"),
        ("usb:10", "Grab ber"),
        ("usb:11", "video11"),
    ]
    assert all(CameraSettings("a", "A", camera.url).kind is CameraKind.USB for camera in found)


def test_a_device_that_may_not_be_asked_is_listed(machine: tuple[Path, Path], tmp_path: Path) -> None:
    assert gives_pictures(tmp_path / "absent") is None
    assert gives_pictures(tmp_path) is None
    assert len(usb_cameras(*machine, captures=lambda _: None, system="linux")) == 5


@pytest.mark.parametrize(
    ("whole", "own", "gives"),
    [(0x84A00001, 0x04200001, True), (0x84A00001, 0x04A00000, False), (0x00000001, 0, True), (0x80001000, 0x00001000, True), (0, 0, False)],
)
def test_what_a_driver_says_of_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, whole: int, own: int, gives: bool) -> None:
    """UVC: pictures; its data node; an old driver without words of its own; a multi-planar one; nothing."""
    import fcntl

    device = tmp_path / "video0"
    device.touch()
    said = bytes(84) + struct.pack("=II", whole, own) + bytes(12)
    asked: list[int] = []
    monkeypatch.setattr(fcntl, "ioctl", lambda _, request, given: asked.append(request) or said[: len(given)])
    assert gives_pictures(device) is gives and asked == [0x80685600]


def test_no_cameras_and_no_video4linux(tmp_path: Path) -> None:
    assert usb_cameras(tmp_path / "none", tmp_path / "nor", system="linux") == ()


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_say_that_they_do_not_tell(system: str) -> None:
    with pytest.raises(EnvironmentFault, match="usb:0 for the first") as raised:
        usb_cameras(system=system)
    assert raised.value.reason == "not_listed"


def test_a_lasting_address_is_the_number_of_now(machine: tuple[Path, Path]) -> None:
    _, links = machine
    assert usb_index(f"usb:by-id/{LINK}", links) == 0
    (links / LINK).unlink()
    (links / LINK).symlink_to("../dev/video10")  # plugged in again
    assert usb_index(f"usb:by-id/{LINK}", links) == 10
    (links / LINK).unlink()
    with pytest.raises(EnvironmentFault, match="Plug it in") as raised:
        usb_index(f"usb:by-id/{LINK}", links)
    assert raised.value.reason == "absent"


@pytest.mark.parametrize("wrong", ["by-id/", "by-id/..", "by-id/../video0", "by-path/x", "by-id/a/b", "by-id/a b", "by-id/\n", "front"])
def test_nothing_else_is_an_address(machine: tuple[Path, Path], wrong: str) -> None:
    with pytest.raises(InputError, match="no device"):
        usb_index(f"usb:{wrong}", machine[1])


def test_a_link_to_what_is_no_camera_is_none(machine: tuple[Path, Path]) -> None:
    with pytest.raises(EnvironmentFault, match="no camera"):
        usb_index("usb:by-id/usb-other", machine[1])


def test_a_camera_that_is_not_plugged_in_is_absent_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert usb_list.BY_ID.name == "by-id"
    with pytest.raises(EnvironmentFault, match="Plug it in"):
        open_source(CameraSettings("a", "A", "usb:by-id/usb-none-video-index0"), "main", None, SystemClock())
