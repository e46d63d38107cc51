"""The lanes of a timeline: counted from the rows themselves where there are few, from what was counted before where there are many."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from engine.model.history.timeline import GetTimeline, LaneKind, LaneMarks, LaneSpan, TimelineLane
from engine.store.changes import driver_of
from engine.store.people.watching import observed
from engine.store.timeline.counts import CHUNK, LEVELS_NS, Ints, Series, of_level, series_of, unpacked_alike
from engine.store.timeline.video import gaps, video_spans

MOST_ROWS = 4_000  # that are counted one by one
MOST_STRETCHES = 3_100  # of what was counted before, in one answer: a year of three hours each
MOST_PEOPLE = 48  # lanes, of those who were seen most

_COUNTED = tuple(lane for lane in LaneKind if lane is not LaneKind.OBSERVED)
_TABLES = {
    "event": ("events", "started_ns"),
    "alert": ("alerts", "raised_ns"),
    "decision": ("decisions", "decided_ns"),
    "act": ("audit", "at_ns"),
}
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


class _Row:
    """How many marks a lane has of a kind in each column, and how severe the worst of them is."""

    def __init__(self, columns: int) -> None:
        self.ns = np.zeros(columns, np.int64)
        self.worst = np.zeros(columns, np.int64)

    def add(self, columns: Ints, ns: Ints, worst: npt.NDArray[np.integer]) -> None:
        """Three arrays of the same length; no column twice."""
        self.ns[columns] += ns
        self.worst[columns] = np.maximum(self.worst[columns], worst)


class Drawing:
    """Rows that fill from many places."""

    def __init__(self, ask: GetTimeline) -> None:
        self._ask = ask
        self._rows: dict[tuple[LaneKind, str, str], _Row] = {}  # by lane, its id and kind

    def row_of(self, series: Series) -> _Row | None:
        """The row in which a series is drawn; None where nobody asked for it."""
        lane, of, kind = LaneKind(series[0]), series[1], series[2]
        by_camera = bool(self._ask.camera_ids) and bool(of) and lane in (LaneKind.CAMERA, LaneKind.DECISIONS)
        if not asks_for_lane(self._ask, lane) or (by_camera and of not in self._ask.camera_ids):
            return None
        key = (lane, "" if lane is LaneKind.DECISIONS else of, kind)
        if key not in self._rows:
            self._rows[key] = _Row(self._ask.columns)
        return self._rows[key]

    def marks(self) -> dict[tuple[LaneKind, str], tuple[LaneMarks, ...]]:
        totals = {key: int(row.ns.sum()) for key, row in self._rows.items()}
        people = _most({of: totals[lane, of, kind] for lane, of, kind in totals if lane is LaneKind.PEOPLE})
        found: dict[tuple[LaneKind, str], tuple[LaneMarks, ...]] = {}
        for key, row in sorted(self._rows.items(), key=lambda each: each[0]):
            lane, of, kind = key
            if totals[key] and (lane is not LaneKind.PEOPLE or of in people):
                marks = LaneMarks(kind, tuple(row.ns.tolist()), tuple(row.worst.tolist()))
                found[lane, of] = (*found.get((lane, of), ()), marks)
        return found


def _most(seen: Mapping[str, int]) -> list[str]:
    return sorted(seen, key=lambda of: (-seen[of], of))[:MOST_PEOPLE]


def lanes_of(connection: Connection, ask: GetTimeline) -> tuple[tuple[TimelineLane, ...], int]:
    """The lanes that hold anything, and those of cameras that were asked for; and how coarse they are, ns (0: not at all)."""
    driver = driver_of(connection)
    marks, coarse_ns = _marks(driver, ask)
    spans: dict[tuple[LaneKind, str], tuple[LaneSpan, ...]] = {}
    if asks_for_lane(ask, LaneKind.CAMERA):
        spans.update({(LaneKind.CAMERA, camera_id): found for camera_id, found in video_spans(driver, ask).items()})
        spans.update({(LaneKind.CAMERA, camera_id): () for camera_id in ask.camera_ids if (LaneKind.CAMERA, camera_id) not in spans})
    if asks_for_lane(ask, LaneKind.OBSERVED) or asks_for_lane(ask, LaneKind.CAMERA):
        watched = observed(connection, ask.camera_ids, ask.since_ns, ask.until_ns)
        if asks_for_lane(ask, LaneKind.OBSERVED):
            spans.update({(LaneKind.OBSERVED, sensor_id): found for sensor_id, found in watched.items()})
        for (lane, camera_id), video in tuple(spans.items()):
            if lane is LaneKind.CAMERA and (missing := tuple(gaps(video, watched.get(camera_id, ()), ask.until_ns))):
                spans[lane, camera_id] = tuple(sorted((*video, *missing), key=lambda span: span.since_ns))
    order = list(LaneKind)
    keys = sorted({*marks, *spans}, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(TimelineLane(*key, marks.get(key, ()), spans.get(key, ())) for key in keys), coarse_ns


def asks_for_lane(ask: GetTimeline, lane: LaneKind) -> bool:
    return not ask.lanes or lane in ask.lanes


def _marks(driver: sqlite3.Connection, ask: GetTimeline) -> tuple[dict[tuple[LaneKind, str], tuple[LaneMarks, ...]], int]:
    drawing, edges = Drawing(ask), _edges(ask)
    if _few(driver, ask):
        _draw_rows(driver, ask, edges, drawing)
        return drawing.marks(), 0
    level = level_of(ask)
    for lane in _COUNTED:
        if asks_for_lane(ask, lane):
            _draw_lane(driver, ask, level, lane, edges, drawing)
    return drawing.marks(), LEVELS_NS[level]


def _edges(ask: GetTimeline) -> Ints:
    """Where columns begin, and where the last one ends."""
    edges = (ask.since_ns + column * (ask.until_ns - ask.since_ns) // ask.columns for column in range(ask.columns + 1))
    return np.fromiter(edges, np.int64)


def _columns(times: Ints, edges: Ints) -> Ints:
    return np.clip(np.searchsorted(edges, times, "right") - 1, 0, len(edges) - 2)


def _draw_lane(driver: sqlite3.Connection, ask: GetTimeline, level: int, lane: LaneKind, edges: Ints, drawing: Drawing) -> None:
    """Neighbouring stretches of a column are added up at once, for all rows."""
    width_ns = LEVELS_NS[level]
    first, last = ask.since_ns // width_ns, (ask.until_ns - 1) // width_ns
    ids = _seen_most(driver, ask) if lane is LaneKind.PEOPLE else ask.camera_ids if lane is LaneKind.CAMERA else ()
    if lane is LaneKind.PEOPLE and not ids:
        return
    chunks = (first // CHUNK, last // CHUNK)
    series = of_level(driver, level, chunks, lane.value, ids)
    rows = [(row, packed) for each, packed in series.items() if (row := drawing.row_of(each)) is not None]
    if not rows:
        return
    ns, worst = _laid_out([packed for _, packed in rows], chunks, lane is not LaneKind.PEOPLE)
    numbers = np.arange(first, last + 1, dtype=np.int64)
    there, begins = np.unique(_columns(numbers * width_ns + width_ns // 2, edges), return_index=True)
    shown = slice(first - chunks[0] * CHUNK, last + 1 - chunks[0] * CHUNK)
    ns, worst = np.add.reduceat(ns[:, shown], begins, axis=1), np.maximum.reduceat(worst[:, shown], begins, axis=1)
    for number, (row, _) in enumerate(rows):  # decisions of several cameras are one row
        row.add(there, ns[number], worst[number])


def _laid_out(series: list[list[tuple[int, bytes]]], chunks: tuple[int, int], severe: bool) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Of each series, (series, stretches from the first chunk to the last): counts, and how severe the worst is (if asked for)."""
    alike: dict[bytes, list[tuple[int, int, bytes]]] = {}  # of the same severities and size of counts
    for number, packed in enumerate(series):
        for chunk, data in packed:
            alike.setdefault(data[:2], []).append((number, chunk - chunks[0], data[2:]))
    ns = np.zeros((len(series), chunks[1] + 1 - chunks[0], CHUNK), np.int64)
    worst = np.zeros(ns.shape, np.uint8)
    for head, several in alike.items():
        severities, counts = unpacked_alike(head, b"".join(data for _, _, data in several))
        at = (np.array([number for number, _, _ in several]), np.array([chunk for _, chunk, _ in several]))
        ns[at] = counts.sum(axis=1)
        if severe:
            worst[at] = ((counts > 0) * severities.astype(np.uint8)[:, None]).max(axis=1)
    return ns.reshape(len(series), -1), worst.reshape(len(series), -1)


def _seen_most(driver: sqlite3.Connection, ask: GetTimeline) -> list[str]:
    """Of whole days: looked at for everybody, so that finer counts are read of some only."""
    width_ns = LEVELS_NS[-1] * CHUNK
    chunks = (ask.since_ns // width_ns, (ask.until_ns - 1) // width_ns)
    first, last = ask.since_ns // LEVELS_NS[-1], (ask.until_ns - 1) // LEVELS_NS[-1]
    alike: dict[tuple[int, bytes], list[tuple[str, bytes]]] = {}  # rows of the same stretch, severities and size of counts
    for (_, of, _), found in of_level(driver, len(LEVELS_NS) - 1, chunks, LaneKind.PEOPLE.value, ()).items():
        for chunk, data in found:
            alike.setdefault((chunk, data[:2]), []).append((of, data[2:]))
    seen: Counter[str] = Counter()
    for (chunk, head), several in alike.items():
        _, counts = unpacked_alike(head, b"".join(data for _, data in several))
        days = slice(max(0, first - chunk * CHUNK), max(0, last + 1 - chunk * CHUNK))
        for (of, _), count in zip(several, counts[:, :, days].sum(axis=(1, 2), dtype=np.int64).tolist(), strict=True):
            seen[of] += count
    return [of for of in _most(seen) if seen[of]]


def level_of(ask: GetTimeline) -> int:
    """The finest of which an answer is not too long."""
    fine = (level for level, width_ns in enumerate(LEVELS_NS) if (ask.until_ns - ask.since_ns) // width_ns <= MOST_STRETCHES)
    return next(fine, len(LEVELS_NS) - 1)


def _few(driver: sqlite3.Connection, ask: GetTimeline) -> bool:
    """Whether there are so few rows in the stretch that each can be looked at."""
    left = MOST_ROWS
    for source in _sources(ask):
        table, time = _TABLES[source]
        within = f"SELECT 1 FROM {table} WHERE {time} >= ? AND {time} < ? LIMIT {left + 1}"
        left -= driver.execute(f"SELECT count(*) FROM ({within})", (ask.since_ns, ask.until_ns)).fetchone()[0]
        if left < 0:
            return False
    return True


def _draw_rows(driver: sqlite3.Connection, ask: GetTimeline, edges: Ints, drawing: Drawing) -> None:
    known: dict[tuple[str, str, str, int, str], list[list[int]]] = {}
    found: dict[tuple[_Row, int], list[int]] = {}  # times by row and severity
    for source in _sources(ask):
        for camera_id, kind, severity, person, at_ns in driver.execute(_ROWS[source][0], (ask.since_ns, ask.until_ns)):
            key = (source, camera_id, kind, severity, person)
            if key not in known:
                several = series_of(source, camera_id, kind, person)
                drawn = [(drawing.row_of(each), 0 if each[0] == LaneKind.PEOPLE else severity) for each in several]
                known[key] = [found.setdefault((row, worst), []) for row, worst in drawn if row is not None]
            for times in known[key]:
                times.append(at_ns)
    if found:
        _draw_times(found, edges)


def _draw_times(found: Mapping[tuple[_Row, int], list[int]], edges: Ints) -> None:
    """Of all rows at once: they are many, and most have a few times."""
    columns = len(edges) - 1
    rows = list(dict.fromkeys(row for row, _ in found))
    numbers = {row: number for number, row in enumerate(rows)}
    often = [len(times) for times in found.values()]
    there = _columns(np.fromiter(chain.from_iterable(found.values()), np.int64), edges)
    cells = np.repeat([numbers[row] * columns for row, _ in found], often) + there
    worst = np.zeros(len(rows) * columns, np.int64)
    np.maximum.at(worst, cells, np.repeat([severity for _, severity in found], often))
    ns = np.bincount(cells, minlength=len(worst)).reshape(-1, columns)
    for row, n, most in zip(rows, ns, worst.reshape(-1, columns), strict=True):
        row.add(np.arange(columns), n, most)


def _sources(ask: GetTimeline) -> Iterator[str]:
    return (source for source, (_, lanes) in _ROWS.items() if any(asks_for_lane(ask, lane) for lane in lanes))
