"""From metres to pixels: the orbiting camera of the 3D view and the map of the plan, behind one protocol. No Qt."""

import math
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.model.site import Position
from engine.model.value_class import dataclass
from widgets.space.scene import Bounds
from widgets.space.shapes import Points

_NEAR_SHARE = 0.01  # of the distance: what is nearer to the eye is cut off
_LOWEST, _HIGHEST = 4.0, 90.0
_NEAREST_M, _FARTHEST_M = 1.5, 400.0
_COMPASS_PX = 64  # beside a plan, so that the compass stands on nothing


class Projection(Protocol):
    """Where things are on screen."""

    def points(self, places: Points) -> tuple[Points, npt.NDArray[np.bool_]]:
        """Metres (N, 3) as pixels (N, 2), and which of them lie before the eye (N,)."""
        ...

    def segments(self, ends: Points) -> Points:
        """Line segments (2·N, 3) as pixels (M, 4) x0, y0, x1, y1; what lies behind the eye is cut off."""
        ...

    def pixels_per_metre(self, place: Position) -> float: ...


@dataclass(frozen=True, slots=True)
class Orbit:
    """A camera that circles `center`. Degrees: azimuth is where it stands, anticlockwise from X; at elevation 90 it looks down."""

    center: Position = (0.0, 0.0, 0.0)
    distance_m: float = 10.0
    azimuth: float = -60.0
    elevation: float = 44.0
    fov: float = 45.0

    def turned(self, azimuth: float, elevation: float) -> "Orbit":
        up = min(max(self.elevation + elevation, _LOWEST), _HIGHEST)
        return replace(self, azimuth=(self.azimuth + azimuth + 180) % 360 - 180, elevation=up)

    def zoomed(self, factor: float) -> "Orbit":
        """Nearer for factors above 1."""
        return replace(self, distance_m=min(max(self.distance_m / factor, _NEAREST_M), _FARTHEST_M))

    def panned(self, right_m: float, ahead_m: float) -> "Orbit":
        """The centre moved along the floor, as seen from where the camera stands."""
        turn = math.radians(self.azimuth)
        x, y, z = self.center
        dx, dy = -math.sin(turn) * right_m - math.cos(turn) * ahead_m, math.cos(turn) * right_m - math.sin(turn) * ahead_m
        return replace(self, center=(x + dx, y + dy, z))

    def looking_at(self, center: Position) -> "Orbit":
        return replace(self, center=center)

    def from_above(self) -> "Orbit":
        """North up."""
        return replace(self, azimuth=-90.0, elevation=90.0)

    def fitted(self, bounds: Bounds, width_px: int, height_px: int) -> "Orbit":
        """As near as possible with the whole box on screen."""
        aimed = replace(self, center=(bounds.center[0], bounds.center[1], bounds.z0 + 0.25 * (bounds.z1 - bounds.z0)))
        corners = np.array([(x, y, z) for x in (bounds.x0, bounds.x1) for y in (bounds.y0, bounds.y1) for z in (bounds.z0, bounds.z1)])
        nearest, farthest = _NEAREST_M, _FARTHEST_M
        for _ in range(24):
            middle = (nearest + farthest) / 2
            if OrbitProjection(replace(aimed, distance_m=middle), width_px, height_px).holds(corners, 0.93):
                farthest = middle
            else:
                nearest = middle
        return replace(aimed, distance_m=farthest)


class OrbitProjection:
    """The same matrices for OpenGL and for what is painted over its picture."""

    def __init__(self, orbit: Orbit, width_px: int, height_px: int) -> None:
        self.orbit = orbit
        self._size = np.array([max(1, width_px), max(1, height_px)], np.float64)
        self.near_m = orbit.distance_m * _NEAR_SHARE
        self._view = _view_matrix(orbit)
        focal = 1 / math.tan(math.radians(orbit.fov) / 2)
        aspect = self._size[0] / self._size[1]
        self._focal = np.array([focal, focal * aspect])

    def _eye(self, places: Points) -> Points:
        return places @ self._view[:3, :3].T + self._view[:3, 3]

    def _screen(self, eye: Points) -> Points:
        shares = eye[:, :2] * self._focal / -np.minimum(eye[:, 2:], -1e-6)
        return (shares * (0.5, -0.5) + 0.5) * self._size

    def points(self, places: Points) -> tuple[Points, npt.NDArray[np.bool_]]:
        eye = self._eye(np.asarray(places, np.float64).reshape(-1, 3))
        return self._screen(eye), eye[:, 2] < -self.near_m

    def segments(self, ends: Points) -> Points:
        eye = self._eye(np.asarray(ends, np.float64).reshape(-1, 3)).reshape(-1, 2, 3)
        eye = eye[(eye[:, :, 2] < -self.near_m).any(axis=1)]
        first, second = eye[:, 0].copy(), eye[:, 1].copy()
        for here, there in ((first, second), (second, first)):
            behind = here[:, 2] > -self.near_m
            share = (-self.near_m - there[behind, 2]) / (here[behind, 2] - there[behind, 2])
            here[behind] = there[behind] + (here[behind] - there[behind]) * share[:, None]
        return np.hstack([self._screen(first), self._screen(second)])

    def holds(self, places: Points, share: float) -> bool:
        """Whether all places are on screen, within `share` of it around the middle."""
        pixels, before = self.points(places)
        return bool(before.all()) and bool((np.abs(pixels / self._size - 0.5) <= share / 2).all())

    def pixels_per_metre(self, place: Position) -> float:
        depth = -float(self._eye(np.array([place], np.float64))[0, 2])
        return float(self._focal[0] * self._size[0] / 2 / max(depth, self.near_m))

    def distance_to(self, places: Points) -> npt.NDArray[np.float64]:
        return -self._eye(np.asarray(places, np.float64).reshape(-1, 3))[:, 2]

    def floor_point(self, x_px: float, y_px: float, z: float = 0.0) -> tuple[float, float] | None:
        """Where the ray through a pixel meets the plane at height `z`; None when it does not."""
        share = (np.array([x_px, y_px]) / self._size - 0.5) * (2, -2)
        ray = np.array([share[0] / self._focal[0], share[1] / self._focal[1], -1.0]) @ self._view[:3, :3]
        eye = -self._view[:3, :3].T @ self._view[:3, 3]
        if abs(ray[2]) < 1e-9 or (z - eye[2]) / ray[2] <= 0:
            return None
        hit = eye + ray * (z - eye[2]) / ray[2]
        return float(hit[0]), float(hit[1])


def _view_matrix(orbit: Orbit) -> Points:
    """World to eye (4, 4); the eye looks along −Z."""
    azimuth, elevation = math.radians(orbit.azimuth), math.radians(orbit.elevation)
    back = np.array([math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth), math.sin(elevation)])
    right = np.array([-math.sin(azimuth), math.cos(azimuth), 0.0])
    turn = np.stack([right, np.cross(back, right), back])
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = -turn @ (np.array(orbit.center) + back * orbit.distance_m)
    return matrix


@dataclass(frozen=True, slots=True)
class PlanProjection:
    """North up: `scale` pixels per metre, the pixel of the floor's origin at (`left`, `top`)."""

    scale: float = 50.0
    left: float = 0.0
    top: float = 0.0

    def points(self, places: Points) -> tuple[Points, npt.NDArray[np.bool_]]:
        flat = np.asarray(places, np.float64).reshape(-1, 3)[:, :2] * (self.scale, -self.scale) + (self.left, self.top)
        return flat, np.ones(len(flat), np.bool_)

    def segments(self, ends: Points) -> Points:
        return self.points(ends)[0].reshape(-1, 4)

    def pixels_per_metre(self, place: Position) -> float:
        return self.scale

    def floor_point(self, x_px: float, y_px: float) -> tuple[float, float]:
        return (x_px - self.left) / self.scale, (self.top - y_px) / self.scale

    def panned(self, dx_px: float, dy_px: float) -> "PlanProjection":
        return replace(self, left=self.left + dx_px, top=self.top + dy_px)

    def zoomed(self, factor: float, x_px: float, y_px: float) -> "PlanProjection":
        """What is under the pixel stays there."""
        scale = min(max(self.scale * factor, 2.0), 2000.0)
        real = scale / self.scale
        return PlanProjection(scale, x_px + (self.left - x_px) * real, y_px + (self.top - y_px) * real)

    @staticmethod
    def fitted(bounds: Bounds, width_px: int, height_px: int, foot_px: int = 44, margin_px: int = 44) -> "PlanProjection":
        """The whole floor, with room for names around it."""
        room = max(1, width_px - 2 * max(margin_px, _COMPASS_PX)), max(1, height_px - margin_px - foot_px)
        scale = min(room[0] / max(bounds.width, 0.1), room[1] / max(bounds.depth, 0.1))
        x, y, _ = bounds.center
        return PlanProjection(scale, width_px / 2 - x * scale, margin_px + room[1] / 2 + y * scale)
