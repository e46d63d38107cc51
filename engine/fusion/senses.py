"""How well each sense does, counted live: for everybody on the floor, which of the sensors that look there saw them, and how far apart.

A sensor is judged by the others only: it has its chance where the surest other one located somebody within its view. One whose places are
rough judges none: whom it locates may stand in the next room. Plain sums, by the hour.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from engine.fusion.association import GATE2
from engine.fusion.sighting import Sighting
from engine.model.geometry import Point
from engine.model.radio.fused import FusedTrack, SourceKind
from engine.model.radio.place import has_place
from engine.model.sense_quality import LEAST_MOMENTS, SenseFigures, SenseKind, SenseQuality
from engine.model.time import SECOND
from engine.model.value_class import dataclass

LOOK_NS, MOMENT_NS = SECOND // 2, 2 * SECOND
LOST_NS, KNOWN_NS = 4 * SECOND, 2 * SECOND  # unseen for so long, after having been seen for at least so long
ALONE_NS = 6 * SECOND
AHEAD_S, TAKEN_UP_M = 1.5, 1.5  # how long somebody walks on, out of view; how near a new track of the same sensor goes on
ROUGH_M = 1.5  # a sensor that is farther off, by the others, judges none
_HOUR_NS, _HOURS = 3600 * SECOND, 24
_BIN_M, _BINS = 0.2, 50
_MOST_LOSSES = 50
_KINDS = {SourceKind.CAMERA: SenseKind.CAMERA, SourceKind.RADIO: SenseKind.RADIO, SourceKind.BLE: SenseKind.SCANNER}
_ORDER = tuple(SenseKind)
Views = Callable[[Point], Collection[str]]
"""Which working sensors should see somebody who stands there."""


@dataclass(frozen=True, slots=True)
class ScannerMoment:
    """A moment of a Bluetooth scanner: somebody whom another sense named is near, and other scanners hear their device."""

    scanner: str
    heard: bool
    by: SenseKind
    apart_m: float | None = None


@dataclass(frozen=True, slots=True)
class SensesNow:
    """`sensors`: all that should work, each with its kind and whether it does. `is_exit`: people may leave the floor there."""

    sightings: Sequence[Sighting]
    tracks: Sequence[FusedTrack]
    sensors: Mapping[str, tuple[SenseKind, bool]]
    views: Views
    is_exit: Callable[[Point], bool]
    scanner_moments: Iterable[ScannerMoment] = ()
    simulated: Collection[str] = ()


@dataclass(slots=True, eq=False)
class Sums:
    """Of one sensor in one hour, in moments; `apart`: how often, by steps of 0.2 m."""

    looked: int = 0
    worked: int = 0
    seen: int = 0
    lost: int = 0
    alone: int = 0
    by: dict[SenseKind, int] = field(default_factory=dict[SenseKind, int])
    apart: dict[int, int] = field(default_factory=dict[int, int])

    def note_moment(self, by: SenseKind, seen: bool, apart_m: float | None) -> None:
        self.by[by] = self.by.get(by, 0) + 1
        self.seen += seen
        if apart_m is not None:
            step = min(int(apart_m / _BIN_M), _BINS - 1)
            self.apart[step] = self.apart.get(step, 0) + 1

    def plain(self) -> list[Any]:
        by, apart = [[kind.value, count] for kind, count in self.by.items()], [list(each) for each in self.apart.items()]
        return [self.looked, self.worked, self.seen, self.lost, self.alone, by, apart]

    @classmethod
    def of_plain(cls, plain: Sequence[Any]) -> "Sums":
        looked, worked, seen, lost, alone, by, apart = plain
        kinds, steps = {SenseKind(kind): count for kind, count in by}, {int(step): count for step, count in apart}
        return cls(looked, worked, seen, lost, alone, kinds, steps)


@dataclass(slots=True, eq=False)
class LastSeen:
    """Where a sensor's own track or blob was last, and who that is on the floor. `ahead`: where they are `AHEAD_S` later."""

    person_id: str
    since_ns: int
    at_ns: int
    xy: Point
    ahead: Point

    def plain(self, sensor: str, own: str) -> list[Any]:
        return [sensor, own, self.person_id, self.since_ns, self.at_ns, list(self.xy), list(self.ahead)]


class SenseWatch:
    """Sans-IO, deterministic; the engine thread only. With ten people and five sensors a look takes some 0.2 ms."""

    def __init__(self) -> None:
        self._hours: dict[int, dict[str, Sums]] = {}
        self._since: dict[str, int] = {}
        self._kinds: dict[str, SenseKind] = {}
        self._simulated: set[str] = set()
        self._losses: dict[str, list[tuple[int, float, float]]] = {}
        self._last: dict[tuple[str, str], LastSeen] = {}
        self._alone: dict[str, tuple[str, int]] = {}  # by person: the only sensor that sees them, and since when; 0: counted
        self._looked_ns = self._moment_ns = 0

    def is_due(self, now_ns: int) -> bool:
        return not 0 <= now_ns - self._looked_ns < LOOK_NS

    def step(self, now_ns: int, now: SensesNow) -> None:
        """Every half second or so."""
        self._looked_ns = now_ns
        measured = {(each.sensor_id, each.id): each for each in now.sightings if each.measured}
        seen = {track.id: _own(track, measured) for track in now.tracks if has_place(track.covariance)}
        self._remember(now_ns, now.tracks, seen)
        self._judge_losses(now_ns, now)
        if not 0 <= now_ns - self._moment_ns < MOMENT_NS:
            self._moment_ns = now_ns
            self._count_moment(now_ns, now, seen)

    def forget(self, sensors: Iterable[str]) -> None:
        """They were placed anew, or removed: what was counted says nothing any more."""
        for sensor in sensors:
            self._since.pop(sensor, None)
            self._losses.pop(sensor, None)
            for sums in self._hours.values():
                sums.pop(sensor, None)

    def interrupt(self, now_ns: int) -> None:
        """Nobody is followed on; `now_ns` may be earlier than before."""
        self._last, self._alone = {}, {}
        self._hours = {hour: sums for hour, sums in self._hours.items() if hour <= now_ns // _HOUR_NS}
        self._since = {sensor: min(since, now_ns) for sensor, since in self._since.items()}

    def quality(self, now_ns: int) -> tuple[SenseQuality, ...]:
        ordered = sorted(self._since, key=lambda sensor: (_ORDER.index(self._kinds[sensor]), sensor))
        return tuple(self._of_sensor(sensor, now_ns) for sensor in ordered)

    def state(self) -> dict[str, Any]:
        return {
            "hours": [[hour, {sensor: each.plain() for sensor, each in sums.items()}] for hour, sums in self._hours.items()],
            "sensors": [[sensor, self._kinds[sensor].value, since] for sensor, since in self._since.items()],
            "simulated": sorted(self._simulated),
            "losses": {sensor: [list(loss) for loss in losses] for sensor, losses in self._losses.items()},
            "last": [each.plain(*key) for key, each in self._last.items()],
            "alone": {person: list(each) for person, each in self._alone.items()},
            "looked_ns": self._looked_ns,
            "moment_ns": self._moment_ns,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._hours = {int(hour): {name: Sums.of_plain(each) for name, each in sums.items()} for hour, sums in state["hours"]}
        self._since = {sensor: int(since) for sensor, _, since in state["sensors"]}
        self._kinds = {sensor: SenseKind(kind) for sensor, kind, _ in state["sensors"]}
        self._simulated = set(state["simulated"])
        self._losses = {sensor: [(int(at), float(x), float(y)) for at, x, y in each] for sensor, each in state["losses"].items()}
        self._last = {
            (sensor, own): LastSeen(person, int(since), int(at), (xy[0], xy[1]), (ahead[0], ahead[1]))
            for sensor, own, person, since, at, xy, ahead in state["last"]
        }
        self._alone = {person: (sensor, int(since)) for person, (sensor, since) in state["alone"].items()}
        self._looked_ns, self._moment_ns = int(state["looked_ns"]), int(state["moment_ns"])

    def _sums(self, sensor: str, now_ns: int) -> Sums:
        return self._hours.setdefault(now_ns // _HOUR_NS, {}).setdefault(sensor, Sums())

    def _remember(self, now_ns: int, tracks: Sequence[FusedTrack], seen: Mapping[str, Mapping[str, Sighting]]) -> None:
        for track in tracks:
            for sensor, each in seen.get(track.id, {}).items():
                before = self._last.get((sensor, each.id))
                x, y = each.xy.tolist()
                ahead = x + AHEAD_S * track.velocity[0], y + AHEAD_S * track.velocity[1]
                since_ns = now_ns if before is None else before.since_ns
                self._last[sensor, each.id] = LastSeen(track.id, since_ns, now_ns, (x, y), ahead)

    def _judge_losses(self, now_ns: int, now: SensesNow) -> None:
        for key in [key for key, each in self._last.items() if now_ns - each.at_ns >= LOST_NS]:
            sensor, gone = key[0], self._last.pop(key)
            if gone.at_ns - gone.since_ns < KNOWN_NS or now.is_exit(gone.xy) or now.is_exit(gone.ahead):
                continue
            if sensor not in now.views(gone.xy) or sensor not in now.views(gone.ahead) or self._goes_on(sensor, gone):
                continue
            self._sums(sensor, now_ns).lost += 1
            self._losses[sensor] = [*self._losses.get(sensor, ()), (now_ns, *gone.xy)][-_MOST_LOSSES:]

    def _goes_on(self, sensor: str, gone: LastSeen) -> bool:
        """The sensor follows them as another track."""
        later = (each for (other, _), each in self._last.items() if other == sensor and each.at_ns > gone.at_ns)
        return any(
            each.person_id == gone.person_id or (each.since_ns >= gone.at_ns and math.dist(each.xy, gone.xy) < TAKEN_UP_M) for each in later
        )

    def _count_moment(self, now_ns: int, now: SensesNow, seen: Mapping[str, Mapping[str, Sighting]]) -> None:
        for sensor, (kind, works) in now.sensors.items():
            self._kinds[sensor] = kind
            self._since.setdefault(sensor, now_ns)
            sums = self._sums(sensor, now_ns)
            sums.looked, sums.worked = sums.looked + 1, sums.worked + works
        self._simulated = (self._simulated | set(now.simulated)) & self._since.keys()
        for person, own in seen.items():
            self._count_person(now_ns, now, person, own)
        self._alone = {person: each for person, each in self._alone.items() if person in seen}
        for each in now.scanner_moments:
            self._sums(each.scanner, now_ns).note_moment(each.by, each.heard, each.apart_m)
        self._drop_old(now_ns)

    def _count_person(self, now_ns: int, now: SensesNow, person: str, own: Mapping[str, Sighting]) -> None:
        ranked = sorted((each for each in own.values() if _has_place(each)), key=lambda each: each.spread_m2)
        if not ranked:
            return
        lately = {sensor for (sensor, _), each in self._last.items() if each.person_id == person and now_ns - each.at_ns < MOMENT_NS}
        where = [(each, now.views(_point(each))) for each in ranked[:2]]
        for sensor in dict.fromkeys(sensor for _, views in where for sensor in views):
            other, views = next((pair for pair in where if pair[0].sensor_id != sensor), (None, ()))
            if other is None or sensor not in views or self._is_rough(other.sensor_id, now_ns):
                continue
            mine = own.get(sensor)
            apart_m = None if mine is None else math.dist(_point(mine), _point(other))
            seen = _agree(mine, other) if mine is not None else sensor in lately
            self._sums(sensor, now_ns).note_moment(_KINDS[other.kind], seen, apart_m)
        self._count_alone(now_ns, person, ranked[0].sensor_id, lately, where[0][1])

    def _is_rough(self, sensor: str, now_ns: int) -> bool:
        """By this hour and the one before."""
        apart = self._apart(sensor, now_ns // _HOUR_NS - 1)
        return sum(apart.values()) >= LEAST_MOMENTS and (_median_m(apart) or 0.0) > ROUGH_M

    def _count_alone(self, now_ns: int, person: str, sensor: str, lately: Collection[str], views: Collection[str]) -> None:
        if any(each != sensor for each in lately) or all(each == sensor for each in views):
            self._alone.pop(person, None)
            return
        before = self._alone.get(person, ("", now_ns))
        since_ns = before[1] if before[0] == sensor else now_ns
        if since_ns and now_ns - since_ns >= ALONE_NS:
            self._sums(sensor, now_ns).alone += 1
            since_ns = 0
        self._alone[person] = sensor, since_ns

    def _drop_old(self, now_ns: int) -> None:
        first = now_ns // _HOUR_NS - _HOURS + 1
        self._hours = {hour: sums for hour, sums in self._hours.items() if hour >= first}
        counted = {sensor for sums in self._hours.values() for sensor in sums}
        self._since = {sensor: since for sensor, since in self._since.items() if sensor in counted}
        for sensor, losses in self._losses.items():
            self._losses[sensor] = [loss for loss in losses if loss[0] >= first * _HOUR_NS]

    def _of_sensor(self, sensor: str, now_ns: int) -> SenseQuality:
        hour = now_ns // _HOUR_NS
        recent, day = self._figures(sensor, hour - 1), self._figures(sensor, hour - _HOURS + 1)
        losses = tuple((x, y) for _, x, y in self._losses.get(sensor, ()))
        return SenseQuality(sensor, self._kinds[sensor], recent, day, losses, sensor in self._simulated)

    def _figures(self, sensor: str, first: int) -> SenseFigures:
        all_sums = [sums[sensor] for hour, sums in self._hours.items() if hour >= first and sensor in sums]
        by: dict[SenseKind, int] = {}
        for sums in all_sums:
            for kind, count in sums.by.items():
                by[kind] = by.get(kind, 0) + count
        return SenseFigures(
            since_ns=max(self._since[sensor], first * _HOUR_NS),
            worked_s=sum(sums.worked for sums in all_sums) * MOMENT_NS / SECOND,
            looked_s=sum(sums.looked for sums in all_sums) * MOMENT_NS / SECOND,
            moments=sum(by.values()),
            seen=sum(sums.seen for sums in all_sums),
            by=tuple(kind for kind in _ORDER if kind in by),
            apart_m=_median_m(self._apart(sensor, first)),
            lost=sum(sums.lost for sums in all_sums),
            alone=sum(sums.alone for sums in all_sums),
        )

    def _apart(self, sensor: str, first: int) -> dict[int, int]:
        """How often it was how far from others, by steps, from that hour on."""
        apart: dict[int, int] = {}
        for hour, sums in self._hours.items():
            if hour >= first and sensor in sums:
                for step, count in sums[sensor].apart.items():
                    apart[step] = apart.get(step, 0) + count
        return apart


def _own(track: FusedTrack, measured: Mapping[tuple[str, str], Sighting]) -> dict[str, Sighting]:
    """What each sensor measured of them just now."""
    found = ((source.sensor_id, measured.get((source.sensor_id, source.id))) for source in track.sources)
    return {sensor: each for sensor, each in found if each is not None}


def _point(sighting: Sighting) -> Point:
    x, y = sighting.xy.tolist()
    return x, y


def _has_place(sighting: Sighting) -> bool:
    (xx, xy), (_, yy) = sighting.covariance.tolist()
    return has_place(((xx, xy, 0.0), (xy, yy, 0.0), (0.0, 0.0, 0.0)))


def _agree(one: Sighting, other: Sighting) -> bool:
    """Within what both say of their error, as in association."""
    (x, y), ((xx, xy), (_, yy)) = (one.xy - other.xy).tolist(), (one.covariance + other.covariance).tolist()
    return yy * x * x - 2 * xy * x * y + xx * y * y <= GATE2 * (xx * yy - xy * xy)


def _median_m(apart: Mapping[int, int]) -> float | None:
    """Interpolated within its step."""
    half, before = sum(apart.values()) / 2, 0
    for step in sorted(apart):
        if before + apart[step] >= half:
            return _BIN_M * (step + (half - before) / apart[step])
        before += apart[step]
    return None
