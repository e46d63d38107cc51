"""What lies under the pointer while shapes are worked on."""

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QPointF

from engine.model.geometry import Point, inside
from engine.model.value_class import dataclass
from widgets.drawing.shape_draft import Shape, ShapesDraft
from widgets.drawing.shape_geometry import away, segments, size_of

REACH_PX = 11.0
_EDGE_PX = 7.0
ToPixel = Callable[[Point], QPointF]


class What(Enum):
    NOTHING = 0
    POINT = 1
    MIDDLE = 2  # of an edge of the chosen shape
    SHAPE = 3


@dataclass(frozen=True, slots=True)
class Grip:
    """`key`: of the shape; `index`: of its point, or of the point before the middle."""

    what: What = What.NOTHING
    key: str = ""
    index: int = -1


def grip_at(draft: ShapesDraft, at: QPointF, to: ToPixel) -> Grip:
    """Points of the chosen shape before all, then middles of its edges, then itself, then the smallest of the others."""
    shape = draft.selected_shape
    if shape is not None:
        point = _nearest([to(each) for each in shape.points], at, REACH_PX)
        if point >= 0:
            return Grip(What.POINT, shape.key, point)
        middle = _nearest([(to(a) + to(b)) / 2 for a, b in segments(shape.points, closed=True)] if shape.closed else [], at, _EDGE_PX)
        if middle >= 0:
            return Grip(What.MIDDLE, shape.key, middle)
        if covers(shape, at, to):
            return Grip(What.SHAPE, shape.key)
    under = [each for each in draft.shapes if covers(each, at, to)]
    return Grip(What.SHAPE, min(under, key=lambda each: size_of(each.points)).key) if under else Grip()


def covers(shape: Shape, at: QPointF, to: ToPixel) -> bool:
    """Whether a pixel lies in an area, or near enough to a line."""
    spot = (at.x(), at.y())
    pixels = tuple((place.x(), place.y()) for place in map(to, shape.points))
    near = any(away(spot, a, b) <= _EDGE_PX for a, b in segments(pixels, shape.closed))
    return near or (shape.closed and inside(spot, pixels))


def _nearest(places: list[QPointF], at: QPointF, reach: float) -> int:
    apart = [QPointF.dotProduct(place - at, place - at) ** 0.5 for place in places]
    best = min(range(len(apart)), key=apart.__getitem__, default=-1)
    return best if best >= 0 and apart[best] <= reach else -1
