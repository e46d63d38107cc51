"""Who is in which zone: boxes of the floor that may overlap, with hysteresis in space and time.

A blob enters a zone when it has been inside by more than its margin for `ENTER_S` on end, and leaves when it has been outside by more than
that for `LEAVE_S` on end. The margin grows with the blob's own uncertainty, so that a blob wobbling on a border stays where it was.
Borders that are the floor or the ceiling are open: what uncertainty in height says there means nothing.
A blob that has no place (`engine.model.radio.place`) is in no zone, and no zone near it is known to be empty.
"""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, TypeAlias

from engine.model.radio.blob import Blob
from engine.model.radio.place import has_place, is_near
from engine.model.radio.radio import ZoneOccupancy
from engine.model.site import Floor, Position, Zone
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain

ENTER_S, LEAVE_S = 0.5, 1.0
GONE_S = 3.0  # after its blob is gone a visit is kept so long: radio loses people for a moment
UNWATCHED_S = 60.0  # when nothing has watched for so long, visits are over
LEAST_M, MOST_M = 0.1, 0.5  # of the margin
OPEN_M = 0.05  # a border so near to floor or ceiling is open

_Key: TypeAlias = tuple[str, str]  # zone, blob


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """A blob entered or left a zone. `reason` of leaving: `left`, `gone` (blob lost), `unwatched`, `removed` (the zone)."""

    zone_id: str
    blob_id: str
    entered: bool
    at_ns: int
    position: Position
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OccupancyChange:
    """A zone became occupied or empty, or it became known or unknown whether it is. Given for every zone at the first step."""

    zone_id: str
    occupied: bool
    known: bool
    at_ns: int


@dataclass(frozen=True, slots=True)
class ZoneStep:
    """What one tick says. `zones_of` maps blobs that are in any zone to the zones' ids, in the order of the floor plan."""

    changes: tuple[ZoneChange, ...]
    occupancy_changes: tuple[OccupancyChange, ...]
    occupancy: tuple[ZoneOccupancy, ...]
    zones_of: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Visit:
    """One blob and one zone, while they have to do with each other.

    Attributes:
        inside: whether the blob counts as in the zone. turning_ns: since when the opposite has been seen on end, None when it is not.
        seen_ns, position: of the blob, when it was last there.
    """

    zone_id: str
    blob_id: str
    inside: bool
    turning_ns: int | None
    seen_ns: int
    position: Position


class ZoneWatch:
    """Sans-IO, one thread. `configure` first and whenever the floor changes."""

    def __init__(self) -> None:
        self._zones: dict[str, Zone] = {}
        self._ceiling_m = math.inf
        self._visits: dict[_Key, Visit] = {}
        self._told: dict[str, tuple[bool, bool]] = {}  # zone: occupied, known
        self._unwatched_since_ns: int | None = None

    def configure(self, floor: Floor) -> None:
        """Visits of zones that are no longer there end at the next step."""
        self._zones = {zone.id: zone for zone in floor.zones}
        self._ceiling_m = floor.height_m

    def step(self, now_ns: int, blobs: Sequence[Blob], watched: bool) -> ZoneStep:
        """`watched`: radio sees the room at all. While it does not, nothing changes and nothing is known, for a minute."""
        changes = self._removed(now_ns)
        if watched:
            self._resume(now_ns)
            placed = [blob for blob in blobs if has_place(blob.covariance)]
            for blob in placed:
                changes += self._update_visits(blob, now_ns)
            changes += self._end_visits({blob.id for blob in placed}, now_ns)
        else:
            changes += self._unseen(now_ns)
        known = self._known_zones(blobs) if watched else frozenset[str]()
        return ZoneStep(tuple(changes), self._occupancy_changes(known, now_ns), self._occupancy(known), self._zones_of())

    def state(self) -> dict[str, Any]:
        return {
            "visits": [to_plain(visit) for visit in self._visits.values()],
            "told": {zone_id: list(told) for zone_id, told in self._told.items()},
            "unwatched_since_ns": self._unwatched_since_ns,
        }

    def restore(self, state: dict[str, Any]) -> None:
        visits = [read_as(Visit, plain, "visits") for plain in state["visits"]]
        self._visits = {(visit.zone_id, visit.blob_id): visit for visit in visits}
        self._told = {zone_id: (bool(occupied), bool(known)) for zone_id, (occupied, known) in state["told"].items()}
        self._unwatched_since_ns = state["unwatched_since_ns"]

    def _removed(self, now_ns: int) -> list[ZoneChange]:
        for zone_id in self._told.keys() - self._zones.keys():
            del self._told[zone_id]
        old = [visit for visit in self._visits.values() if visit.zone_id not in self._zones]
        return self._end(old, now_ns, "removed")

    def _resume(self, now_ns: int) -> None:
        """Time in which nobody looked counts for nothing."""
        if self._unwatched_since_ns is None:
            return
        lost_ns = now_ns - self._unwatched_since_ns
        self._unwatched_since_ns = None
        self._visits = {key: replace(visit, turning_ns=None, seen_ns=visit.seen_ns + lost_ns) for key, visit in self._visits.items()}

    def _unseen(self, now_ns: int) -> list[ZoneChange]:
        if self._unwatched_since_ns is None:
            self._unwatched_since_ns = now_ns
        long = now_ns - self._unwatched_since_ns > UNWATCHED_S * SECOND
        return self._end(list(self._visits.values()), now_ns, "unwatched") if long else []

    def _update_visits(self, blob: Blob, now_ns: int) -> list[ZoneChange]:
        changes: list[ZoneChange] = []
        for zone in self._zones.values():
            known = self._visits.get((zone.id, blob.id))
            visit = known or Visit(zone.id, blob.id, False, None, now_ns, blob.position)
            visit, change = self._looked_at(replace(visit, seen_ns=now_ns, position=blob.position), zone, blob, now_ns)
            self._visits[zone.id, blob.id] = visit
            if not visit.inside and visit.turning_ns is None:
                del self._visits[zone.id, blob.id]
            if change is not None:
                changes.append(change)
        return changes

    def _looked_at(self, visit: Visit, zone: Zone, blob: Blob, now_ns: int) -> tuple[Visit, ZoneChange | None]:
        """The visit after one look, and the change when its other side has been seen for long enough."""
        turning = _clearly_out(blob, zone, self._ceiling_m) if visit.inside else _clearly_in(blob, zone, self._ceiling_m)
        if not turning:
            return replace(visit, turning_ns=None), None
        since_ns = now_ns if visit.turning_ns is None else visit.turning_ns
        if now_ns - since_ns < (LEAVE_S if visit.inside else ENTER_S) * SECOND:
            return replace(visit, turning_ns=since_ns), None
        entered = not visit.inside
        change = ZoneChange(zone.id, blob.id, entered, now_ns, blob.position, "" if entered else "left")
        return replace(visit, inside=entered, turning_ns=None), change

    def _end_visits(self, here: set[str], now_ns: int) -> list[ZoneChange]:
        away = [visit for visit in self._visits.values() if visit.blob_id not in here]
        return self._end([visit for visit in away if not visit.inside or now_ns - visit.seen_ns >= GONE_S * SECOND], now_ns, "gone")

    def _end(self, visits: list[Visit], now_ns: int, reason: str) -> list[ZoneChange]:
        for visit in visits:
            del self._visits[visit.zone_id, visit.blob_id]
        return [ZoneChange(visit.zone_id, visit.blob_id, False, now_ns, visit.position, reason) for visit in visits if visit.inside]

    def _inside(self) -> list[Visit]:
        return [visit for visit in self._visits.values() if visit.inside]

    def _known_zones(self, blobs: Sequence[Blob]) -> Set[str]:
        """Those of which it is known whether anybody is in them."""
        homeless = [blob for blob in blobs if not has_place(blob.covariance)]
        occupied = {visit.zone_id for visit in self._inside()}
        return {
            zone.id
            for zone in self._zones.values()
            if zone.id in occupied or not any(is_near(zone, blob.position, blob.covariance) for blob in homeless)
        }

    def _occupancy(self, known: Set[str]) -> tuple[ZoneOccupancy, ...]:
        blobs = {zone_id: tuple(sorted(v.blob_id for v in self._inside() if v.zone_id == zone_id)) for zone_id in self._zones}
        return tuple(ZoneOccupancy(zone_id, blob_ids, zone_id in known) for zone_id, blob_ids in blobs.items())

    def _occupancy_changes(self, known: Set[str], now_ns: int) -> tuple[OccupancyChange, ...]:
        occupied = {visit.zone_id for visit in self._inside()}
        now = {zone_id: (zone_id in occupied, zone_id in known) for zone_id in self._zones}
        changed = [(zone_id, told) for zone_id, told in now.items() if self._told.get(zone_id) != told]
        self._told = now
        return tuple(OccupancyChange(zone_id, occupied, is_known, now_ns) for zone_id, (occupied, is_known) in changed)

    def _zones_of(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        inside = {(visit.zone_id, visit.blob_id) for visit in self._inside()}
        for zone_id in self._zones:
            for blob_id in sorted(blob_id for known, blob_id in inside if known == zone_id):
                found[blob_id] = (*found.get(blob_id, ()), zone_id)
        return found


def _sides(zone: Zone, ceiling_m: float) -> tuple[tuple[float, float], ...]:
    """From and to of the box along x, y, z, with open borders at infinity."""
    z0 = -math.inf if zone.z0 <= OPEN_M else zone.z0
    z1 = math.inf if zone.z1 >= ceiling_m - OPEN_M else zone.z1
    return (zone.x0, zone.x1), (zone.y0, zone.y1), (z0, z1)


def _margin_m(blob: Blob, axis: int) -> float:
    variance = blob.covariance[axis][axis]
    return min(max(math.sqrt(max(variance, 0.0)), LEAST_M), MOST_M)


def _clearly_in(blob: Blob, zone: Zone, ceiling_m: float) -> bool:
    """Inside by its margin on each axis; by a quarter of the zone's side where the zone is too small for that."""
    for axis, (low, high) in enumerate(_sides(zone, ceiling_m)):
        margin_m = min(_margin_m(blob, axis), (high - low) / 4)
        if not low + margin_m <= blob.position[axis] <= high - margin_m:
            return False
    return True


def _clearly_out(blob: Blob, zone: Zone, ceiling_m: float) -> bool:
    """Outside by its margin on any axis."""
    for axis, (low, high) in enumerate(_sides(zone, ceiling_m)):
        margin_m = _margin_m(blob, axis)
        if not low - margin_m <= blob.position[axis] <= high + margin_m:
            return True
    return False
