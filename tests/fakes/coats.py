"""A quay in the evening, and people in coats on it: films to be recorded, and what finds and tells these people apart, at any pace."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from engine.model.cameras.detection import Detections
from engine.model.cameras.frame import Bytes2D, DecodedFrame
from engine.model.geometry import Floats
from tests.fakes.look_site import look

WIDTH, HEIGHT, FPS = 640, 360, 10
FOOT, TALL = 320, 130  # pixels: where they stand, and their height
COATS = {"red": ((40, 40, 200), 0), "blue": ((200, 90, 30), 107)}
"""By name: colour in BGR, and its hue in OpenCV's half degrees."""
_WALK_S = 3.0
_SATURATED, _LEAST, _NEAR = 120, 40, 12
LOOKS = {"red": look(1), "blue": look(7)}
"""What somebody in it looks like, as a model describes it."""


@dataclass(frozen=True)
class Stroll:
    """Somebody in a coat comes from the left, stands in the middle, and leaves to the right, between two times of a film, seconds."""

    coat: str
    since_s: float
    until_s: float

    def x(self, at_s: float) -> float | None:
        if not self.since_s <= at_s < self.until_s:
            return None
        times = (self.since_s, self.since_s + _WALK_S, self.until_s - _WALK_S, self.until_s)
        return float(np.interp(at_s, times, (70, WIDTH / 2, WIDTH / 2, WIDTH - 70)))


class Watch:
    """Whether a detector finds people: not before `begin`, nor once they are gone and it has found enough of them. Any thread."""

    def __init__(self) -> None:
        self._enough: Callable[[], bool] = lambda: True
        self.on = False

    def begin(self, enough: Callable[[], bool]) -> None:
        self._enough, self.on = enough, True

    def rest(self) -> None:
        """Nobody is in the picture."""
        self.on = self.on and not self._enough()


def write_quay(path: Path, seconds: int, strolls: Sequence[Stroll] = (), sky: int = 96) -> Path:
    """H.264 with a keyframe each second. `sky`: how bright it is, so that places can be told apart."""
    place = _place(sky)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "x264-params": "keyint=10:scenecut=0:bframes=0"})
        stream.width, stream.height, stream.pix_fmt, stream.time_base = WIDTH, HEIGHT, "yuv420p", Fraction(1, FPS)
        for number in range(seconds * FPS):
            frame = av.VideoFrame.from_ndarray(_picture(place, strolls, number / FPS), format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _place(sky: int) -> npt.NDArray[np.uint8]:
    """(HEIGHT, WIDTH, 3): sky, water, and a pier with bollards, all of them grey enough not to be taken for a coat."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    for row in range(HEIGHT):
        tone = sky + row // 4 if row < 150 else sky - 30 + (row % 7) * 2 if row < 230 else sky - 45
        picture[row] = (min(tone + 14, 255), tone, max(tone - 8, 0))
    for x in range(60, WIDTH, 130):
        cv2.rectangle(picture, (x, 205), (x + 16, 238), (58, 56, 54), -1)
    return picture


def _picture(place: npt.NDArray[np.uint8], strolls: Sequence[Stroll], at_s: float) -> npt.NDArray[np.uint8]:
    picture = place.copy()
    for stroll in strolls:
        if (x := stroll.x(at_s)) is not None:
            _draw(picture, round(x), COATS[stroll.coat][0], np.sin(at_s * 8) * 10)
    return picture


def _draw(picture: npt.NDArray[np.uint8], x: int, coat: tuple[int, int, int], stride: float) -> None:
    top, hip = FOOT - TALL, FOOT - 48
    for side in (-1, 1):
        cv2.line(picture, (x, hip), (round(x + side * stride), FOOT), (46, 42, 40), 11)
    cv2.ellipse(picture, (x, (top + 24 + hip) // 2), (19, (hip - top - 24) // 2 + 4), 0, 0, 360, coat, -1, cv2.LINE_AA)
    cv2.circle(picture, (x, top + 12), 12, (120, 140, 168), -1, cv2.LINE_AA)


def coat_boxes(picture_bgr: Bytes2D) -> Mapping[str, tuple[float, float, float, float]]:
    """Who is in it, by the colour of their coat: the box of all of them."""
    hue, saturation, _ = cv2.split(cv2.cvtColor(picture_bgr, cv2.COLOR_BGR2HSV))
    scale = picture_bgr.shape[0] / HEIGHT
    found: dict[str, tuple[float, float, float, float]] = {}
    for name, (_, wanted) in COATS.items():
        away = np.abs(hue.astype(np.int16) - wanted)
        where = (np.minimum(away, 180 - away) < _NEAR) & (saturation > _SATURATED)
        if where.sum() >= _LEAST * scale * scale:
            xs = np.nonzero(where.any(axis=0))[0]
            centre = float(xs.mean())
            found[name] = (centre - 24 * scale, (FOOT - TALL) * scale, centre + 24 * scale, FOOT * scale)
    return found


class CoatDetector:
    """Finds people by their coats, while there is a watch."""

    name, basic, provider_label = "coats", False, "CPU"

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def detect(self, frame: DecodedFrame, regions_xyxy: Floats | None = None) -> Detections:
        boxes = coat_boxes(frame.bgr(frame.width, frame.height))
        if not boxes:
            self._watch.rest()
        seen = [*boxes.values()] if self._watch.on else []
        return Detections.people(np.array(seen, np.float32).reshape(-1, 4), [0.9] * len(seen))


class CoatReader:
    """In place of `LookReader`: each coat has a look of its own, and each picture of it another one that is near."""

    def __init__(self, *_: object) -> None: ...

    def look(self, picture_bgr: Bytes2D, box_xyxy: Floats) -> Floats | None:
        x0, y0, x1, y1 = (round(float(each)) for each in box_xyxy)
        height, width = picture_bgr.shape[:2]
        person = np.zeros_like(picture_bgr)
        inside = slice(max(y0, 0), min(y1, height)), slice(max(x0, 0), min(x1, width))
        person[inside] = picture_bgr[inside]
        coat = next(iter(coat_boxes(person)), None)
        return None if coat is None else look(int(picture_bgr[inside].sum()) % 1_000_003, towards=LOOKS[coat])
