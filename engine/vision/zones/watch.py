"""The zones and lines of one camera's picture, and everybody who has to do with them."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any

import numpy as np

from engine.model import wire
from engine.model.cameras.picture_zone import CLASSES, PictureLine, PictureZone, ZoneCount
from engine.model.geometry import Box, Point, foot_point
from engine.model.time import seconds_to_ns
from engine.model.value_class import dataclass
from engine.vision.zones.borders import Borders
from engine.vision.zones.change import PlaceChange
from engine.vision.zones.crossings import cross
from engine.vision.zones.crowds import Crowd, Crowds
from engine.vision.zones.occupancy import Occupancy, Occupied
from engine.vision.zones.visits import Visits
from engine.vision.zones.walker import BELIEVED_S, GONE_S, Body, KeptWalker, Walker, continued, new_walker

IsStill = Callable[[int, Box], bool]
"""Whether a still object of this class is known at this box (shares of the picture), seen at the moment or not."""


@dataclass(frozen=True, slots=True)
class WatchState:
    walkers: tuple[KeptWalker, ...] = ()
    crowds: tuple[tuple[str, Crowd], ...] = ()
    occupied: tuple[tuple[str, Occupied], ...] = ()


class PictureWatch:
    """Sans-IO, one thread. `configure` first and whenever zones or lines change. A picture of ten people takes about 0.1 ms."""

    def __init__(self) -> None:
        self._borders = Borders((), ())
        self._visits = Visits(0.0)
        self._crowds = Crowds()
        self._occupancy = Occupancy()
        self._walkers: dict[str, Walker] = {}  # by their newest track
        self._inside: dict[str, list[Walker]] | None = None  # by zone; None: to be looked up again
        self._counts: tuple[tuple[str, bool], tuple[ZoneCount, ...]] | None = None
        self._zones_of = dict[int, tuple[tuple[int, PictureZone], ...]]()
        self._lines_of = dict[int, tuple[tuple[int, PictureLine], ...]]()

    def configure(
        self, zones: Sequence[PictureZone], lines: Sequence[PictureLine], min_confidence: float, at_ns: int
    ) -> tuple[PlaceChange, ...]:
        """What is over because a zone is gone, or does not ask any more. A line that was moved begins anew."""
        before, self._borders, self._visits = self._borders, Borders(zones, lines), Visits(min_confidence)
        self._zones_of = {number: _counting(self._borders.zones, name) for number, name in enumerate(CLASSES)}
        self._lines_of = {number: _counting(self._borders.lines, name) for number, name in enumerate(CLASSES)}
        self._forget_lines({line.id for line in before.lines} - {line.id for line in lines if line in before.lines})
        changes = list(self._end_changed(at_ns))
        return (*changes, *self._in_use(changes, at_ns, since_ns=at_ns), *self._end_unasked(at_ns))

    def see(self, at_ns: int, size: tuple[int, int], bodies: Sequence[Body], alive: Set[str]) -> tuple[PlaceChange, ...]:
        """The detector ran: `bodies` are the confirmed tracks that it saw just now, `alive` the ids of all that are followed."""
        self._note_lost(alive)
        walkers = [self._walker(body, size, at_ns) for body in bodies]
        changes = list(self._watch_walkers(walkers, bodies, size, at_ns)) if walkers else []
        self._inside = None
        changes += self._in_use(changes, at_ns)
        changes += self._crowded(at_ns)
        return tuple(changes)

    def tick(self, now_ns: int, alive: Set[str], is_still: IsStill) -> tuple[PlaceChange, ...]:
        """Time passes: who has been lost for long is gone, but not a still object that is still known."""
        if not self._walkers and not self._crowds.crowds:
            return ()
        self._note_lost(alive)
        over_ns = now_ns - seconds_to_ns(GONE_S + BELIEVED_S)
        changes: list[PlaceChange] = []
        for walker in [each for each in self._walkers.values() if each.lost and each.seen_ns <= over_ns]:
            if not (walker.resting and is_still(walker.category, walker.box)):
                changes += self._end_walker(walker)
        if changes:
            self._inside = None
            changes += self._in_use(changes, now_ns)
        if changes or self._crowds.crowds:
            changes += self._crowded(now_ns)
        return tuple(changes)

    def end_all(self, at_ns: int) -> tuple[PlaceChange, ...]:
        """Nobody watches any more."""
        changes = [change for walker in tuple(self._walkers.values()) for change in self._end_walker(walker)]
        self._occupancy.note(changes)
        for zone_id in tuple(self._occupancy.occupied):
            changes += self._occupancy.end(zone_id)
        for zone_id in tuple(self._crowds.crowds):
            changes += self._crowds.end(zone_id, None, at_ns)
        return tuple(changes)

    def counts(self, camera_id: str, known: bool) -> tuple[ZoneCount, ...]:
        """Everybody who is in a zone, still objects too, in the order of the zones."""
        if self._inside is None or self._counts is None or self._counts[0] != (camera_id, known):
            inside = self._by_zone()
            counts = (_count(zone, camera_id, inside.get(zone.id, ()), known) for zone in self._borders.zones)
            self._counts = (camera_id, known), tuple(counts)
        return self._counts[1]

    def zones_of(self, track_id: str) -> tuple[str, ...]:
        """In which zones it is clearly, however briefly so far."""
        walker = self._walkers.get(track_id)
        return () if walker is None else tuple(zone_id for zone_id, visit in walker.visits.items() if visit.turning_ns is None)

    def state(self) -> dict[str, Any]:
        walkers = tuple(KeptWalker.of(walker) for walker in self._walkers.values())
        return wire.to_plain(WatchState(walkers, tuple(self._crowds.crowds.items()), tuple(self._occupancy.occupied.items())))

    def restore(self, state: Mapping[str, Any]) -> None:
        """After `configure` with the same zones and lines."""
        values = wire.read_as(WatchState, state, "zones")
        self._walkers = {kept.track_id: kept.walker() for kept in values.walkers}
        self._crowds.crowds = dict(values.crowds)
        self._occupancy.occupied = dict(values.occupied)
        self._inside = None

    def _walker(self, body: Body, size: tuple[int, int], at_ns: int) -> Walker:
        walker = self._walkers.get(body.track_id)
        if walker is None:
            walker = continued(body, size, at_ns, [each for each in self._walkers.values() if each.lost])
            if walker is None:
                walker = new_walker(body, size, at_ns)
            self._walkers.pop(walker.track_id, None)
            self._walkers[body.track_id] = walker
        walker.take(body, size, at_ns)
        return walker

    def _watch_walkers(self, walkers: Sequence[Walker], bodies: Sequence[Body], size: tuple[int, int], at_ns: int) -> Iterator[PlaceChange]:
        feet = [foot_point(body.box_xyxy) for body in bodies]
        before = [_pixels(walker.crossing_from, size) for walker in walkers]
        heights = [body.box_xyxy[3] - body.box_xyxy[1] for body in bodies]
        stood = self._borders.stood(np.array(feet), np.array(before), np.array(heights), size)
        zones, lines, crossed = stood.zones.tolist(), stood.lines.tolist(), stood.crossed.tolist()
        for row, (walker, body) in enumerate(zip(walkers, bodies, strict=True)):
            if walker.settled != zones[row]:
                yield from self._visit(walker, zones[row], body.still, at_ns)
            if not walker.resting:
                yield from self._cross(walker, lines[row], crossed[row], at_ns)
                walker.crossing_from = feet[row][0] / size[0], feet[row][1] / size[1]

    def _visit(self, walker: Walker, codes: list[int], still: float, at_ns: int) -> Iterator[PlaceChange]:
        settled = True
        for at, zone in self._zones_of[walker.category]:
            code = codes[at]
            if (code > 0 or zone.id in walker.visits) and not (walker.resting and code <= 0):
                yield from self._visits.look(walker, zone, code, still, at_ns)
                settled = settled and self._visits.is_settled(walker.visits.get(zone.id), zone)
        walker.settled = codes if settled and not walker.resting else None

    def _cross(self, walker: Walker, sides: list[int], crossed: list[bool], at_ns: int) -> Iterator[PlaceChange]:
        for at, line in self._lines_of[walker.category]:
            if crossed[at] or walker.odd or walker.sides.get(line.id) != sides[at]:
                yield from cross(walker, line, sides[at], crossed[at], self._visits.min_confidence, at_ns)

    def _crowded(self, at_ns: int) -> Iterator[PlaceChange]:
        for zone in self._borders.zones:
            if zone.most > 0:
                yield from self._crowds.look(zone, self._confidences(zone), at_ns)

    def _in_use(self, changes: Sequence[PlaceChange], at_ns: int, since_ns: int | None = None) -> list[PlaceChange]:
        """After `changes` of visits. `since_ns`: what is in use already is told as of then."""
        self._occupancy.note(changes)
        asked = [zone for zone in self._borders.zones if zone.occupied]
        return [change for zone in asked for change in self._occupancy.look(zone, self._by_zone().get(zone.id, ()), at_ns, since_ns)]

    def _end_unasked(self, at_ns: int) -> Iterator[PlaceChange]:
        """The zone is gone, or does not tell of it any more."""
        asked = {zone.id for zone in self._borders.zones if zone.occupied}
        for zone_id in tuple(self._occupancy.occupied):
            if zone_id not in asked:
                yield from self._occupancy.end(zone_id, at_ns)

    def _confidences(self, zone: PictureZone) -> list[float]:
        """Of all who are in it."""
        return [walker.conf for walker in self._by_zone().get(zone.id, ())]

    def _by_zone(self) -> dict[str, list[Walker]]:
        """Who is in which zone."""
        if self._inside is None:
            self._inside, self._counts = {}, None
            for walker in self._walkers.values():
                for zone_id, visit in walker.visits.items():
                    if visit.inside:
                        self._inside.setdefault(zone_id, []).append(walker)
        return self._inside

    def _note_lost(self, alive: Set[str]) -> None:
        for walker in self._walkers.values():
            walker.lost = walker.track_id not in alive

    def _end_walker(self, walker: Walker) -> Iterator[PlaceChange]:
        """As of when it was seen last, or had left already."""
        del self._walkers[walker.track_id]
        for zone_id, visit in tuple(walker.visits.items()):
            at_ns = walker.seen_ns if visit.turning_ns is None else visit.turning_ns
            yield from self._visits.end(walker, zone_id, self._zone(zone_id), at_ns)

    def _end_changed(self, at_ns: int) -> Iterator[PlaceChange]:
        for walker in self._walkers.values():
            counted = {zone.id for _, zone in self._zones_of[walker.category]}
            for zone_id in tuple(walker.visits):
                zone = self._zone(zone_id)
                if zone is None or zone_id not in counted:
                    yield from self._visits.end(walker, zone_id, None, at_ns)
                elif zone.loiter_s == 0:
                    yield from self._visits.stop_loitering(walker, zone_id, at_ns)
            walker.settled = None
        self._inside = None
        for zone_id in tuple(self._crowds.crowds):
            zone = self._zone(zone_id)
            if zone is None or zone.most == 0 or len(self._confidences(zone)) <= zone.most:
                yield from self._crowds.end(zone_id, None, at_ns)

    def _forget_lines(self, line_ids: Set[str]) -> None:
        for walker in self._walkers.values() if line_ids else ():
            walker.sides = {key: side for key, side in walker.sides.items() if key not in line_ids}
            walker.odd = {key: odd for key, odd in walker.odd.items() if key not in line_ids}

    def _zone(self, zone_id: str) -> PictureZone | None:
        return next((zone for zone in self._borders.zones if zone.id == zone_id), None)


def _counting(places: Sequence[Any], name: str) -> tuple[tuple[int, Any], ...]:
    return tuple((at, place) for at, place in enumerate(places) if name in place.classes)


def _pixels(share: Point | None, size: tuple[int, int]) -> Point:
    return (np.nan, np.nan) if share is None else (share[0] * size[0], share[1] * size[1])


def _count(zone: PictureZone, camera_id: str, inside: Sequence[Walker], known: bool) -> ZoneCount:
    found = [CLASSES[walker.category] for walker in inside]
    of_class = tuple((name, found.count(name)) for name in zone.classes)
    return ZoneCount(zone.id, camera_id, len(inside), of_class, tuple(walker.track_id for walker in inside), known)
