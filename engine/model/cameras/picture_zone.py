"""Named places in a camera's picture: areas in which somebody is, and lines that they cross. Points are shares of the picture (0–1)."""

from enum import StrEnum
from typing import Annotated

from engine.model.cameras.detection import Category
from engine.model.errors import InputError
from engine.model.geometry import Point, Polygon
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

CLASSES: tuple[str, ...] = tuple(category.name.lower() for category in Category)
"""What can be counted: a detector's own classes come down to these four."""
MOST_POINTS = 64
LEAST_AREA = 0.0001  # of the picture: some ten by ten pixels of a large one


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
        classes: that count, of `CLASSES`.
        loiter_s: told of whoever stays so long; 0: of nobody.
        most: told of when more are in it at once; 0: never.
        occupied: told of while anybody is in it.
    """

    id: Annotated[str, Setting("Id")]
    name: Annotated[str, Setting("Name", min_length=1, max_length=120)]
    area: Annotated[Polygon, Setting("Outline")]
    classes: Annotated[tuple[str, ...], Setting("Object types")] = ("person",)
    loiter_s: Annotated[float, Setting("Report dwell longer than", unit="s", ge=0, le=86_400, help="0: never.")] = 0.0
    most: Annotated[int, Setting("Report occupancy over", ge=0, le=1000, help="0: never.")] = 0
    occupied: Annotated[
        bool, Setting("Report while occupied", help="One event from the first entry until the zone is empty, with the highest count")
    ] = False

    def __post_init__(self) -> None:
        _check_named(self.id, self.name)
        _check_shares("area", self.area)
        if not 3 <= len(self.area) <= MOST_POINTS:
            raise InputError("area", f"{self.name}: has {len(self.area)} points; an area needs 3 to {MOST_POINTS}")
        if _size(self.area) < LEAST_AREA:
            raise InputError("area", f"{self.name}: its points enclose nothing that anybody could stand in")
        _check_classes(self.name, self.classes)
        check_limits(self, f"{self.name}: ")


@dataclass(frozen=True, slots=True)
class PictureLine:
    """Told of whoever crosses it, with the direction, where that is one of `direction`."""

    id: Annotated[str, Setting("Id")]
    name: Annotated[str, Setting("Name", min_length=1, max_length=120)]
    begin: Annotated[Point, Setting("Start")]
    end: Annotated[Point, Setting("End")]
    classes: Annotated[tuple[str, ...], Setting("Object types")] = ("person",)
    direction: Annotated[LineDirection, Setting("Reported direction")] = LineDirection.BOTH

    def __post_init__(self) -> None:
        _check_named(self.id, self.name)
        _check_shares("line", (self.begin, self.end))
        if abs(self.begin[0] - self.end[0]) + abs(self.begin[1] - self.end[1]) < 0.01:
            raise InputError("line", f"{self.name}: its ends are at one spot")
        _check_classes(self.name, self.classes)


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """Who is in a zone of a camera's picture now.

    Attributes:
        count: of all classes that the zone counts; `of_class`: of each of them, in the zone's order.
        known: the camera's picture was searched in the last seconds; otherwise it is how many there were when it was searched last.
    """

    zone_id: str
    camera_id: str
    count: int
    of_class: tuple[tuple[str, int], ...] = ()
    track_ids: tuple[str, ...] = ()
    known: bool = True


def _check_named(given_id: str, name: str) -> None:
    if not given_id or len(given_id) > 64 or not all(c.isalnum() or c in "-_" for c in given_id):
        raise InputError("id", f"{given_id[:70]!r} may hold only letters, digits, - and _, at most 64")
    if not name.strip() or len(name) > 120:
        raise InputError("name", "needs 1 to 120 characters")


def _check_classes(name: str, classes: tuple[str, ...]) -> None:
    if not classes:
        raise InputError("classes", f"{name}: names nothing that counts")
    unknown = next((each for each in classes if each not in CLASSES), None)
    if unknown is not None:
        raise InputError("classes", f"{name}: {unknown[:40]!r} is none of {', '.join(CLASSES)}")
    if len(set(classes)) < len(classes):
        raise InputError("classes", f"{name}: names one class twice")


def _check_shares(field: str, points: Polygon) -> None:
    if any(not 0 <= value <= 1 for point in points for value in point):
        raise InputError(field, "points are shares of the picture, 0 to 1")


def _size(area: Polygon) -> float:
    """Share of the picture, by the shoelace formula. An area that crosses itself is smaller than it looks."""
    twice = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(area, (*area[1:], area[0]), strict=True))
    return abs(twice) / 2
