"""A picture of the floor plan, under everything that is drawn of the floor: where it lies, and the command and question about it."""

import math
from dataclasses import field
from typing import Annotated, ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.question_type import Question
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

_FARTHEST_M = 2_000.0


@dataclass(frozen=True, slots=True)
class FloorImage:
    """Upright as the plan is: its upper edge is north.

    Attributes:
        digest: SHA-256 of its file, hexadecimal; the file is kept beside the settings, not in them.
        width, height: pixels.
        metres_per_px: of the floor.
        left_m, bottom_m: where its lower left corner lies on the floor (X, Y).
    """

    digest: Annotated[str, Setting("File")]
    width: Annotated[int, Setting("Width", unit="px")]
    height: Annotated[int, Setting("Height", unit="px")]
    metres_per_px: Annotated[float, Setting("Metres per pixel", ge=1e-5, le=10)]
    left_m: Annotated[float, Setting("Left edge", unit="m")] = 0.0
    bottom_m: Annotated[float, Setting("Lower edge", unit="m")] = 0.0

    def __post_init__(self) -> None:
        check_limits(self)
        if len(self.digest) != 64 or any(c not in "0123456789abcdef" for c in self.digest):
            raise InputError("digest", "is not a SHA-256")
        if min(self.width, self.height) < 1:
            raise InputError("width", "a picture has pixels")
        if not all(math.isfinite(value) and abs(value) <= _FARTHEST_M for value in (self.left_m, self.bottom_m)):
            raise InputError("left_m", f"the picture lies more than {_FARTHEST_M:g} m away")

    def bounds_m(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 on the floor."""
        return (self.left_m, self.bottom_m, self.left_m + self.width * self.metres_per_px, self.bottom_m + self.height * self.metres_per_px)


@dataclass(frozen=True, slots=True)
class PutFloorImage:
    """Lay a picture under the floor. `picture`: a JPEG or PNG file as base64; empty: the one that is there is laid otherwise."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    metres_per_px: float
    left_m: float = 0.0
    bottom_m: float = 0.0
    picture: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RemoveFloorImage:
    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class GetFloorImage(Question[str]):
    """Its file as base64 in `Answer.text`; empty where there is none."""

    verb: ClassVar[Verb] = Verb.SEE_LIVE


FloorImageCommand: TypeAlias = PutFloorImage | RemoveFloorImage
