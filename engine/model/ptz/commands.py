"""What operators do with an ONVIF camera. All but the making of presets needs the verb `steer`."""

import math
from dataclasses import field
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.ptz.view import OutputAction
from engine.model.value_class import dataclass

LONGEST_TALK = 4096  # characters of base64: 384 ms of G.711
LONGEST_NAME = 64


def _check_unit(name: str, value: float) -> None:
    if not (math.isfinite(value) and -1 <= value <= 1):
        raise InputError(name, f"{value} is outside ±1")


def _check_share(name: str, value: float) -> None:
    if not (math.isfinite(value) and 0 <= value <= 1):
        raise InputError(name, f"{value} is outside 0–1")


@dataclass(frozen=True, slots=True)
class SteerCamera:
    """Move at this speed (shares of the top speed, right, up and in are positive) until told otherwise; all 0 stops.

    Steering has a deadman: without another one within a second the engine stops the camera.
    """

    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0

    def __post_init__(self) -> None:
        for name in ("pan", "tilt", "zoom"):
            _check_unit(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class CentreCamera:
    """Bring a point of the picture (shares, from the top left) to its middle."""

    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str
    x: float
    y: float

    def __post_init__(self) -> None:
        for name in ("x", "y"):
            _check_share(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class AdjustLens:
    """`focus`: speed from −1 (near) to 1 (far), with the same deadman; 0 stops it. `autofocus`: on, or off. `iris`: from 0 (closed) to
    1 (open), `auto_iris`: set by the camera again. None and False leave it. Moving the focus by hand switches autofocus off."""

    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str
    focus: float = 0.0
    autofocus: bool | None = None
    iris: float | None = None
    auto_iris: bool = False

    def __post_init__(self) -> None:
        _check_unit("focus", self.focus)
        if self.iris is not None:
            _check_share("iris", self.iris)


@dataclass(frozen=True, slots=True)
class GoToPreset:
    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str
    preset: str


@dataclass(frozen=True, slots=True)
class GoHome:
    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str


@dataclass(frozen=True, slots=True)
class ReleaseCamera:
    """Stop steering, and leave the camera to others at once."""

    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str


@dataclass(frozen=True, slots=True)
class StartTour:
    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str
    tour: str


@dataclass(frozen=True, slots=True)
class StopTour:
    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str


@dataclass(frozen=True, slots=True)
class SwitchOutput:
    """A relay of the camera. A pulse goes off by itself."""

    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str
    output: str
    action: OutputAction


@dataclass(frozen=True, slots=True)
class SendTalk:
    """The next piece of what an operator says: G.711 µ-law, 8 kHz, as base64 text. Talking ends when no more comes for a second.

    An empty piece ends it at once.
    """

    verb: ClassVar[Verb] = Verb.STEER
    camera_id: str
    sound: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if len(self.sound) > LONGEST_TALK:
            raise InputError("sound", f"has {len(self.sound)} characters; at most {LONGEST_TALK} are taken at once")


@dataclass(frozen=True, slots=True)
class SetPreset:
    """Keep where the camera looks now as a preset. `preset`: token of one to replace; empty: a new one. The outcome is its token."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    camera_id: str
    name: str
    preset: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= LONGEST_NAME:
            raise InputError("name", f"needs 1 to {LONGEST_NAME} characters")


@dataclass(frozen=True, slots=True)
class RemovePreset:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    camera_id: str
    preset: str


@dataclass(frozen=True, slots=True)
class SetHome:
    """Where the camera looks now is its home position from now on: zones and privacy areas are those of this picture."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    camera_id: str


PtzCommand: TypeAlias = (
    SteerCamera
    | CentreCamera
    | AdjustLens
    | GoToPreset
    | GoHome
    | ReleaseCamera
    | StartTour
    | StopTour
    | SwitchOutput
    | SendTalk
    | SetPreset
    | RemovePreset
    | SetHome
)
