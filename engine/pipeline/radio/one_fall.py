"""Whether two sensors tell the same fall: of the same person, or at one place at one time."""

from collections.abc import Mapping
from math import dist

from engine.model.event import Event
from engine.model.radio.fused import AssertionKind
from engine.model.site import Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass

SAME_FALL_M = 1.5  # how far apart on the floor two sensors see one person lie
SAME_FALL_NS = 30 * SECOND  # radio tells a fall later than a camera


@dataclass(frozen=True, slots=True)
class LastKnownTrack:
    """What the floor last knew of a track: who, where, and which blob is the same person (empty: none). fused_id: of them on the floor."""

    person_id: str = ""
    person: str = ""
    position: Position | None = None
    blob_id: str = ""
    fused_id: str = ""
    named_by: AssertionKind | None = None


def one_person(one: LastKnownTrack, other: LastKnownTrack) -> bool:
    ids = ((one.fused_id, other.fused_id), (one.blob_id, other.blob_id), (one.person_id, other.person_id))
    return any(first and first == second for first, second in ids)


def one_place(one: Position | None, one_ns: int, other: Position | None, other_ns: int) -> bool:
    """`one_ns`, `other_ns`: when each went down."""
    if one is None or other is None or abs(one_ns - other_ns) > SAME_FALL_NS:
        return False
    return dist(one[:2], other[:2]) <= SAME_FALL_M


def fall_at(position: Position | None, at_ns: int, falls: Mapping[str, Event]) -> Event | None:
    """The nearest of these falls that is the one at this place."""
    near = [fall for fall in falls.values() if one_place(position, at_ns, fall.position, fall.started_ns)]
    return min(near, key=lambda fall: (dist((position or (0, 0))[:2], (fall.position or (0, 0))[:2]), fall.id), default=None)
