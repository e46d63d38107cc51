"""What one site told, drawn over time: counted from the rows of some days, and from quarters of an hour where it is longer."""

from collections.abc import Iterable
from collections.abc import Sequence as Several
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

from engine.model.event import EventKind
from engine.model.history.event_query import QUARTER_NS
from engine.model.history.timeline import CountDays, DayCount, GetTimeline, LaneKind, LaneMarks, Timeline, TimelineLane
from engine.model.time import SECOND
from engine.store.shared.counts import QUARTERS, WHOLE_SITE
from engine.store.timeline.counts import RAISED, Series, series_of
from engine.store.timeline.lanes import Drawing, asks_for_lane
from engine.store.timeline.timeline import month_edges

LONGEST_OF_ROWS_NS = 2 * 86_400 * SECOND
_DAY_NS = QUARTERS * QUARTER_NS
_LANES = (LaneKind.CAMERA, LaneKind.PEOPLE, LaneKind.RADIO, LaneKind.BLE, LaneKind.INCIDENTS)
_WITHIN = "{0} >= :since AND {0} < :until"
_CELLS = (  # of one series, its columns and how many are in each
    "SELECT {0}, string_agg(col::text, ',') AS columns, string_agg(n::text, ',') AS n FROM (SELECT {0},"
    " floor(({1} - CAST(:since AS bigint)) * CAST(:per_ns AS float8))::int AS col, count(*) AS n FROM {2} GROUP BY {0}, col) AS cells"
    " GROUP BY {0}"
)
_EVENTS = f"(SELECT * FROM events WHERE {_WITHIN.format('started_ns')} AND NOT shadow) AS begun"
_PEOPLE_THERE = (
    "(SELECT CASE WHEN person_id != '' THEN person_id ELSE person END AS who, started_ns FROM events"
    f" WHERE {_WITHIN.format('started_ns')} AND NOT shadow AND (person_id != '' OR person != '')) AS begun"
)
_ALERTS = f"(SELECT * FROM alerts WHERE {_WITHIN.format('raised_ns')} AND camera_id != '') AS raised"
_BEGUN = text(_CELLS.format("camera_id, kind, severity", "started_ns", _EVENTS))
_PEOPLE = text(_CELLS.format("who", "started_ns", _PEOPLE_THERE))
_RAISED = text(_CELLS.format("camera_id, severity", "raised_ns", _ALERTS))
_COUNTED = text(
    "SELECT camera_id, kind, severity, day, array_to_string(counts, ',') AS counts FROM event_counts"
    " WHERE day >= :first AND day <= :last AND kind != ''"
)
_TOTALS = text(
    "SELECT day, array_to_string(counts, ',') AS counts FROM event_counts WHERE day >= :first AND day <= :last AND kind = ''"
    " AND (camera_id = :whole) = CAST(:all AS boolean)"
)
_DAY = "width_bucket({0}, CAST(:edges AS bigint[]))"  # 1 for the first
_RAISED_ON = text(f"SELECT {_DAY.format('raised_ns')} AS day, count(*) AS n FROM alerts WHERE {_WITHIN.format('raised_ns')} GROUP BY 1")
_FILMED_ON = text(f"SELECT {_DAY.format('started_ns')} AS day, count(*) AS n FROM clips WHERE {_WITHIN.format('started_ns')} GROUP BY 1")

_Ints: TypeAlias = npt.NDArray[np.int64]


def timeline_of(connection: Connection, ask: GetTimeline) -> Timeline:
    """Lanes of cameras, people, radio, BLE and incidents; what watched when, decisions and acts are not told to a hub."""
    span_ns = ask.until_ns - ask.since_ns
    limits = {"since": ask.since_ns, "until": ask.until_ns, "per_ns": ask.columns / span_ns}
    fine, drawing = span_ns <= LONGEST_OF_ROWS_NS, _Columns(ask)
    if fine:
        for row in connection.execute(_BEGUN, limits):
            drawing.add(series_of("event", row.camera_id, row.kind, ""), _numbers(row.columns), _numbers(row.n), row.severity)
    else:
        _draw_counts(connection, ask, drawing)
    if asks_for_lane(ask, LaneKind.CAMERA):
        for row in connection.execute(_RAISED, limits):
            drawing.add(series_of("alert", row.camera_id, RAISED, ""), _numbers(row.columns), _numbers(row.n), row.severity)
    if asks_for_lane(ask, LaneKind.PEOPLE):
        for row in connection.execute(_PEOPLE, limits):
            drawing.add([(LaneKind.PEOPLE.value, row.who, EventKind.PERSON.value)], _numbers(row.columns), _numbers(row.n), 0)
    marks = drawing.marks()
    keys = sorted(marks, key=lambda key: (_LANES.index(key[0]), key[1]))
    lanes = tuple(TimelineLane(*key, marks[key]) for key in keys)
    return Timeline(ask.since_ns, ask.until_ns, ask.columns, lanes, (), 0 if fine else QUARTER_NS)


def _draw_counts(connection: Connection, ask: GetTimeline, drawing: "_Columns") -> None:
    """Each quarter where its middle is."""
    rows = connection.execute(_COUNTED, {"first": ask.since_ns // _DAY_NS, "last": (ask.until_ns - 1) // _DAY_NS}).all()
    if not rows:
        return
    counts = _numbers(",".join(row.counts for row in rows)).reshape(-1, QUARTERS)
    middles = np.arange(QUARTERS) * QUARTER_NS + QUARTER_NS // 2
    times = np.array([row.day for row in rows], np.int64)[:, None] * _DAY_NS + middles
    columns = ((times - ask.since_ns) * (ask.columns / (ask.until_ns - ask.since_ns))).astype(np.int64)
    there = (counts > 0) & (times >= ask.since_ns) & (times < ask.until_ns)
    of: dict[tuple[str, str, int], list[int]] = {}
    for number, row in enumerate(rows):
        of.setdefault((row.camera_id, row.kind, row.severity), []).append(number)
    for (camera_id, kind, severity), numbers in of.items():
        cells = there[numbers]
        drawing.add(series_of("event", camera_id, kind, ""), columns[numbers][cells], counts[numbers][cells], severity)


class _Columns:
    """What is added to the columns of a timeline, by series."""

    def __init__(self, ask: GetTimeline) -> None:
        self._drawing, self._last = Drawing(ask), ask.columns - 1

    def add(self, drawn: Iterable[Series], columns: _Ints, n: _Ints, severity: int) -> None:
        """`columns`: one may come several times."""
        there, places = np.unique(np.clip(columns, 0, self._last), return_inverse=True)
        counts = np.bincount(places, n, len(there)).astype(np.int64)
        for series in drawn:
            row = self._drawing.row_of(series)
            if row is not None:
                row.add(there, counts, np.full(len(there), severity, np.int64))

    def marks(self) -> dict[tuple[LaneKind, str], tuple[LaneMarks, ...]]:
        return self._drawing.marks()


def _numbers(told: str) -> _Ints:
    return np.fromstring(told, np.int64, sep=",")


def count_days(connection: Connection, ask: CountDays, everything: bool) -> tuple[DayCount, ...]:
    """Exact, as every midnight is a multiple of a quarter of an hour. Video is that of clips. `everything`: also of what no camera saw.

    Raises InputError.
    """
    edges = month_edges(ask)
    begun = _begun_between(connection, edges, everything)
    limits = {"since": edges[0], "until": edges[-1], "edges": "{" + ",".join(map(str, edges)) + "}"}
    alerts, clips = ({row.day: row.n for row in connection.execute(query, limits)} for query in (_RAISED_ON, _FILMED_ON))
    return tuple(DayCount(day, begun[day - 1], alerts.get(day, 0), day in clips) for day in range(1, len(edges)))


def _begun_between(connection: Connection, edges: Several[int], everything: bool) -> list[int]:
    """How many began between each two."""
    first, last = edges[0] // _DAY_NS, (edges[-1] - 1) // _DAY_NS
    totals = np.zeros((last - first + 1, QUARTERS), np.int64)
    limits = {"first": first, "last": last, "whole": WHOLE_SITE, "all": everything}
    for row in connection.execute(_TOTALS, limits):
        totals[row.day - first] += _numbers(row.counts)
    sums = np.concatenate([[0], np.cumsum(totals.ravel())])
    places = [edge // QUARTER_NS - first * QUARTERS for edge in edges]
    return [int(sums[until] - sums[since]) for since, until in pairwise(places)]
