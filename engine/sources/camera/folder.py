"""A folder of pictures as a camera: `folder:/path?fps=5`. JPEG and PNG by name; pictures may arrive while it plays."""

import os
import time
from bisect import bisect_right
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from engine._opencv import cv2
from engine._picture_size import picture_size
from engine.model.cameras.frame import Bytes2D, StreamInfo
from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import Clock
from engine.sources.camera import faults
from engine.sources.camera.decoder import MOST_PIXELS
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.picture import ArrayPicture
from engine.sources.camera.protocol import EndOfStream, Judge, Reading, any_path

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
_DEFAULT_FPS = 5.0
_CHANCES = 5
_LARGEST_BYTES = 64 * 1024 * 1024


def folder_address(url: str) -> tuple[Path, float]:
    """Path and pictures per second.

    Raises:
        InputError: no path, or a rate outside 0.01–60.
    """
    parts = urlsplit(url.strip())
    path = unquote(parts.netloc + parts.path)
    if not path:
        raise InputError("url", "names no folder; write for example folder:/home/me/pictures?fps=5")
    text = parse_qs(parts.query).get("fps", [str(_DEFAULT_FPS)])[-1]
    try:
        fps = float(text)
    except ValueError:
        raise InputError("url", f"fps={text} is no number") from None
    if not 0.01 <= fps <= 60:
        raise InputError("url", f"fps={text} is outside 0.01–60")
    try:
        return Path(path).expanduser(), fps
    except RuntimeError:
        raise InputError("url", "begins with the home of somebody who has none; write the path from the root on") from None


class FolderSource:
    """A `FrameSource` over pictures in the order of their names. Unreadable ones are passed over.

    Attributes:
        damaged: pictures passed over so far.
    """

    def __init__(
        self, path: Path, fps: float, clock: Clock, paced: bool, loop: bool, most_pixels: int = MOST_PIXELS, judge: Judge = any_path
    ) -> None:
        self.damaged = 0
        self._judge = judge
        self._path = path
        self._fps = fps
        self._most_pixels = most_pixels
        self._clock = clock
        self._paced = paced
        self._loop = loop
        self._interrupt = Interrupt()
        self._listing = _Listing(path)
        self._last = ""
        self._due_s = 0.0
        self._chances = _CHANCES
        self._pictures = 0
        self._size = (0, 0)

    def open(self) -> StreamInfo:
        for name in self._listing.names():
            picture = self._load(name)
            if picture is not None:
                self._due_s = time.monotonic()
                return self._info(picture)
        raise EnvironmentFault("no_picture", f"{self._path} holds no JPEG or PNG picture that can be read.")

    def read(self) -> Reading:
        if self._paced and self._interrupt.wait(self._due_s - time.monotonic()):
            return Reading()
        if self._interrupt.is_set():
            raise faults.interrupted(str(self._path))
        self._due_s = max(self._due_s + 1 / self._fps, time.monotonic())
        name = self._next_name()
        picture = self._load(name)
        if picture is None and self._may_be_in_writing(name):
            return Reading()
        self._last = name
        if picture is None:
            return Reading()
        changed = self._size != picture.shape[1::-1]
        info = self._info(picture) if changed else None
        index, self._pictures = self._pictures, self._pictures + 1
        return Reading(None, (ArrayPicture(picture, self._clock.now_ns(), index),), info)

    def interrupt(self) -> None:
        self._interrupt.set()

    def close(self) -> None:
        self._interrupt.set()

    def _info(self, picture: Bytes2D) -> StreamInfo:
        height, width = picture.shape[:2]
        self._size = (width, height)
        return StreamInfo("", width, height, self._fps)

    def _next_name(self) -> str:
        """The name after the last one; a change within one tick of the file system's clock is seen at the end of the list."""
        name = self._following(self._listing.names()) or self._following(self._listing.afresh())
        if not name and not self._loop:
            raise EndOfStream
        name = name or next(iter(self._listing.names()), "")
        if not name:
            raise EnvironmentFault("no_picture", f"{self._path} holds no JPEG or PNG picture any more.")
        return name

    def _following(self, names: list[str]) -> str:
        place = bisect_right(names, self._last)
        return names[place] if place < len(names) else ""

    def _may_be_in_writing(self, name: str) -> bool:
        """The newest picture gets some more chances before it counts as damaged."""
        self._chances = self._chances - 1 if name == self._listing.names()[-1] else 0
        if self._chances > 0:
            return True
        self._chances = _CHANCES
        self.damaged += 1
        return False

    def _load(self, name: str) -> Bytes2D | None:
        """BGR; None when it cannot be read: damaged, half written, or gone since it was listed.

        Raises EnvironmentFault (`too_large`): it claims more pixels than may be decoded; InputError: what `judge` says of it.
        """
        path = self._path / name
        self._judge(path)
        try:
            data = path.read_bytes() if path.stat().st_size <= _LARGEST_BYTES else b""
        except OSError:
            data = b""
        width, height = picture_size(data) or (0, 0)
        if width * height > self._most_pixels:
            raise faults.too_large(str(path), width, height, self._most_pixels)
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if _is_whole(data) else None
        return picture if picture is None else np.asarray(picture, np.uint8)


def _is_whole(data: bytes) -> bool:
    """Ends as a JPEG or PNG does; OpenCV fills the missing part of a cut one with grey."""
    return b"\xff\xd9" in data[-64:] or b"IEND" in data[-64:]


class _Listing:
    """Names of the pictures in a folder, listed anew only when the folder has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed_ns = -1
        self._names: list[str] = []

    def names(self) -> list[str]:
        try:
            changed_ns = self._path.stat().st_mtime_ns
            if changed_ns != self._changed_ns:
                self._names = sorted(entry.name for entry in os.scandir(self._path) if Path(entry.name).suffix.lower() in _SUFFIXES)
                self._changed_ns = changed_ns
        except OSError as error:
            reason = "no_access" if isinstance(error, PermissionError) else "not_found"
            raise EnvironmentFault(reason, f"The folder {self._path} cannot be read ({error.strerror}). Check the path.") from None
        return self._names

    def afresh(self) -> list[str]:
        self._changed_ns = -1
        return self.names()
