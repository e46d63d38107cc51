"""The shape of a wall."""

from statistics import median_low

from engine.model.snapshot import CameraView

_SLIMMEST, _WIDEST = 5 / 4, 2.0  # upright or panoramic pictures do not make it a strip


def wall_aspect(cameras: tuple[CameraView, ...]) -> float:
    """The shape of the middlemost camera's pictures; what differs from it gets bars. Unknown ones count as 16 to 9."""
    known = [view.health.width / view.health.height for view in cameras if view.health.width and view.health.height]
    middle = median_low(known) if known else 16 / 9
    return min(max(middle, _SLIMMEST), _WIDEST)
