"""Rectangular parts of a picture."""

import numpy as np

from engine.model.geometry import Floats

_Box = tuple[float, float, float, float]


def merged(boxes_xyxy: Floats, margin: float, width: int, height: int) -> Floats:
    """Boxes grown by `margin` pixels and cut at the picture, those that touch joined into one until none touch: (N, 4) → (M ≤ N, 4).

    In the order of the first box of each. A picture has a handful, of which lists are quicker than arrays.
    """
    limits = np.array([width, height, width, height], np.float32)
    boxes = np.clip(boxes_xyxy + np.array([-margin, -margin, margin, margin], np.float32), 0, limits)
    apart: list[tuple[int, _Box]] = []  # number of the first box, and what it has become
    for number, (left, top, right, bottom) in enumerate(boxes.tolist()):
        first, joined = number, (left, top, right, bottom)
        while touching := [each for each in apart if _touch(each[1], joined)]:
            apart = [each for each in apart if each not in touching]
            first = min(first, *(number for number, _ in touching))
            joined = _hull([joined, *(box for _, box in touching)])
        apart.append((first, joined))
    return np.array([box for _, box in sorted(apart)], np.float32).reshape(-1, 4)


def _touch(one: _Box, other: _Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _hull(boxes: list[_Box]) -> _Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
