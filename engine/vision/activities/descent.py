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
SETTLES_NS = SECOND // 3
GAP_NS = SECOND // 4
_STRIDE_S, _LONGEST_S = 0.25, 0.9  # between samples that speed is measured by
_LEAST_S = 0.35  # boxes tremble: nothing is taken for quicker than over this time
_SAMPLES = 6
# By logistic regression on 176 falls and 460 other candidates of seeds 1 to 8, the slow slides from a chair left out.
_BIAS, _WEIGHTS = 6.9, (3.6, -6.1, 0.5, 3.4, 6.0, -2.0, -3.4, -4.8, -2.8)


@dataclass(frozen=True, slots=True)
class Descent:
    """`top`, `foot`, `width`: of the box before, pixels; measured since `from_ns`. `speed`, `shift`: of the head downwards and of the
    middle anywhere, at most, body heights a second."""

    top: float
    foot: float
    width: float
    from_ns: int
    speed: float = 0.0
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Means since they last moved: of the box, pixels; `cut`: share of boxes that the picture's edge cut. Of poses: `head` and `hips` above
    the lowest of the legs, pixels, and `tilt` of the trunk from the vertical, degrees."""

    boxes: int = 0
    top: float = 0.0
    foot: float = 0.0
    width: float = 0.0
    cut: float = 0.0
    poses: int = 0
    head: float = 0.0
    hips: float = 0.0
    tilt: float = 0.0

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
    if len(before) < 3 or now.box[1] - fmean(sorted(sample.box[1] for sample in before)[:3]) < OPENS * scale:
        return None
    boxes = [sample.box for sample in before]
    top, foot = fmean(sorted(box[1] for box in boxes)[:3]), median(box[3] for box in boxes)
    descent = Descent(top, foot, median(sample.width for sample in before), before[0].at_ns)
    return quickened(descent, body, scale, now.at_ns)


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
    facts = {"head": pose.head_px, "hips": pose.hips_px, "tilt": min(pose.torso_deg, 100.0)}
    return replace(rest, poses=poses, **{name: _mean(getattr(rest, name), value, poses) for name, value in facts.items()})


def fall_log_odds(descent: Descent, rest: Rest, scale: float) -> float:
    """That they fell, nats. `scale`: a body height in pixels."""
    return _BIAS + sum(weight * sign for weight, sign in zip(_WEIGHTS, signs(descent, rest, scale), strict=True))


def signs(descent: Descent, rest: Rest, scale: float) -> tuple[float, ...]:
    """What tells falls, in the order of the weights: how fast the body's middle went; height, shape, widening of the box, how far its foot
    went down, whether it is cut; head and hips above the lowest of the legs, and tilt of the trunk. Without poses, what is usual."""
    posed = rest.poses > 1
    return (
        math.log(max(descent.shift, 0.1)),
        _within(rest.height / scale, 0.2, 0.9),
        _within(math.log(max(rest.width, 1.0) / rest.height), -1.0, 1.0),
        _within((rest.width - descent.width) / scale, -0.3, 0.6),
        _within((rest.foot - descent.foot) / scale, -0.3, 0.3),
        rest.cut,
        _within(rest.head / scale, 0.0, 0.6) if posed else 0.22,
        _within(rest.hips / scale, 0.0, 0.4) if posed else 0.14,
        rest.tilt / 100.0 if posed else 0.6,
    )


def _mean(before: float, value: float, count: int) -> float:
    return before + (value - before) / count


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
