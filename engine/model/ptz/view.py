"""What an ONVIF camera lets operators do, and how it stands now."""

from dataclasses import field
from enum import StrEnum

from engine.model.value_class import dataclass

CAMERA_TOUR = "camera:"  # before the token of a tour that the camera runs itself


class PtzState(StrEnum):
    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"


class OutputAction(StrEnum):
    ON = "on"
    OFF = "off"
    PULSE = "pulse"


@dataclass(frozen=True, slots=True)
class PtzAbilities:
    """What the camera says it can; what it does not say is not offered.

    pan_tilt, zoom: continuous movement. centre: moves by shares of its picture (field-of-view space), so that a click can be centred.
    home: it can go home; set_home: that position can be set. presets: how many it keeps. focus, iris, autofocus, auto_iris: by its
    imaging service.
    status: it reports where it is. talk: it plays sound that it is sent (G.711).
    """

    pan_tilt: bool = False
    zoom: bool = False
    centre: bool = False
    absolute: bool = False
    home: bool = False
    set_home: bool = False
    presets: int = 0
    focus: bool = False
    autofocus: bool = False
    iris: bool = False
    auto_iris: bool = False
    status: bool = False
    talk: bool = False

    @property
    def moves(self) -> bool:
        return self.pan_tilt or self.zoom


@dataclass(frozen=True, slots=True)
class PtzPosition:
    """In the camera's own generic spaces: pan and tilt −1 to 1, zoom 0 to 1."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0


@dataclass(frozen=True, slots=True)
class PtzPreset:
    token: str
    name: str


@dataclass(frozen=True, slots=True)
class TourName:
    """`id`: of the settings, or `camera:` and the token of one that the camera runs itself."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CameraOutput:
    """A relay. `pulse`: it goes back by itself. active None: the camera does not say."""

    token: str
    name: str
    pulse: bool = False
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """Who steers, or talks. `until_ns`: free then, unless they go on. taken_from: who had it just before, where it was taken from them."""

    by: str
    by_id: str
    priority: int
    until_ns: int
    taken_from: str = ""


@dataclass(frozen=True, slots=True)
class PtzView:
    """One camera of now. `trouble`: a sentence, empty when all is well.

    away: it is not, or not surely, at its home position, where zones and privacy areas were drawn; zones are not
    evaluated now (`on_hold`). tour_id: that runs; tour_paused: while somebody steers. moved_by: who
    steered it last while it is away; empty: nobody did since the engine started.
    """

    camera_id: str
    state: PtzState = PtzState.CONNECTING
    trouble: str = ""
    can: PtzAbilities = field(default_factory=PtzAbilities)
    presets: tuple[PtzPreset, ...] = ()
    tours: tuple[TourName, ...] = ()
    outputs: tuple[CameraOutput, ...] = ()
    control: Control | None = None
    talk: Control | None = None
    moving: bool = False
    away: bool = False
    tour_id: str = ""
    tour_paused: bool = False
    position: PtzPosition | None = None
    moved_by: str = ""

    @property
    def on_hold(self) -> bool:
        return self.moving or self.away
