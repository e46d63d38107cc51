"""The demo site as values, read from `resources/demo_site.toml`. Floor frame: metres, X east, Y north, Z up."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, TypeAlias

from engine.model.value_class import dataclass
from engine.model.wire import from_plain, read_as

XY: TypeAlias = tuple[float, float]
XYZ: TypeAlias = tuple[float, float, float]
Bounds: TypeAlias = tuple[float, float, float, float]  # x0, y0, x1, y1
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
class NodePlan:
    """A radio node by its address, and where its aerial is."""

    mac: str
    name: str
    at: XYZ


@dataclass(frozen=True, slots=True)
class PhonePlan:
    """A phone. Carried by the walker `carrier`, or left at `at`.

    Attributes:
        address: its own one; empty for a phone that only shows private addresses, made anew every `rotates_s` from `irk` (32 hex digits).
        person: whose it is, by name; empty for one that nobody registered.
    """

    label: str
    power_dbm: float
    address: str = ""
    carrier: str = ""
    at: XYZ | None = None
    person: str = ""
    color: str = ""
    name: str = ""
    company_id: int | None = None
    company_data: str = ""
    irk: str = ""
    rotates_s: float = 900.0


@dataclass(frozen=True, slots=True)
class PortalPlan:
    """A door that people are counted at; `in` is a crossing from the right to the left of the way from `a` to `b`."""

    id: str
    name: str
    a: XY
    b: XY
    height_m: float


@dataclass(frozen=True, slots=True)
class FloorPlan:
    name: str
    period_s: float
    ceiling_m: float
    sun: XYZ
    rooms: Mapping[str, Bounds]
    walls: tuple[Wall, ...]
    furniture: tuple[Furniture, ...]
    cameras: tuple[CameraPlan, ...]
    walkers: tuple[WalkerPlan, ...]
    nodes: tuple[NodePlan, ...] = ()
    phones: tuple[PhonePlan, ...] = ()
    portals: tuple[PortalPlan, ...] = ()

    def camera(self, camera_id: str) -> CameraPlan | None:
        return next((camera for camera in self.cameras if camera.id == camera_id), None)


_FRONTS: dict[str, XY] = {"north": (0.0, 1.0), "east": (1.0, 0.0), "south": (0.0, -1.0), "west": (-1.0, 0.0)}


def load_plan(name: str = "demo_site.toml") -> FloorPlan:
    """The plan in the resources folder under this name."""
    return read_plan(tomllib.loads(resources.files("resources").joinpath(name).read_text("utf-8")))


def read_plan(data: Mapping[str, Any]) -> FloorPlan:
    """A plan from the data of its TOML file.

    Raises:
        InputError: a value is missing, unknown or of the wrong type; the field is its dotted path.
    """
    return FloorPlan(
        name=data["name"],
        period_s=data["period_s"],
        ceiling_m=data["ceiling_m"],
        sun=from_plain(XYZ, data["sun"], "sun"),
        rooms={name: from_plain(Bounds, bounds, f"rooms.{name}") for name, bounds in data["rooms"].items()},
        walls=tuple(_wall(item, data["ceiling_m"]) for item in data["walls"]),
        furniture=tuple(_furniture(item) for item in data["furniture"]),
        cameras=from_plain(tuple[CameraPlan, ...], data["cameras"], "cameras"),
        walkers=tuple(_walker(item, data["places"]) for item in data["walkers"]),
        nodes=from_plain(tuple[NodePlan, ...], data.get("nodes", []), "nodes"),
        phones=from_plain(tuple[PhonePlan, ...], data.get("phones", []), "phones"),
        portals=from_plain(tuple[PortalPlan, ...], data.get("portals", []), "portals"),
    )


def _wall(item: Mapping[str, Any], ceiling_m: float) -> Wall:
    openings = [_opening(hole, window=False) for hole in item.get("doors", ())]
    openings += [_opening(hole, window=True) for hole in item.get("windows", ())]
    plain = {"height": ceiling_m, **{key: value for key, value in item.items() if key not in ("doors", "windows")}}
    return read_as(Wall, {**plain, "openings": sorted(openings, key=lambda opening: opening["start"])}, "walls")


def _opening(hole: Any, window: bool) -> dict[str, Any]:
    start, end, sill, top = hole
    return {"start": start, "end": end, "sill": sill, "top": top, "window": window}


def _furniture(item: Mapping[str, Any]) -> Furniture:
    plain = {key: value for key, value in item.items() if key != "turn"}
    return read_as(Furniture, {**plain, "front": _FRONTS[item.get("turn", "south")]}, "furniture")


def _walker(item: Mapping[str, Any], places: Mapping[str, Any]) -> WalkerPlan:
    return read_as(WalkerPlan, {**item, "route": [_stop(entry, places) for entry in item["route"]]}, "walkers")


def _stop(entry: Any, places: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(entry, str):
        return {"at": places[entry]}
    place, pause_s, look = entry
    return {"at": places[place], "pause_s": pause_s, "look": places[look] if isinstance(look, str) else look}


DEMO = load_plan()
