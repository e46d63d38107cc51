"""Shapes in metres as arrays of points: ellipses, Fresnel ellipsoids, pillars, walls, view cones. Pure numpy."""

import math
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.radio.blob import Covariance, FresnelZone
from engine.model.radio.place import TWO_OF_THREE
from engine.model.site import CameraPose, Position
from widgets.space.scene import FloorEllipse

Points: TypeAlias = npt.NDArray[np.float64]
_SMALLEST_M = 0.05


def floor_ellipse(position: Position, covariance: Covariance) -> FloorEllipse:
    """The ellipse that holds 68 % of the position's distribution on the floor (Rayleigh quantile of the horizontal block)."""
    flat = np.array(covariance, np.float64)[:2, :2]
    if not np.isfinite(flat).all():
        flat = np.eye(2)
    values, vectors = np.linalg.eigh((flat + flat.T) / 2)
    short, long = (max(_SMALLEST_M, TWO_OF_THREE * math.sqrt(max(0.0, float(value)))) for value in values)
    return FloorEllipse(position[0], position[1], long, short, math.atan2(vectors[1, 1], vectors[0, 1]))


@cache
def _circle(corners: int) -> Points:
    angles = np.linspace(0, 2 * math.pi, corners + 1)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def ellipse_outline(ellipse: FloorEllipse, z: float = 0.0, corners: int = 40) -> Points:
    """Closed outline (corners + 1, 3)."""
    unit = _circle(corners) * (ellipse.long_m, ellipse.short_m)
    cos, sin = math.cos(ellipse.turn), math.sin(ellipse.turn)
    x = ellipse.x + unit[:, 0] * cos - unit[:, 1] * sin
    y = ellipse.y + unit[:, 0] * sin + unit[:, 1] * cos
    return np.stack([x, y, np.full(len(x), z)], axis=1)


def _axes(along: Points) -> Points:
    """Orthonormal rows: two across `along`, then `along` itself (3, 3)."""
    length = float(np.linalg.norm(along))
    forward = along / length if length > 1e-9 else np.array([1.0, 0.0, 0.0])
    helper = np.array([0.0, 0.0, 1.0]) if abs(forward[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    side = np.cross(forward, helper)
    side /= np.linalg.norm(side)
    return np.stack([side, np.cross(side, forward), forward])


def _zone_frame(zone: FresnelZone) -> Points:
    """The ellipsoid's semi-axes as rows (3, 3): across, across, along."""
    return _axes(np.subtract(zone.rx, zone.tx)) * np.array(zone.semi_axes)[:, None]


def ellipsoid_wires(zone: FresnelZone, rings: int = 7, ribs: int = 4, corners: int = 32) -> Points:
    """A Fresnel ellipsoid as separate line segments (2·N, 3): rings across the link and ribs along it."""
    circle = _circle(corners)
    heights = np.cos(np.linspace(0, math.pi, rings + 2)[1:-1])
    lines = [np.column_stack([circle * math.sqrt(1 - h * h), np.full(len(circle), h)]) for h in heights]
    for turn in np.arange(ribs) * math.pi / ribs:
        lines.append(np.column_stack([circle[:, 0] * math.cos(turn), circle[:, 0] * math.sin(turn), circle[:, 1]]))
    segments = np.concatenate([np.stack([line[:-1], line[1:]], axis=1).reshape(-1, 3) for line in lines])
    return segments @ _zone_frame(zone) + zone.center


def ellipsoid_shadow(zone: FresnelZone) -> FloorEllipse:
    """The ellipsoid's outline seen from above: the plan of x·S⁻¹·x = 1 is the ellipse of S's horizontal block."""
    frame = _zone_frame(zone)
    values, vectors = np.linalg.eigh((frame.T @ frame)[:2, :2])
    short, long = (math.sqrt(max(1e-6, float(value))) for value in values)
    return FloorEllipse(zone.center[0], zone.center[1], long, short, math.atan2(vectors[1, 1], vectors[0, 1]))


def cylinder(foot: Position, radius_m: float, height_m: float, corners: int = 20) -> Points:
    """Mantle and lid as triangles (T, 3, 3)."""
    rim = _circle(corners) * radius_m + foot[:2]
    low = np.column_stack([rim, np.full(len(rim), foot[2])])
    high = low + np.array([0.0, 0.0, height_m])
    top = np.broadcast_to((foot[0], foot[1], foot[2] + height_m), low[:-1].shape)
    return np.concatenate(
        [
            np.stack([low[:-1], low[1:], high[1:]], axis=1),
            np.stack([low[:-1], high[1:], high[:-1]], axis=1),
            np.stack([high[:-1], high[1:], top], axis=1),
        ]
    )


def rectangle(x0: float, y0: float, x1: float, y1: float, z: float) -> Points:
    """A lying rectangle as two triangles (2, 3, 3)."""
    a, b, c, d = (x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)
    return np.array([[a, b, c], [a, c, d]], np.float64)


def upright(a: tuple[float, float], b: tuple[float, float], z0: float, z1: float) -> Points:
    """A standing rectangle over the line from `a` to `b` as two triangles (2, 3, 3)."""
    low_a, low_b, high_b, high_a = (*a, z0), (*b, z0), (*b, z1), (*a, z1)
    return np.array([[low_a, low_b, high_b], [low_a, high_b, high_a]], np.float64)


def box_edges(x0: float, y0: float, z0: float, x1: float, y1: float, z1: float) -> Points:
    """The twelve edges as line segments (24, 3)."""
    corners = np.array([(x, y, z) for z in (z0, z1) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], np.float64)
    pairs = [(i, (i + 1) % 4) for i in range(4)] + [(i + 4, (i + 1) % 4 + 4) for i in range(4)] + [(i, i + 4) for i in range(4)]
    return corners[np.array(pairs).reshape(-1)]


def view_cone(pose: CameraPose, reach_m: float = 4.0, aspect: float = 16 / 9) -> Points:
    """What a camera sees as a pyramid of line segments (16, 3): four edges from the lens, and the far rectangle."""
    side, up, forward = _axes(np.subtract(pose.aim, pose.position))
    half_w = reach_m * math.tan(math.radians(min(pose.fov_deg, 170) / 2))
    half_h = half_w / aspect
    lens = np.array(pose.position, np.float64)
    far = [lens + forward * reach_m + side * sx * half_w + up * sy * half_h for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    edges = [point for corner in far for point in (lens, corner)]
    rim = [point for i in range(4) for point in (far[i], far[(i + 1) % 4])]
    return np.array(edges + rim)


def grid_lines(x0: float, y0: float, x1: float, y1: float, z: float, step: float) -> Points:
    """Lines at whole multiples of `step` inside the rectangle, as segments (2·N, 3)."""
    xs = np.arange(math.ceil(x0 / step), math.floor(x1 / step) + 1) * step
    ys = np.arange(math.ceil(y0 / step), math.floor(y1 / step) + 1) * step
    lines = [point for x in xs for point in ((x, y0, z), (x, y1, z))] + [point for y in ys for point in ((x0, y, z), (x1, y, z))]
    return np.array(lines, np.float64).reshape(-1, 3)
