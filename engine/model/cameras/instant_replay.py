"""The last seconds of a camera, as they are held in memory: played again without a file."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.question_type import Question
from engine.model.value_class import dataclass

MOST_PICTURES = 30  # in one answer
PACKETS = "replay_packets"  # of engines that give what they hold as packets too
SMALLEST_SIDE, LARGEST_SIDE = 16, 3840


@dataclass(frozen=True, slots=True, eq=False)
class ReplayPicture:
    """One picture: JPEG bytes as an array, scaled to what was asked. `width`, `height`: of the camera's own picture."""

    at_ns: int
    width: int
    height: int
    jpeg: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class DecodedReplayPicture(ReplayPicture):
    """One that was decoded on this side of the network: (H, W, 4) uint8 BGRA, C-contiguous, and no JPEG."""

    pixels: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class ReplayPart:
    """Some pictures in order. `held_from_ns`, `held_until_ns`: what can be replayed now; None: nothing. `reason`: then why, a sentence."""

    held_from_ns: int | None = None
    held_until_ns: int | None = None
    pictures: tuple[ReplayPicture, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReplayCamera(Question[ReplayPart]):
    """The picture shown at `at_ns` and those after it, `pictures` at most, each to fit width × height.

    Of a moment that is not held any more: the oldest ones. `after`: without the one shown at `at_ns`, to go on from it.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    camera_id: str
    at_ns: int
    pictures: int = 1
    width: int = 640
    height: int = 360
    after: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.pictures <= MOST_PICTURES:
            raise InputError("pictures", f"must be 1 to {MOST_PICTURES}")
        for name, side in (("width", self.width), ("height", self.height)):
            if not SMALLEST_SIDE <= side <= LARGEST_SIDE:
                raise InputError(name, f"must be {SMALLEST_SIDE} to {LARGEST_SIDE} pixels")
