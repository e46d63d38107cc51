"""Which way smoke is: a box in a view of a camera as a bearing and the angle it fills; and which boxes a view's masks hide."""

from engine.model.fire.smoke import Lookout, LookoutView, SmokeBox
from engine.model.geometry import Box, inside

MASKED_SHARE = 0.5
_STEPS = 10  # a mask's share of a box is that of this many points, squared
_DECIMALS = 4  # of degrees: a tenth of a picture's pixel


def cone_of(box: Box, lookout: Lookout | None, view_id: str) -> tuple[float | None, float | None]:
    """Azimuth of the box's middle (0 ≤ … < 360) and its opening, degrees; None where nobody said where the camera looks.

    Linear over the angle of view, as the reference has it: true of equidistant lenses. A rectilinear one of 60° is at most 1.1° off.
    """
    view = None if lookout is None else lookout.view(view_id)
    if lookout is None or view is None:
        return None, None
    x0, _, x1, _ = box
    azimuth = view.azimuth_deg + lookout.angle_of_view_deg * ((x0 + x1) / 2 - 0.5)
    return round(azimuth % 360.0, _DECIMALS) % 360.0, round(lookout.angle_of_view_deg * (x1 - x0), _DECIMALS)


def unmasked(boxes: tuple[SmokeBox, ...], view: LookoutView | None) -> tuple[SmokeBox, ...]:
    """Without those of which the view's masks cover half or more."""
    if view is None or not view.masks:
        return boxes
    return tuple(each for each in boxes if _masked_share(each.box, view) < MASKED_SHARE)


def _masked_share(box: Box, view: LookoutView) -> float:
    x0, y0, x1, y1 = box
    steps = [(index + 0.5) / _STEPS for index in range(_STEPS)]
    points = [(x0 + (x1 - x0) * across, y0 + (y1 - y0) * down) for across in steps for down in steps]
    return sum(any(inside(point, mask) for mask in view.masks) for point in points) / len(points)
