"""How well each sense does at this site, by its own record: what it saw of what others saw, how far apart, and whom it lost."""

from enum import StrEnum
from typing import ClassVar

from engine.model.accounts.access import Verb
from engine.model.geometry import Point
from engine.model.question_type import Question
from engine.model.value_class import dataclass

LEAST_MOMENTS = 30  # from fewer nothing is concluded
LEAST_WATCHED_S = 3600.0  # and no rate from less


class SenseKind(StrEnum):
    CAMERA = "camera"
    RADIO = "radio"
    SCANNER = "scanner"  # of Bluetooth
    MICROPHONE = "microphone"


@dataclass(frozen=True, slots=True)
class SenseFigures:
    """Since `since_ns`. A moment is two seconds of one person whom another sense located where this one looks.

    Attributes:
        worked_s: seconds in which it worked, of `looked_s` in which it should have.
        moments, seen: moments, and those in which this one saw the person within its stated error. by: senses that located them.
        apart_m: median distance from where the surest other sense saw the same person, metres; None where none did.
        lost: people who vanished in the middle of its view. alone: people whom only this one saw where others look.
    """

    since_ns: int
    worked_s: float = 0.0
    looked_s: float = 0.0
    moments: int = 0
    seen: int = 0
    by: tuple[SenseKind, ...] = ()
    apart_m: float | None = None
    lost: int = 0
    alone: int = 0

    @property
    def share(self) -> float | None:
        """Seen of all moments, 0–1; None while there are too few."""
        return self.seen / self.moments if self.moments >= LEAST_MOMENTS else None

    @property
    def is_long(self) -> bool:
        """Whether it watched long enough for a rate."""
        return self.worked_s >= LEAST_WATCHED_S


@dataclass(frozen=True, slots=True)
class SenseQuality:
    """Of one camera, of radio as a whole (`radio`), or of one Bluetooth scanner.

    `recent`: this hour and the one before; `day`: the last 24 hours; both since it was placed as it is now. `losses`: (x, y) metres, of
    the day, the newest 50.
    """

    sensor_id: str
    kind: SenseKind
    recent: SenseFigures
    day: SenseFigures
    losses: tuple[Point, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class ListSenseQuality(Question[tuple[SenseQuality, ...]]):
    """Cameras first; empty in the first seconds of a run."""

    verb: ClassVar[Verb] = Verb.SEE_LIVE
