"""A take out of a recorded clip: whoever is largest where it begins is followed through it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from engine.model.cameras.detection import Category
from engine.model.cameras.frame import DecodedFrame
from engine.model.cameras.privacy import NOTHING, Cover
from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.people.gesture import Take
from engine.model.time import seconds_to_ns
from engine.recording.footage.playback import ClipReader
from engine.runtime.gestures.takes import LONGEST_S, SHORTEST_S, as_take
from engine.runtime.jobs.jobs import Progress
from engine.sources.camera.picture import Scaler, VideoPicture
from engine.vision.detector import Detector
from engine.vision.pose.estimator import Earlier, PoseEstimator

_STEP_NS = 60_000_000
_ONE = "body"

Look = Callable[[DecodedFrame], Floats | None]


def check_range(from_s: float, to_s: float) -> None:
    """Raises InputError."""
    if not from_s >= 0:
        raise InputError("from_s", "must not be below 0")
    if not SHORTEST_S <= to_s - from_s <= LONGEST_S:
        raise InputError("to_s", f"A part of a clip must last {SHORTEST_S:g} to {LONGEST_S:g} s, not {to_s - from_s:.1f} s.")


class BodyFollower:
    """The body of one person, picture by picture. One thread."""

    def __init__(self, detector: Detector, poses: PoseEstimator) -> None:
        self._detector, self._poses = detector, poses
        self._before: Earlier | None = None

    def look(self, frame: DecodedFrame) -> Floats | None:
        """(33, 3), None where they are not seen."""
        before = {} if self._before is None else {_ONE: self._before}
        found = self._poses.look(frame.bgr(frame.width, frame.height), (_ONE,), self._body_box(frame)[None], before)
        if not len(found):
            return None
        self._before = Earlier(found.landmarks[0], found.visibility[0])
        return found.landmarks[0]

    def _body_box(self, frame: DecodedFrame) -> Floats:
        """(4,) where they are: the largest person at first, later whoever covers the body seen last. The whole picture if nobody was."""
        seen = self._detector.detect(frame)
        boxes = seen.boxes_xyxy[seen.categories == Category.PERSON]
        if self._before is not None:
            x, y = self._before.landmarks[:, :2].mean(axis=0).tolist()
            boxes = boxes[(boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])]
        if not len(boxes):
            return np.array([0, 0, frame.width, frame.height], np.float32) if self._before is None else _around(self._before.landmarks)
        return boxes[np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).argmax()]


def take_of_clip(path: Path, from_s: float, to_s: float, look: Look, progress: Progress, cover: Cover = NOTHING) -> Take:
    """The poses between two times of a clip, as a take.

    Raises:
        InputError: it cannot be taught; the message says why. EnvironmentFault: the clip cannot be read. Cancelled.
    """
    times_ns: list[int] = []
    bodies: list[Floats] = []
    from_ns, to_ns = seconds_to_ns(from_s), seconds_to_ns(to_s)
    with ClipReader(path, cover) as clip:
        for frame in _pictures(clip, from_ns, to_ns):
            progress.at(frame.captured_ns - from_ns, to_ns - from_ns, "Looking at the clip")
            body = look(frame)
            if body is not None:
                times_ns.append(frame.captured_ns)
                bodies.append(body)
    return as_take(times_ns, bodies, times_ns[-1] if times_ns else to_ns)


def _pictures(clip: ClipReader, from_ns: int, to_ns: int) -> Iterator[DecodedFrame]:
    """About fifteen a second."""
    scaler, next_ns = Scaler(), from_ns
    for index, picture in enumerate(clip.pictures(from_ns)):
        if picture.at_ns > to_ns:
            return
        if picture.at_ns >= next_ns:
            next_ns = max(next_ns, picture.at_ns - _STEP_NS // 2) + _STEP_NS
            yield VideoPicture(picture.frame, scaler, picture.at_ns, index)


def _around(landmarks: Floats) -> Floats:
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    return np.concatenate([low, high]).astype(np.float32)
