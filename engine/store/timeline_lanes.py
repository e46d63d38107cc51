"""The lanes of a timeline: counted from the rows themselves where there are few, from what was counted before where there are many."""

import sqlite3
from collections.abc import Iterator, Mapping

import numpy as np
from sqlalchemy import Connection

from engine.model.timeline import GetTimeline, LaneKind, LaneMarks, LaneSpan, TimelineLane
from engine.store.changes import driver_of
from engine.store.timeline_counts import CHUNK, LEVELS_NS, SEVERITIES, Ints, Series, of_level, series_of, unpacked
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
        self._kinds: dict[tuple[LaneKind, str], dict[str, tuple[Ints, Ints]]] = {}

    def columns_of(self, times: Ints) -> Ints:
        return np.clip(np.searchsorted(self._edges, times, "right") - 1, 0, self._ask.columns - 1)

    def add(self, series: Series, severity: int, columns: Ints, counts: Ints | None = None) -> None:
        """`counts` of what fell into `columns`, one of each where they are not given. Of a series the least severe come first."""
        lane, of, kind = series
        if not len(columns) or not self._wanted(LaneKind(lane), of):
            return
        kinds = self._kinds.setdefault((LaneKind(lane), "" if lane == LaneKind.DECISIONS else of), {})
        if kind not in kinds:
            kinds[kind] = np.zeros(self._ask.columns, np.int64), np.zeros(self._ask.columns, np.int64)
        ns, worst = kinds[kind]
        ns += np.bincount(columns, counts, self._ask.columns).astype(np.int64)
        worst[columns] = np.maximum(worst[columns], 0 if lane == LaneKind.PEOPLE else severity)

    def _wanted(self, lane: LaneKind, of: str) -> bool:
        if not _wanted(self._ask, lane):
            return False
        by_camera = lane in (LaneKind.CAMERA, LaneKind.DECISIONS) and of
        return not (by_camera and self._ask.camera_ids) or of in self._ask.camera_ids

    def marks(self) -> dict[tuple[LaneKind, str], tuple[LaneMarks, ...]]:
        people = self._most_seen()
        return {
            key: tuple(LaneMarks(kind, tuple(ns.tolist()), tuple(worst.tolist())) for kind, (ns, worst) in sorted(kinds.items()))
            for key, kinds in self._kinds.items()
            if key[0] is not LaneKind.PEOPLE or key[1] in people
        }

    def _most_seen(self) -> list[str]:
        seen = {of: sum(int(ns.sum()) for ns, _ in kinds.values()) for (lane, of), kinds in self._kinds.items() if lane is LaneKind.PEOPLE}
        return _most(seen)


def _most(seen: Mapping[str, int]) -> list[str]:
    return sorted(seen, key=lambda of: (-seen[of], of))[:MOST_PEOPLE]


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
    if rows is None:
        level = level_of(ask)
        _draw_stretches(driver, ask, level, drawing)
        return drawing.marks(), LEVELS_NS[level]
    for (*series, severity), times in rows.items():
        drawing.add((series[0], series[1], series[2]), severity, drawing.columns_of(np.array(times, np.int64)))
    return drawing.marks(), 0


def _draw_stretches(driver: sqlite3.Connection, ask: GetTimeline, level: int, drawing: _Drawing) -> None:
    width_ns = LEVELS_NS[level]
    first, last = ask.since_ns // width_ns, (ask.until_ns - 1) // width_ns
    begin = first // CHUNK * CHUNK
    middles = np.arange(begin, (last // CHUNK + 1) * CHUNK, dtype=np.int64) * width_ns + width_ns // 2
    columns = drawing.columns_of(middles)
    for lane in filter(lambda lane: _wanted(ask, lane), _COUNTED):
        ids = _seen_most(driver, ask) if lane is LaneKind.PEOPLE else ask.camera_ids if lane is LaneKind.CAMERA else ()
        if lane is LaneKind.PEOPLE and not ids:
            continue
        for series, chunks in of_level(driver, level, (first // CHUNK, last // CHUNK), lane.value, ids).items():
            dense = np.zeros((SEVERITIES, len(middles)), np.int64)
            for chunk, data in chunks:
                severities, counts = unpacked(data)
                dense[severities, chunk * CHUNK - begin : (chunk + 1) * CHUNK - begin] = counts
            dense[:, : first - begin] = 0
            dense[:, last + 1 - begin :] = 0
            for severity in range(SEVERITIES):
                some = dense[severity].nonzero()[0]
                drawing.add(series, severity, columns[some], dense[severity, some])


def _seen_most(driver: sqlite3.Connection, ask: GetTimeline) -> list[str]:
    """Of whole days: looked at for everybody, so that finer counts are read of some only."""
    width_ns = LEVELS_NS[-1] * CHUNK
    seen: dict[str, int] = {}
    chunks = (ask.since_ns // width_ns, (ask.until_ns - 1) // width_ns)
    first, last = ask.since_ns // LEVELS_NS[-1], (ask.until_ns - 1) // LEVELS_NS[-1]
    for (_, of, _), found in of_level(driver, len(LEVELS_NS) - 1, chunks, LaneKind.PEOPLE.value, ()).items():
        for chunk, data in found:
            counts = unpacked(data)[1]
            seen[of] = seen.get(of, 0) + int(counts[:, max(0, first - chunk * CHUNK) : max(0, last + 1 - chunk * CHUNK)].sum())
    return [of for of in _most(seen) if seen[of]]


def level_of(ask: GetTimeline) -> int:
    """The finest of which an answer is not too long."""
    fine = (level for level, width_ns in enumerate(LEVELS_NS) if (ask.until_ns - ask.since_ns) // width_ns <= MOST_STRETCHES)
    return next(fine, len(LEVELS_NS) - 1)


def _rows(driver: sqlite3.Connection, ask: GetTimeline) -> dict[tuple[str, str, str, int], list[int]] | None:
    """When each of the stretch was, by what it counts for and how severe it was; None where they are too many to be looked at singly."""
    found: dict[tuple[str, str, str, int], list[int]] = {}
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
                known[key] = [found.setdefault((*series, severity), []) for series in series_of(source, camera_id, kind, person)]
            for times in known[key]:
                times.append(at_ns)
    return found


def _sources(ask: GetTimeline) -> Iterator[str]:
    return (source for source, (_, lanes) in _ROWS.items() if any(_wanted(ask, lane) for lane in lanes))
