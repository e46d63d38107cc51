"""The demo site as values, read from `resources/demo_site.toml`. Floor frame: metres, X east, Y north, Z up."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeAlias

XY: TypeAlias = tuple[float, float]
XYZ: TypeAlias = tuple[float, float, float]
RGB: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Opening:
    """A hole in a wall: `start`–`end` metres along it, `sill`–`top` metres above the floor. People pass where the sill is 0."""

    start: float
    end: float
    sill: float
    top: float
    window: bool


@dataclass(frozen=True, slots=True)
class Wall:
    """A straight wall along X or Y from `a` to `b` (the smaller coordinate first), centred on that line."""

    a: XY
    b: XY
    thickness: float
    height: float
    material: str
    openings: tuple[Opening, ...]

    @property
    def along_x(self) -> bool:
        return self.a[1] == self.b[1]


@dataclass(frozen=True, slots=True)
class Furniture:
    """One piece standing on the floor. `front` is the unit vector its front faces."""

    kind: str
    at: XY
    size: XYZ
    front: XY


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """Where a camera hangs and what it looks at; `fov_deg` is horizontal."""

    id: str
    name: str
    room: str
    at: XYZ
    aim: XYZ
    fov_deg: float
    min_person_share: float
    size: tuple[int, int] = (640, 360)


@dataclass(frozen=True, slots=True)
class Outfit:
    """Colours as 8-bit RGB, and what tells the walkers apart."""

    hair: RGB
    hair_style: str
    skin: RGB
    top: RGB
    under: RGB
    trousers: RGB
    shoes: RGB
    vest: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A point of a route; with `pause_s` > 0 the walker stands there, facing `look`."""

    at: XY
    pause_s: float = 0.0
    look: XY | None = None


@dataclass(frozen=True, slots=True)
class WalkerPlan:
    """A person: stature, usual speed, girth (1 is average), clothes, and a closed route."""

    id: str
    name: str
    height_m: float
    speed_m_s: float
    build: float
    outfit: Outfit
    route: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class FloorPlan:
    name: str
    period_s: float
    ceiling_m: float
    sun: XYZ
    rooms: Mapping[str, tuple[float, float, float, float]]
    walls: tuple[Wall, ...]
    furniture: tuple[Furniture, ...]
    cameras: tuple[CameraPlan, ...]
    walkers: tuple[WalkerPlan, ...]

    def camera(self, camera_id: str) -> CameraPlan | None:
        return next((camera for camera in self.cameras if camera.id == camera_id), None)


_FRONTS: dict[str, XY] = {"north": (0.0, 1.0), "east": (1.0, 0.0), "south": (0.0, -1.0), "west": (-1.0, 0.0)}


def load_plan(name: str = "demo_site.toml") -> FloorPlan:
    """The plan in the resources folder under this name."""
    return read_plan(tomllib.loads(resources.files("resources").joinpath(name).read_text("utf-8")))


def read_plan(data: Mapping[str, Any]) -> FloorPlan:
    """A plan from the data of its TOML file. A malformed file is a bug of ours, so it raises KeyError, TypeError or ValueError."""
    return FloorPlan(
        name=data["name"],
        period_s=data["period_s"],
        ceiling_m=data["ceiling_m"],
        sun=_xyz(data["sun"]),
        rooms={name: (b[0], b[1], b[2], b[3]) for name, b in data["rooms"].items()},
        walls=tuple(_wall(item, data["ceiling_m"]) for item in data["walls"]),
        furniture=tuple(_furniture(item) for item in data["furniture"]),
        cameras=tuple(CameraPlan(**{**item, "at": _xyz(item["at"]), "aim": _xyz(item["aim"])}) for item in data["cameras"]),
        walkers=tuple(_walker(item, data["places"]) for item in data["walkers"]),
    )


def _xyz(values: Any) -> XYZ:
    x, y, z = values
    return float(x), float(y), float(z)


def _xy(values: Any) -> XY:
    x, y = values
    return float(x), float(y)


def _wall(item: Mapping[str, Any], ceiling_m: float) -> Wall:
    openings = [Opening(*hole, window=False) for hole in item.get("doors", ())]
    openings += [Opening(*hole, window=True) for hole in item.get("windows", ())]
    openings.sort(key=lambda opening: opening.start)
    height = item.get("height", ceiling_m)
    return Wall(_xy(item["a"]), _xy(item["b"]), item["thickness"], height, item["material"], tuple(openings))


def _furniture(item: Mapping[str, Any]) -> Furniture:
    return Furniture(item["kind"], _xy(item["at"]), _xyz(item["size"]), _FRONTS[item.get("turn", "south")])


def _walker(item: Mapping[str, Any], places: Mapping[str, Any]) -> WalkerPlan:
    route = tuple(_stop(entry, places) for entry in item["route"])
    outfit = Outfit(**{key: tuple(value) if isinstance(value, list) else value for key, value in item["outfit"].items()})
    return WalkerPlan(**{**item, "outfit": outfit, "route": route})


def _stop(entry: Any, places: Mapping[str, Any]) -> Stop:
    if isinstance(entry, str):
        return Stop(_xy(places[entry]))
    place, pause_s, look = entry
    return Stop(_xy(places[place]), float(pause_s), _xy(places[look] if isinstance(look, str) else look))


DEMO = load_plan()
