"""The places lane: visits to zones, zones that are occupied, and portals that were gone through, as events."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.alerts.gates import at_least
from engine.model.alerts.decision import CandidateKind, GateReading
from engine.model.event import Event, EventKind
from engine.model.people.traces import Traces
from engine.model.radio.blob import Blob
from engine.model.radio.place import has_place
from engine.model.radio.radio import ZoneOccupancy
from engine.model.site import Floor, Position
from engine.pipeline.identities.event_identity import NOBODY, EventIdentity
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans, raised
from engine.radio.portals import Crossing, PortalWatch
from engine.radio.zones import ENTER_S, OccupancyChange, ZoneChange, ZoneWatch


class PlacesLane:
    """Sans-IO; the engine thread only. `configure` first."""

    def __init__(self) -> None:
        self._zones = ZoneWatch()
        self._portals = PortalWatch()
        self._visits = Spans()
        self._occupied = Spans()
        self._floor = Floor()
        self._who: Mapping[str, EventIdentity] = {}

    def configure(self, floor: Floor) -> None:
        self._floor = floor
        self._zones.configure(floor)
        self._portals.configure(floor)

    def step(
        self, now_ns: int, blobs: Sequence[Blob], who: Mapping[str, EventIdentity], watched: bool, out: StepOutput
    ) -> tuple[tuple[ZoneOccupancy, ...], Mapping[str, tuple[str, ...]]]:
        """Who is where now, and the zones of each blob. `who`: by the blob's id. `watched`: radio sees the room at all."""
        self._who = who
        by_id = {blob.id: blob for blob in blobs}
        said = self._zones.step(now_ns, blobs, watched)
        for change in said.changes:
            self._visit(change, by_id.get(change.blob_id), out)
        self._end_removed(now_ns, out)
        for change in said.occupancy_changes:
            self._occupancy(change, any(blob.simulated for blob in blobs), out)
        placed = [blob for blob in blobs if has_place(blob.covariance)]
        for crossing in self._portals.step(now_ns, placed) if watched else ():
            self._crossed(crossing, by_id[crossing.blob_id], out)
        self._name(now_ns, by_id, out)
        return said.occupancy, said.zones_of

    def interrupt(self, at_ns: int, out: StepOutput) -> None:
        """Nobody watches any more."""
        self._visits.end_all(at_ns, out)
        self._occupied.end_all(at_ns, out)
        self._zones, self._portals = ZoneWatch(), PortalWatch()
        self.configure(self._floor)

    def know(self, ids: Mapping[str, str]) -> None:
        """The ids of persons by their names."""
        self._visits.know(ids)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._visits.erase(traces, out)

    def open_event_ids(self) -> frozenset[str]:
        return self._visits.ids() | self._occupied.ids()

    def state(self) -> dict[str, Any]:
        return {
            "zones": self._zones.state(),
            "portals": self._portals.state(),
            "visits": self._visits.state(),
            "occupied": self._occupied.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """After `configure` with the same floor."""
        self._zones.restore(state["zones"])
        self._portals.restore(state["portals"])
        self._visits.restore(state["visits"])
        self._occupied.restore(state["occupied"])

    def _end_removed(self, now_ns: int, out: StepOutput) -> None:
        """A zone that is no longer there is not occupied any more."""
        zones = {zone.id for zone in self._floor.zones}
        for zone_id in self._occupied.open_keys():
            if zone_id not in zones:
                self._occupied.end(zone_id, now_ns, out)

    def _visit(self, change: ZoneChange, blob: Blob | None, out: StepOutput) -> None:
        key = f"{change.zone_id} {change.blob_id}"
        if not change.entered:
            self._visits.end(key, change.at_ns, out)
            return
        self._begin_visit(key, change.at_ns, change.position, blob, out)

    def _begin_visit(self, key: str, at_ns: int, position: Position, blob: Blob | None, out: StepOutput) -> None:
        zone_id, blob_id = key.split(" ", 1)
        self._visits.begin(key, self._event(EventKind.ZONE_VISIT, blob_id, zone_id, at_ns, position, blob, _inside(), out), out)

    def _occupancy(self, change: OccupancyChange, simulated: bool, out: StepOutput) -> None:
        """What is not known is neither occupied nor empty: the event goes on until somebody looked."""
        if change.known and not change.occupied:
            self._occupied.end(change.zone_id, change.at_ns, out)
        elif change.occupied and change.zone_id not in self._occupied:
            kind, gates = EventKind.ZONE_OCCUPIED, (at_least("people", 1, 1),)
            args = (CandidateKind.ZONE, change.zone_id, gates, change.at_ns, change.at_ns, out)
            self._occupied.begin(change.zone_id, raised(kind, *args, simulated=simulated, zone_id=change.zone_id), out)

    def _crossed(self, crossing: Crossing, blob: Blob, out: StepOutput) -> None:
        way = "in" if crossing.inward else "out"
        gates = (at_least("beyond the portal", 1, 1),)
        event = self._event(
            EventKind.CROSSING, blob.id, crossing.portal_id, crossing.at_ns, crossing.position, blob, gates, out, f"Went {way}."
        )
        span = Spans()
        span.begin(event.id, event, out)
        span.end(event.id, crossing.at_ns, out)

    def _name(self, now_ns: int, blobs: Mapping[str, Blob], out: StepOutput) -> None:
        """A visit has the name of its visitor as soon as that is known; of one who is taken for another person another visit begins."""
        for key in self._visits.open_keys():
            blob = blobs.get(key.split(" ", 1)[1])
            who = NOBODY if blob is None else self._who.get(blob.id, NOBODY)
            if blob is not None and self._visits.is_of_another(key, who):
                self._visits.end(key, now_ns, out)
                self._begin_visit(key, now_ns, blob.position, blob, out)
            self._visits.change(key, out, who=who)

    def _event(
        self,
        kind: EventKind,
        blob_id: str,
        place_id: str,
        at_ns: int,
        position: Position,
        blob: Blob | None,
        gates: tuple[GateReading, ...],
        out: StepOutput,
        reason: str = "",
    ) -> Event:
        return raised(
            kind,
            CandidateKind.ZONE,
            blob_id,
            gates,
            at_ns,
            at_ns,
            out,
            confidence=blob.confidence if blob is not None else 1.0,
            reason=reason,
            simulated=blob is not None and blob.simulated,
            position=position,
            zone_id=place_id,
            who=self._who.get(blob_id, NOBODY),
        )


def _inside() -> tuple[GateReading, ...]:
    """The zone watch tells of nobody who was inside for less."""
    return (at_least("inside", ENTER_S, ENTER_S, "s"),)
