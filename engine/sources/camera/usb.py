"""Cameras on USB: `usb:0`, or by a name that stays, by OpenCV (PyAV's wheels carry no device input)."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D, StreamInfo
from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import Clock
from engine.sources.camera import faults
from engine.sources.camera.decoder import MOST_PIXELS
from engine.sources.camera.find.usb_list import BY_ID
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.picture import ArrayPicture
from engine.sources.camera.protocol import STALL_S, Reading

_SLICE_S = 0.1
_LINK = re.compile(r"[A-Za-z0-9._:+,@=-]{1,255}")


class Device(Protocol):
    """An open camera."""

    def size_and_rate(self) -> tuple[int, int, float]: ...

    def ready(self, seconds: float) -> bool:
        """Wait for a picture."""
        ...

    def read(self) -> Bytes2D | None:
        """The next picture, BGR; None when the device is gone."""
        ...

    def release(self) -> None: ...


DeviceOpener = Callable[[int], Device | None]


def usb_index(url: str, links: Path = BY_ID) -> int:
    """Which device: of `usb:1` the number, of `usb:by-id/usb-046d_C920-video-index0` whatever number it has now.

    Raises:
        InputError: neither. EnvironmentFault: `absent`, the camera of that name is not plugged in.
    """
    text = url.partition(":")[2].strip("/")
    if text.isascii() and text.isdigit():
        return int(text)
    folder, _, name = text.partition("/")
    if folder != BY_ID.name or not _LINK.fullmatch(name) or name in (".", ".."):
        raise InputError("url", f"{text!r} is no device; the first camera is usb:0")
    target = (links / name).resolve().name
    if not (target.startswith("video") and target[5:].isdecimal() and (links / name).exists()):
        raise EnvironmentFault("absent", f"There is no camera usb:{text}. Plug it in, or choose another device.")
    return int(target[5:])


class UsbSource:
    """A `FrameSource` over a local device; pictures are stamped when they arrive."""

    def __init__(self, index: int, clock: Clock, open_device: DeviceOpener | None = None, most_pixels: int = MOST_PIXELS) -> None:
        self._index = index
        self._clock = clock
        self._most_pixels = most_pixels
        self._open_device = open_device if open_device is not None else open_with_opencv
        self._device: Device | None = None
        self._interrupt = Interrupt()
        self._pictures = 0

    def open(self) -> StreamInfo:
        self._device = self._open_device(self._index)
        if self._device is None:
            raise EnvironmentFault("absent", f"There is no camera {self._device_label}. Plug it in, or choose another device.")
        width, height, fps = self._device.size_and_rate()
        if not width or not height:
            raise EnvironmentFault(
                "no_picture", f"The device {self._device_label} gives pictures of size {width}×{height}. It may be no camera."
            )
        if width * height > self._most_pixels:
            raise faults.too_large(self._device_label, width, height, self._most_pixels)
        return StreamInfo("", width, height, fps)

    def read(self) -> Reading:
        device = self._device
        if device is None or not self._wait(device):
            raise faults.interrupted(self._device_label)
        picture = device.read()
        if picture is None:
            raise EnvironmentFault("closed", f"The camera {self._device_label} was unplugged or taken by another program.")
        index, self._pictures = self._pictures, self._pictures + 1
        return Reading(None, (ArrayPicture(picture, self._clock.now_ns(), index),))

    def interrupt(self) -> None:
        self._interrupt.set()

    def close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.release()

    @property
    def _device_label(self) -> str:
        return f"usb:{self._index}"

    def _wait(self, device: Device) -> bool:
        """Until a picture is there; False when interrupted."""
        until_s = time.monotonic() + STALL_S
        while not self._interrupt.is_set():
            if device.ready(_SLICE_S):
                return True
            if time.monotonic() >= until_s:
                raise faults.stalled(f"The camera {self._device_label}", STALL_S)
        return False


class _OpenCvDevice:
    """Video4Linux can be waited for; other systems' drivers block in `read`."""

    def __init__(self, capture: cv2.VideoCapture, waits: bool) -> None:
        self._capture = capture
        self._waits = waits

    def size_and_rate(self) -> tuple[int, int, float]:
        get = self._capture.get
        return int(get(cv2.CAP_PROP_FRAME_WIDTH)), int(get(cv2.CAP_PROP_FRAME_HEIGHT)), max(get(cv2.CAP_PROP_FPS), 0.0)

    def ready(self, seconds: float) -> bool:
        return not self._waits or bool(cv2.VideoCapture.waitAny([self._capture], int(seconds * 1e9))[0])

    def read(self) -> Bytes2D | None:
        found, picture = self._capture.read()
        return np.asarray(picture, np.uint8) if found else None

    def release(self) -> None:
        self._capture.release()


def open_with_opencv(index: int) -> Device | None:
    """The device as compressed video where it can, as USB 2 carries no more than VGA otherwise. None when there is none."""
    if _on_linux() and not Path(f"/dev/video{index}").exists():
        return None  # OpenCV would print a warning at each attempt
    capture = cv2.VideoCapture(index, _backend())
    if not capture.isOpened():
        return None
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    return _OpenCvDevice(capture, waits=_on_linux())


def _backend() -> int:
    """One, named: what a number means differs between them. Video4Linux, AVFoundation on macOS, Media Foundation on Windows."""
    known = (cv2.CAP_V4L2, cv2.CAP_AVFOUNDATION, cv2.CAP_MSMF)
    return next((backend for backend in known if cv2.videoio_registry.hasBackend(backend)), cv2.CAP_ANY)


def _on_linux() -> bool:
    return cv2.videoio_registry.hasBackend(cv2.CAP_V4L2)
