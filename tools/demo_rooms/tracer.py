"""Rays against solids: nearest hits and shadows, vectorised over rays, with a bounding box per group of solids.

Slab test after Kay and Kajiya (1986). Offline use: painting backdrops and their depth.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.demo_rooms.scene import Solid

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int32]

FAR = np.float32(1e6)
GROUND, SKY = -1, -2
_EPSILON = np.float32(1e-4)


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Per ray: distance in units of its direction, solid index (or GROUND, SKY), outward normal (N, 3)."""

    distance: Floats
    solid: Ints
    normal: Floats


class Tracer:
    """Immutable after construction. The ground is the plane z = 0."""

    def __init__(self, groups: list[list[Solid]]) -> None:
        self.solids = [solid for group in groups for solid in group]
        self._groups: list[tuple[Floats, Floats, range]] = []
        first = 0
        for group in groups:
            low = np.min([solid.low for solid in group], axis=0).astype(np.float32)
            high = np.max([solid.high for solid in group], axis=0).astype(np.float32)
            self._groups.append((low - _EPSILON, high + _EPSILON, range(first, first + len(group))))
            first += len(group)

    def nearest(self, origin: Floats, direction: Floats) -> Hits:
        """The first surface along each ray (N, 3)."""
        inverse = _inverse(direction)
        with np.errstate(divide="ignore", invalid="ignore"):
            ground = np.where(direction[:, 2] < -1e-7, -origin[:, 2] / direction[:, 2], FAR)
        distance = np.where(ground > _EPSILON, ground, FAR).astype(np.float32)
        solid = np.where(distance < FAR, GROUND, SKY).astype(np.int32)
        for low, high, members in self._groups:
            near, far = _slabs(origin, inverse, low, high)
            rays = np.flatnonzero((near <= far) & (far > _EPSILON) & (near < distance))
            if len(rays):
                self._members(origin[rays], direction[rays], inverse[rays], members, rays, distance, solid)
        return Hits(distance, solid, self._normals(origin + direction * distance[:, None], solid))

    def _members(
        self, origin: Floats, direction: Floats, inverse: Floats, members: range, rays: npt.NDArray[np.intp], distance: Floats, solid: Ints
    ) -> None:
        best, which = distance[rays], solid[rays]
        for index in members:
            hit = _enter(self.solids[index], origin, direction, inverse)
            closer = hit < best
            best[closer], which[closer] = hit[closer], index
        distance[rays], solid[rays] = best, which

    def blocked(self, origin: Floats, direction: Floats, reach: Floats, ignored: frozenset[int]) -> npt.NDArray[np.bool_]:
        """Whether anything but the ignored solids lies within `reach` of each ray."""
        inverse = _inverse(direction)
        stop = np.broadcast_to(reach, (len(origin),))
        dark = np.zeros(len(origin), bool)
        for low, high, members in self._groups:
            near, far = _slabs(origin, inverse, low, high)
            rays = np.flatnonzero(~dark & (near <= far) & (far > _EPSILON) & (near < stop))
            for index in members:
                if not len(rays):
                    break
                if index in ignored:
                    continue
                hit = _enter(self.solids[index], origin[rays], direction[rays], inverse[rays]) < stop[rays]
                dark[rays[hit]] = True
                rays = rays[~hit]
        return dark

    def _normals(self, at: Floats, solid: Ints) -> Floats:
        normal = np.zeros_like(at)
        normal[solid == GROUND] = (0, 0, 1)
        for index in [int(i) for i in np.unique(solid[solid >= 0])]:
            rows = solid == index
            normal[rows] = _normal(self.solids[index], at[rows])
        return normal


def _inverse(direction: Floats) -> Floats:
    safe = np.where(np.abs(direction) < 1e-9, np.float32(1e-9), direction)
    return (1 / safe).astype(np.float32)


def _slabs(origin: Floats, inverse: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    first, second = (low - origin) * inverse, (high - origin) * inverse
    near, far = np.minimum(first, second), np.maximum(first, second)
    return np.maximum(np.maximum(near[:, 0], near[:, 1]), near[:, 2]), np.minimum(np.minimum(far[:, 0], far[:, 1]), far[:, 2])


def _enter(solid: Solid, origin: Floats, direction: Floats, inverse: Floats) -> Floats:
    """Distance at which rays enter the solid, FAR where they do not."""
    low, high = np.array(solid.low, np.float32), np.array(solid.high, np.float32)
    near, far = _slabs(origin, inverse, low, high)
    if solid.shape != "box":
        axes = 3 if solid.shape == "ball" else 2
        middle, half = (low + high) / 2, (high - low) / 2
        o, d = ((origin - middle) / half)[:, :axes], (direction / half)[:, :axes]
        a, b, c = np.sum(d * d, axis=1), np.sum(o * d, axis=1), np.sum(o * o, axis=1) - 1
        root = b * b - a * c
        with np.errstate(invalid="ignore"):
            sqrt = np.sqrt(root)
            near, far = np.maximum(near, (-b - sqrt) / a), np.minimum(far, (-b + sqrt) / a)
        near = np.where(root > 0, near, FAR)
    return np.where((near <= far) & (near > _EPSILON), near, FAR).astype(np.float32)


def _normal(solid: Solid, at: Floats) -> Floats:
    low, high = np.array(solid.low, np.float32), np.array(solid.high, np.float32)
    middle, half = (low + high) / 2, (high - low) / 2
    local = (at - middle) / half
    if solid.shape == "ball":
        normal = local / half
    else:
        normal = _box_normal(local * np.float32(1), half)
        if solid.shape == "drum":
            side = np.abs(local[:, 2]) < 0.999
            normal[side] = np.concatenate([local[side, :2], np.zeros((int(side.sum()), 1), np.float32)], axis=1)
    return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)


def _box_normal(local: Floats, half: Floats) -> Floats:
    off = np.abs(np.abs(local) - 1) * half
    axis = off.argmin(axis=1)
    normal = np.zeros_like(local)
    rows = np.arange(len(local))
    normal[rows, axis] = np.sign(local[rows, axis])
    return normal
