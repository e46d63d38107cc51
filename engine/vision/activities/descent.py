"""How somebody went down and how they rest: what tells a fall from sitting down, bending, exercising and lying down, from any height.

Thresholds that fit falls from standing miss falls from a chair, and from a high camera somebody who lies is not low. So each sign adds to
the log odds that it was a fall, as far as it tells fallen people from others on made-up scenes (`benchmarks.gestures.made_falls`, tuning
seeds); the decision is on the sum. Lengths are in body heights.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean, median

from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.vision.activities.body import Body, PoseFacts, Sample

TORSO = 0.275  # of the height, from hips to shoulders, as BlazePose finds them on people who stand
SEATED = 0.75  # of the height, of a box around somebody who sits
WINDOW_S = 1.3  # of watching: what was before is how they were before
OPENS = 0.2  # so far a head comes down within the window: looked at
OPENS_WIDER, WIDER = 0.08, 0.25  # or so far, where the box gets so much wider: who falls away from a high camera, or towards it
STOOD, STOOD_NS = 0.85, 6 * SECOND  # of the height, and how lately, for having stood before
SETTLES_NS = SECOND // 3
GAP_NS = SECOND // 4
_STRIDE_S, _LONGEST_S = 0.25, 0.9  # between samples that speed is measured by
_LEAST_S = 0.35  # boxes tremble: nothing is taken for quicker than over this time
_SAMPLES = 6
# By logistic regression on the candidates of 750 falls and 1350 other scenes of tuning seeds; without poses, of 300 and 540. What a box
# that is cut tells was set by hand: recorded falls often end at the picture's edge, made-up scenes cut only people who sit or walk close.
# 2.01: fitted was 1.81, with which one of five recorded falls without poses was told only after 14 s. On held-out seeds it finds 424 of 500
# falls instead of 413, and has 48 false ones in 900 other scenes instead of 36.
_BY_BOX, _BOX_WEIGHTS = 2.01, (4.59, 2.4, 1.17, -0.4, -1.2, -1.2)
_BY_POSE, _POSE_WEIGHTS = 2.54, (4.06, 1.41, 2.21, 2.71, -1.2, -0.81, -4.66, -3.1, 2.06, -10.75, 4.05)


@dataclass(frozen=True, slots=True)
class Descent:
    """`top`, `width`: of the box before, pixels; measured since `from_ns`. `speed`, `shift`: of the head downwards and of the middle
    anywhere, at most, body heights a second. `stood`: they stood lately. Of `poses` before: hips above the knees (`thighs`) and `nose_y`,
    pixels."""

    top: float
    width: float
    from_ns: int
    speed: float = 0.0
    shift: float = 0.0
    stood: bool = False
    poses: int = 0
    thighs: float = 0.0
    nose_y: float = 0.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Means since they came to rest: of the box, pixels; `cut`: share of boxes that the picture's edge cut. Of poses: `hips` above the
    lowest of the legs and `nose_y`, pixels; and `tilt` of the trunk from the vertical, degrees."""

    boxes: int = 0
    top: float = 0.0
    foot: float = 0.0
    width: float = 0.0
    cut: float = 0.0
    poses: int = 0
    hips: float = 0.0
    tilt: float = 0.0
    nose_y: float = 0.0

    @property
    def height(self) -> float:
        return max(self.foot - self.top, 1.0)


def stature(body: Body) -> float:
    """Their height in pixels if they stood here, as well as boxes and trunks tell; 0: nothing does."""
    trunks = sorted(pose.torso_px for pose in body.poses if pose.torso_px > 0)
    by_trunk = trunks[(7 * len(trunks)) // 10] / TORSO if len(trunks) >= 3 else 0.0
    known = max(body.upright[0] if body.upright is not None else 0.0, by_trunk)
    if known > 0 or len(body.samples) < _SAMPLES:
        return known
    heights = sorted(sample.height for sample in body.samples if not sample.cut)
    return heights[(8 * len(heights)) // 10] / SEATED if len(heights) >= _SAMPLES else 0.0


def descent_of(body: Body, scale: float, since_ns: int) -> Descent | None:
    """Of somebody whose head came down just now; None: it did not. `since_ns`: what was before is decided already."""
    now, before = body.last, _lately(body.since(since_ns), WINDOW_S)
    if len(before) < 3:
        return None
    top = fmean(sorted(sample.box[1] for sample in before)[:3])
    width = median(sample.width for sample in before)
    wider = now.width - width >= WIDER * scale
    if now.box[1] - top < (OPENS_WIDER if wider else OPENS) * scale:
        return None
    return descent_start(Descent(top, width, before[0].at_ns), body, scale)


def descent_start(descent: Descent, body: Body, scale: float) -> Descent:
    """With what is known of how they were before, and how fast they went down until now."""
    from_ns = descent.from_ns - SECOND
    stood = any(height >= STOOD * scale and descent.from_ns - at_ns <= STOOD_NS for at_ns, height, _ in body.heights)
    early = descent.from_ns + (body.last.at_ns - descent.from_ns) // 3
    poses = [pose for pose in body.poses if from_ns <= pose.at_ns <= early]
    if poses:
        thighs, nose_y = median(pose.thighs_px for pose in poses), median(pose.nose_y for pose in poses)
        descent = replace(descent, poses=len(poses), thighs=thighs, nose_y=nose_y)
    return quickened(replace(descent, stood=stood), body, scale, body.last.at_ns)


def _lately(samples: Sequence[Sample], within_s: float) -> Sequence[Sample]:
    """Those before the last within so much watched time."""
    times_s = _watched_s(samples)
    return [sample for sample, at_s in zip(samples[:-1], times_s, strict=False) if times_s[-1] - at_s <= within_s]


def quickened(descent: Descent, body: Body, scale: float, until_ns: int) -> Descent:
    """With how fast they moved until then."""
    samples = [sample for sample in body.since(descent.from_ns) if sample.at_ns <= until_ns]
    tops = [median(sample.box[1] for sample in samples[max(index - 1, 0) : index + 2]) for index in range(len(samples))]
    times_s = _watched_s(samples)
    speed, shift = descent.speed, descent.shift
    for first in range(len(samples)):
        for later in range(first + 1, len(samples)):
            apart_s = times_s[later] - times_s[first]
            if _STRIDE_S <= apart_s <= _LONGEST_S:
                unit = max(apart_s, _LEAST_S) * scale
                speed = max(speed, (tops[later] - tops[first]) / unit)
                shift = max(shift, math.dist(samples[first].centre, samples[later].centre) / unit)
    return replace(descent, speed=speed, shift=shift)


def _watched_s(samples: Sequence[Sample]) -> list[float]:
    """When each was, without the time in which they were lost for longer than a moment: detectors lose people who fall."""
    times_s = [0.0]
    for earlier, later in pairwise(samples):
        times_s.append(times_s[-1] + min(later.at_ns - earlier.at_ns, GAP_NS) / SECOND)
    return times_s


def rested(rest: Rest, sample: Sample, pose: PoseFacts | None) -> Rest:
    """One more look at somebody who has not moved."""
    boxes = rest.boxes + 1
    x0, y0, x1, y1 = sample.box
    values = {"top": y0, "foot": y1, "width": x1 - x0, "cut": float(sample.cut)}
    rest = replace(rest, boxes=boxes, **{name: _mean(getattr(rest, name), value, boxes) for name, value in values.items()})
    if pose is None:
        return rest
    poses = rest.poses + 1
    facts = {"hips": pose.hips_px, "tilt": min(pose.torso_deg, 100.0), "nose_y": pose.nose_y}
    return replace(rest, poses=poses, **{name: _mean(getattr(rest, name), value, poses) for name, value in facts.items()})


def fall_log_odds(descent: Descent, rest: Rest, scale: float) -> float:
    """That they fell, nats. `scale`: a body height in pixels. By boxes alone where no pose was found, neither before nor at rest."""
    if descent.poses <= 1 and rest.poses <= 1:
        return _weighed(_BY_BOX, _BOX_WEIGHTS, box_signs(descent, rest, scale))
    return _weighed(_BY_POSE, _POSE_WEIGHTS, (*box_signs(descent, rest, scale), *pose_signs(descent, rest, scale)))


def _weighed(bias: float, weights: tuple[float, ...], signs: tuple[float, ...]) -> float:
    return bias + sum(weight * sign for weight, sign in zip(weights, signs, strict=True))


def box_signs(descent: Descent, rest: Rest, scale: float) -> tuple[float, ...]:
    """In the order of the weights: how fast the middle of the body went; shape, widening of the box, how far its top went down, whether it
    is cut; whether they stood before."""
    return (
        math.log(max(descent.shift, 0.1)),
        _within(math.log(max(rest.width, 1.0) / rest.height), -1.0, 1.0),
        _within((rest.width - descent.width) / scale, -0.3, 0.6),
        _within((rest.top - descent.top) / scale, 0.0, 0.9),
        rest.cut,
        float(descent.stood),
    )


def pose_signs(descent: Descent, rest: Rest, scale: float) -> tuple[float, ...]:
    """In the order of the weights: hips above the lowest of the legs, tilt of the trunk, whether no pose is found any more; hips above the
    knees before, and how far the nose went down. Where one was not seen, what is usual."""
    posed = rest.poses > 1
    both = posed and descent.poses > 1
    return (
        _within(rest.hips / scale, 0.0, 0.4) if posed else 0.14,
        rest.tilt / 100.0 if posed else 0.6,
        float(not posed),
        _within(descent.thighs / scale, -0.1, 0.3) if both else 0.16,
        _within((rest.nose_y - descent.nose_y) / scale, -0.1, 0.9) if both else 0.45,
    )


def _mean(before: float, value: float, count: int) -> float:
    return before + (value - before) / count


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
