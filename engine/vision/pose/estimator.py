"""Landmarks for some tracks of one picture: from where they were last, or found anew."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from engine.inference.runner import CPU_DOOR, Door
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.pose import LANDMARKS, LEFT_HIP, LEFT_SHOULDER, RIGHT_HIP, RIGHT_SHOULDER, Poses
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.pose.detection import BodyDetector
from engine.vision.pose.landmarks import Body, LandmarkNetwork
from engine.vision.pose.region import Region, around_body, around_box

_TRUNK = [LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP]
_UNAIDED_SCORE = 0.8
_SLACK = 0.15  # of the box's size: how far outside its track a trunk may stand


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """A track's landmarks (33, 3) and their visibility (33,) on an earlier picture of the same camera, in pixels of the full frame."""

    landmarks: Floats
    visibility: Floats


class PoseEstimator:
    """Looks at one track at a time. Any one thread at a time; about 10 ms for a body that was seen before, 20 to 30 ms for a new one."""

    def __init__(self, detection: Path, landmarks: Path, least_score: float = 0.5, door: Door = CPU_DOOR) -> None:
        """
        Args:
            detection, landmarks: the networks' files.
            least_score: below it a body is lost. door: decides what runs the networks.

        Raises:
            EnvironmentFault: `model_damaged`.
        """
        self._detector = BodyDetector(detection, door=door)
        self._network = LandmarkNetwork(landmarks, door)
        self._least_score = least_score

    def look(self, picture_bgr: Bytes2D, track_ids: Sequence[str], boxes_xyxy: Floats, before: Mapping[str, Earlier]) -> Poses:
        """The bodies of the tracks that have one, in the order of `track_ids`. The tracks have to be people: networks
        that look for limbs find them on dogs and facades too, at any score.

        Args:
            picture_bgr: (H, W, 3) uint8.
            boxes_xyxy: (N, 4) of the tracks, in pixels of the picture.
            before: of the tracks that had a body on a recent picture; the detector is spared for those that still have it there.
        """
        seen = [
            (track_id, body)
            for track_id, box in zip(track_ids, boxes_xyxy, strict=True)
            if (body := self._body(picture_bgr, box, before.get(track_id))) is not None
        ]
        return _poses(seen)

    def _body(self, picture_bgr: Bytes2D, box: Floats, earlier: Earlier | None) -> Body | None:
        """From the first square that shows a body of this track; the detector is asked when the squares before it are spent."""
        squares = self._squares(picture_bgr, box, earlier)
        looks = ((self._network.look(picture_bgr, square), least) for square, least in squares)
        # Two people who cross must not exchange their skeletons: a body has to be in its track's box.
        return next((body for body, least in looks if body.score >= least and _belongs(body, box)), None)

    def _squares(self, picture_bgr: Bytes2D, box: Floats, earlier: Earlier | None) -> Iterator[tuple[Region, float]]:
        """Where to look, and how sure the network has to be there."""
        if earlier is not None:
            yield around_body(earlier.landmarks, earlier.visibility), self._least_score
        found = self._detector.find(picture_bgr, box)
        if found is not None:
            yield found, self._least_score
        # The detector misses half of those who are small or beside somebody nearer; the box alone is a worse square, so more is asked.
        yield around_box(box), max(self._least_score, _UNAIDED_SCORE)


def _belongs(body: Body, box: Floats) -> bool:
    x, y = body.landmarks[_TRUNK, :2].mean(axis=0).tolist()
    x1, y1, x2, y2 = box.tolist()
    dx, dy = (x2 - x1) * _SLACK, (y2 - y1) * _SLACK
    return x1 - dx <= x <= x2 + dx and y1 - dy <= y <= y2 + dy


def _poses(seen: Sequence[tuple[str, Body]]) -> Poses:
    count = len(seen)
    landmarks = np.array([body.landmarks for _, body in seen], np.float32).reshape(count, LANDMARKS, 3)
    visibility = np.array([body.visibility for _, body in seen], np.float32).reshape(count, LANDMARKS)
    return Poses(tuple(track_id for track_id, _ in seen), landmarks, visibility, np.array([body.score for _, body in seen], np.float32))
