"""Pictures for viewers: one slot per viewer, the newest wins, conversions shared between viewers of one size.

Viewers who may not see faces get pictures in which those are hidden already.
"""

import threading
from collections.abc import Callable, Sequence

from engine.model.cameras.frame import DecodedFrame
from engine.model.geometry import Box
from engine.model.port import PictureWant
from engine.model.snapshot import Picture
from engine.model.time import SECOND
from engine.recording.clips.mosaic import EVERYWHERE, hide

_MOST_ENLARGED = 1920 * 1080  # pixels; above, most of a picture that is zoomed in would not be seen
MAIN_FRESH_NS = SECOND  # a viewer of the main stream falls back to the sub-stream when main is older than this


def fitted(frame_width: int, frame_height: int, want: PictureWant) -> tuple[int, int]:
    """Largest size of about the frame's aspect that fits the want, at least 4×2; larger than the frame only where that is wanted.

    Scaled pictures have a width in fours and an even height: FFmpeg takes up to two and a half times as long over odd ones, and pads
    rows of other widths, which then must be copied together.
    """
    scale = min(want.width / max(frame_width, 1), want.height / max(frame_height, 1))
    size = max(4, int(frame_width * scale + 0.5) & ~3), max(2, int(frame_height * scale + 0.5) & ~1)
    if scale >= 1.0 and not (want.enlarged and frame_width < size[0] and size[0] * size[1] <= _MOST_ENLARGED):
        return frame_width, frame_height
    return size


class Feed:
    """One viewer's slot (a PictureFeed). `masked`: whether faces are hidden from this viewer; asked for every picture."""

    def __init__(self, hub: "PictureHub", want: PictureWant, on_picture: Callable[[], None], masked: Callable[[], bool]) -> None:
        self._hub = hub
        self.masked = masked
        self.want = want
        self._on_picture = on_picture
        self._picture: Picture | None = None
        self._seen = True
        self.main_ns = 0

    def latest(self) -> Picture | None:
        self._seen = True
        return self._picture

    def change(self, want: PictureWant) -> None:
        self.want = want
        self._hub.wants_changed()

    def close(self) -> None:
        self._hub.remove(self)

    def forget(self) -> None:
        """The picture of before is not to be shown any more."""
        self._picture = None

    def put(self, picture: Picture) -> bool:
        """On the capture thread. False when the picture before was never looked at."""
        looked, self._seen = self._seen, False
        self._picture = picture
        self._on_picture()
        return looked


HiddenBoxes = Callable[[str, int], Sequence[Box] | None]
"""Where faces are or may be on a camera's picture of a time, in pixels that boxes refer to; None: nobody knows."""


def nobody_knows(_camera_id: str, _picture_ns: int) -> None:
    return None


class PictureHub:
    """The viewers of one camera. Capture threads show frames; any thread watches."""

    def __init__(self, camera_id: str, on_wants: Callable[[bool], None], hidden: HiddenBoxes = nobody_knows) -> None:
        self._camera_id = camera_id
        self._hidden = hidden
        self._on_wants = on_wants
        self._lock = threading.Lock()
        self._feeds: tuple[Feed, ...] = ()
        self.dropped = 0

    def watch(self, want: PictureWant, on_picture: Callable[[], None], masked: Callable[[], bool]) -> Feed:
        feed = Feed(self, want, on_picture, masked)
        with self._lock:
            self._feeds = (*self._feeds, feed)
        self.wants_changed()
        return feed

    def remove(self, feed: Feed) -> None:
        with self._lock:
            self._feeds = tuple(other for other in self._feeds if other is not feed)
        self.wants_changed()

    def wants_changed(self) -> None:
        """Tell the camera whether anybody wants its main stream decoded."""
        self._on_wants(any(feed.want.main for feed in self._feeds))

    def forget(self) -> None:
        """Viewers get nothing until the next picture."""
        for feed in self._feeds:
            feed.forget()

    def show(self, frame: DecodedFrame, track_size: tuple[int, int], stream: str) -> None:
        """Give a frame of `stream` (`only`, `main` or `sub`) to its viewers, converted once per size. Boxes refer to `track_size`."""
        made: dict[tuple[int, int, bool], Picture] = {}
        for feed in self._feeds:
            if stream != "only" and not _concerns(feed, frame, stream == "main"):
                continue
            size, masked = fitted(frame.width, frame.height, feed.want), feed.masked()
            if (*size, masked) not in made:
                made[*size, masked] = self._picture(frame, size, track_size, masked)
            if not feed.put(made[*size, masked]):
                self.dropped += 1

    def _picture(self, frame: DecodedFrame, size: tuple[int, int], track_size: tuple[int, int], masked: bool) -> Picture:
        pixels = frame.bgra(*size)
        if masked:
            hide(pixels, self._hidden_shares(frame.captured_ns, track_size))
        pixels.flags.writeable = False
        return Picture(self._camera_id, frame.captured_ns, frame.index, *track_size, pixels)

    def _hidden_shares(self, picture_ns: int, track_size: tuple[int, int]) -> Sequence[Box]:
        width, height = max(track_size[0], 1), max(track_size[1], 1)
        boxes = self._hidden(self._camera_id, picture_ns)
        return (EVERYWHERE,) if boxes is None else [(x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in boxes]


def _concerns(feed: Feed, frame: DecodedFrame, main: bool) -> bool:
    if main and feed.want.main:
        feed.main_ns = frame.captured_ns
    if main or not feed.want.main:
        return main == feed.want.main
    return frame.captured_ns - feed.main_ns > MAIN_FRESH_NS
