"""What is marked over a recorded picture: boxes over time, trails, zones. Pure; positions in shares of the picture."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import field
from itertools import pairwise
from zlib import crc32

import numpy as np

from engine.model.cameras.trail import TrackTrail
from engine.model.geometry import Box, Point, Polygon, foot_point
from engine.model.time import SECOND
from engine.model.value_class import dataclass

TRAIL_NS = 8 * SECOND  # that is drawn behind somebody
HOLD_NS = SECOND // 4  # before the first and after the last detection
GAP_NS = SECOND  # between trails of one track: longer, and the box between is drawn as predicted
LONGEST_GAP_NS = 3 * SECOND  # beyond it nothing is drawn between: measured, a straight line is then no better than the last box
_JUMP = 0.03  # of the picture: whoever moved so far between two distant detections was not seen on the way
_DISTANT_NS = 2 * SECOND
_OTHER_COLORS = (1, 2, 4, 6)  # far from the subject's amber


@dataclass(frozen=True, slots=True)
class MarkedPlace:
    """A zone, or a line of two points."""

    name: str
    points: Polygon


@dataclass(frozen=True, slots=True)
class MarkedBox:
    """`predicted`: between two detections that are far apart; drawn dashed. `beside`: not the one that it is about."""

    box: Box
    predicted: bool
    number: int
    beside: bool = False


@dataclass(frozen=True, slots=True)
class TrailPart:
    """Foot points, oldest first."""

    points: tuple[Point, ...]
    predicted: bool
    number: int


@dataclass(frozen=True, slots=True)
class StillMarks:
    """Of one picture: the subject's box, and places, in shares of it."""

    box: Box | None = None
    places: tuple[MarkedPlace, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """One track: detections, and for each whether what lies between it and the next was not seen. `number`: of its colour."""

    times: np.ndarray
    boxes: np.ndarray
    unseen: np.ndarray
    number: int
    beside: bool


def _no_times() -> np.ndarray:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class ClipMarks:
    """`label`: of the subject; empty where several are marked.

    subject_ids: tracks that it is about, where others are marked beside them (`everybody`); those have colours that stay with the track.
    """

    trails: tuple[TrackTrail, ...] = ()
    places: tuple[MarkedPlace, ...] = ()
    label: str = ""
    subject_ids: Set[str] = frozenset()
    everybody: bool = False
    _paths: tuple[_Path, ...] = field(init=False, default=())
    _begin_ns: np.ndarray = field(init=False, default_factory=_no_times)
    _end_ns: np.ndarray = field(init=False, default_factory=_no_times)

    def __post_init__(self) -> None:
        of_track: dict[str, list[TrackTrail]] = {}
        for trail in sorted(self.trails, key=_begin):
            of_track.setdefault(trail.track_id, []).append(trail)
        paths = [_path(trails, *self._number(track_id, order)) for order, (track_id, trails) in enumerate(of_track.items())]
        paths.sort(key=_subject_last)
        object.__setattr__(self, "_paths", tuple(paths))
        object.__setattr__(self, "_begin_ns", np.array([path.times[0] for path in paths], np.int64))
        object.__setattr__(self, "_end_ns", np.array([path.times[-1] for path in paths], np.int64))

    def _number(self, track_id: str, order: int) -> tuple[int, bool]:
        if not self.everybody:
            return order, False
        if track_id in self.subject_ids:
            return 0, False
        return _OTHER_COLORS[crc32(track_id.encode()) % len(_OTHER_COLORS)], True

    def __bool__(self) -> bool:
        return bool(self._paths or self.places)

    def boxes_at(self, at_ns: int) -> tuple[MarkedBox, ...]:
        """Who is marked on the picture of this time. Between two detections boxes are interpolated; beyond the last there is none."""
        found = (_box_at(path, at_ns) for path in self._paths_near(at_ns, HOLD_NS))
        return tuple(each for each in found if each is not None)

    def trail_parts(self, at_ns: int) -> tuple[TrailPart, ...]:
        """Ways of the last seconds, up to where each is now."""
        return tuple(part for path in self._paths_near(at_ns, TRAIL_NS) for part in _parts(path, at_ns))

    def _paths_near(self, at_ns: int, after_ns: int) -> Iterator[_Path]:
        """Those that have begun, and ended not long ago: of an hour of a crowd few."""
        for number in np.flatnonzero((self._begin_ns - HOLD_NS <= at_ns) & (at_ns <= self._end_ns + after_ns)):
            yield self._paths[number]


def _begin(trail: TrackTrail) -> int:
    return trail.times_ns[0]


def _subject_last(path: _Path) -> bool:
    """Drawn over the others."""
    return not path.beside


def _path(trails: Sequence[TrackTrail], number: int, beside: bool) -> _Path:
    times = np.array([at_ns for trail in trails for at_ns in trail.times_ns], np.int64)
    boxes = np.array([box for trail in trails for box in trail.boxes], np.float64).reshape(-1, 4)
    first = np.cumsum([len(trail.times_ns) for trail in trails])[:-1]
    seam = np.zeros(max(len(times) - 1, 0), bool)
    seam[first - 1] = True
    gaps, moves = np.diff(times), np.abs(np.diff(boxes, axis=0)).max(axis=1, initial=0.0)
    unseen = (seam & (gaps > GAP_NS)) | ((gaps > _DISTANT_NS) & (moves > _JUMP))
    return _Path(times, boxes, unseen, number, beside)


def _box_at(path: _Path, at_ns: int) -> MarkedBox | None:
    after = int(np.searchsorted(path.times, at_ns, side="right"))
    if after == 0 or after == len(path.times):
        nearest = min(after, len(path.times) - 1)
        near = abs(at_ns - int(path.times[nearest])) <= HOLD_NS
        return MarkedBox(_box(path.boxes[nearest]), False, path.number, path.beside) if near else None
    begin_ns, end_ns = int(path.times[after - 1]), int(path.times[after])
    unseen = bool(path.unseen[after - 1])
    if unseen and end_ns - begin_ns > LONGEST_GAP_NS:
        return None
    share = (at_ns - begin_ns) / max(end_ns - begin_ns, 1)
    box = path.boxes[after - 1] * (1 - share) + path.boxes[after] * share
    return MarkedBox(_box(box), unseen and at_ns - begin_ns > HOLD_NS, path.number, path.beside)


def _parts(path: _Path, at_ns: int) -> Iterator[TrailPart]:
    now = _box_at(path, at_ns)
    if path.beside and now is None:
        return  # trails of all who left would hide whom it is about
    first = int(np.searchsorted(path.times, at_ns - TRAIL_NS))
    last = int(np.searchsorted(path.times, at_ns, side="right"))
    points = [(foot_point(_box(path.boxes[n])), bool(path.unseen[n]) if n < len(path.unseen) else False) for n in range(first, last)]
    if now is not None and points:
        points.append((foot_point(now.box), False))
    times = [*path.times[first:last].tolist(), at_ns]
    run: list[Point] = []
    for number, ((point, unseen), (following, _)) in enumerate(pairwise(points)):
        run = run or [point]
        if not unseen:
            run.append(following)
            continue
        if len(run) > 1:
            yield TrailPart(tuple(run), False, path.number)
        if times[number + 1] - times[number] <= LONGEST_GAP_NS:
            yield TrailPart((point, following), True, path.number)
        run = []
    if len(run) > 1:
        yield TrailPart(tuple(run), False, path.number)


def _box(row: np.ndarray) -> Box:
    x0, y0, x1, y1 = row.tolist()
    return x0, y0, x1, y1
