"""Streets around one place, from the map file of the site, in metres east and north of it: few enough for a phone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.model.base_map.clipping import Points, clipped_line, thinned
from engine.model.base_map.surroundings import Frame
from engine.model.base_map.world import ROUND_M
from engine.model.value_class import dataclass
from engine.runtime.maps.ground import STREET_NAMES, Ground, ground_of, road_of
from engine.runtime.maps.map_file import MapFile, open_map_file
from engine.runtime.maps.vector_tile import Feature, Shape, features

REACH_M = 3_000.0
MOST_POINTS = 30_000
MOST_NAMES = 900
_ZOOM, _LEAST_ZOOM = 14, 12  # what lies between holds all streets
_THIN_M = 3.0
_NAME_EVERY_M = 150.0  # along a street
_ROADS = (Ground.MOTORWAY, Ground.MAIN_ROAD, Ground.STREET, Ground.PATH)  # the most important first


@dataclass(frozen=True, slots=True)
class Street:
    """`rank`: 0 a motorway, 1 a main road, 2 a street, 3 a path. `line`: east, north, east, north…, metres."""

    rank: int
    line: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StreetName:
    """Where it stands on the street."""

    name: str
    rank: int
    east_m: int
    north_m: int


@dataclass(frozen=True, slots=True)
class Streets:
    """The most important first; of many names those near the place. Empty: the file has pictures, or nothing there."""

    streets: tuple[Street, ...] = ()
    names: tuple[StreetName, ...] = ()
    attribution: str = ""


def streets_around(path: Path, latitude: float, longitude: float) -> Streets:
    """Up to `REACH_M` to each side.

    Raises:
        InputError: of `file`: it cannot be read.
    """
    file = open_map_file(path)
    try:
        if not file.info.vector or file.info.max_zoom < _LEAST_ZOOM:
            return Streets()
        found = _StreetCollector(Frame(latitude, longitude, REACH_M))
        for points, feature in _lines_on_plane(file, found.frame):
            found.add(points, feature)
        return Streets(found.streets(), found.names(), file.info.attribution)
    finally:
        file.close()


class _StreetCollector:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._lines: dict[Ground, list[Points]] = {road: [] for road in _ROADS}
        self._named: list[tuple[int, str, Points]] = []  # rank, name, where it may stand

    def add(self, points: Points, feature: Feature) -> None:
        ground = ground_of(feature)
        if ground is not None and ground in self._lines:
            runs = clipped_line(points, self.frame.window)
            self._lines[ground] += [thinned(run, _THIN_M * self.frame.stretch) for run in runs]
        name = feature.tags.get("name")
        if feature.layer in STREET_NAMES and isinstance(name, str) and name.strip() and road_of(feature) in _ROADS:
            every = _NAME_EVERY_M * self.frame.stretch
            self._named.append((_ROADS.index(road_of(feature)), " ".join(name.split())[:60], _along(points, every)))

    def streets(self) -> tuple[Street, ...]:
        left, found = MOST_POINTS, list[Street]()
        for rank, road in enumerate(_ROADS):
            for line in self._lines[road]:
                left -= len(line)
                if left < 0:
                    return tuple(found)
                found.append(Street(rank, self.frame.numbers(line)))
        return tuple(found)

    def names(self) -> tuple[StreetName, ...]:
        x0, y0, x1, y1 = self.frame.window
        least = _NAME_EVERY_M * self.frame.stretch / 2
        stand: dict[str, list[Points]] = {}
        found = list[StreetName]()
        for rank, name, places in sorted(self._named, key=_rank):
            for place in places:
                near = any(np.abs(place - other).max() < least for other in stand.get(name, ()))
                if not near and x0 < place[0] < x1 and y0 < place[1] < y1:
                    stand.setdefault(name, []).append(place)
                    east, north = self.frame.numbers(place[np.newaxis])
                    found.append(StreetName(name, rank, east, north))
        return tuple(sorted(sorted(found, key=_from_site)[:MOST_NAMES], key=lambda name: name.rank))


def _from_site(name: StreetName) -> int:
    return max(abs(name.east_m), abs(name.north_m))


def _rank(named: tuple[int, str, Points]) -> int:
    return named[0]


def _along(line: Points, every: float) -> Points:
    """Places on a line, so far from each other, the ends left as free as can be."""
    moves = np.diff(line, axis=0)
    steps = np.hypot(moves[:, 0], moves[:, 1])
    way = np.concatenate(([0.0], np.cumsum(steps)))
    count = max(1, round(float(way[-1]) / every))
    at = way[-1] * (np.arange(count) + 0.5) / count
    places = np.empty((count, 2))
    for axis in (0, 1):
        places[:, axis] = np.interp(at, way, line[:, axis])
    return places


def _lines_on_plane(file: MapFile, frame: Frame) -> Iterator[tuple[Points, Feature]]:
    """Lines of the tiles around, in the plane."""
    zoom = min(_ZOOM, file.info.max_zoom)
    edge = ROUND_M / (1 << zoom)
    for column, row in _tiles(frame, edge):
        corner = np.array((column * edge - ROUND_M / 2, ROUND_M / 2 - row * edge))
        packed = file.tile(zoom, column % (1 << zoom), row)
        for feature in _features(packed):
            if feature.shape is Shape.LINE:
                for part in feature.parts:
                    yield corner + part * (edge, -edge), feature


def _tiles(frame: Frame, edge: float) -> Iterator[tuple[int, int]]:
    x0, y0, x1, y1 = frame.window
    left, right = (int((x + ROUND_M / 2) // edge) for x in (x0, x1))
    top, bottom = (int((ROUND_M / 2 - y) // edge) for y in (y1, y0))
    return ((column, row) for row in range(top, bottom + 1) for column in range(left, right + 1))


def _features(packed: bytes | None) -> Iterator[Feature]:
    """A tile that cannot be read has none."""
    try:
        yield from features(packed or b"")
    except ValueError:
        return
