"""What somebody looked like while they were in one camera's view: for finding who looks alike."""

from engine.model.geometry import Box, Floats
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class StayLook:
    """One stay: the life of one track of a person.

    Attributes:
        id: of the track. best_ns, box_xyxy: when they were seen largest, and where, pixels of the camera's picture.
        count: looks that `vector` is the mean of. vector: (D,) float32 of unit length. model: what made it.
        person_id: whose name was known; empty for nobody's. closed: nothing is added any more.
    """

    id: str
    camera_id: str
    since_ns: int
    until_ns: int
    best_ns: int
    box_xyxy: Box
    count: int
    model: str
    vector: Floats
    person_id: str = ""
    simulated: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class FoundLook:
    """A stay that was found. `likeness`: cosine of the two looks, −1 to 1. `event_id`: of its event, empty where there is none."""

    id: str
    camera_id: str
    since_ns: int
    until_ns: int
    best_ns: int
    likeness: float
    person_id: str
    simulated: bool
    event_id: str


@dataclass(frozen=True, slots=True, eq=False)
class KnownLook:
    """`vector` (D,) float32, as good as of unit length."""

    camera_id: str
    model: str
    vector: Floats
