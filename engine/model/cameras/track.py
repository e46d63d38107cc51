"""One object followed by one camera, now (`Track`) and as remembered (`Sequence`)."""

from enum import StrEnum

from engine.model.cameras.detection import Category
from engine.model.geometry import Box
from engine.model.value_class import dataclass


class TrackStatus(StrEnum):
    TENTATIVE = "tentative"  # seen too briefly to be believed
    CONFIRMED = "confirmed"
    COASTING = "coasting"  # not detected just now; the box is a prediction
    LOST = "lost"  # ended; appears once, in the step that ends it


@dataclass(frozen=True, slots=True)
class Track:
    """Attributes:
    id: unique in the record. `number`: short, per camera, for the screen.
    box_xyxy: pixels of the full frame at the time of the snapshot that holds the track.
    confidence: of the last detection; `max_conf` is the highest so far and never falls.
    velocity_xy: of the box centre, pixels per second.
    """

    id: str
    number: int
    camera_id: str
    category: Category
    status: TrackStatus
    box_xyxy: Box
    confidence: float
    max_conf: float
    first_seen_ns: int
    last_seen_ns: int
    velocity_xy: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Sequence:
    """The stored life of a confirmed track. `ended_ns` is None while it lives; `best_box` is where `max_conf` was reached."""

    id: str
    number: int
    camera_id: str
    category: Category
    started_ns: int
    last_seen_ns: int
    ended_ns: int | None
    max_conf: float
    detections: int
    best_box: Box
