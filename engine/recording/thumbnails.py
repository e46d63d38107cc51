"""Small pictures: of an event as soon as it is noticed, and of a finished clip."""

import logging
import threading
from pathlib import Path

import numpy as np

from engine._opencv import cv2
from engine.model.frame import Bytes2D, DecodedFrame
from engine.model.geometry import Box
from engine.recording.files import make_folder, remove_parts, write_whole
from engine.recording.jpeg import encode_jpeg

log = logging.getLogger(__name__)

WIDTH = 320
_ASPECT = 16 / 9
_CONTEXT = 1.8  # how much wider and higher than the box the picture is
_SMALLEST_SHARE = 0.25  # of the frame's width: nearer would show only blur
_QUALITY = 85
_WAITING = 64


class EventThumbnails:
    """`<event id>.jpg` in one folder, made on a thread of its own. A newer picture of the same event replaces one that still waits.

    Attributes:
        dropped: pictures given up because too many waited; failed: pictures the disk refused.
    """

    def __init__(self, folder: Path) -> None:
        """Raises EnvironmentFault."""
        make_folder(folder)
        remove_parts(folder)
        self._folder = folder
        self.dropped = 0
        self.failed = 0
        self._waiting: dict[str, tuple[DecodedFrame, Box | None]] = {}
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="thumbnails", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def take(self, event_id: str, frame: DecodedFrame, box_xyxy: Box | None) -> None:
        """Make a picture of what is in the box (None: of all of the frame). Any thread; returns at once."""
        if not _is_plain(event_id):
            return
        with self._wake:
            if len(self._waiting) >= _WAITING and event_id not in self._waiting:
                self._waiting.pop(next(iter(self._waiting)))
                self.dropped += 1
            self._waiting[event_id] = (frame, box_xyxy)
            self._wake.notify()

    def read(self, event_id: str) -> bytes | None:
        """The JPEG, None while there is none. Any thread; any text is safe to ask for."""
        if not _is_plain(event_id):
            return None
        try:
            return (self._folder / f"{event_id}.jpg").read_bytes()
        except OSError:
            return None

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._stopping)
                if not self._waiting:
                    return
                event_id = next(iter(self._waiting))
                frame, box = self._waiting.pop(event_id)
            self._make(event_id, frame, box)

    def _make(self, event_id: str, frame: DecodedFrame, box: Box | None) -> None:
        try:
            write_whole(self._folder / f"{event_id}.jpg", small_jpeg(crop(frame.bgr(frame.width, frame.height), box)))
        except Exception:  # thread top: one odd frame or a full disk must not end the pictures of later events
            self.failed += 1
            log.exception("no picture of event %s", event_id)


def crop(picture: Bytes2D, box_xyxy: Box | None) -> Bytes2D:
    """What is around a box of a picture (H, W, 3), in 16:9, inside the picture; all of it without a box."""
    height, width = picture.shape[:2]
    if box_xyxy is None:
        return picture
    left, top, right, bottom = box_xyxy
    wide = max((right - left) * _CONTEXT, (bottom - top) * _CONTEXT * _ASPECT, width * _SMALLEST_SHARE)
    wide = min(wide, width, height * _ASPECT)
    x0 = int(np.clip((left + right - wide) / 2, 0, width - wide))
    y0 = int(np.clip((top + bottom - wide / _ASPECT) / 2, 0, height - wide / _ASPECT))
    return picture[y0 : y0 + max(1, round(wide / _ASPECT)), x0 : x0 + max(1, round(wide))]


def small_jpeg(picture: Bytes2D) -> bytes:
    """A BGR picture (H, W, 3), scaled to at most `WIDTH` wide."""
    height, width = picture.shape[:2]
    if width > WIDTH:
        picture = np.asarray(cv2.resize(picture, (WIDTH, max(1, round(height * WIDTH / width))), interpolation=cv2.INTER_AREA), np.uint8)
    return encode_jpeg(picture, _QUALITY)


def _is_plain(name: str) -> bool:
    return bool(name) and all(c.isascii() and (c.isalnum() or c in "-_") for c in name)
