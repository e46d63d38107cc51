"""The lanes of a timeline: counted from the rows themselves where there are few, from what was counted before where there are many."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
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


class _Drawing:
    """Counts that come together from many places, drawn at once."""

    def __init__(self, ask: GetTimeline) -> None:
        self._ask = ask
        self._rows: dict[tuple[LaneKind, str, str], int] = {}  # by lane, its id and kind
        self._parts: list[tuple[Ints, Ints, Ints, Ints]] = []  # rows, columns, severities, counts

    def row_of(self, series: Series) -> int | None:
        """The row in which a series is drawn; None where nobody asked for it."""
        lane, of, kind = LaneKind(series[0]), series[1], series[2]
        by_camera = bool(self._ask.camera_ids) and bool(of) and lane in (LaneKind.CAMERA, LaneKind.DECISIONS)
        if not _asks_for_lane(self._ask, lane) or (by_camera and of not in self._ask.camera_ids):
            return None
        return self._rows.setdefault((lane, "" if lane is LaneKind.DECISIONS else of, kind), len(self._rows))

    def add(self, rows: Ints, columns: Ints, severities: Ints, counts: Ints) -> None:
        """Four arrays of the same length."""
        self._parts.append((rows, columns, severities, counts))

    def marks(self) -> dict[tuple[LaneKind, str], tuple[LaneMarks, ...]]:
        if not self._parts:
            return {}
        columns = self._ask.columns
        rows, places, severities, counts = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        cells = rows * columns + places
        ns = np.bincount(cells, counts, len(self._rows) * columns).astype(np.int64).reshape(-1, columns)
        worst = np.zeros(len(self._rows) * columns, np.int64)
        np.maximum.at(worst, cells, severities)
        return self._lane_marks(ns, worst.reshape(-1, columns))

    def _lane_marks(self, ns: Ints, worst: Ints) -> dict[tuple[LaneKind, str], tuple[LaneMarks, ...]]:
        totals = ns.sum(axis=1).tolist()
        people = _most({of: totals[row] for (lane, of, _), row in self._rows.items() if lane is LaneKind.PEOPLE})
        found: dict[tuple[LaneKind, str], tuple[LaneMarks, ...]] = {}
        for (lane, of, kind), row in sorted(self._rows.items(), key=lambda each: each[0]):
            if totals[row] and (lane is not LaneKind.PEOPLE or of in people):
                marks = LaneMarks(kind, tuple(ns[row].tolist()), tuple(worst[row].tolist()))
                found[lane, of] = (*found.get((lane, of), ()), marks)
        return found


def _most(seen: Mapping[str, int]) -> list[str]:
    return sorted(seen, key=lambda of: (-seen[of], of))[:MOST_PEOPLE]


def lanes_of(connection: Connection, ask: GetTimeline) -> tuple[tuple[TimelineLane, ...], int]:
    """The lanes that hold anything, and those of cameras that were asked for; and how coarse they are, ns (0: not at all)."""
    driver = driver_of(connection)
    marks, coarse_ns = _marks(driver, ask)
    spans: dict[tuple[LaneKind, str], tuple[LaneSpan, ...]] = {}
    if _asks_for_lane(ask, LaneKind.CAMERA):
        spans.update({(LaneKind.CAMERA, camera_id): found for camera_id, found in video_spans(driver, ask).items()})
        spans.update({(LaneKind.CAMERA, camera_id): () for camera_id in ask.camera_ids if (LaneKind.CAMERA, camera_id) not in spans})
    if _asks_for_lane(ask, LaneKind.OBSERVED) or _asks_for_lane(ask, LaneKind.CAMERA):
        watched = observed(connection, ask.camera_ids, ask.since_ns, ask.until_ns)
        if _asks_for_lane(ask, LaneKind.OBSERVED):
            spans.update({(LaneKind.OBSERVED, sensor_id): found for sensor_id, found in watched.items()})
        for (lane, camera_id), video in tuple(spans.items()):
            if lane is LaneKind.CAMERA and (missing := tuple(gaps(video, watched.get(camera_id, ()), ask.until_ns))):
                spans[lane, camera_id] = tuple(sorted((*video, *missing), key=lambda span: span.since_ns))
    order = list(LaneKind)
    keys = sorted({*marks, *spans}, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(TimelineLane(*key, marks.get(key, ()), spans.get(key, ())) for key in keys), coarse_ns


def _asks_for_lane(ask: GetTimeline, lane: LaneKind) -> bool:
    return not ask.lanes or lane in ask.lanes


def _marks(driver: sqlite3.Connection, ask: GetTimeline) -> tuple[dict[tuple[LaneKind, str], tuple[LaneMarks, ...]], int]:
    drawing, edges = _Drawing(ask), _edges(ask)
    if _few(driver, ask):
        _draw_rows(driver, ask, edges, drawing)
        return drawing.marks(), 0
    level = level_of(ask)
    for lane in _COUNTED:
        if _asks_for_lane(ask, lane):
            _draw_lane(driver, ask, level, lane, edges, drawing)
    return drawing.marks(), LEVELS_NS[level]


def _edges(ask: GetTimeline) -> Ints:
    """Where columns begin, and where the last one ends."""
    edges = (ask.since_ns + column * (ask.until_ns - ask.since_ns) // ask.columns for column in range(ask.columns + 1))
    return np.fromiter(edges, np.int64)


def _columns(times: Ints, edges: Ints) -> Ints:
    return np.clip(np.searchsorted(edges, times, "right") - 1, 0, len(edges) - 2)


def _draw_lane(driver: sqlite3.Connection, ask: GetTimeline, level: int, lane: LaneKind, edges: Ints, drawing: _Drawing) -> None:
    width_ns = LEVELS_NS[level]
    first, last = ask.since_ns // width_ns, (ask.until_ns - 1) // width_ns
    ids = _seen_most(driver, ask) if lane is LaneKind.PEOPLE else ask.camera_ids if lane is LaneKind.CAMERA else ()
    if lane is LaneKind.PEOPLE and not ids:
        return
    begin = first // CHUNK * CHUNK
    numbers = np.arange(begin, (last // CHUNK + 1) * CHUNK, dtype=np.int64)
    columns = _columns(numbers * width_ns + width_ns // 2, edges)
    columns[(numbers < first) | (numbers > last)] = -1
    alike: dict[bytes, list[tuple[int, int, bytes]]] = {}  # rows of the same severities and size of counts
    for series, chunks in of_level(driver, level, (first // CHUNK, last // CHUNK), lane.value, ids).items():
        row = drawing.row_of(series)
        if row is not None:
            for chunk, data in chunks:
                alike.setdefault(data[:2], []).append((row, chunk * CHUNK - begin, data[2:]))
    for head, several in alike.items():
        _draw_alike(head, several, columns, drawing, lane is not LaneKind.PEOPLE)


def _draw_alike(head: bytes, several: list[tuple[int, int, bytes]], columns: Ints, drawing: _Drawing, severe: bool) -> None:
    severities, counts = unpacked_alike(head, b"".join(data for _, _, data in several))
    some = np.flatnonzero(counts)  # several times as quick as three indices at once
    which, within = np.divmod(some, len(severities) * CHUNK)
    place, offset = np.divmod(within, CHUNK)
    rows, begins = np.array([row for row, _, _ in several]), np.array([begin for _, begin, _ in several])
    there = columns[begins[which] + offset]
    shown = there >= 0
    worst = severities[place] if severe else np.zeros(len(place), np.int64)
    drawing.add(rows[which][shown], there[shown], worst[shown], counts.ravel()[some].astype(np.int64)[shown])


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


def _draw_rows(driver: sqlite3.Connection, ask: GetTimeline, edges: Ints, drawing: _Drawing) -> None:
    known: dict[tuple[str, str, str, int, str], list[list[int]]] = {}
    found: dict[tuple[int, int], list[int]] = {}  # times by row and severity
    for source in _sources(ask):
        for camera_id, kind, severity, person, at_ns in driver.execute(_ROWS[source][0], (ask.since_ns, ask.until_ns)):
            key = (source, camera_id, kind, severity, person)
            if key not in known:
                several = series_of(source, camera_id, kind, person)
                drawn = [(drawing.row_of(each), 0 if each[0] == LaneKind.PEOPLE else severity) for each in several]
                known[key] = [found.setdefault((row, worst), []) for row, worst in drawn if row is not None]
            for times in known[key]:
                times.append(at_ns)
    for (row, severity), times in found.items():
        columns = _columns(np.array(times, np.int64), edges)
        drawing.add(np.full(len(times), row), columns, np.full(len(times), severity), np.ones(len(times), np.int64))


def _sources(ask: GetTimeline) -> Iterator[str]:
    return (source for source, (_, lanes) in _ROWS.items() if any(_asks_for_lane(ask, lane) for lane in lanes))
