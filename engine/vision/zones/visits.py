"""Who is in which zone, with hysteresis in space and time: a foot on the border stays where it was."""

from collections.abc import Iterator

from engine.model.alerts.decision import GateReading
from engine.model.cameras.picture_zone import PictureZone
from engine.model.event import EventKind
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass
from engine.vision.activities.change import Stage, all_passed, at_least
from engine.vision.zones.change import CONFIDENCE, INSIDE, STAYED, STILL, PlaceChange, about
from engine.vision.zones.walker import SAME_BOX, Visit, Walker

ENTER_S, LEAVE_S = 0.4, 0.8
WORTH_TELLING = 0.5  # of the time after which somebody loiters: who left before is no candidate


@dataclass(frozen=True, slots=True)
class Visits:
    """The rules; `min_confidence` is that of the site's gates."""

    min_confidence: float

    def is_settled(self, visit: Visit | None, zone: PictureZone) -> bool:
        """Everything about it is told, until they leave; or nothing is known of them there."""
        return visit is None or (visit.told and visit.turning_ns is None and (visit.loitering or zone.loiter_s == 0))

    def look(self, walker: Walker, zone: PictureZone, code: int, still: float, at_ns: int) -> Iterator[PlaceChange]:
        """`code`: 1 clearly inside, −1 clearly outside, 0 neither. `still`: IoU with a known still object."""
        visit = walker.visits.get(zone.id)
        if visit is None:
            if code > 0:
                walker.visits[zone.id] = Visit(at_ns, at_ns)
        elif code < 0:
            yield from self._outside(walker, zone, visit, at_ns)
        else:
            yield from self._inside(walker, zone, visit, code, still, at_ns)

    def end(self, walker: Walker, zone_id: str, zone: PictureZone | None, at_ns: int) -> Iterator[PlaceChange]:
        """It is over, as of `at_ns`. `zone`: None where it is no longer there."""
        visit = walker.visits.pop(zone_id)
        if visit.loitering:
            yield _visit_change(walker, zone_id, visit, EventKind.LOITERING, Stage.ENDED, at_ns)
        elif visit.told and zone is not None and zone.loiter_s > 0 and at_ns - visit.since_ns >= WORTH_TELLING * zone.loiter_s * SECOND:
            gates = _stayed(visit, zone, visit.clear_ns)
            yield _visit_change(walker, zone_id, visit, EventKind.LOITERING, Stage.REJECTED, at_ns, gates)
        if visit.told:
            yield _visit_change(walker, zone_id, visit, EventKind.ZONE_VISIT, Stage.ENDED, at_ns)
        elif not visit.held and zone is not None:
            gates = self._gates(walker, visit, 0.0)
            yield _visit_change(walker, zone_id, visit, EventKind.ZONE_VISIT, Stage.REJECTED, at_ns, gates)

    def stop_loitering(self, walker: Walker, zone_id: str, at_ns: int) -> Iterator[PlaceChange]:
        """The zone does not ask for it any more."""
        visit = walker.visits[zone_id]
        if visit.loitering:
            visit.loitering = False
            yield _visit_change(walker, zone_id, visit, EventKind.LOITERING, Stage.ENDED, at_ns)

    def _outside(self, walker: Walker, zone: PictureZone, visit: Visit, at_ns: int) -> Iterator[PlaceChange]:
        if visit.turning_ns is None:
            visit.turning_ns = at_ns
        if not visit.inside or at_ns - visit.turning_ns >= seconds_to_ns(LEAVE_S):
            yield from self.end(walker, zone.id, zone, visit.turning_ns)

    def _inside(self, walker: Walker, zone: PictureZone, visit: Visit, code: int, still: float, at_ns: int) -> Iterator[PlaceChange]:
        if code > 0:
            visit.clear_ns = visit.clear_ns if self.is_settled(visit, zone) else at_ns
            visit.turning_ns = None
            visit.inside = visit.inside or at_ns - visit.since_ns >= seconds_to_ns(ENTER_S)
        if visit.inside and not visit.told:
            yield from self._judge(walker, zone, visit, still, at_ns)
        if visit.told and not visit.loitering and zone.loiter_s > 0 and at_ns - visit.since_ns >= seconds_to_ns(zone.loiter_s):
            visit.loitering = True
            words = f"Has been there for {zone.loiter_s:.0f} s."
            gates = _stayed(visit, zone, at_ns)
            yield _visit_change(walker, zone.id, visit, EventKind.LOITERING, Stage.RAISED, at_ns, gates, words)

    def _judge(self, walker: Walker, zone: PictureZone, visit: Visit, still: float, at_ns: int) -> Iterator[PlaceChange]:
        gates = self._gates(walker, visit, still)
        if all_passed(gates):
            visit.told = True
            yield _visit_change(walker, zone.id, visit, EventKind.ZONE_VISIT, Stage.RAISED, at_ns, gates)
        elif not visit.held and all(gate.passed or gate.gate == STILL for gate in gates):
            visit.held = True
            yield _visit_change(walker, zone.id, visit, EventKind.ZONE_VISIT, Stage.REJECTED, at_ns, gates)

    def _gates(self, walker: Walker, visit: Visit, still: float) -> tuple[GateReading, ...]:
        gates = (
            at_least(CONFIDENCE, walker.conf, self.min_confidence),
            at_least(INSIDE, (visit.clear_ns - visit.since_ns) / SECOND, ENTER_S, "s"),
        )
        return (*gates, at_least(STILL, 1 - still, 1 - SAME_BOX)) if still > 0 else gates


def _stayed(visit: Visit, zone: PictureZone, at_ns: int) -> tuple[GateReading, ...]:
    return (at_least(STAYED, (at_ns - visit.since_ns) / SECOND, zone.loiter_s, "s"),)


def _visit_change(
    walker: Walker,
    zone_id: str,
    visit: Visit,
    kind: EventKind,
    stage: Stage,
    at_ns: int,
    gates: tuple[GateReading, ...] = (),
    reason: str = "",
) -> PlaceChange:
    key = f"{zone_id} {walker.id} {kind.value}"
    args = (visit.since_ns, walker.conf, walker.frame_box, "", about(walker.category, reason), gates)
    return PlaceChange(kind, stage, key, zone_id, walker.track_id, at_ns, *args)
