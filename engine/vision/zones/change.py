"""What became of somebody and a place in the picture, for the lane that makes events of it."""

from engine.model.alerts.decision import GateReading
from engine.model.cameras.detection import Category
from engine.model.event import EventKind
from engine.model.geometry import Box
from engine.model.value_class import dataclass
from engine.vision.activities.change import Stage

CONFIDENCE, INSIDE, STILL, STAYED, COUNT, LASTING, DIRECTION = "confidence", "inside", "still", "stayed", "count", "lasting", "direction"

_A = {Category.VEHICLE: "a vehicle", Category.ANIMAL: "an animal", Category.OBJECT: "an object"}


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """One step in the life of one occurrence.

    Attributes:
        kind: ZONE_VISIT, ZONE_OCCUPIED, LOITERING, CROSSING (over as soon as it is told) or CROWD.
        key: the same in every change of one occurrence. subject_id: the track that does it; of a crowd or a zone in use, the zone.
        started_ns: when it began, not when it was believed.
        at_ns: when it was decided; with ENDED, when it was over. box_xyxy: where, pixels of the frame.
        label: of a crossing, its direction. reason: a sentence. gates: with RAISED and REJECTED.
    """

    kind: EventKind
    stage: Stage
    key: str
    place_id: str
    subject_id: str
    at_ns: int
    started_ns: int
    confidence: float = 1.0
    box_xyxy: Box | None = None
    label: str = ""
    reason: str = ""
    gates: tuple[GateReading, ...] = ()


def about(category: int, words: str = "") -> str:
    """The words, after what it is that does it where that is no person."""
    what = "" if category == Category.PERSON else f"It is {_A[Category(category)]}."
    return " ".join(part for part in (what, words) if part)
