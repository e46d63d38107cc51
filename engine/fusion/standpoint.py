"""Where a camera hangs and looks, told from its clicked floor points alone.

The homography of a plane is the camera's matrix without its third column. With square pixels and the principal point in the middle, that
the two columns of rotation are as long as each other and at right angles gives the focal length (Zhang, A Flexible New Technique for
Camera Calibration, IEEE TPAMI 22(11), 2000, section 3.1), and with it the whole pose.
"""

import math

import numpy as np
import numpy.typing as npt

from engine.model.site import CameraPose, FloorPoint, Position

Array = npt.NDArray[np.float64]

_LEAST_FOV_DEG, _MOST_FOV_DEG = 15.0, 130.0
_USUAL_FOV_DEG = 70.0
_HIGHEST_M, _FARTHEST_M = 30.0, 200.0


def standpoint(camera_id: str, points: tuple[FloorPoint, ...], size: tuple[int, int], to_floor: Array) -> CameraPose | None:
    """A plausible pose with these points; None where no camera above the floor sees them like that.

    `size`: of the picture in pixels. `to_floor`: (3, 3) the homography through the points, from pixels to metres. A view straight down,
    or one that is hardly tilted, does not tell the focal length: a usual one is taken.
    """
    to_pixels = np.linalg.inv(to_floor) @ _from_middle(points)
    centred = np.array([[1.0, 0, -size[0] / 2], [0, 1.0, -size[1] / 2], [0, 0, 1.0]]) @ to_pixels
    focal = _focal(centred, size[0])
    turned = np.diag([1 / focal, 1 / focal, 1.0]) @ centred
    scale = (float(np.linalg.norm(turned[:, 0])) + float(np.linalg.norm(turned[:, 1]))) / 2
    rotation, shift = _rotation(turned[:, :2] / scale), turned[:, 2] / scale
    middle = _middle(points)
    at = -rotation.T @ shift + (*middle, 0.0)
    if not 0 < at[2] <= _HIGHEST_M or math.dist(at[:2], middle) > _FARTHEST_M:
        return None
    fov = math.degrees(2 * math.atan(size[0] / 2 / focal))
    return CameraPose(camera_id, _rounded(at), _aim(at, rotation[2]), round(fov, 1), points)


def _middle(points: tuple[FloorPoint, ...]) -> tuple[float, float]:
    x, y = np.mean([point.floor for point in points], axis=0).tolist()
    return x, y


def _from_middle(points: tuple[FloorPoint, ...]) -> Array:
    """So that far from the origin nothing is lost to rounding."""
    x, y = _middle(points)
    return np.array([[1.0, 0, x], [0, 1.0, y], [0, 0, 1.0]])


def _focal(plane: Array, width: int) -> float:
    """In pixels, from both conditions by least squares, each weighed by how much it tells."""
    (a, b, c), (d, e, f) = plane[:, 0], plane[:, 1]
    # with s = 1/focal²: (a·d + b·e)·s + c·f = 0, and (a² + b² − d² − e²)·s + c² − f² = 0
    told, rest = np.array([a * d + b * e, a * a + b * b - d * d - e * e]), np.array([c * f, c * c - f * f])
    weight = float(told @ told)
    squared = -float(told @ rest) / weight if weight > 0 else 0.0
    if squared <= 0:
        return _focal_of(_USUAL_FOV_DEG, width)
    focal = 1 / math.sqrt(squared)
    if not _focal_of(_MOST_FOV_DEG, width) <= focal <= _focal_of(_LEAST_FOV_DEG, width):
        return _focal_of(_USUAL_FOV_DEG, width)
    return focal


def _focal_of(fov_deg: float, width: int) -> float:
    return width / 2 / math.tan(math.radians(fov_deg / 2))


def _rotation(columns: Array) -> Array:
    """The nearest rotation to two columns that are not quite at right angles."""
    left, _, right = np.linalg.svd(np.column_stack([columns, np.cross(columns[:, 0], columns[:, 1])]))
    return left @ np.diag([1.0, 1.0, float(np.sign(np.linalg.det(left @ right)))]) @ right


def _aim(at: Array, ahead: Array) -> Position:
    """Where the middle of the picture meets the floor, 4 m ahead where it does not; never quite straight down."""
    along = min(at[2] / -ahead[2], 50.0) if ahead[2] < -0.05 else 4.0
    aim = at + along * ahead
    if math.dist(aim[:2], at[:2]) < 0.01:
        aim[1] += 0.01
    return _rounded(aim)


def _rounded(place: Array) -> Position:
    x, y, z = (round(value, 3) for value in place.tolist())
    return x, y, z
