"""What is remembered of one person on one camera: boxes, their height while upright, limbs. Everything is in pixels and nanoseconds.

Samples are thinned to about fifteen a second, so that a camera of 30 pictures a second tells the same as one of 15.
"""

import math
from dataclasses import replace
from statistics import median

from engine.model.cameras.pose import (
    LEFT_ANKLE,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NOSE,
    RIGHT_ANKLE,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)
from engine.model.geometry import Box, Floats
from engine.model.time import SECOND
from engine.model.value_class import dataclass

APART_NS = 50_000_000  # samples nearer to each other are passed over
KEPT_NS = 3 * SECOND
UPRIGHT_ASPECT = 0.62  # width by height, up to which a box is of somebody upright
HEIGHT_EVERY_NS, HEIGHTS = SECOND // 5, 30
POSE_FRESH_NS = SECOND // 2
EDGE = 0.012  # share of the picture: so near its edge, a box is cut off there
VISIBLE = 0.3
LIMBS = (LEFT_WRIST, RIGHT_WRIST, LEFT_ANKLE, RIGHT_ANKLE)


@dataclass(frozen=True, slots=True)
class Sample:
    """A box as it was measured. `cut`: the upper or lower edge of the picture cuts it off."""

    at_ns: int
    box: Box
    cut: bool

    @property
    def width(self) -> float:
        return max(self.box[2] - self.box[0], 1.0)

    @property
    def height(self) -> float:
        return max(self.box[3] - self.box[1], 1.0)

    @property
    def centre(self) -> tuple[float, float]:
        return centre(self.box)


@dataclass(frozen=True, slots=True)
class PoseFacts:
    """Of one pose. `torso_deg`: of the trunk from the vertical, in the picture. `head_px`: of the nose above the lowest of hips, knees
    and ankles, and `hips_px` of the hips' middle. `limbs`: (x, y) of wrists and ankles from there; None where one is hidden.
    `torso_px`: length of the trunk. `nose_y`: in the picture. `thighs_px`: of the hips above the knees."""

    at_ns: int
    torso_deg: float
    head_px: float
    limbs: tuple[tuple[float, float] | None, ...]
    hips_px: float = 0.0
    torso_px: float = 0.0
    nose_y: float = 0.0
    thighs_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Body:
    """`began`: where they were first seen. `heights`: (ns, height, width) while upright and whole, newest last.

    `upright`: height and width of the box when they stand, medians of `heights`; None while they were hardly seen so.
    """

    id: str
    first_ns: int
    began: Box
    confidence: float
    samples: tuple[Sample, ...]
    heights: tuple[tuple[int, float, float], ...] = ()
    poses: tuple[PoseFacts, ...] = ()
    upright: tuple[float, float] | None = None

    @property
    def last(self) -> Sample:
        return self.samples[-1]

    @property
    def stood_ns(self) -> int:
        """When they were last seen whole and upright."""
        return self.heights[-1][0] if self.heights else self.first_ns

    @property
    def scale(self) -> float:
        """One body height in pixels, as well as it is known."""
        known = self.upright
        return known[0] if known is not None else max(self.last.height, self.last.width)

    @property
    def pose(self) -> PoseFacts | None:
        """The newest, while it is of about now."""
        fresh = self.poses and self.last.at_ns - self.poses[-1].at_ns <= POSE_FRESH_NS
        return self.poses[-1] if fresh else None

    def since(self, from_ns: int) -> tuple[Sample, ...]:
        return tuple(sample for sample in self.samples if sample.at_ns >= from_ns)


def sample_of(box: Box, size: tuple[int, int], at_ns: int) -> Sample:
    """`size`: the picture's width and height."""
    slack = max(2.0, EDGE * size[1])
    box = max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(size[0])), min(box[3], float(size[1]))
    return Sample(at_ns, box, box[1] <= slack or box[3] >= size[1] - slack)


def new_body(track_id: str, sample: Sample, confidence: float) -> Body:
    return Body(track_id, sample.at_ns, sample.box, confidence, (sample,), _grown((), sample))


def seen_again(body: Body, sample: Sample, confidence: float) -> Body:
    """One more sample; unchanged when it comes too soon after the last one."""
    if sample.at_ns - body.last.at_ns < APART_NS:
        return body
    samples = (*(s for s in body.samples if sample.at_ns - s.at_ns <= KEPT_NS), sample)
    poses = tuple(p for p in body.poses if sample.at_ns - p.at_ns <= KEPT_NS)
    heights = _grown(body.heights, sample)
    upright = body.upright if heights is body.heights else _medians(heights)
    confidence = max(confidence, body.confidence)
    return replace(body, samples=samples, poses=poses, heights=heights, confidence=confidence, upright=upright)


def continued(body: Body, earlier: Body) -> Body:
    """A track that began where another was lost a moment ago: most likely the same person."""
    samples = tuple(s for s in earlier.samples if s.at_ns < body.samples[0].at_ns) + body.samples
    heights = (earlier.heights + body.heights)[-HEIGHTS:]
    return replace(body, first_ns=earlier.first_ns, began=earlier.began, samples=samples, heights=heights, upright=_medians(heights))


def posed(body: Body, facts: PoseFacts) -> Body:
    if body.poses and facts.at_ns <= body.poses[-1].at_ns:
        return body
    return replace(body, poses=(*(p for p in body.poses if facts.at_ns - p.at_ns <= KEPT_NS), facts))


def facts_of(landmarks: Floats, visibility: Floats, at_ns: int) -> PoseFacts | None:
    """Of landmarks (33, 3) with visibility (33,); None where the trunk is hidden."""
    if float(visibility[[LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP]].min()) < VISIBLE:
        return None
    shoulders = landmarks[[LEFT_SHOULDER, RIGHT_SHOULDER], :2].mean(axis=0)
    hips = landmarks[[LEFT_HIP, RIGHT_HIP], :2].mean(axis=0)
    across, up = abs(float(shoulders[0] - hips[0])), float(hips[1] - shoulders[1])
    lowest = float(landmarks[[LEFT_HIP, RIGHT_HIP, LEFT_KNEE, RIGHT_KNEE, LEFT_ANKLE, RIGHT_ANKLE], 1].max())
    limbs = tuple(
        (float(landmarks[i, 0] - hips[0]), float(landmarks[i, 1] - hips[1])) if float(visibility[i]) >= VISIBLE else None for i in LIMBS
    )
    torso_deg, torso_px = math.degrees(math.atan2(across, up)), math.hypot(across, up)
    nose_y, hips_y = float(landmarks[NOSE, 1]), float(hips[1])
    thighs_px = float(landmarks[[LEFT_KNEE, RIGHT_KNEE], 1].mean()) - hips_y
    return PoseFacts(at_ns, torso_deg, lowest - nose_y, limbs, lowest - hips_y, torso_px, nose_y, thighs_px)


def centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _medians(heights: tuple[tuple[int, float, float], ...]) -> tuple[float, float] | None:
    if len(heights) < 2:
        return None
    return median(height for _, height, _ in heights), median(width for _, _, width in heights)


def _grown(heights: tuple[tuple[int, float, float], ...], sample: Sample) -> tuple[tuple[int, float, float], ...]:
    upright = not sample.cut and sample.width <= UPRIGHT_ASPECT * sample.height
    if not upright or (heights and sample.at_ns - heights[-1][0] < HEIGHT_EVERY_NS):
        return heights
    return (*heights, (sample.at_ns, sample.height, sample.width))[-HEIGHTS:]
