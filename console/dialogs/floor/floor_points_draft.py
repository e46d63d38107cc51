"""Floor points while they are being clicked: pairs of which one half may still be missing, with undo. Pure."""

from collections.abc import Callable
from dataclasses import replace

from engine.model.geometry import Point
from engine.model.site import FloorPoint
from engine.model.value_class import dataclass

MOST = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """`image` in shares of the picture, `floor` in metres; None while that half has not been clicked."""

    image: Point | None = None
    floor: Point | None = None


Pairs = tuple[Pair, ...]


def pairs_of(points: tuple[FloorPoint, ...]) -> Pairs:
    return tuple(Pair(point.image, point.floor) for point in points)


def points_of(pairs: Pairs) -> tuple[FloorPoint, ...]:
    """The whole ones. Raises InputError."""
    return tuple(FloorPoint(pair.image, pair.floor) for pair in pairs if pair.image is not None and pair.floor is not None)


class Draft:
    """Every change can be taken back; those with the same key, one after the other, as one (a drag, a few steps with the arrows)."""

    def __init__(self, pairs: Pairs = ()) -> None:
        self._pairs = pairs
        self._past: list[Pairs] = []
        self._future: list[Pairs] = []
        self._key = ""

    @property
    def pairs(self) -> Pairs:
        return self._pairs

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def place_image(self, image: Point) -> int:
        """Of the first point that has none yet, otherwise of a new one. Returns its index, −1 when there are as many as may be."""
        return self._place_point(lambda pair: pair.image is None, lambda pair: replace(pair, image=image))

    def place_floor(self, floor: Point) -> int:
        return self._place_point(lambda pair: pair.floor is None, lambda pair: replace(pair, floor=floor))

    def move_image(self, index: int, image: Point, key: str = "") -> None:
        self._replace_pair(index, replace(self._pairs[index], image=image), key and f"image {index} {key}")

    def move_floor(self, index: int, floor: Point, key: str = "") -> None:
        self._replace_pair(index, replace(self._pairs[index], floor=floor), key and f"floor {index} {key}")

    def remove(self, index: int) -> None:
        self._set_pairs(self._pairs[:index] + self._pairs[index + 1 :])

    def clear(self) -> None:
        self._set_pairs(())

    def settle(self) -> None:
        """What comes next is taken back by itself."""
        self._key = ""

    def undo(self) -> None:
        if self._past:
            self._future.append(self._pairs)
            self._pairs = self._past.pop()
            self.settle()

    def redo(self) -> None:
        if self._future:
            self._past.append(self._pairs)
            self._pairs = self._future.pop()
            self.settle()

    def _place_point(self, lacks: Callable[[Pair], bool], with_it: Callable[[Pair], Pair]) -> int:
        index = next((number for number, pair in enumerate(self._pairs) if lacks(pair)), len(self._pairs))
        if index == MOST:
            return -1
        old = self._pairs[index] if index < len(self._pairs) else Pair()
        self._set_pairs((*self._pairs[:index], with_it(old), *self._pairs[index + 1 :]))
        return index

    def _replace_pair(self, index: int, pair: Pair, key: str) -> None:
        self._set_pairs((*self._pairs[:index], pair, *self._pairs[index + 1 :]), key)

    def _set_pairs(self, pairs: Pairs, key: str = "") -> None:
        if pairs == self._pairs:
            return
        if not key or key != self._key:
            self._past.append(self._pairs)
        self._future.clear()
        self._pairs, self._key = pairs, key
