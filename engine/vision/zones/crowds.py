"""More in a zone than it should hold, for a while."""

from collections.abc import Iterator, Sequence

from engine.model.alerts.decision import GateReading
from engine.model.cameras.picture_zone import PictureZone
from engine.model.event import EventKind
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass
from engine.vision.activities.change import Stage, at_least
from engine.vision.zones.change import COUNT, LASTING, PlaceChange

CROWD_S, FEWER_S = 1.0, 2.0  # more for so long is a crowd; fewer for so long is none any more


@dataclass(slots=True)
class Crowd:
    """`peak`: most at once. fewer_ns: since when there are fewer again."""

    since_ns: int
    peak: int
    told: bool = False
    fewer_ns: int | None = None


class Crowds:
    """Of one camera's zones; one thread."""

    def __init__(self) -> None:
        self.crowds: dict[str, Crowd] = {}

    def look(self, zone: PictureZone, confidences: Sequence[float], at_ns: int) -> Iterator[PlaceChange]:
        """`confidences`: of all who are in it now."""
        count, crowd = len(confidences), self.crowds.get(zone.id)
        if count > zone.most:
            crowd = self.crowds.setdefault(zone.id, Crowd(at_ns, count))
            yield from self._more(zone, crowd, sum(confidences) / count, count, at_ns)
        elif crowd is not None:
            crowd.fewer_ns = at_ns if crowd.fewer_ns is None else crowd.fewer_ns
            if not crowd.told or at_ns - crowd.fewer_ns >= seconds_to_ns(FEWER_S):
                yield from self.end(zone.id, zone, crowd.fewer_ns)

    def end(self, zone_id: str, zone: PictureZone | None, at_ns: int) -> Iterator[PlaceChange]:
        """`zone`: None where it is no longer there."""
        crowd = self.crowds.pop(zone_id)
        if crowd.told:
            yield _change(zone_id, crowd, Stage.ENDED, at_ns)
        elif zone is not None:
            yield _change(zone_id, crowd, Stage.REJECTED, at_ns, _gates(zone, crowd, at_ns))

    def _more(self, zone: PictureZone, crowd: Crowd, confidence: float, count: int, at_ns: int) -> Iterator[PlaceChange]:
        crowd.fewer_ns = None
        grown, crowd.peak = count > crowd.peak, max(crowd.peak, count)
        words = f"{crowd.peak} at once, where {zone.most} are the most."
        if crowd.told:
            if grown:
                yield _change(zone.id, crowd, Stage.CHANGED, at_ns, reason=words)
        elif at_ns - crowd.since_ns >= seconds_to_ns(CROWD_S):
            crowd.told = True
            yield _change(zone.id, crowd, Stage.RAISED, at_ns, _gates(zone, crowd, at_ns), words, confidence)


def _gates(zone: PictureZone, crowd: Crowd, at_ns: int) -> tuple[GateReading, ...]:
    lasting_s = (at_ns - crowd.since_ns) / SECOND
    return at_least(COUNT, crowd.peak, zone.most + 1), at_least(LASTING, lasting_s, CROWD_S, "s")


def _change(
    zone_id: str, crowd: Crowd, stage: Stage, at_ns: int, gates: tuple[GateReading, ...] = (), reason: str = "", confidence: float = 1.0
) -> PlaceChange:
    key = f"{zone_id} {EventKind.CROWD.value}"
    args = (confidence, None, "", reason, gates)
    return PlaceChange(EventKind.CROWD, stage, key, zone_id, zone_id, at_ns, crowd.since_ns, *args)
