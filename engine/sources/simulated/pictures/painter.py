"""Draws one walker into a small patch: lit, depth-sorted, anti-aliased. Deterministic; about 2 ms for a figure of 150 pixels."""

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.figure import Surface
from engine.sources.simulated.pictures.lens import Lens

Array = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

_OVERSAMPLE = 2
_SHIFT = 4  # sub-pixel bits of the polygon filler
_NEAREST_M = 0.7
_EXPOSURE = 0.74  # people are darker than the light walls that set the camera's exposure


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """How surfaces are lit: colours BGR as factors of 1, `key_from` a unit vector towards the main light."""

    above: Array
    below: Array
    key: Array
    key_from: Array


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A drawn walker: `pixels` (h, w, 3) uint8 BGR premultiplied by `cover` (h, w) uint8, at (left, top) of the picture.

    box_xyxy: of the whole figure, unclipped, pixels.
    """

    left: int
    top: int
    pixels: Bytes
    cover: Bytes
    box_xyxy: tuple[float, float, float, float]


def draw(surface: Surface, lens: Lens, light: Light) -> Sprite | None:
    """The figure as this camera sees it with nothing in front; None when it is outside the picture or too near."""
    pixels, depths = lens.project(surface.points_m)
    if depths.min() < _NEAREST_M:
        return None
    box = (*pixels.min(axis=0), *pixels.max(axis=0))
    window = _window(box, lens)
    if window is None:
        return None
    left, top, right, bottom = window
    order = _visible_far_to_near(surface, lens, depths)
    points = ((pixels - (left, top)) * _OVERSAMPLE - 0.5)[surface.patches[order]]
    canvas = np.zeros(((bottom - top) * _OVERSAMPLE, (right - left) * _OVERSAMPLE, 4), np.uint8)
    _fill(canvas, points, _shade(surface, order, light))
    small = cv2.resize(canvas, (right - left, bottom - top), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return Sprite(left, top, small[..., :3], small[..., 3], (float(box[0]), float(box[1]), float(box[2]), float(box[3])))


def _window(box: tuple[float, ...], lens: Lens) -> tuple[int, int, int, int] | None:
    """The part of the picture that holds the box and a margin; None where they do not meet."""
    left, top = max(int(box[0]) - 3, 0), max(int(box[1]) - 3, 0)
    right, bottom = min(int(box[2]) + 4, lens.width), min(int(box[3]) + 4, lens.height)
    return (left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None


def _visible_far_to_near(surface: Surface, lens: Lens, depths: Array) -> npt.NDArray[np.intp]:
    near_corner, far_corner = surface.patches[:, 0], surface.patches[:, 2]
    facing = np.flatnonzero(np.einsum("ij,ij->i", lens.at - surface.points_m[near_corner], surface.normals) > 0)
    middle = (depths[near_corner[facing]] + depths[far_corner[facing]]) / 2 - surface.over[facing]
    return facing[np.argsort(-middle, kind="stable")]


def _shade(surface: Surface, order: npt.NDArray[np.intp], light: Light) -> Array:
    """Hemisphere light plus a wrapped Lambert key, BGR 0–255, (N, 3)."""
    normals = surface.normals[order]
    up = normals[:, 2:] * 0.5 + 0.5
    key = np.maximum(normals @ light.key_from + 0.15, 0)[:, None] / 1.15
    height = surface.points_m[surface.patches[order, 0], 2:]
    grounded = 0.72 + 0.28 * np.clip(height / 0.9, 0, 1)  # less light arrives near the floor
    lit = (light.below + (light.above - light.below) * up) * grounded + light.key * key
    return np.clip(surface.colours[order] * lit * _EXPOSURE, 0, 255)


def _fill(canvas: Bytes, points: Array, colours: Array) -> None:
    fixed = np.round(points * (1 << _SHIFT)).astype(np.int32)
    for polygon, (b, g, r) in zip(fixed, colours.tolist(), strict=True):
        cv2.fillConvexPoly(canvas, polygon, (b, g, r, 255.0), cv2.LINE_8, _SHIFT)
