"""What one site told, drawn over time: counted from the rows of some days, and from quarters of an hour where it is longer."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy import Connection, text

from engine.model.event import EventKind
from engine.model.history.event_query import QUARTER_NS
from engine.model.history.timeline import CountDays, DayCount, GetTimeline, LaneKind, Timeline, TimelineLane
from engine.model.time import SECOND
from engine.store.timeline.counts import RAISED, Series, series_of
from engine.store.timeline.lanes import Drawing, asks_for_lane
from engine.store.timeline.timeline import month_edges

LONGEST_OF_ROWS_NS = 2 * 86_400 * SECOND
_LANES = (LaneKind.CAMERA, LaneKind.PEOPLE, LaneKind.RADIO, LaneKind.BLE, LaneKind.INCIDENTS)
_COLUMN = "floor(({0} - CAST(:since AS bigint)) * CAST(:per_ns AS float8))::int"
_PERSON = "CASE WHEN person_id != '' THEN person_id ELSE person END"
_MIDDLE_NS = QUARTER_NS // 2
_WITHIN = "{0} >= :since AND {0} < :until"
_ROWS = text(
    f"SELECT camera_id, kind, severity, {_COLUMN.format('started_ns')} AS col, count(*) AS n FROM events"
    f" WHERE {_WITHIN.format('started_ns')} AND NOT shadow GROUP BY 1, 2, 3, 4"
)
_QUARTERS = text(
    f"SELECT camera_id, kind, severity, {_COLUMN.format(f'quarter * {QUARTER_NS} + {_MIDDLE_NS}')} AS col, sum(n)::bigint AS n"
    " FROM event_counts WHERE quarter >= :first AND quarter < :last GROUP BY 1, 2, 3, 4"
)
_PEOPLE = text(
    f"SELECT {_PERSON} AS who, {_COLUMN.format('started_ns')} AS col, count(*) AS n FROM events"
    f" WHERE {_WITHIN.format('started_ns')} AND NOT shadow AND (person_id != '' OR person != '') GROUP BY 1, 2"
)
_RAISED = text(
    f"SELECT camera_id, severity, {_COLUMN.format('raised_ns')} AS col, count(*) AS n FROM alerts"
    f" WHERE {_WITHIN.format('raised_ns')} AND camera_id != '' GROUP BY 1, 2, 3"
)
_DAY = "width_bucket({0}, CAST(:edges AS bigint[]))"  # 1 for the first
_BEGUN_ON = text(
    f"SELECT {_DAY.format(f'quarter * {QUARTER_NS}')} AS day, sum(n)::bigint AS n FROM event_counts"
    " WHERE quarter >= :first AND quarter < :last GROUP BY 1"
)
_RAISED_ON = text(f"SELECT {_DAY.format('raised_ns')} AS day, count(*) AS n FROM alerts WHERE {_WITHIN.format('raised_ns')} GROUP BY 1")
_FILMED_ON = text(f"SELECT {_DAY.format('started_ns')} AS day, count(*) AS n FROM clips WHERE {_WITHIN.format('started_ns')} GROUP BY 1")


def timeline_of(connection: Connection, ask: GetTimeline) -> Timeline:
    """Lanes of cameras, people, radio, BLE and incidents; what watched when, decisions and acts are not told to a hub."""
    span_ns = ask.until_ns - ask.since_ns
    limits = {"since": ask.since_ns, "until": ask.until_ns, "per_ns": ask.columns / span_ns}
    fine = span_ns <= LONGEST_OF_ROWS_NS
    drawing = Drawing(ask)
    for row in connection.execute(_ROWS, limits) if fine else connection.execute(_QUARTERS, _quarters(limits)):
        _draw(drawing, ask, series_of("event", row.camera_id, row.kind, ""), row.col, row.n, row.severity)
    if asks_for_lane(ask, LaneKind.CAMERA):
        for row in connection.execute(_RAISED, limits):
            _draw(drawing, ask, series_of("alert", row.camera_id, RAISED, ""), row.col, row.n, row.severity)
    if asks_for_lane(ask, LaneKind.PEOPLE):
        for row in connection.execute(_PEOPLE, limits):
            _draw(drawing, ask, [(LaneKind.PEOPLE.value, row.who, EventKind.PERSON.value)], row.col, row.n, 0)
    marks = drawing.marks()
    keys = sorted(marks, key=lambda key: (_LANES.index(key[0]), key[1]))
    lanes = tuple(TimelineLane(*key, marks[key]) for key in keys)
    return Timeline(ask.since_ns, ask.until_ns, ask.columns, lanes, (), 0 if fine else QUARTER_NS)


def _quarters(limits: dict[str, Any]) -> dict[str, Any]:
    """Those whose middle is within."""
    first, last = (-((_MIDDLE_NS - limits[edge]) // QUARTER_NS) for edge in ("since", "until"))
    return {"since": limits["since"], "per_ns": limits["per_ns"], "first": first, "last": last}


def _draw(drawing: Drawing, ask: GetTimeline, drawn: Iterable[Series], column: int, n: int, severity: int) -> None:
    for series in drawn:
        row = drawing.row_of(series)
        if row is not None:
            row.add(np.array([min(max(column, 0), ask.columns - 1)]), np.array([n]), np.array([severity]))


def count_days(connection: Connection, ask: CountDays) -> tuple[DayCount, ...]:
    """Exact, as every midnight is a multiple of a quarter of an hour. Video is that of clips. Raises InputError."""
    edges = month_edges(ask)
    limits: dict[str, Any] = {"since": edges[0], "until": edges[-1], "first": edges[0] // QUARTER_NS, "last": edges[-1] // QUARTER_NS}
    limits |= {"edges": "{" + ",".join(map(str, edges)) + "}"}
    begun, alerts, clips = ({row.day: row.n for row in connection.execute(query, limits)} for query in (_BEGUN_ON, _RAISED_ON, _FILMED_ON))
    return tuple(DayCount(day, begun.get(day, 0), alerts.get(day, 0), day in clips) for day in range(1, len(edges)))
