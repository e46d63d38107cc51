"""From when to when a zone is in use: as long as anybody's visit of it is told."""

from collections.abc import Iterable, Iterator, Sequence

from engine.model.alerts.decision import GateReading
from engine.model.cameras.picture_zone import PictureZone
from engine.model.event import EventKind
from engine.model.value_class import dataclass
from engine.vision.activities.change import Stage, at_least
from engine.vision.zones.change import COUNT, PlaceChange
from engine.vision.zones.walker import Walker


@dataclass(slots=True)
class Occupied:
    """`peak`: most at once. left_ns: until when somebody was in it, of those who left since."""

    since_ns: int
    peak: int
    left_ns: int = 0


class Occupancy:
    """Of one camera's zones; one thread. Who is in a zone is known with the hysteresis of visits, so that there is none of its own."""

    def __init__(self) -> None:
        self.occupied: dict[str, Occupied] = {}

    def note(self, changes: Iterable[PlaceChange]) -> None:
        """Visits that ended: the last one says until when a zone was in use."""
        for change in changes:
            occupied = self.occupied.get(change.place_id)
            if occupied is not None and change.kind is EventKind.ZONE_VISIT and change.stage is Stage.ENDED:
                occupied.left_ns = max(occupied.left_ns, change.at_ns)

    def look(self, zone: PictureZone, inside: Sequence[Walker], at_ns: int, since_ns: int | None = None) -> Iterator[PlaceChange]:
        """`inside`: all who are in it now. What is known as still is counted, but keeps no zone in use that it was not told of.
        `since_ns`: when it begins, None: with the first who entered."""
        told = [walker for walker in inside if walker.visits[zone.id].told]
        if not told:
            yield from self.end(zone.id)
        elif zone.id not in self.occupied:
            entered_ns = min(walker.visits[zone.id].since_ns for walker in told)
            self.occupied[zone.id] = Occupied(entered_ns if since_ns is None else since_ns, len(inside))
            confidence = max(walker.conf for walker in told)
            yield _occupancy_change(zone.id, self.occupied[zone.id], Stage.RAISED, at_ns, (at_least(COUNT, len(inside), 1),), confidence)
        elif len(inside) > self.occupied[zone.id].peak:
            self.occupied[zone.id].peak = len(inside)
            yield _occupancy_change(zone.id, self.occupied[zone.id], Stage.CHANGED, at_ns)

    def end(self, zone_id: str, at_ns: int | None = None) -> Iterator[PlaceChange]:
        """Nothing where it is not in use. `at_ns`: when it was over; None: as of when the last one had left."""
        occupied = self.occupied.pop(zone_id, None)
        if occupied is not None:
            yield _occupancy_change(zone_id, occupied, Stage.ENDED, occupied.left_ns if at_ns is None else at_ns)


def _occupancy_change(
    zone_id: str, occupied: Occupied, stage: Stage, at_ns: int, gates: tuple[GateReading, ...] = (), confidence: float = 1.0
) -> PlaceChange:
    key = f"{zone_id} {EventKind.ZONE_OCCUPIED.value}"
    args = (confidence, None, "", f"At most {occupied.peak} at once.", gates)
    return PlaceChange(EventKind.ZONE_OCCUPIED, stage, key, zone_id, zone_id, at_ns, occupied.since_ns, *args)
