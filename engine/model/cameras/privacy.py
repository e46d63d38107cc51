"""Where a camera's privacy areas lie on pictures of other shapes than the one that they were drawn on.

Areas are shares of a picture. A camera may send its sub-stream in another shape than its main stream, squeezed or cut off at two sides,
and does not say which; and somebody may turn it. What is burned is then what any of these would cover: rather too much than too little.
"""

from collections.abc import Iterable

from engine.model.geometry import Polygon
from engine.model.value_class import dataclass

Size = tuple[int, int]

WHOLE: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
USUAL: tuple[Size, ...] = ((16, 9), (4, 3))
"""Shapes that the other stream may have, until it is known."""
_ALIKE = 0.03  # two shapes differ by less: 1366×768 is 16:9, and encoders round to sixteens


@dataclass(frozen=True, slots=True)
class Cover:
    """What is to be burned into recorded pictures that hold it still. `drawn_on`: as for `areas_on`."""

    areas: tuple[Polygon, ...] = ()
    drawn_on: tuple[Size, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.areas)

    def on(self, width: int, height: int) -> tuple[Polygon, ...]:
        return areas_on(self.areas, (width, height), self.drawn_on)


NOTHING = Cover()


def areas_on(areas: tuple[Polygon, ...], size: Size, drawn_on: Iterable[Size] = ()) -> tuple[Polygon, ...]:
    """The areas to burn into a picture of a size, in shares of it.

    Args:
        drawn_on: sizes of the pictures that they may have been drawn on, unless it is one of this shape. Where one of these is upright and
            this picture is not, or the other way round, the camera was turned, and nobody knows what lies where: all of it is burned.
    """
    others = [other for other in drawn_on if all(other) and not _alike(size, other)]
    if not areas or not others:
        return areas
    if any(_upright(other) != _upright(size) for other in others):
        return (WHOLE,)
    found = dict.fromkeys(areas)
    for other in others:
        ratio = _aspect(other) / _aspect(size)
        found.update(dict.fromkeys(_stretched(area, ratio, 1.0) for area in areas))
        found.update(dict.fromkeys(_stretched(area, 1.0, 1.0 / ratio) for area in areas))
    return tuple(found)


def same_way(sizes: Iterable[Size], size: Size) -> tuple[Size, ...]:
    """Shapes as they are of a camera that sends pictures of this size: upright where that is."""
    return tuple((min(each), max(each)) if _upright(size) else (max(each), min(each)) for each in sizes)


def _aspect(size: Size) -> float:
    return size[0] / max(size[1], 1)


def _alike(one: Size, other: Size) -> bool:
    return abs(_aspect(one) / _aspect(other) - 1) < _ALIKE


def _upright(size: Size) -> bool:
    return size[1] > size[0]


def _stretched(area: Polygon, across: float, down: float) -> Polygon:
    """Around the middle; may reach over the edges."""
    return tuple(((x - 0.5) * across + 0.5, (y - 0.5) * down + 0.5) for x, y in area)
