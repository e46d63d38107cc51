"""The floor and what stands on it. Floor frame: metres, X east, Y north, Z up."""

import math
import re
from typing import Annotated, TypeAlias

from engine.model.cameras.floor_image import FloorImage
from engine.model.errors import InputError
from engine.model.geometry import Point
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

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


@dataclass(frozen=True, slots=True)
class SiteAnchor:
    """Where on Earth (WGS-84, degrees) the floor's origin lies; `heading_deg`: clockwise from north to its Y axis, 0–360."""

    latitude: Annotated[float, Setting("Latitude", unit="°", ge=-90, le=90)]
    longitude: Annotated[float, Setting("Longitude", unit="°", ge=-180, le=180)]
    heading_deg: Annotated[float, Setting("Heading", unit="°", ge=0, lt=360)] = 0.0

    def __post_init__(self) -> None:
        check_limits(self)


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

    id: Annotated[str, Setting("Id")]
    name: Annotated[str, Setting("Name", min_length=1, max_length=120)]
    x0: Annotated[float, Setting("Left edge", unit="m")]
    y0: Annotated[float, Setting("Lower edge", unit="m")]
    x1: Annotated[float, Setting("Right edge", unit="m")]
    y1: Annotated[float, Setting("Upper edge", unit="m")]
    z0: Annotated[float, Setting("Bottom height", unit="m")] = 0.0
    z1: Annotated[float, Setting("Top height", unit="m")] = 3.0
    kind: Annotated[str, Setting("Kind")] = "normal"

    def __post_init__(self) -> None:
        check_limits(self)
        _check_id("id", self.id)
        check_finite("zone", (self.x0, self.y0, self.x1, self.y1, self.z0, self.z1))
        if self.x1 <= self.x0 or self.y1 <= self.y0 or self.z1 <= self.z0:
            raise InputError("zone", f"{self.name}: the second corner must lie beyond the first")

    def is_over(self, x: float, y: float) -> bool:
        """Whether a spot of the floor lies in its outline. Height does not count: people are drawn at their feet."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


@dataclass(frozen=True, slots=True)
class Portal:
    """A bounded opening from `a` to `b` (a door). `in` is a crossing from the right to the left of the way from a to b."""

    id: Annotated[str, Setting("Id")]
    name: Annotated[str, Setting("Name", min_length=1, max_length=120)]
    a: Annotated[Point, Setting("Start")]
    b: Annotated[Point, Setting("End")]
    height_m: Annotated[float, Setting("Height", unit="m")] = 2.2

    def __post_init__(self) -> None:
        check_limits(self)
        _check_id("id", self.id)
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

    camera_id: Annotated[str, Setting("Camera")]
    position: Annotated[Position, Setting("Position")]
    aim: Annotated[Position, Setting("Aims at")]
    fov_deg: Annotated[
        float, Setting("Field of view", unit="°", ge=5, le=180, help="From the left edge of the picture to the right one.")
    ] = 70.0
    floor_points: Annotated[tuple[FloorPoint, ...], Setting("Floor points")] = ()

    def __post_init__(self) -> None:
        check_limits(self)
        check_finite("camera_poses", (*self.position, *self.aim))
        if self.floor_points and not 4 <= len(self.floor_points) <= 50:
            raise InputError("floor_points", "give 4 to 50 points, or none")


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor plan. With no extent given, the space that the nodes announce is used."""

    extent: Annotated[tuple[float, float, float, float] | None, Setting("Edges", unit="m")] = None  # x0, y0, x1, y1
    height_m: Annotated[float, Setting("Height", unit="m", ge=1, le=30)] = 2.5
    walls: Annotated[tuple[Wall, ...], Setting("Walls")] = ()
    zones: Annotated[tuple[Zone, ...], Setting("Zones")] = ()
    portals: Annotated[tuple[Portal, ...], Setting("Doors")] = ()
    camera_poses: Annotated[tuple[CameraPose, ...], Setting("Cameras")] = ()
    image: Annotated[FloorImage | None, Setting("Picture of the plan")] = None

    def __post_init__(self) -> None:
        check_limits(self)
        if self.extent is not None:
            check_finite("extent", self.extent)
            if self.extent[2] - self.extent[0] < 0.5 or self.extent[3] - self.extent[1] < 0.5:
                raise InputError("extent", "is smaller than half a metre")
        for name, ids in (("zones", [z.id for z in self.zones]), ("portals", [p.id for p in self.portals])):
            if len(set(ids)) < len(ids):
                raise InputError(name, "the same id is used twice")


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What the operator knows of a node. `position` None: the one it announces is used, and shown as announced."""

    mac: Annotated[str, Setting("Address")]
    name: Annotated[str, Setting("Name", max_length=120)] = ""
    position: Annotated[Position | None, Setting("Position", help="Empty: the position that the node reports.")] = None
    enabled: Annotated[bool, Setting("Switched on")] = True

    def __post_init__(self) -> None:
        check_limits(self)
        if read_mac(self.mac) != self.mac:
            raise InputError("mac", f"{self.mac} has to be in capital letters with colons")
        if self.position is not None:
            check_finite("position", self.position)


@dataclass(frozen=True, slots=True)
class BleDeviceSettings:
    """A registered BLE device. `person_id` is empty for things that nobody carries; `color` is honoured where there is no person.

    Where the device uses private addresses, its identity key (IRK) is in the secret store under `ble/<address>`, never in here.
    `position`: of a tag that stands still, in metres: the path loss of scanners is learned from it.
    """

    address: Annotated[str, Setting("Address")]
    label: Annotated[str, Setting("Name", min_length=1, max_length=120)]
    type: Annotated[str, Setting("Kind", max_length=40)] = "person"
    person_id: Annotated[str, Setting("Belongs to")] = ""
    color: Annotated[str, Setting("Colour")] = "#8b949e"
    position: Annotated[Position | None, Setting("Position", unit="m", help="Of a tag that stays in place.")] = None

    def __post_init__(self) -> None:
        check_limits(self)
        if self.position is not None:
            check_finite("position", self.position)
        if read_mac(self.address, "address") != self.address:
            raise InputError("address", f"{self.address} has to be in capital letters with colons")
        check_color("color", self.color)


@dataclass(frozen=True, slots=True)
class ScannerCalibration:
    """Log-distance path loss of one scanner: rssi = `power_dbm` − 10·`exponent`·log10(d / 1 m), with a spread of `sigma_db`."""

    scanner: str
    power_dbm: Annotated[float, Setting("Power at 1 m", unit="dBm", ge=-120, le=20)]
    exponent: Annotated[float, Setting("Path loss exponent", ge=0.5, le=8)]
    sigma_db: Annotated[float, Setting("Spread", unit="dB", ge=0.5, le=30)]

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True)
class RadioSettings:
    """How radio sensing works.

    Attributes:
        cell_m: edge of a voxel. most_people: blobs followed at once.
        learn_weights: let BLE and camera positions of known people adjust how much each link counts.
        fall_still_s: lying still for so long after a drop makes a fall.
        scan_ble: use the machine's own Bluetooth adapter, which stands at `scanner_position`.
    """

    enabled: Annotated[bool, Setting("Detect people by radio")] = True
    cell_m: Annotated[
        float, Setting("Edge of a voxel", unit="m", ge=0.05, le=1, help="A smaller value is finer and takes more time; the default is 0.2.")
    ] = 0.2
    most_people: Annotated[int, Setting("Maximum number of tracked people", ge=1, le=50)] = 12
    learn_weights: Annotated[bool, Setting("Learn link weights from people with a known position")] = True
    fall_still_s: Annotated[float, Setting("Stillness after a drop that counts as a fall", unit="s", ge=1, le=120)] = 6.0
    fall_escalate_s: Annotated[
        tuple[float, ...],
        Setting(
            "Escalate a fall after",
            unit="s",
            ge=1,
            le=3600,
            help="Seconds of lying still after which the alert escalates, for example 60, 180. Empty: never.",
        ),
    ] = (60.0, 180.0)
    scan_ble: Annotated[bool, Setting("Use the Bluetooth adapter of the engine's computer")] = False
    scanner_position: Annotated[Position | None, Setting("Position of the adapter")] = None
    calibrations: Annotated[tuple[ScannerCalibration, ...], Setting("Calibrated scanners")] = ()

    def __post_init__(self) -> None:
        check_limits(self)
