"""Gestures that were taught."""

from enum import StrEnum

from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.value_class import dataclass

GESTURE_LABEL_LENGTH = 100


class GestureMode(StrEnum):
    OFF = "off"
    SHADOW = "shadow"  # runs, and lists what it would have fired
    ARMED = "armed"


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One performance: `landmarks` (T, J, 3) float32 as a camera's pose estimation gave them, at `at_s` (T,) float32, rising from 0."""

    at_s: Floats
    landmarks: Floats

    @property
    def lasts_s(self) -> float:
        return float(self.at_s[-1] - self.at_s[0])


@dataclass(frozen=True, slots=True, eq=False)
class Gesture:
    """A gesture as kept.

    Attributes:
        threshold: learned from its takes and from background motion; a distance at it reads as confidence 0.70.
        fired, shadow_fired: how often it was seen, and how often it would have been while in shadow mode.
    """

    id: str
    label: str
    takes: tuple[Take, ...]
    threshold: float
    created_ns: int
    created_by: str = ""
    mode: GestureMode = GestureMode.ARMED
    fired: int = 0
    shadow_fired: int = 0
    last_seen_ns: int | None = None

    def __post_init__(self) -> None:
        if not self.label.strip() or len(self.label) > GESTURE_LABEL_LENGTH:
            raise InputError("label", f"must have 1 to {GESTURE_LABEL_LENGTH} characters")
        if not self.takes:
            raise InputError("takes", "a gesture needs at least one take")
