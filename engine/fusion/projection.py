"""From a box in a picture to a spot on the floor, with how sure that is.

With four or more floor points clicked, a plane homography by normalised direct linear transform (Hartley & Zisserman, Multiple View
Geometry, 2nd ed., algorithm 4.2); otherwise a pinhole camera at its pose, level with the horizon. Pixel errors become metres through the
Jacobian, so somebody far away is known less well along the line of sight than across it.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.fusion.standpoint import standpoint
from engine.model.geometry import Box, Point
from engine.model.site import CameraPose, FloorPoint
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]

STATURE_M, STATURE_SPREAD_M = 1.7, 0.14
_BOX_ERROR = 0.03  # of a box's height: how far its edges are off, and feet beside its middle
_LEAST_PIXELS = 1.5
_POSE_RAD, _POSE_M = math.radians(1.2), 0.06  # how far a pose is off that was set by hand: its direction, and its place
_CLICK_PIXELS, _CLICK_M = 3.0, 0.05  # and points that were clicked: in the picture, and on the plan
TOES_M, _STRIDE_M = 0.1, 0.15  # a box ends at the nearer foot: so much before the body, give or take the stride
_SHORTEST_M = 1.35  # who is shorter sits, or shows no feet
_SLENDER = 0.33  # a body's width beside its height
_EDGE = 0.01  # of the picture's height: a box that reaches the edge is cut there
_FARTHEST_M = 60.0
_AGREE_M = 0.5  # how far, on average, a pose may put clicked points from where they are
_WELL_IN = 0.04  # of the picture: nearer to its edge somebody may be overlooked
_LEAST_SEEN = 50.0  # pixels: who is smaller may be overlooked
_STEP = 0.5  # pixels, for the Jacobian


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """On the floor: `xy` (2,) metres, `covariance` (2, 2) m²."""

    xy: Array
    covariance: Array


class FloorView:
    """How one camera sees the floor, for pictures of one size in pixels."""

    def __init__(self, pose: CameraPose, size: tuple[int, int]) -> None:
        """Raises ValueError: floor points that lie on a line, or a camera that looks straight up or down."""
        self._size = size
        self._homographies = shaken_homographies(pose.floor_points, size) if pose.floor_points else None
        stands = pose if self._homographies is None else _believed(pose, size, self._homographies[0])
        self._at = np.array(stands.position[:2], np.float64)
        self._rays = Rays(stands, size)
        self._back: Array | None = np.linalg.inv(self._homographies[0]) if self._homographies is not None else None
        self._off_pixels = _POSE_RAD * self._rays.focal
        self._off_m = _CLICK_M if pose.floor_points else _POSE_M

    @property
    def camera_xy(self) -> Point:
        """Where the camera hangs, seen from above, metres: told from its clicked points where it has some."""
        x, y = self._at.tolist()
        return x, y

    def spot(self, box: Box, off: Point = (0.0, 0.0), doubt: float = 1.0) -> Spot | None:
        """Where who fills this box stands; None for the sky, and for what is too far, or shows too little, to tell.

        `off`: by how many pixels this camera is known to show everything too far right and too far down. `doubt`: how much of the usual
        doubt in a pose or in clicked points is left.
        """
        height = box[3] - box[1]
        middle, beside = self._middle(box)
        errors = (beside, max(_BOX_ERROR * height, _LEAST_PIXELS))
        if self._cut(box):
            cut_too = box[1] <= self._size[1] * _EDGE
            return None if cut_too else self._from_head((middle - off[0], box[1] - off[1]), errors, doubt)
        feet = self._from_feet((middle - off[0], box[3] - off[1]), errors, doubt)
        if feet is None or self._homographies is not None or self._stature(feet.xy, box[1] - off[1]) >= _SHORTEST_M:
            return feet
        head = self._from_head((middle - off[0], box[1] - off[1]), errors, doubt)
        return feet if head is None else _either(feet, head)

    def _stature(self, xy: Array, top: float) -> float:
        """How tall somebody who stands there would be, up to this row of the picture; metres."""
        foot, head = (self._rays.pixel((float(xy[0]), float(xy[1]), height)) for height in (0.0, STATURE_M))
        if foot is None or head is None or foot[1] - head[1] < 1e-6:
            return STATURE_M
        return STATURE_M * (foot[1] - top) / (foot[1] - head[1])

    def pixel(self, xy: Point) -> Point | None:
        """Where a point of the floor is in the picture, or beside it; None behind the camera."""
        if self._back is None:
            return self._rays.pixel((xy[0], xy[1], 0.0))
        pixel = _mapped(self._back, xy)
        return None if pixel is None else (float(pixel[0]), float(pixel[1]))

    def shows(self, xy: Array) -> bool:
        """Whether somebody of usual stature who stands there would be well in the picture. Walls and furniture are not thought of."""
        if self._back is not None:
            pixel = _mapped(self._back, (float(xy[0]), float(xy[1])))
            return pixel is not None and self._is_well_inside((float(pixel[0]), float(pixel[1])))
        foot, head = self._rays.pixel((xy[0], xy[1], 0.0)), self._rays.pixel((xy[0], xy[1], STATURE_M))
        return (
            foot is not None
            and head is not None
            and self._is_well_inside(foot)
            and self._is_well_inside(head)
            and foot[1] - head[1] >= _LEAST_SEEN
        )

    def _is_well_inside(self, pixel: Point) -> bool:
        return all(_WELL_IN * size <= at <= (1 - _WELL_IN) * size for at, size in zip(pixel, self._size, strict=True))

    def jacobian(self, box: Box, spot: Spot, off: Point) -> Array | None:
        """(2, 2) metres that the spot of this box moves per pixel; None near the horizon."""
        right, below = self.spot(box, (off[0] - _STEP, off[1])), self.spot(box, (off[0], off[1] - _STEP))
        return None if right is None or below is None else np.column_stack([right.xy - spot.xy, below.xy - spot.xy]) / _STEP

    @property
    def off_pixels(self) -> float:
        """How far everything may be shown beside."""
        return _CLICK_PIXELS if self._homographies is not None else self._off_pixels

    def noise(self, box: Box) -> Array:
        """(2, 2) pixels² by which a box is off by itself, with stride and all."""
        errors = np.array([self._middle(box)[1], max(_BOX_ERROR, _STRIDE_M / STATURE_M) * (box[3] - box[1])])
        return np.diag(errors**2)

    def _cut(self, box: Box) -> bool:
        """Whether the feet are below the picture."""
        return box[3] >= self._size[1] * (1 - _EDGE)

    def _middle(self, box: Box) -> tuple[float, float]:
        """Of the body, and how far that may be off: who is cut at the side is as wide as people usually are."""
        height = box[3] - box[1]
        error = max(_BOX_ERROR * height, _LEAST_PIXELS)
        half = max(_SLENDER * height, box[2] - box[0]) / 2
        margin = self._size[0] * _EDGE
        if box[0] <= margin < self._size[0] - margin > box[2]:
            return box[2] - half, error + half / 2
        if box[2] >= self._size[0] - margin and box[0] > margin:
            return box[0] + half, error + half / 2
        return (box[0] + box[2]) / 2, error

    def _on_floor(self, pixel: Point) -> Array | None:
        if self._homographies is not None:
            return _mapped(self._homographies[0], pixel)
        return self._rays.at_height(pixel, 0.0)

    def _from_feet(self, pixel: Point, errors: Point, doubt: float) -> Spot | None:
        shift = 0.0 if self._homographies is not None else self._off_pixels
        spot = self._spot(pixel, np.hypot(errors, doubt * shift), self._on_floor)
        sight = None if spot is None else self._sight(pixel, spot.xy)
        if spot is None or sight is None:
            return None
        spread = _STRIDE_M**2 * np.outer(sight, sight) + doubt**2 * self._clicks(pixel, spot.xy)
        return Spot(spot.xy + TOES_M * sight, spot.covariance + spread)

    def _sight(self, pixel: Point, xy: Array) -> Array | None:
        """(2,) of unit length, away from the camera. Clicked points say it without the pose: upwards in the picture, near enough."""
        if self._homographies is None:
            away: Array | None = xy - self._at
        else:
            above = self._on_floor((pixel[0], pixel[1] - _STEP))
            away = None if above is None else above - xy
        return None if away is None else away / max(float(np.hypot(*away)), 1e-9)

    def _from_head(self, pixel: Point, errors: Point, doubt: float) -> Spot | None:
        """The feet are cut off: take somebody of usual stature, and a wide guess at how far that is wrong."""
        spot = self._spot(pixel, np.hypot(errors, doubt * self._off_pixels), lambda at: self._rays.at_height(at, STATURE_M))
        taller = self._rays.at_height(pixel, STATURE_M + STATURE_SPREAD_M)
        if spot is None or taller is None:
            return None
        wrong = taller - spot.xy
        return Spot(spot.xy, spot.covariance + np.outer(wrong, wrong))

    def _spot(self, pixel: Point, errors: Array, project: Callable[[Point], Array | None]) -> Spot | None:
        at = project(pixel)
        right, below = project((pixel[0] + _STEP, pixel[1])), project((pixel[0], pixel[1] + _STEP))
        if at is None or right is None or below is None or float(np.hypot(*(at - self._at))) > _FARTHEST_M:
            return None
        jacobian = np.column_stack([right - at, below - at]) / _STEP
        return Spot(at, jacobian @ np.diag(errors**2) @ jacobian.T + np.eye(2) * self._off_m**2)

    def _clicks(self, pixel: Point, at: Array) -> Array:
        """(2, 2) what an unsure hand at every clicked point adds up to here."""
        if self._homographies is None:
            return np.zeros((2, 2))
        mapped = self._homographies[1:] @ np.array([pixel[0], pixel[1], 1.0])
        off = np.clip(mapped[:, :2] / np.where(np.abs(mapped[:, 2:]) < 1e-9, 1e-9, mapped[:, 2:]) - at, -_FARTHEST_M, _FARTHEST_M)
        return off.T @ off


class Rays:
    """A pinhole camera at its pose: pixels square, principal point in the middle, horizon level."""

    def __init__(self, pose: CameraPose, size: tuple[int, int]) -> None:
        """Raises ValueError: it looks straight up or down, so the picture's upper edge could be anywhere."""
        self.origin = np.array(pose.position, np.float64)
        ahead = np.array(pose.aim, np.float64) - self.origin
        across = np.cross(ahead, (0.0, 0.0, 1.0))
        if float(np.hypot(across[0], across[1])) < 1e-6:
            raise ValueError(f"camera {pose.camera_id}: it looks straight up or down")
        self._ahead = ahead / np.linalg.norm(ahead)
        self._right = across / np.linalg.norm(across)
        self._down = np.cross(self._ahead, self._right)
        self.focal = size[0] / 2 / math.tan(math.radians(min(pose.fov_deg, 170.0)) / 2)
        self._middle = (size[0] / 2, size[1] / 2)

    def at_height(self, pixel: Point, height_m: float) -> Array | None:
        """(2,) where the ray through a pixel meets the level plane at that height; None when it never does."""
        across, down = (pixel[0] - self._middle[0]) / self.focal, (pixel[1] - self._middle[1]) / self.focal
        ray = self._ahead + across * self._right + down * self._down
        along = (height_m - self.origin[2]) / ray[2] if abs(ray[2]) > 1e-9 else -1.0
        return None if along <= 0 else (self.origin + along * ray)[:2]

    def pixel(self, spot: tuple[float, float, float]) -> Point | None:
        """Where a point of the room is in the picture; None behind the camera."""
        off = np.array(spot, np.float64) - self.origin
        depth = float(off @ self._ahead)
        if depth <= 1e-6:
            return None
        x = self._middle[0] + self.focal * float(off @ self._right) / depth
        return x, self._middle[1] + self.focal * float(off @ self._down) / depth


def _either(one: Spot, other: Spot) -> Spot:
    """A box too short for who stands there: their feet are hidden and they are farther away, or they sit. Anywhere in between."""
    half = (other.xy - one.xy) / 2
    return Spot(one.xy + half, (one.covariance + other.covariance) / 2 + np.outer(half, half))


def _believed(pose: CameraPose, size: tuple[int, int], to_floor: Array) -> CameraPose:
    """The pose, where it shows the clicked points about where they were clicked; otherwise the one that they tell."""
    return pose if _agrees(pose, size) else standpoint(pose.camera_id, pose.floor_points, size, to_floor) or pose


def _agrees(pose: CameraPose, size: tuple[int, int]) -> bool:
    try:
        rays = Rays(pose, size)
    except ValueError:
        return False
    spots = [rays.at_height((point.image[0] * size[0], point.image[1] * size[1]), 0.0) for point in pose.floor_points]
    apart = [math.inf if spot is None else math.dist(spot, point.floor) for spot, point in zip(spots, pose.floor_points, strict=True)]
    return sum(apart) <= _AGREE_M * len(apart)


def homography(points: tuple[FloorPoint, ...], size: tuple[int, int]) -> Array:
    """(3, 3) from pixels to metres, least squares over all points.

    Raises:
        ValueError: fewer than four, or three and more of four on one line.
    """
    pixels = np.array([point.image for point in points], np.float64) * np.array(size)
    floor = np.array([point.floor for point in points], np.float64)
    if len(points) < 4:
        raise ValueError("floor_points: four or more are needed")
    (from_even, even), (to_even, level) = _evened(pixels), _evened(floor)
    rows = [row for (x, y), (u, v) in zip(even, level, strict=True) for row in _equations(x, y, u, v)]
    _, values, vectors = np.linalg.svd(np.array(rows))
    if values[7] < 1e-6 * values[0]:
        raise ValueError("floor_points: they lie on a line; choose points that span an area")
    even_map = vectors[-1].reshape(3, 3)
    full = np.linalg.inv(to_even) @ even_map @ from_even
    scale = float(full[2] @ np.array([*pixels.mean(axis=0), 1.0]))
    return full / scale  # so that the third coordinate is above 0 on the clicked side of the horizon


def shaken_homographies(points: tuple[FloorPoint, ...], size: tuple[int, int]) -> Array:
    """(1 + 2·N, 3, 3): the homography, then as it is with one coordinate of one point clicked a little beside.

    Their differences, squared and added up, are its covariance to first order (Hartley & Zisserman, section 5.2).
    Raises ValueError as `homography`.
    """
    found = [homography(points, size)]
    for index, point in enumerate(points):
        for step in ((_CLICK_PIXELS / size[0], 0.0), (0.0, _CLICK_PIXELS / size[1])):
            u, v = (at - by if at + by > 1 else at + by for at, by in zip(point.image, step, strict=True))
            found.append(homography((*points[:index], replace(point, image=(u, v)), *points[index + 1 :]), size))
    return np.array(found)


def _equations(x: float, y: float, u: float, v: float) -> tuple[list[float], list[float]]:
    return [-x, -y, -1, 0, 0, 0, u * x, u * y, u], [0, 0, 0, -x, -y, -1, v * x, v * y, v]


def _evened(points: Array) -> tuple[Array, Array]:
    """A similarity (3, 3) that centres the points at a mean distance of √2, and the points after it."""
    middle = points.mean(axis=0)
    scale = math.sqrt(2) / max(float(np.hypot(*(points - middle).T).mean()), 1e-9)
    matrix = np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1.0]])
    return matrix, (points - middle) * scale


def _mapped(matrix: Array, pixel: Point) -> Array | None:
    x, y, w = matrix @ np.array([pixel[0], pixel[1], 1.0])
    return None if w < 1e-9 else np.array([x / w, y / w])
