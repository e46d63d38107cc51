"""Shapes while they are drawn: what there is, what is chosen, the one under way, and what was done, to be undone. No widgets."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache

from engine.model.cameras.picture_zone import LEAST_AREA, MOST_POINTS, LineDirection
from engine.model.geometry import Point, Polygon
from engine.model.value_class import dataclass
from widgets.drawing.shape_geometry import crossing, inner_point, size_of, translate_points
from widgets.translation import tr

_LEAST_LINE = 0.01  # as PictureLine
_UNDONE_MOST = 200


class ShapeKind(StrEnum):
    ZONE = "zone"
    LINE = "line"
    PRIVACY = "privacy"
    MASK = "mask"


@dataclass(frozen=True, slots=True)
class Shape:
    """`key`: its own, for as long as it is worked on, and the id of a zone or line. What is told: see PictureZone and PictureLine."""

    key: str
    kind: ShapeKind
    points: Polygon
    name: str = ""
    classes: tuple[str, ...] = ("person",)
    loiter_s: float = 0.0
    most: int = 0
    direction: LineDirection = LineDirection.BOTH
    occupied: bool = False

    @property
    def closed(self) -> bool:
        return self.kind is not ShapeKind.LINE

    @property
    def least(self) -> int:
        """Points that it needs."""
        return 3 if self.closed else 2


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done: a sentence, and where in the picture it stands."""

    text: str
    at: Point


@dataclass(frozen=True, slots=True)
class _State:
    shapes: tuple[Shape, ...] = ()
    under_way: Shape | None = None
    chosen: str = ""


class ShapesDraft:
    """What is refused leaves all as it was. Moves and edits of one thing that follow each other are undone together.

    Attributes:
        point: of the chosen shape, −1: none.
    """

    def __init__(self, shapes: tuple[Shape, ...], new_key: Callable[[ShapeKind], str], new_name: Callable[["ShapesDraft", ShapeKind], str]):
        """`new_key` and `new_name` give those of a shape that is begun."""
        self._state = _State(shapes)
        self._new_key, self._new_name = new_key, new_name
        self._before: list[_State] = []
        self._after: list[_State] = []
        self._begun: _State | None = None
        self._same: tuple[object, ...] = ()
        self.point = -1

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return self._state.shapes

    @property
    def under_way(self) -> Shape | None:
        return self._state.under_way

    @property
    def can_undo(self) -> bool:
        return bool(self._before) or self.under_way is not None

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def shape(self, key: str) -> Shape | None:
        return next((shape for shape in self.shapes if shape.key == key), None)

    @property
    def selected_shape(self) -> Shape | None:
        return self.shape(self._state.chosen)

    # choosing

    def choose_shape(self, key: str) -> None:
        """One that is under way is dropped."""
        if key:
            self.cancel_shape()
        if key != self._state.chosen:
            self._state = replace(self._state, chosen=key)
            self.point = -1
        self.end_edit()

    def choose_point(self, point: int) -> None:
        shape = self.selected_shape
        self.point = point if shape is not None and 0 <= point < len(shape.points) else -1
        self.end_edit()

    def end_edit(self) -> None:
        """What comes next is undone on its own."""
        self._same = ()

    # a shape under way

    def begin_shape(self, kind: ShapeKind) -> None:
        """One that is under way is dropped."""
        self.cancel_shape()
        self._begun, self._after = self._state, []
        fresh = Shape(self._new_key(kind), kind, (), self._new_name(self, kind))
        self._state = replace(self._state, under_way=fresh, chosen="")
        self.point = -1
        self.end_edit()

    def add_point(self, at: Point) -> Refusal | None:
        """To the shape under way; a line is whole with its second."""
        shape = self.under_way
        if shape is None or at in shape.points[-1:]:
            return None
        points = (*shape.points, at)
        if len(points) > MOST_POINTS:
            return Refusal(_too_many(), at)
        where = crossing(points, closed=False)
        if where is not None:
            return Refusal(tr("Its edges would cross here. Put the corner elsewhere."), where)
        if shape.kind is ShapeKind.LINE and len(points) == 2:
            return self._whole(replace(shape, points=points))
        self._change_state(replace(self._state, under_way=replace(shape, points=points)))
        return None

    def close(self) -> Refusal | None:
        """The shape under way becomes one of `shapes`, and is chosen."""
        shape = self.under_way
        if shape is None:
            return None
        if len(shape.points) < shape.least:
            return Refusal(_too_few(shape), shape.points[-1] if shape.points else (0.5, 0.5))
        return self._whole(shape)

    def _whole(self, shape: Shape) -> Refusal | None:
        trouble = refusal(shape)
        if trouble is not None:
            return trouble
        begun = self._begun or self._state
        self._before = [state for state in self._before if state.under_way is None]
        self._state = begun
        self._change_state(_State((*begun.shapes, shape), None, shape.key))
        self._begun = None
        self.point = -1
        return None

    def cancel_shape(self) -> None:
        """Drop the shape under way."""
        if self.under_way is not None:
            self._before = [state for state in self._before if state.under_way is None]
            self._after = []
            self._state = self._begun or replace(self._state, under_way=None)
            self._begun = None
            self.end_edit()

    # changing the chosen one

    def move_point(self, point: int, at: Point) -> Refusal | None:
        shape = self.selected_shape
        if shape is None or not 0 <= point < len(shape.points):
            return None
        self.point = point
        return self._reshape(shape, (*shape.points[:point], at, *shape.points[point + 1 :]), ("point", shape.key, point))

    def move(self, du: float, dv: float) -> Refusal | None:
        """All of it; shares."""
        shape = self.selected_shape
        return None if shape is None else self._reshape(shape, translate_points(shape.points, du, dv), ("shape", shape.key))

    def insert_point(self, after: int, at: Point) -> Refusal | None:
        """Moving it afterwards is undone with it."""
        shape = self.selected_shape
        if shape is None or not shape.closed:
            return None if shape is None else Refusal(tr("A line has two ends and no corners."), inner_point(shape.points))
        if len(shape.points) >= MOST_POINTS:
            return Refusal(_too_many(), at)
        self.end_edit()
        trouble = self._reshape(shape, (*shape.points[: after + 1], at, *shape.points[after + 1 :]), ("point", shape.key, after + 1))
        if trouble is None:
            self.point = after + 1
        return trouble

    def remove_point(self, point: int) -> Refusal | None:
        shape = self.selected_shape
        if shape is None or not 0 <= point < len(shape.points):
            return None
        if len(shape.points) == shape.least:
            return Refusal(_too_few(shape), shape.points[point])
        self.end_edit()
        trouble = self._reshape(shape, (*shape.points[:point], *shape.points[point + 1 :]), ())
        if trouble is None:
            self.point = min(point, len(shape.points) - 2)
        return trouble

    def _reshape(self, shape: Shape, points: Polygon, same: tuple[object, ...]) -> Refusal | None:
        if points == shape.points:
            return None
        changed = replace(shape, points=points)
        trouble = refusal(changed) if refusal(shape) is None else None  # one that is wrong already may be put right step by step
        if trouble is None:
            self._replace(changed, same)
        return trouble

    def edit_shape(self, changed: Shape, what: str) -> None:
        """Other words or wishes for the shape with its key; `what` was edited."""
        if self.shape(changed.key) not in (None, changed):
            self._replace(changed, ("edit", changed.key, what))

    def turn_round(self) -> None:
        """A line the other way: what was its left is its right."""
        shape = self.selected_shape
        if shape is not None and shape.kind is ShapeKind.LINE:
            self.end_edit()
            self._replace(replace(shape, points=shape.points[::-1]), ())

    def remove_shape(self) -> Shape | None:
        """The chosen shape; returns it."""
        shape = self.selected_shape
        if shape is not None:
            place = self.shapes.index(shape)
            left = tuple(other for other in self.shapes if other is not shape)
            self.end_edit()
            self._change_state(_State(left, None, left[min(place, len(left) - 1)].key if left else ""))
            self.point = -1
        return shape

    def _replace(self, changed: Shape, same: tuple[object, ...]) -> None:
        shapes = tuple(changed if shape.key == changed.key else shape for shape in self.shapes)
        self._change_state(replace(self._state, shapes=shapes), same)

    def _change_state(self, state: _State, same: tuple[object, ...] = ()) -> None:
        if not same or same != self._same:
            self._before = [*self._before[-_UNDONE_MOST:], self._state]
        self._after = []
        self._state, self._same = state, same

    # undoing

    def undo(self) -> None:
        """Of a shape under way, its points one by one, and then itself."""
        if self.under_way is not None and not self.under_way.points:
            self.cancel_shape()
        else:
            self._step_history(self._before, self._after)

    def redo(self) -> None:
        self._step_history(self._after, self._before)

    def _step_history(self, back: list[_State], forth: list[_State]) -> None:
        if back:
            forth.append(self._state)
            self._state = back.pop()
            shape = self.selected_shape
            self.point = min(self.point, len(shape.points) - 1) if shape is not None else -1
            self.end_edit()


@lru_cache(maxsize=1024)
def refusal(shape: Shape) -> Refusal | None:
    """What is wrong with the points of a whole shape."""
    if not shape.closed:
        (a, b), line = shape.points, inner_point(shape.points)
        return Refusal(tr("Its ends are at one spot."), line) if abs(a[0] - b[0]) + abs(a[1] - b[1]) < _LEAST_LINE else None
    where = crossing(shape.points, closed=True)
    if where is not None:
        return Refusal(tr("Its edges would cross here. Put the corner elsewhere."), where)
    if size_of(shape.points) < LEAST_AREA:
        return Refusal(tr("The shape is too small."), shape.points[0])
    return None


def _too_few(shape: Shape) -> str:
    return tr("At least three corners are required.") if shape.closed else tr("A line needs two ends.")


def _too_many() -> str:
    return tr("The shape has the maximum of {0} corners.").format(MOST_POINTS)
