"""How much somebody looks like lying, 0–1: from the shape of the box, and from the pose where there is one."""

from engine.vision.activities.body import Body, PoseFacts, Sample

_TORSO_DEG = (35.0, 60.0)
_HEAD = (0.55, 0.4)  # of the upright height, above the feet
_ASPECT = (0.85, 1.25)  # width by height; who crouches or sits on the floor is about as wide as high
_POSE = 2 / 3  # how much a pose counts beside the shape of the box
_WIDENED = (1.2, 1.6)  # of the upright width: what is asked of a box that the picture's edge cuts off


def lying(body: Body) -> float:
    """Now. A box that the picture's edge cuts off looks wide whoever it holds: it counts as far as it is wider than they were."""
    return lying_looks(body.last, body.upright, body.pose, body.scale)


def lying_looks(sample: Sample, upright: tuple[float, float] | None, pose: PoseFacts | None, scale: float) -> float:
    shape = lying_shape(sample, upright)
    return shape if pose is None else (1 - _POSE) * shape + _POSE * lying_pose(pose, scale)


def lying_shape(sample: Sample, upright: tuple[float, float] | None) -> float:
    shape = _between(sample.width / sample.height, _ASPECT)
    if not sample.cut:
        return shape
    return min(shape, _between(sample.width / upright[1], _WIDENED)) if upright is not None else 0.0


def lying_pose(pose: PoseFacts, scale: float) -> float:
    """Somebody who lies along the line of sight has an upright trunk in the picture; their head is low all the same."""
    return (_between(pose.torso_deg, _TORSO_DEG) + 3 * _between(pose.head_px / scale, _HEAD)) / 4


def _between(value: float, ends: tuple[float, float]) -> float:
    """0 at the first end, 1 at the second, in between straight."""
    return min(max((value - ends[0]) / (ends[1] - ends[0]), 0.0), 1.0)
