"""Named places in a camera's picture: areas in which somebody is, and lines that they cross. Points are shares of the picture (0–1)."""

from dataclasses import dataclass
from enum import StrEnum

from engine.model.errors import InputError
from engine.model.geometry import Point, Polygon


class LineDirection(StrEnum):
    """As seen from `begin` towards `end`, in the picture."""

    BOTH = "both"
    TO_LEFT = "to_left"
    TO_RIGHT = "to_right"


@dataclass(frozen=True, slots=True)
class PictureZone:
    """Whoever stands on it (the middle of the foot of their box) is in it. Zones may overlap.

    Attributes:
        id: told apart from those of other cameras and of the floor.
        area: at least three points.
        classes: of the detector, that count.
        loiter_s: told of whoever stays so long; 0: of nobody.
        most: told of when more are in it at once; 0: never.
    """

    id: str
    name: str
    area: Polygon
    classes: tuple[str, ...] = ("person",)
    loiter_s: float = 0.0
    most: int = 0

    def __post_init__(self) -> None:
        _check_named(self.id, self.name)
        _check_shares("area", self.area)
        if len(self.area) < 3:
            raise InputError("area", f"{self.name}: has {len(self.area)} points; an area needs three")
        if not self.classes:
            raise InputError("classes", f"{self.name}: names nothing that counts")
        if not 0 <= self.loiter_s <= 86_400:
            raise InputError("loiter_s", f"{self.name}: {self.loiter_s} is outside 0–86400")
        if not 0 <= self.most <= 1_000:
            raise InputError("most", f"{self.name}: {self.most} is outside 0–1000")


@dataclass(frozen=True, slots=True)
class PictureLine:
    """Told of whoever crosses it, with the direction, where that is one of `direction`."""

    id: str
    name: str
    begin: Point
    end: Point
    classes: tuple[str, ...] = ("person",)
    direction: LineDirection = LineDirection.BOTH

    def __post_init__(self) -> None:
        _check_named(self.id, self.name)
        _check_shares("line", (self.begin, self.end))
        if abs(self.begin[0] - self.end[0]) + abs(self.begin[1] - self.end[1]) < 0.01:
            raise InputError("line", f"{self.name}: its ends are at one spot")
        if not self.classes:
            raise InputError("classes", f"{self.name}: names nothing that counts")


def _check_named(given_id: str, name: str) -> None:
    if not given_id or not all(c.isalnum() or c in "-_" for c in given_id):
        raise InputError("id", f"{given_id!r} may hold only letters, digits, - and _")
    if not name.strip():
        raise InputError("name", "is empty")


def _check_shares(field: str, points: Polygon) -> None:
    if any(not 0 <= value <= 1 for point in points for value in point):
        raise InputError(field, "points are shares of the picture, 0 to 1")
