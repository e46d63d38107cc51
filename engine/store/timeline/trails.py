"""Where things went in the pictures of cameras: what is looked through for a part of a picture."""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from collections.abc import Sequence as Several
from contextlib import AbstractContextManager, contextmanager

import numpy as np
from sqlalchemy import Engine, delete

from engine.model.cameras.trail import TrackTrail, Trail
from engine.model.geometry import Polygon
from engine.model.time import EVER_NS
from engine.model.value_class import dataclass
from engine.store.changes import driver_of
from engine.store.search.looks_tables import trails
from engine.store.search.polygon_box import touches

_ENTRY = np.dtype([("ms", "<u4"), ("box", "<u2", 4)])
_SHARE = 65_535
_PUT = "INSERT INTO trails (camera_id, since_ns, until_ns, track_id, category, x0, y0, x1, y1, path) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_IN_REGION = (
    "SELECT key, since_ns, until_ns, track_id, category, path FROM trails WHERE camera_id = ? AND since_ns >= ? AND since_ns < ?"
    " AND until_ns > ? AND x1 >= ? AND x0 <= ? AND y1 >= ? AND y0 <= ? AND (since_ns, key) < (?, ?)"
    " ORDER BY since_ns DESC, key DESC LIMIT ?"
)
_OF_TRACK = "SELECT since_ns, path FROM trails WHERE track_id = ? AND camera_id = ? ORDER BY since_ns"
_PATHS_OF_TRACK = (
    "SELECT since_ns, track_id, category, path FROM trails WHERE track_id = ? AND camera_id = ? AND until_ns > ? AND since_ns < ?"
    " ORDER BY since_ns LIMIT ?"
)
_PATHS_IN_VIEW = (
    "SELECT since_ns, track_id, category, path FROM trails WHERE track_id != '' AND camera_id = ? AND since_ns >= ? AND until_ns > ?"
    " AND since_ns < ? ORDER BY since_ns LIMIT ?"
)
MOST_TRAILS = 400  # of one answer: an hour of twenty people, who are told piece by piece
LONGEST_NS = 120 * 10**9  # of one row
_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A row of which something was in the region from `since_ns` to `until_ns`."""

    key: int
    row_ns: int
    since_ns: int
    until_ns: int
    track_id: str
    category: str


class TrailTable:
    """The writer's thread puts and forgets, any thread reads. Faults of the database are EnvironmentFault."""

    def __init__(self, reading: Engine, writing: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._reading = reading
        self._writing = writing
        self._faults = faults

    def put(self, several: Several[Trail]) -> None:
        with self._write() as driver:
            driver.executemany(_PUT, [_row(trail) for trail in several])

    def forget(self, before_ns: int) -> None:
        with self._faults(), self._writing.begin() as connection:
            connection.execute(delete(trails).where(trails.c.until_ns < before_ns))

    def erase(self, spans: Several[tuple[str, int, int]]) -> None:
        """All of a camera that reach into one of the spans (camera, since, until)."""
        with self._write() as driver:
            driver.executemany("DELETE FROM trails WHERE camera_id = ? AND until_ns > ? AND since_ns < ?", spans)

    def of_track(self, camera_id: str, track_id: str, since_ns: int, until_ns: int) -> tuple[TrackTrail, ...]:
        """Trails of a track that reach into a span, oldest first."""
        return self._read_paths(_PATHS_OF_TRACK, track_id, camera_id, since_ns, until_ns)

    def in_view(self, camera_id: str, since_ns: int, until_ns: int) -> tuple[TrackTrail, ...]:
        """Trails of all tracks of a camera that reach into a span, oldest first."""
        return self._read_paths(_PATHS_IN_VIEW, camera_id, since_ns - LONGEST_NS, since_ns, until_ns)

    def _read_paths(self, query: str, *about: str | int) -> tuple[TrackTrail, ...]:
        with self._faults(), self._reading.connect() as connection:
            rows = driver_of(connection).execute(query, (*about, MOST_TRAILS))
            return tuple(_track_trail(*row) for row in rows)

    @contextmanager
    def _write(self) -> Generator[sqlite3.Connection]:
        with self._faults(), self._writing.begin() as connection:
            yield driver_of(connection)


def _row(trail: Trail) -> tuple[object, ...]:
    entries = np.zeros(len(trail.times_ns), _ENTRY)
    since_ns = int(trail.times_ns[0])
    entries["ms"] = (trail.times_ns - since_ns) // _MS
    entries["box"] = np.rint(np.clip(trail.boxes, 0, 1) * _SHARE)
    low, high = trail.boxes[:, :2].min(axis=0), trail.boxes[:, 2:].max(axis=0)
    hull = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return trail.camera_id, since_ns, int(trail.times_ns[-1]) + 1, trail.track_id, trail.category, *hull, entries.tobytes()


def _track_trail(row_ns: int, track_id: str, category: str, path: bytes) -> TrackTrail:
    times, boxes = _points(row_ns, path)
    return TrackTrail(track_id, category, tuple(times), tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in boxes))


def passages(
    driver: sqlite3.Connection, camera_id: str, region: Polygon, since_ns: int, until_ns: int, before: tuple[int, int], most: int
) -> Iterator[tuple[tuple[int, int], Passage | None]]:
    """Of rows whose hull meets the region's, newest first, before (since, key): the place of each, and where its boxes touch the region the
    stretch from the first to the last time they do."""
    xs, ys = [x for x, _ in region], [y for _, y in region]
    hull = (min(xs), max(xs), min(ys), max(ys))
    rows = driver.execute(_IN_REGION, (camera_id, since_ns - LONGEST_NS, until_ns, since_ns, *hull, *before, most))
    for key, row_ns, _, track_id, category, path in rows:
        stretch = _stretch(row_ns, path, region, since_ns, until_ns)
        yield (row_ns, key), None if stretch is None else Passage(key, row_ns, *stretch, track_id, category)


def track_stretch(driver: sqlite3.Connection, camera_id: str, track_id: str, region: Polygon) -> tuple[bool, tuple[int, int] | None]:
    """Whether it is known where a track went; and from when to when it was in the region."""
    found = [(row_ns, path) for row_ns, path in driver.execute(_OF_TRACK, (track_id, camera_id))]
    spans = [each for row_ns, path in found if (each := _stretch(row_ns, path, region, 0, EVER_NS)) is not None]
    return bool(found), (spans[0][0], spans[-1][1]) if spans else None


def _stretch(row_ns: int, path: bytes, region: Polygon, since_ns: int, until_ns: int) -> tuple[int, int] | None:
    inside = [
        at_ns
        for at_ns, (x0, y0, x1, y1) in zip(*_points(row_ns, path), strict=True)
        if since_ns <= at_ns < until_ns and touches((x0, y0, x1, y1), region)
    ]
    return (inside[0], inside[-1] + 1) if inside else None


def _points(row_ns: int, path: bytes) -> tuple[list[int], list[list[float]]]:
    """Times, and boxes in shares of the picture."""
    entries = np.frombuffer(path, _ENTRY)
    return (row_ns + entries["ms"].astype(np.int64) * _MS).tolist(), (entries["box"].astype(np.float64) / _SHARE).tolist()
