"""The floor and what stands on it. Floor frame: metres, X east, Y north, Z up."""

import math
import re
from dataclasses import dataclass
from typing import TypeAlias

from engine.model.errors import InputError
from engine.model.floor_image import FloorImage
from engine.model.geometry import Point

Position: TypeAlias = tuple[float, float, float]

_MAC = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
LARGEST_FLOOR_M = 500.0


def read_mac(text: str, field_name: str = "mac") -> str:
    """A MAC or BLE address as uppercase colon hex; `aa-bb-…` and `aabb…` are understood. Raises InputError."""
    digits = re.sub(r"[:\-.\s]", "", text).upper()
    mac = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
    if not _MAC.fullmatch(mac):
        raise InputError(field_name, f"{text[:40]!r} is not an address like AA:BB:CC:00:11:22")
    return mac


def check_finite(field_name: str, values: tuple[float, ...], limit: float = LARGEST_FLOOR_M) -> None:
    """Raises InputError for NaN, infinities and what is further than `limit` metres from the origin."""
    if not all(math.isfinite(value) and abs(value) <= limit for value in values):
        raise InputError(field_name, f"{values} is outside ±{limit:g} m")


def check_color(field_name: str, color: str) -> None:
    if not _COLOR.fullmatch(color):
        raise InputError(field_name, f"{color[:20]!r} is not a colour like #4cc2ff")


def _check_id(field_name: str, value: str) -> None:
    if not value or len(value) > 64 or not all(c.isalnum() or c in "-_" for c in value):
        raise InputError(field_name, f"{value[:70]!r} may hold only letters, digits, - and _, at most 64")


def _check_name(field_name: str, value: str) -> None:
    if not value.strip() or len(value) > 120:
        raise InputError(field_name, "needs 1 to 120 characters")


@dataclass(frozen=True, slots=True)
class SiteAnchor:
    """Where on Earth (WGS-84, degrees) the floor's origin lies; `heading_deg`: clockwise from north to its Y axis, 0–360."""

    latitude: float
    longitude: float
    heading_deg: float = 0.0

    def __post_init__(self) -> None:
        if not abs(self.latitude) <= 90:
            raise InputError("latitude", f"{self.latitude} is outside ±90")
        if not abs(self.longitude) <= 180:
            raise InputError("longitude", f"{self.longitude} is outside ±180")
        if not 0 <= self.heading_deg < 360:
            raise InputError("heading_deg", f"{self.heading_deg} is outside 0–360")


@dataclass(frozen=True, slots=True)
class Wall:
    """A straight wall from `a` to `b`, for the plan and for predicted coverage."""

    a: Point
    b: Point
    height_m: float = 2.5
    material: str = "drywall"

    def __post_init__(self) -> None:
        check_finite("walls", (*self.a, *self.b, self.height_m))


@dataclass(frozen=True, slots=True)
class Zone:
    """A box of the floor that has a name. Zones may overlap; a person is in every zone that holds them."""

    id: str
    name: str
    x0: float
    y0: float
    x1: float
    y1: float
    z0: float = 0.0
    z1: float = 3.0
    kind: str = "normal"

    def __post_init__(self) -> None:
        _check_id("id", self.id)
        _check_name("name", self.name)
        check_finite("zone", (self.x0, self.y0, self.x1, self.y1, self.z0, self.z1))
        if self.x1 <= self.x0 or self.y1 <= self.y0 or self.z1 <= self.z0:
            raise InputError("zone", f"{self.name}: the second corner must lie beyond the first")


@dataclass(frozen=True, slots=True)
class Portal:
    """A bounded opening from `a` to `b` (a door). `in` is a crossing from the right to the left of the way from a to b."""

    id: str
    name: str
    a: Point
    b: Point
    height_m: float = 2.2

    def __post_init__(self) -> None:
        _check_id("id", self.id)
        _check_name("name", self.name)
        check_finite("portal", (*self.a, *self.b, self.height_m))
        if math.dist(self.a, self.b) < 0.1:
            raise InputError("portal", f"{self.name}: is narrower than 0.1 m")


@dataclass(frozen=True, slots=True)
class FloorPoint:
    """A spot of the floor in a camera's picture: `image` in shares of its width and height (0–1), `floor` in metres."""

    image: Point
    floor: Point

    def __post_init__(self) -> None:
        if not all(0 <= value <= 1 for value in self.image):
            raise InputError("floor_points", "image points are shares of the picture, 0 to 1")
        check_finite("floor_points", self.floor)


@dataclass(frozen=True, slots=True)
class CameraPose:
    """Where a camera hangs, the point it looks at, and its horizontal field of view.

    `floor_points`: four or more, where they were clicked; they say better than the pose where on the floor somebody stands.
    """

    camera_id: str
    position: Position
    aim: Position
    fov_deg: float = 70.0
    floor_points: tuple[FloorPoint, ...] = ()

    def __post_init__(self) -> None:
        check_finite("camera_poses", (*self.position, *self.aim))
        if self.floor_points and not 4 <= len(self.floor_points) <= 50:
            raise InputError("floor_points", "give 4 to 50 points, or none")
        if not 5 <= self.fov_deg <= 180:
            raise InputError("fov_deg", f"{self.fov_deg} is outside 5–180")


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor plan. With no extent given, the space that the nodes announce is used."""

    extent: tuple[float, float, float, float] | None = None  # x0, y0, x1, y1
    height_m: float = 2.5
    walls: tuple[Wall, ...] = ()
    zones: tuple[Zone, ...] = ()
    portals: tuple[Portal, ...] = ()
    camera_poses: tuple[CameraPose, ...] = ()
    image: FloorImage | None = None

    def __post_init__(self) -> None:
        if self.extent is not None:
            check_finite("extent", self.extent)
            if self.extent[2] - self.extent[0] < 0.5 or self.extent[3] - self.extent[1] < 0.5:
                raise InputError("extent", "is smaller than half a metre")
        if not 1 <= self.height_m <= 30:
            raise InputError("height_m", f"{self.height_m} is outside 1–30")
        for name, ids in (("zones", [z.id for z in self.zones]), ("portals", [p.id for p in self.portals])):
            if len(set(ids)) < len(ids):
                raise InputError(name, "the same id is used twice")


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What the operator knows of a node. `position` None: the one it announces is used, and shown as announced."""

    mac: str
    name: str = ""
    position: Position | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        if read_mac(self.mac) != self.mac:
            raise InputError("mac", f"{self.mac} has to be in capital letters with colons")
        if len(self.name) > 120:
            raise InputError("name", "needs at most 120 characters")
        if self.position is not None:
            check_finite("position", self.position)


@dataclass(frozen=True, slots=True)
class BleDeviceSettings:
    """A registered BLE device. `person_id` is empty for things that nobody carries; `color` is honoured where there is no person.

    Where the device uses private addresses, its identity key (IRK) is in the secret store under `ble/<address>`, never in here.
    """

    address: str
    label: str
    type: str = "person"
    person_id: str = ""
    color: str = "#8b949e"

    def __post_init__(self) -> None:
        if read_mac(self.address, "address") != self.address:
            raise InputError("address", f"{self.address} has to be in capital letters with colons")
        _check_name("label", self.label)
        check_color("color", self.color)
        if len(self.type) > 40:
            raise InputError("type", "needs at most 40 characters")


@dataclass(frozen=True, slots=True)
class ScannerCalibration:
    """Log-distance path loss of one scanner: rssi = `power_dbm` − 10·`exponent`·log10(d / 1 m), with a spread of `sigma_db`."""

    scanner: str
    power_dbm: float
    exponent: float
    sigma_db: float

    def __post_init__(self) -> None:
        if not -120 <= self.power_dbm <= 20:
            raise InputError("power_dbm", f"{self.power_dbm} is outside −120–20")
        if not 0.5 <= self.exponent <= 8:
            raise InputError("exponent", f"{self.exponent} is outside 0.5–8")
        if not 0.5 <= self.sigma_db <= 30:
            raise InputError("sigma_db", f"{self.sigma_db} is outside 0.5–30")


@dataclass(frozen=True, slots=True)
class RadioSettings:
    """How radio sensing works.

    Attributes:
        cell_m: edge of a voxel. most_people: blobs followed at once.
        learn_weights: let BLE and camera positions of known people adjust how much each link counts.
        fall_still_s: lying still for so long after a drop makes a fall.
        scan_ble: use the machine's own Bluetooth adapter, which stands at `scanner_position`.
    """

    enabled: bool = True
    cell_m: float = 0.2
    most_people: int = 12
    learn_weights: bool = True
    fall_still_s: float = 6.0
    fall_escalate_s: tuple[float, ...] = (60.0, 180.0)
    scan_ble: bool = False
    scanner_position: Position | None = None
    calibrations: tuple[ScannerCalibration, ...] = ()

    def __post_init__(self) -> None:
        if not 0.05 <= self.cell_m <= 1:
            raise InputError("cell_m", f"{self.cell_m} is outside 0.05–1")
        if not 1 <= self.most_people <= 50:
            raise InputError("most_people", f"{self.most_people} is outside 1–50")
        if not 1 <= self.fall_still_s <= 120:
            raise InputError("fall_still_s", f"{self.fall_still_s} is outside 1–120")
        if any(not 1 <= s <= 3600 for s in self.fall_escalate_s):
            raise InputError("fall_escalate_s", "each is 1 to 3600 seconds")
