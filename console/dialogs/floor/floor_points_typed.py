"""Coordinates of floor points as they are typed: a decimal comma is understood, and a true minus. All raise InputError."""

from engine.model.errors import InputError
from engine.model.geometry import Point
from engine.model.site import LARGEST_FLOOR_M
from widgets.number_text import number_text, typed_number
from widgets.translation import tr


def with_axis(place: Point | None, axis: int, value: float) -> Point:
    """One coordinate typed; the other is 0 where there was none."""
    other = (place or (0.0, 0.0))[1 - axis]
    return (value, other) if axis == 0 else (other, value)


def share(text: str) -> float:
    value = number(text) / 100
    if not 0 <= value <= 1:
        raise InputError("floor_points", tr("Enter 0 to 100 %."))
    return value


def metres(text: str) -> float:
    value = number(text)
    if not abs(value) <= LARGEST_FLOOR_M:
        raise InputError("floor_points", tr("Further than {0} m from the origin of the floor.").format(number_text(LARGEST_FLOOR_M, "g")))
    return value


def number(text: str) -> float:
    try:
        return typed_number(text)
    except ValueError:
        raise InputError("floor_points", tr("“{0}” is not a number.").format(text.strip())) from None
