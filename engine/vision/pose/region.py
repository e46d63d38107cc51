"""The turned square that a body is looked at in."""

from math import atan2, cos, pi, sin

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.pose import LEFT_ANKLE, LEFT_HIP, LEFT_SHOULDER, NOSE, RIGHT_ANKLE, RIGHT_HIP, RIGHT_SHOULDER
from engine.model.geometry import Floats
from engine.model.value_class import dataclass

_ROOM = 1.25  # around the circle that holds the body, as the landmark network was trained
# The circle of a standing body reaches this far around the hips, as shares of three of its lengths: the medians of what the landmark
# network itself says (its landmark 34) on recorded walks and falls. The longest of the three holds when limbs are folded or hidden.
_OF_TORSO, _OF_HEAD, _OF_LEGS = 1.74, 1.25, 1.28
_SEEN = 0.5


@dataclass(frozen=True, slots=True)
class Region:
    """A square of `side` pixels around (x, y) of the full frame; `turn` in radians, clockwise on screen, brings the body upright."""

    x: float
    y: float
    side: float
    turn: float

    def cut(self, picture_bgr: Bytes2D, side: int) -> Floats:
        """The square as (1, side, side, 3) float32 RGB in 0–1; black where it leaves the picture."""
        flat = cv2.warpAffine(picture_bgr, self._to_square(side), (side, side), flags=cv2.INTER_LINEAR)
        rgb = np.asarray(flat)[None, :, :, ::-1]
        return np.multiply(rgb, 1 / 255, dtype=np.float32)

    def to_frame(self, points: Floats, side: int) -> Floats:
        """Points (…, 2 or 3) in pixels of a cut of `side`, as pixels of the full frame; a third coordinate is only scaled."""
        scale = self.side / side
        x, y = (points[..., 0] - side / 2) * scale, (points[..., 1] - side / 2) * scale
        c, s = cos(self.turn), sin(self.turn)
        turned = np.stack([self.x + c * x - s * y, self.y + s * x + c * y], axis=-1)
        return np.concatenate([turned, points[..., 2:] * scale], axis=-1).astype(np.float32)

    def _to_square(self, side: int) -> npt.NDArray[np.float64]:
        """The affine map (2, 3) from the full frame into the cut."""
        scale = side / self.side
        c, s = cos(self.turn) * scale, sin(self.turn) * scale
        return np.array([[c, s, side / 2 - c * self.x - s * self.y], [-s, c, side / 2 + s * self.x - c * self.y]])


def around_box(box_xyxy: Floats) -> Region:
    """An upright square around a track's box, with room for what its edges cut off."""
    x1, y1, x2, y2 = box_xyxy.tolist()
    return Region((x1 + x2) / 2, (y1 + y2) / 2, max(x2 - x1, y2 - y1, 1.0) * _ROOM, 0.0)


def around_circle(centre: Floats, rim: Floats) -> Region:
    """The square of a circle around the hips (2); `rim` (2) is where the head's side of the body meets the circle."""
    x, y = (rim - centre).tolist()
    return Region(float(centre[0]), float(centre[1]), max(2 * float(np.hypot(x, y)) * _ROOM, 1.0), _upright(x, y))


def around_body(landmarks: Floats, visibility: Floats) -> Region:
    """The square to look in next, from the landmarks (33, 3) that were found before."""
    points = landmarks[:, :2]
    hips = points[[LEFT_HIP, RIGHT_HIP]].mean(axis=0)
    torso = points[[LEFT_SHOULDER, RIGHT_SHOULDER]].mean(axis=0) - hips
    reach = [_OF_TORSO * _length(torso), _OF_HEAD * _length(points[NOSE] - hips)]
    reach += [_OF_LEGS * _length(points[ankle] - hips) for ankle in (LEFT_ANKLE, RIGHT_ANKLE) if visibility[ankle] > _SEEN]
    return Region(float(hips[0]), float(hips[1]), max(2 * max(reach) * _ROOM, 1.0), _upright(*torso.tolist()))


def _upright(x: float, y: float) -> float:
    """The angle from straight up (0, −1) to (x, y), in −π to π."""
    return (atan2(y, x) + pi / 2 + pi) % (2 * pi) - pi


def _length(vector: Floats) -> float:
    return float(np.hypot(*vector[:2].tolist()))
