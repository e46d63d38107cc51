"""How well floor points go together: the homography through them, how far each is off, and what is wrong where they cannot be. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import combinations

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from engine.fusion.projection import homography
from engine.model.geometry import Point
from engine.model.site import FloorPoint
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]
Area = tuple[float, float, float, float]  # x0, y0, x1, y1 in metres

LEAST = 4
FAR_OFF_M = 0.5
_FAR_BETTER = 0.5
_FLAT = 0.03  # a row of points that is so thin, beside its length, is a line
_STEP_M = 0.1  # of the lines drawn into the picture, which are straight, but end somewhere
_MOST_LINES = 40  # each way
_AROUND_M = 3.0
_BEYOND = 0.5  # of the picture: lines are drawn so far past its edge
_MOST_SWAPS = 12  # points among which a swapped pair is looked for


class Wrong(StrEnum):
    """Why points cannot be those of one camera above the floor."""

    LINE = "line"  # all of them, or all but one, on a line: `numbers`
    MIRRORED = "mirrored"
    ORDER = "order"  # no camera sees them like that


@dataclass(frozen=True, slots=True)
class Fit:
    """`errors_m`: how far from where it was clicked each point's picture falls on the plan. `numbers`: from 1, what `wrong` is about.

    `worst`: the number of the point that is further off than half a metre, and by how much; 0 for none.
    """

    points: tuple[FloorPoint, ...]
    size: tuple[int, int]
    to_floor: Array | None = None
    errors_m: tuple[float, ...] = ()
    wrong: Wrong | None = None
    numbers: tuple[int, ...] = ()
    worst: int = 0
    worst_m: float = 0.0

    @property
    def mean_m(self) -> float:
        return sum(self.errors_m) / len(self.errors_m) if self.errors_m else 0.0

    @property
    def proves(self) -> bool:
        """Whether the errors say anything: through four points there is always a homography."""
        return len(self.points) > LEAST and self.to_floor is not None


def fit(points: tuple[FloorPoint, ...], size: tuple[int, int]) -> Fit:
    """Of four points or more, in a picture of that size in pixels."""
    plain = Fit(points, size)
    for places in (_pixels(points, size), _spots(points)):
        on_line = _on_line(places)
        if on_line:
            return replace(plain, wrong=Wrong.LINE, numbers=on_line)
    try:
        to_floor = homography(points, size)
    except ValueError:
        return replace(plain, wrong=Wrong.LINE)
    wrong = _wrong(to_floor, points, size)
    if wrong is not None:
        return replace(plain, wrong=wrong, numbers=_swapped(points, size))
    errors = _errors(to_floor, points, size)
    worst, by = _worst(points, size, errors)
    return replace(plain, to_floor=to_floor, errors_m=errors, worst=worst, worst_m=by)


def numbered(found: Fit, labels: Sequence[int]) -> Fit:
    """With the numbers that the points have on screen instead of 1, 2, …"""
    worst = labels[found.worst - 1] if found.worst else 0
    return replace(found, numbers=tuple(labels[number - 1] for number in found.numbers), worst=worst)


def _pixels(points: tuple[FloorPoint, ...], size: tuple[int, int]) -> Array:
    return np.array([point.image for point in points], np.float64) * np.array(size)


def _spots(points: tuple[FloorPoint, ...]) -> Array:
    return np.array([point.floor for point in points], np.float64)


# On a line


def _on_line(places: Array) -> tuple[int, ...]:
    """Numbers of those that lie on one line, when that is all of them or all but one; empty otherwise."""
    count = len(places)
    if _flatness(places) < _FLAT:
        return tuple(range(1, count + 1))
    kept = [[other for other in range(count) if other != left_out] for left_out in range(count)]
    thin = [numbers for numbers in kept if _flatness(places[numbers]) < _FLAT]
    return tuple(number + 1 for number in thin[0]) if thin else ()


def _flatness(places: Array) -> float:
    """Width by length of a cloud of points; 0 where all are one."""
    length, width = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)[:2].tolist()
    return width / length if length > 1e-9 else 0.0


# Seen from above, and before the camera


def _wrong(to_floor: Array, points: tuple[FloorPoint, ...], size: tuple[int, int]) -> Wrong | None:
    pixels = _pixels(points, size)
    depths = pixels @ to_floor[2, :2] + to_floor[2, 2]
    if not (depths > 0).all():
        return Wrong.ORDER
    return Wrong.MIRRORED if np.linalg.det(to_floor) > 0 else None  # to the right in the picture, and down; east on the plan, and up


def _swapped(points: tuple[FloorPoint, ...], size: tuple[int, int]) -> tuple[int, ...]:
    """The two numbers whose spots on the plan were clicked the wrong way round, where only one pair can be meant."""
    if len(points) > _MOST_SWAPS:
        return ()
    good = [pair for pair in combinations(range(len(points)), 2) if _goes(_with_swap(points, *pair), size)]
    return (good[0][0] + 1, good[0][1] + 1) if len(good) == 1 else ()


def _with_swap(points: tuple[FloorPoint, ...], one: int, other: int) -> tuple[FloorPoint, ...]:
    changed = list(points)
    changed[one] = replace(points[one], floor=points[other].floor)
    changed[other] = replace(points[other], floor=points[one].floor)
    return tuple(changed)


def _goes(points: tuple[FloorPoint, ...], size: tuple[int, int]) -> bool:
    try:
        to_floor = homography(points, size)
    except ValueError:
        return False
    return _wrong(to_floor, points, size) is None and max(_errors(to_floor, points, size)) < FAR_OFF_M


# How far off


def _errors(to_floor: Array, points: tuple[FloorPoint, ...], size: tuple[int, int]) -> tuple[float, ...]:
    mapped = np.column_stack([_pixels(points, size), np.ones(len(points))]) @ to_floor.T
    off = mapped[:, :2] / np.where(np.abs(mapped[:, 2:]) < 1e-9, 1e-9, mapped[:, 2:]) - _spots(points)
    return tuple(np.hypot(off[:, 0], off[:, 1]).tolist())


def _worst(points: tuple[FloorPoint, ...], size: tuple[int, int], errors: tuple[float, ...]) -> tuple[int, float]:
    """Number and distance of the one that is far off; (0, 0) for none.

    A wrong point drags the others along: with six or more it is the one without which the rest go together far better.
    """
    largest = int(np.argmax(errors))
    if len(points) > LEAST + 1:
        rest, index = min((_without(points, size, number), number) for number in range(len(points)))
        if rest < _FAR_BETTER * float(np.mean(errors)):
            others = homography((*points[:index], *points[index + 1 :]), size)
            (off,) = _errors(others, (points[index],), size)
            return (index + 1, off) if off > FAR_OFF_M else (0, 0.0)
    return (largest + 1, errors[largest]) if errors[largest] > FAR_OFF_M else (0, 0.0)


def _without(points: tuple[FloorPoint, ...], size: tuple[int, int], index: int) -> float:
    """Mean error of the others; infinite where they lie on a line."""
    others = (*points[:index], *points[index + 1 :])
    try:
        return float(np.mean(_errors(homography(others, size), others, size)))
    except ValueError:
        return math.inf


# The floor in the picture


def grid_area(floor: Area, points: tuple[FloorPoint, ...]) -> Area:
    """The floor, and some metres around points that lie beside it; not more than can be drawn a metre apart."""
    east, north = ([point.floor[axis] for point in points] for axis in (0, 1))
    x0, y0 = min((floor[0], *(x - _AROUND_M for x in east))), min((floor[1], *(y - _AROUND_M for y in north)))
    x1, y1 = max((floor[2], *(x + _AROUND_M for x in east))), max((floor[3], *(y + _AROUND_M for y in north)))
    if max(x1 - x0, y1 - y0) <= _MOST_LINES or not points:
        return x0, y0, min(x1, x0 + _MOST_LINES), min(y1, y0 + _MOST_LINES)
    half, x, y = _MOST_LINES / 2, sum(east) / len(east), sum(north) / len(north)
    return x - half, y - half, x + half, y + half


def floor_grid(x0: float, y0: float, x1: float, y1: float) -> list[tuple[Point, Point]]:
    """Lines along and across, a metre apart."""
    across = range(math.ceil(x0), math.floor(x1) + 1)
    along = range(math.ceil(y0), math.floor(y1) + 1)
    up = [((float(x), y0), (float(x), y1)) for x in across]
    return [*up, *(((x0, float(y)), (x1, float(y))) for y in along)]


def in_picture(found: Fit, lines: Iterable[tuple[Point, Point]]) -> list[list[Point]]:
    """Straight lines of the floor, in metres, as lines in shares of the picture; what is behind the camera or far beside is left out."""
    if found.to_floor is None:
        return []
    back = np.diag([1 / found.size[0], 1 / found.size[1], 1.0]) @ np.linalg.inv(found.to_floor)
    return [run for a, b in lines for run in _runs(back, a, b)]


def _runs(back: NDArray[np.floating], a: Point, b: Point) -> list[list[Point]]:
    steps = max(2, round(math.dist(a, b) / _STEP_M) + 1)
    spots = np.column_stack([np.linspace(a[0], b[0], steps), np.linspace(a[1], b[1], steps), np.ones(steps)]) @ back.T
    before = spots[:, 2] > 1e-9
    shares = spots[:, :2] / np.where(before, spots[:, 2], 1.0)[:, None]
    near = before & (np.abs(shares - 0.5) <= 0.5 + _BEYOND).all(axis=1)
    pieces = np.split(np.arange(steps), np.flatnonzero(np.diff(near)) + 1)
    return [[(u, v) for u, v in shares[piece[[0, -1]]].tolist()] for piece in pieces if near[piece[0]] and len(piece) > 1]
