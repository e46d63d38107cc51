"""A wall as it is kept: layout, who is where, small pictures, hot tile, carousel. No Qt. Plain JSON, read with suspicion."""

from dataclasses import field
from typing import cast

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from widgets.wall.arrangement.assignment import Assignment
from widgets.wall.arrangement.layouts import AUTOMATIC, FREE, LAYOUTS, UNFITTED, Cell, WallLayout, free_layout
from widgets.wall.corner_pictures import Corner, CornerPicture, CornerPictures

MOST_KEPT = 4096  # cameras in one plan
CAROUSEL_S = (5, 10, 20, 30, 60)  # how long a page may stay


@dataclass(frozen=True, slots=True)
class WallPlan:
    """`hot_cell`: -1 where there is no hot tile. `carousel_s`: how long a page stays, 0 while pages do not turn by themselves."""

    layout: WallLayout = UNFITTED
    assignment: Assignment = field(default_factory=Assignment)
    hot_cell: int = -1
    carousel_s: int = 0
    page: int = 0
    corners: CornerPictures = field(default_factory=CornerPictures)


def plan_json(plan: WallPlan) -> dict[str, object]:
    return {
        "layout": plan.layout.id,
        "cells": [[cell.x, cell.y, cell.width, cell.height] for cell in plan.layout.cells] if plan.layout.free else [],
        "slots": list(plan.assignment.slots),
        "left_out": sorted(plan.assignment.left_out),
        "hot_cell": plan.hot_cell,
        "carousel_s": plan.carousel_s,
        "page": plan.page,
        "corners": {each: [small.camera_id, small.corner.value] for each, small in plan.corners.by_camera.items()},
    }


def plan_of(value: object) -> WallPlan:
    """The plan that `plan_json` wrote.

    Raises:
        InputError: `wall`: it is no such thing; `cells`: they overlap or leave the wall.
    """
    fields = _fields(value)
    return WallPlan(
        _layout(fields.get("layout"), fields.get("cells")),
        Assignment(_ids(fields.get("slots")), frozenset(_ids(fields.get("left_out")))),
        _checked_number(fields.get("hot_cell", -1), -1, 99),
        _checked_number(fields.get("carousel_s", 0), 0, 3600),
        _checked_number(fields.get("page", 0), 0, MOST_KEPT),
        _corners(fields.get("corners", {})),
    )


def _fields(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise InputError("wall", "is not kept as an object")
    return cast("dict[str, object]", value)


def _layout(layout_id: object, cells: object) -> WallLayout:
    if layout_id == FREE:
        return free_layout(_cell(each) for each in _checked_list(cells))
    if layout_id == AUTOMATIC:
        return UNFITTED
    if not isinstance(layout_id, str) or layout_id not in LAYOUTS:
        raise InputError("wall", f"layout {layout_id!r} is none of {', '.join((AUTOMATIC, *LAYOUTS, FREE))}")
    return LAYOUTS[layout_id]


def _cell(value: object) -> Cell:
    numbers = [_checked_number(each, 0, 999) for each in _checked_list(value)]
    if len(numbers) != 4:
        raise InputError("wall", "a cell has four numbers")
    return Cell(*numbers)


def _ids(value: object) -> tuple[str, ...]:
    """Camera ids; each but the empty one at most once."""
    ids = [each for each in _checked_list(value) if isinstance(each, str)]
    named = [each for each in ids if each]
    if len(ids) != len(_checked_list(value)) or len(named) != len(set(named)):
        raise InputError("wall", "cameras are not kept as names, each once")
    return tuple(ids)


def _corners(value: object) -> CornerPictures:
    kept = _fields(value)
    if len(kept) > MOST_KEPT:
        raise InputError("wall", "there are too many small pictures")
    return CornerPictures({camera_id: _corner(camera_id, each) for camera_id, each in kept.items()})


def _corner(camera_id: str, value: object) -> CornerPicture:
    pair = [each for each in _checked_list(value) if isinstance(each, str)]
    if len(pair) != 2 or not pair[0] or pair[0] == camera_id or pair[1] not in set(Corner):
        raise InputError("wall", "a small picture is not kept as another camera and a corner")
    return CornerPicture(pair[0], Corner(pair[1]))


def _checked_list(value: object) -> list[object]:
    listed = cast("list[object]", value if isinstance(value, list) else [])
    if not isinstance(value, list) or len(listed) > MOST_KEPT:
        raise InputError("wall", "a list is missing or too long")
    return listed


def _checked_number(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InputError("wall", f"{value!r} is no number from {least} to {most}")
    return value
