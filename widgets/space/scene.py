"""What the Space page draws, as one frozen value. No Qt; positions are metres of the floor frame (X east, Y north, Z up)."""

from dataclasses import field

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.radio.blob import FresnelZone
from engine.model.radio.place import PLACE_M
from engine.model.radio.radio import no_voxels
from engine.model.site import CameraPose, Portal, Position, Wall, Zone
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """The box that is shown. The floor lies at `z0`."""

    x0: float
    y0: float
    z0: float
    x1: float
    y1: float
    z1: float

    @property
    def center(self) -> Position:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2, (self.z0 + self.z1) / 2

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def depth(self) -> float:
        return self.y1 - self.y0


EMPTY_ROOM = Bounds(0.0, 0.0, 0.0, 8.0, 6.0, 2.5)


@dataclass(frozen=True, slots=True)
class FloorEllipse:
    """Where on the floor somebody is in two of three cases: semi-axes in metres, `turn` of the longer from X, radians anticlockwise."""

    x: float
    y: float
    long_m: float
    short_m: float
    turn: float


@dataclass(frozen=True, slots=True)
class PersonMark:
    """One person: a fused track or a blob, whose id it has. `named`: `name` is somebody's and not a number. `trail`: (x, y), oldest first.

    `color`: `#RRGGBB`. `confidence`: that they are there (blob) or who they are said to be (fused track); 0: nothing is said.
    """

    blob_id: str
    name: str
    named: bool
    color: str
    position: Position
    ellipse: FloorEllipse
    confidence: float
    velocity: Position = (0.0, 0.0, 0.0)
    trail: tuple[tuple[float, float], ...] = ()
    fallen: bool = False
    still: bool = False
    coasting: bool = False
    simulated: bool = False

    @property
    def has_place(self) -> bool:
        """Else only that they are somewhere in the ellipse is known: two nodes say hardly more than that somebody is between them."""
        return self.ellipse.long_m <= PLACE_M


@dataclass(frozen=True, slots=True)
class NodeMark:
    """A node that has a place. `planned`: exists only in a plan."""

    mac: str
    name: str
    position: Position
    online: bool = True
    announced: bool = False
    planned: bool = False


@dataclass(frozen=True, slots=True)
class LinkMark:
    """A link between two nodes with places. `activity`: z-score. `moving`: above the link's own threshold."""

    link: str
    a: Position
    b: Position
    activity: float = 0.0
    moving: bool = False


@dataclass(frozen=True, slots=True)
class ZoneMark:
    """A zone; `people` are in it now, None while nothing watches it. `counted`: whether that is said beside its name."""

    zone: Zone
    color: str
    people: int | None = None
    counted: bool = True

    def fill(self, covered: bool) -> float:
        """How much of its colour lies on its floor, 0–1. None under coverage: two colours would make a third, which no legend knows."""
        return 0.0 if covered else 0.13 if self.people else 0.06


@dataclass(frozen=True, slots=True)
class CameraMark:
    name: str
    pose: CameraPose


@dataclass(frozen=True, slots=True)
class SenseMark:
    """How well a sensor with a place does: `text` ("92 %") and `level`, of `status_chip.LEVELS`."""

    sensor_id: str
    name: str
    position: Position
    text: str
    level: str


@dataclass(frozen=True, slots=True, eq=False)
class CoverageMap:
    """How well a place is covered: row 0 is the southernmost, column 0 the westernmost, cells `cell_m` wide from (`x0`, `y0`).

    `accuracy_m` (H, W): expected error in metres, infinite where nothing can be located. `gdop` (H, W): dilution of precision.
    """

    x0: float
    y0: float
    cell_m: float
    accuracy_m: npt.NDArray[np.float64]
    gdop: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SpaceScene:
    """Everything on the floor at one time. `voxels`: (K, 4) float32 x, y, z, value, strongest first."""

    bounds: Bounds = EMPTY_ROOM
    cell_m: float = 0.2
    walls: tuple[Wall, ...] = ()
    portals: tuple[Portal, ...] = ()
    zones: tuple[ZoneMark, ...] = ()
    cameras: tuple[CameraMark, ...] = ()
    nodes: tuple[NodeMark, ...] = ()
    links: tuple[LinkMark, ...] = ()
    people: tuple[PersonMark, ...] = ()
    blobs: tuple[PersonMark, ...] = ()  # what radio alone says, where people are fused tracks
    voxels: Floats = field(default_factory=no_voxels)
    coverage: CoverageMap | None = None
    senses: tuple[SenseMark, ...] = ()
    losses: tuple[tuple[float, float], ...] = ()  # where sensors lost people, metres
    simulated: bool = False

    @property
    def people_with_place(self) -> tuple[PersonMark, ...]:
        """Of the others only a ring is known."""
        return tuple(person for person in self.people if person.has_place)

    def person_mark(self, blob_id: str) -> PersonMark | None:
        return next((person for person in self.people if person.blob_id == blob_id), None)


@dataclass(frozen=True, slots=True)
class Layers:
    """Which parts are drawn."""

    floor: bool = True
    zones: bool = True
    nodes: bool = True
    links: bool = True
    glow: bool = True
    trails: bool = True
    uncertainty: bool = True
    coverage: bool = False
    performance: bool = False
    cameras: bool = False
    blobs: bool = False


@dataclass(frozen=True, slots=True)
class Highlight:
    """Why the selected person is there: Fresnel zones of the links that speak for them, and the link that is pointed at."""

    zones: tuple[FresnelZone, ...] = ()
    link: str = ""
