"""Where windows of walls go on the screens that there are. Pure; pixels of the desktop that all screens share."""

from collections.abc import Mapping
from typing import cast

from engine.model.errors import InputError
from engine.model.value_class import dataclass

_LEAST = (480, 320)
_MARGIN = 40


@dataclass(frozen=True, slots=True)
class Area:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a window was: on which screen, its area relative to that screen's corner, and whether it filled it."""

    screen: str
    area: Area
    full: bool = False


def landing(place: Place, screens: Mapping[str, Area], primary: str) -> Area:
    """Where the window goes: where it was, pushed and cut until all of it is on its screen; where that is gone, on the primary one."""
    known = place.screen in screens
    room = screens[place.screen] if known else screens[primary]
    width = min(max(place.area.width, _LEAST[0]), room.width)
    height = min(max(place.area.height, _LEAST[1]), room.height)
    x, y = (place.area.x, place.area.y) if known else (_MARGIN, _MARGIN)
    left = min(max(0, x), room.width - width)
    top = min(max(0, y), room.height - height)
    return Area(room.x + left, room.y + top, width, height)


def next_screen(screens: Mapping[str, Area], taken: tuple[str, ...], primary: str) -> str:
    """A screen without a window yet, else the primary one."""
    return next((name for name in screens if name not in taken), primary)


def place_json(place: Place) -> dict[str, object]:
    area = place.area
    return {"screen": place.screen, "area": [area.x, area.y, area.width, area.height], "full": place.full}


def place_of(value: object) -> Place:
    """Raises InputError (`place`)."""
    if not isinstance(value, dict):
        raise InputError("place", "is not kept as an object")
    fields = cast("dict[str, object]", value)
    listed = fields.get("area")
    area = [each for each in cast("list[object]", listed if isinstance(listed, list) else []) if isinstance(each, int)]
    if len(area) != 4 or any(abs(each) > 100_000 for each in area):
        raise InputError("place", "has no area of four numbers")
    return Place(str(fields.get("screen", "")), Area(*area), fields.get("full") is True)
