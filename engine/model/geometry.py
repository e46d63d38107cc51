"""Boxes and polygons in pixels, and the size of the Earth. Boxes are `xyxy`, origin top left; polygons may be given as shares of the
picture (0–1).
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Box: TypeAlias = tuple[float, float, float, float]
Point: TypeAlias = tuple[float, float]
Polygon: TypeAlias = tuple[Point, ...]
Floats: TypeAlias = npt.NDArray[np.float32]

EARTH_M = 6_371_008.8  # mean radius (IUGG), where the Earth may be taken for a sphere


def area(boxes_xyxy: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Areas of boxes (N, 4) as (N,); inverted boxes have none."""
    return np.maximum(boxes_xyxy[:, 2] - boxes_xyxy[:, 0], 0) * np.maximum(boxes_xyxy[:, 3] - boxes_xyxy[:, 1], 0)


def iou_matrix(first_xyxy: npt.NDArray[np.floating], second_xyxy: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Intersection over union of every pair: boxes (N, 4) and (M, 4) give (N, M) in 0–1."""
    top_left = np.maximum(first_xyxy[:, None, :2], second_xyxy[None, :, :2])
    bottom_right = np.minimum(first_xyxy[:, None, 2:], second_xyxy[None, :, 2:])
    size = np.maximum(bottom_right - top_left, 0)
    shared = size[..., 0] * size[..., 1]
    union = area(first_xyxy)[:, None] + area(second_xyxy)[None, :] - shared
    return shared / np.maximum(union, 1e-9)


def foot_point(box: Box) -> Point:
    """Where the object stands: the middle of the lower edge."""
    return (box[0] + box[2]) / 2, box[3]


def inside(point: Point, polygon: Polygon) -> bool:
    """Even-odd rule; point and polygon in the same units. A polygon of fewer than three points holds nothing."""
    x, y = point
    hit = False
    previous = polygon[-1] if polygon else (0.0, 0.0)
    for current in polygon:
        (x1, y1), (x2, y2) = previous, current
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            hit = not hit
        previous = current
    return hit and len(polygon) >= 3
