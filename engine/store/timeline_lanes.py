"""The lanes of a timeline: counted from the rows themselves where there are few, from what was counted before where there are many."""

import sqlite3
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from engine.model.timeline import GetTimeline, LaneKind, LaneMarks, LaneSpan, TimelineLane
from engine.store.changes import driver_of
from engine.store.timeline_counts import CHUNK, LEVELS_NS, Series, of_level, series_of, unpacked
from engine.store.timeline_video import video_spans
from engine.store.watching import observed

MOST_ROWS = 12_000  # that are counted one by one
MOST_STRETCHES = 6_200  # of what was counted before, in one answer
MOST_PEOPLE = 48  # lanes, of those who were seen most

_COUNTED = tuple(lane for lane in LaneKind if lane is not LaneKind.OBSERVED)
# Where a lane's marks come from, and what is told of a row: camera, kind, severity, person.
_ROWS = {
    "event": (
        "SELECT camera_id, kind, severity, CASE WHEN person_id != '' THEN person_id ELSE person END, started_ns FROM events"
        " WHERE started_ns >= ? AND started_ns < ? AND NOT shadow",
        frozenset({LaneKind.CAMERA, LaneKind.RADIO, LaneKind.BLE, LaneKind.PEOPLE, LaneKind.INCIDENTS}),
    ),
    "alert": (
        "SELECT camera_id, 'raised', severity, '', raised_ns FROM alerts WHERE raised_ns >= ? AND raised_ns < ?",
        frozenset({LaneKind.CAMERA}),
    ),
    "decision": (
        "SELECT camera_id, outcome, 0, '', decided_ns FROM decisions WHERE decided_ns >= ? AND decided_ns < ?"
        " AND (stage = 'alert' OR outcome != 'raised')",
        frozenset({LaneKind.DECISIONS}),
    ),
    "act": ("SELECT '', 'act', 0, '', at_ns FROM audit WHERE at_ns >= ? AND at_ns < ?", frozenset({LaneKind.ACTS})),
}


class _Drawing:
    """Counts by column, as they come together."""

    def __init__(self, ask: GetTimeline) -> None:
        self._ask = ask
        edges = (ask.since_ns + column * (ask.until_ns - ask.since_ns) // ask.columns for column in range(ask.columns + 1))
        self._edges = np.fromiter(edges, np.int64)
        self._kinds: dict[tuple[LaneKind, str], dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]] = {}

    def add(self, series: Series, times: npt.NDArray[np.int64], counts: npt.NDArray[np.int64] | None = None) -> None:
        """`counts` of what happened at `times` (UTC ns), one of each where they are not given."""
        lane, of, kind, severity = series
        if not len(times) or not self._wanted(LaneKind(lane), of):
            return
        key = (LaneKind(lane), "" if lane == LaneKind.DECISIONS else of)
        columns = self._ask.columns
        places = np.clip(np.searchsorted(self._edges, times, "right") - 1, 0, columns - 1)
        kinds = self._kinds.setdefault(key, {})
        if kind not in kinds:
            kinds[kind] = np.zeros(columns, np.int64), np.zeros(columns, np.int64)
        ns, worst = kinds[kind]
        ns += np.bincount(places, counts, columns).astype(np.int64)
        worst[places] = np.maximum(worst[places], severity)

    def _wanted(self, lane: LaneKind, of: str) -> bool:
        if self._ask.lanes and lane not in self._ask.lanes:
            return False
        by_camera = lane in (LaneKind.CAMERA, LaneKind.DECISIONS) and of
        return not (by_camera and self._ask.camera_ids) or of in self._ask.camera_ids

    def marks(self) -> dict[tuple[LaneKind, str], tuple[LaneMarks, ...]]:
        people = self._most_seen()
        return {
            key: tuple(LaneMarks(kind, tuple(ns.tolist()), tuple(worst.tolist())) for kind, (ns, worst) in sorted(kinds.items()))
            for key, kinds in self._kinds.items()
            if key[0] is not LaneKind.PEOPLE or key in people
        }

    def _most_seen(self) -> set[tuple[LaneKind, str]]:
        people = [key for key in self._kinds if key[0] is LaneKind.PEOPLE]
        if len(people) <= MOST_PEOPLE:
            return set(people)
        seen = {key: sum(int(ns.sum()) for ns, _ in self._kinds[key].values()) for key in people}
        return set(sorted(people, key=lambda key: (-seen[key], key[1]))[:MOST_PEOPLE])


def lanes_of(connection: Connection, ask: GetTimeline) -> tuple[tuple[TimelineLane, ...], int]:
    """The lanes that hold anything, and those of cameras that were asked for; and how coarse they are, ns (0: not at all)."""
    driver = driver_of(connection)
    marks, coarse_ns = _marks(driver, ask)
    spans: dict[tuple[LaneKind, str], tuple[LaneSpan, ...]] = {}
    if _wanted(ask, LaneKind.CAMERA):
        spans.update({(LaneKind.CAMERA, camera_id): found for camera_id, found in video_spans(driver, ask).items()})
        spans.update({(LaneKind.CAMERA, camera_id): () for camera_id in ask.camera_ids if (LaneKind.CAMERA, camera_id) not in spans})
    if _wanted(ask, LaneKind.OBSERVED):
        watched = observed(connection, ask.camera_ids, ask.since_ns, ask.until_ns)
        spans.update({(LaneKind.OBSERVED, sensor_id): found for sensor_id, found in watched.items()})
    order = list(LaneKind)
    keys = sorted({*marks, *spans}, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(TimelineLane(*key, marks.get(key, ()), spans.get(key, ())) for key in keys), coarse_ns


def _wanted(ask: GetTimeline, lane: LaneKind) -> bool:
    return not ask.lanes or lane in ask.lanes


def _marks(driver: sqlite3.Connection, ask: GetTimeline) -> tuple[dict[tuple[LaneKind, str], tuple[LaneMarks, ...]], int]:
    drawing = _Drawing(ask)
    rows = _rows(driver, ask)
    if rows is not None:
        for series, times in rows.items():
            drawing.add(series, np.array(times, np.int64))
        return drawing.marks(), 0
    level = level_of(ask)
    for series, chunks in of_level(driver, level, ask.since_ns, ask.until_ns, ask.lanes or _COUNTED).items():
        drawing.add(series, *_stretches(level, ask, chunks))
    return drawing.marks(), LEVELS_NS[level]


def level_of(ask: GetTimeline) -> int:
    """The finest of which an answer is not too long."""
    fine = (level for level, width_ns in enumerate(LEVELS_NS) if (ask.until_ns - ask.since_ns) // width_ns <= MOST_STRETCHES)
    return next(fine, len(LEVELS_NS) - 1)


def _rows(driver: sqlite3.Connection, ask: GetTimeline) -> dict[Series, list[int]] | None:
    """When each of the stretch was, by what it counts for; None where they are too many to be looked at one by one."""
    found: dict[Series, list[int]] = {}
    known: dict[tuple[str, str, str, int, str], list[list[int]]] = {}
    left = MOST_ROWS
    for source in _sources(ask):
        rows = driver.execute(f"{_ROWS[source][0]} LIMIT {left + 1}", (ask.since_ns, ask.until_ns)).fetchall()
        left -= len(rows)
        if left < 0:
            return None
        for camera_id, kind, severity, person, at_ns in rows:
            key = (source, camera_id, kind, severity, person)
            if key not in known:
                known[key] = [found.setdefault(series, []) for series in series_of(*key)]
            for times in known[key]:
                times.append(at_ns)
    return found


def _sources(ask: GetTimeline) -> Iterator[str]:
    return (source for source, (_, lanes) in _ROWS.items() if any(_wanted(ask, lane) for lane in lanes))


def _stretches(level: int, ask: GetTimeline, chunks: list[tuple[int, bytes]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The middles of the stretches in which anything began, and how much."""
    width_ns = LEVELS_NS[level]
    counts = np.concatenate([unpacked(data) for _, data in chunks])
    first = np.array([chunk for chunk, _ in chunks], np.int64) * CHUNK
    numbers = (first[:, None] + np.arange(CHUNK)).ravel()
    some = (counts > 0) & (numbers >= ask.since_ns // width_ns) & (numbers <= (ask.until_ns - 1) // width_ns)
    return numbers[some] * width_ns + width_ns // 2, counts[some]
