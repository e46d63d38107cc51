"""Small pictures: of an event as soon as it is noticed, and of a finished clip."""

import logging
import threading
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D, DecodedFrame
from engine.model.geometry import Box
from engine.model.value_class import dataclass
from engine.recording.clips.masked_still import Part, with_part, with_people, with_subject
from engine.recording.files import make_folder, remove_parts, write_whole
from engine.recording.jpeg import encode_jpeg

log = logging.getLogger(__name__)

WIDTH = 480  # the card of an alert shows it large until there is a clip
_ASPECT = 16 / 9
_CONTEXT = 1.8  # how much wider and higher than the box the picture is
_SMALLEST_SHARE = 0.25  # of the frame's width: nearer would show only blur
_QUALITY = 85
_WAITING = 64


@dataclass(frozen=True, slots=True, eq=False)
class _ThumbnailRequest:
    """`people`: boxes of everybody who is on the frame, `subject`: of whom the event is about, in its pixels."""

    frame: DecodedFrame
    box_xyxy: Box | None
    people: tuple[Box, ...]
    subject: Box | None = None


class EventThumbnails:
    """`<event id>.jpg` in one folder, made on a thread of its own. A newer picture of the same event replaces one that still waits.

    Each says in comments where people are in it and what part of the frame it is, so that faces, and what becomes private later, can be
    hidden when it is shown (`masked_still`).

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
        self._waiting: dict[str, _ThumbnailRequest] = {}
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._make_thumbnails, name="thumbnails", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def take(
        self, event_id: str, frame: DecodedFrame, box_xyxy: Box | None, people: Iterable[Box] = (), subject: Box | None = None
    ) -> None:
        """Make a picture of what is in the box (None: of all of the frame). Any thread; returns at once.

        `people`: who is on the frame, `subject`: whom the event is about, in its pixels.
        """
        if not _is_plain(event_id):
            return
        with self._wake:
            if len(self._waiting) >= _WAITING and event_id not in self._waiting:
                self._waiting.pop(next(iter(self._waiting)))
                self.dropped += 1
            self._waiting[event_id] = _ThumbnailRequest(frame, box_xyxy, tuple(people), subject)
            self._wake.notify()

    def read(self, event_id: str) -> bytes | None:
        """The JPEG, None while there is none, and for a link. Any thread; any text is safe to ask for."""
        if not _is_plain(event_id):
            return None
        path = self._folder / f"{event_id}.jpg"
        try:
            return None if path.is_symlink() else path.read_bytes()
        except OSError:
            return None

    def _make_thumbnails(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._stopping)
                if not self._waiting:
                    return
                event_id = next(iter(self._waiting))
                wanted = self._waiting.pop(event_id)
            self._make(event_id, wanted)

    def _make(self, event_id: str, wanted: _ThumbnailRequest) -> None:
        try:
            write_whole(self._folder / f"{event_id}.jpg", _jpeg(wanted))
        except Exception:  # thread top: one odd frame or a full disk must not end the pictures of later events
            self.failed += 1
            log.exception("no picture of event %s", event_id)


def _jpeg(wanted: _ThumbnailRequest) -> bytes:
    frame = wanted.frame
    x0, y0, x1, y1 = part = shown_part(frame.width, frame.height, wanted.box_xyxy)
    people = [_within(person, part) for person in wanted.people]
    jpeg = small_jpeg(frame.bgr(frame.width, frame.height)[y0:y1, x0:x1])
    jpeg = with_part(jpeg, Part((frame.width, frame.height), part))
    if wanted.subject is not None:
        jpeg = with_subject(jpeg, _within(wanted.subject, part))
    return with_people(jpeg, people)


def _within(person_xyxy: Box, part: tuple[int, int, int, int]) -> Box:
    """As shares of a part of the frame; may reach over its edges."""
    x0, y0, x1, y1 = part
    left, top, right, bottom = person_xyxy
    width, height = max(x1 - x0, 1), max(y1 - y0, 1)
    return (left - x0) / width, (top - y0) / height, (right - x0) / width, (bottom - y0) / height


def crop(picture: Bytes2D, box_xyxy: Box | None) -> Bytes2D:
    """What is around a box of a picture (H, W, 3), in 16:9, inside the picture; all of it without a box."""
    x0, y0, x1, y1 = shown_part(picture.shape[1], picture.shape[0], box_xyxy)
    return picture[y0:y1, x0:x1]


def shown_part(width: int, height: int, box_xyxy: Box | None) -> tuple[int, int, int, int]:
    """Pixels (x0, y0, x1, y1) of a picture of this size that show what is around a box."""
    if box_xyxy is None:
        return 0, 0, width, height
    left, top, right, bottom = box_xyxy
    wide = max((right - left) * _CONTEXT, (bottom - top) * _CONTEXT * _ASPECT, width * _SMALLEST_SHARE)
    wide = min(wide, width, height * _ASPECT)
    x0 = int(np.clip((left + right - wide) / 2, 0, width - wide))
    y0 = int(np.clip((top + bottom - wide / _ASPECT) / 2, 0, height - wide / _ASPECT))
    return x0, y0, min(x0 + max(1, round(wide)), width), min(y0 + max(1, round(wide / _ASPECT)), height)


def small_jpeg(picture: Bytes2D) -> bytes:
    """A BGR picture (H, W, 3), scaled to at most `WIDTH` wide."""
    height, width = picture.shape[:2]
    if width > WIDTH:
        picture = np.asarray(cv2.resize(picture, (WIDTH, max(1, round(height * WIDTH / width))), interpolation=cv2.INTER_AREA), np.uint8)
    return encode_jpeg(picture, _QUALITY)


def _is_plain(name: str) -> bool:
    return bool(name) and all(c.isascii() and (c.isalnum() or c in "-_") for c in name)
