"""Folders of pictures, and devices (a scripted one: no test machine has a camera)."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SystemClock
from engine.sources.camera.folder import FolderSource, folder_address
from engine.sources.camera.protocol import EndOfStream
from engine.sources.camera.usb import UsbSource, usb_index
from tests.fakes.video import numbered_picture, picture_number


def write(folder: Path, number: int, suffix: str = ".png", size: tuple[int, int] = (160, 96)) -> Path:
    path = folder / f"{number:04}{suffix}"
    path.write_bytes(cv2.imencode(suffix, numbered_picture(number, *size))[1].tobytes())
    return path


def numbers(source: FolderSource, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        found.extend(picture_number(frame.luma()) for frame in source.read().frames)
    return found


def folder_source(path: Path, clock: SystemClock, loop: bool = True) -> FolderSource:
    return FolderSource(path, 25, clock, paced=False, loop=loop)


def test_pictures_by_name_over_and_over(tmp_path: Path, clock: SystemClock) -> None:
    for number in (2, 0, 1):
        write(tmp_path, number, ".jpg" if number else ".png")
    source = folder_source(tmp_path, clock)
    assert source.open().width == 160
    assert numbers(source, 7) == [0, 1, 2, 0, 1, 2, 0]
    source.close()


def test_new_pictures_are_seen_while_it_plays(tmp_path: Path, clock: SystemClock) -> None:
    write(tmp_path, 0)
    source = folder_source(tmp_path, clock, loop=False)
    source.open()
    assert numbers(source, 1) == [0]
    write(tmp_path, 1)
    assert numbers(source, 1) == [1]
    with pytest.raises(EndOfStream):
        source.read()


def test_damaged_pictures_are_passed_over(tmp_path: Path, clock: SystemClock) -> None:
    for number in range(3):
        write(tmp_path, number)
    (tmp_path / "0001.png").write_bytes((tmp_path / "0001.png").read_bytes()[:60])
    (tmp_path / "0003.jpg").write_bytes(b"no picture")
    source = folder_source(tmp_path, clock)
    source.open()
    assert numbers(source, 4) == [0, 2, 0, 2]
    assert source.damaged >= 2


def test_a_picture_that_is_being_written_is_waited_for(tmp_path: Path, clock: SystemClock) -> None:
    write(tmp_path, 0)
    whole = write(tmp_path, 1).read_bytes()
    (tmp_path / "0001.png").write_bytes(whole[:50])
    source = folder_source(tmp_path, clock, loop=False)
    source.open()
    assert numbers(source, 1) == [0]
    assert source.read().frames == ()
    (tmp_path / "0001.png").write_bytes(whole)
    assert numbers(source, 1) == [1]


def test_another_size_is_told(tmp_path: Path, clock: SystemClock) -> None:
    write(tmp_path, 0)
    write(tmp_path, 1, size=(80, 48))
    source = folder_source(tmp_path, clock)
    source.open()
    assert source.read().info is None
    info = source.read().info
    assert info is not None and (info.width, info.height) == (80, 48)


def test_no_folder_and_no_pictures(tmp_path: Path, clock: SystemClock) -> None:
    for path, reason in ((tmp_path, "no_picture"), (tmp_path / "missing", "not_found")):
        with pytest.raises(EnvironmentFault) as caught:
            folder_source(path, clock).open()
        assert caught.value.reason == reason and str(path) in str(caught.value)


def test_a_folder_that_may_not_be_read(tmp_path: Path, clock: SystemClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(EnvironmentFault) as caught:
        folder_source(tmp_path, clock).open()
    assert caught.value.reason == "no_access"


def test_folder_addresses() -> None:
    assert folder_address("folder:/a%20b?fps=2.5") == (Path("/a b"), 2.5)
    assert folder_address("folder:///a") == (Path("/a"), 5.0)
    for bad in ("folder:", "folder:/a?fps=0", "folder:/a?fps=x"):
        with pytest.raises(InputError):
            folder_address(bad)


class ScriptedDevice:
    def __init__(self, pictures: int, size: tuple[int, int] = (160, 96)) -> None:
        self.left = pictures
        self.size = size
        self.released = False

    def size_and_rate(self) -> tuple[int, int, float]:
        return (*self.size, 30.0)

    def ready(self, seconds: float) -> bool:
        return True

    def read(self) -> Bytes2D | None:
        self.left -= 1
        return numbered_picture(self.left, *self.size) if self.left >= 0 else None

    def release(self) -> None:
        self.released = True


def test_a_device_is_read_until_it_is_unplugged(clock: SystemClock) -> None:
    device = ScriptedDevice(2)
    source = UsbSource(0, clock, lambda index: device)
    info = source.open()
    assert (info.codec, info.width, info.fps) == ("", 160, 30.0)
    frames = [frame for _ in range(2) for frame in source.read().frames]
    assert [picture_number(np.asarray(frame.luma())) for frame in frames] == [1, 0]
    with pytest.raises(EnvironmentFault, match="unplugged"):
        source.read()
    source.close()
    assert device.released


def test_an_absent_device_and_one_without_pictures(clock: SystemClock) -> None:
    with pytest.raises(EnvironmentFault, match="no camera usb:63"):
        UsbSource(63, clock).open()
    with pytest.raises(EnvironmentFault, match="0×0"):
        UsbSource(0, clock, lambda index: ScriptedDevice(1, (0, 0))).open()
    for bad in ("usb:", "usb:front", "usb:-1", "usb:²"):
        with pytest.raises(InputError):
            usb_index(bad)


def test_a_silent_device_can_be_interrupted(clock: SystemClock) -> None:
    device = ScriptedDevice(1)
    source = UsbSource(0, clock, lambda index: device)
    source.open()

    def ready(seconds: float) -> bool:
        source.interrupt()
        return False

    device.ready = ready  # type: ignore[method-assign]
    with pytest.raises(EnvironmentFault) as caught:
        source.read()
    assert caught.value.reason == "interrupted"
