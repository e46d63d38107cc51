"""What happened over a stretch of time, lane by lane; the next of a kind; and how much on each day of a month."""

import calendar
from collections.abc import Sequence as Several
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Column, ColumnElement, Connection, Table, func, literal, or_, select

from engine.model.errors import InputError
from engine.model.history.timeline import (
    Bookmark,
    CountDays,
    DayCount,
    FindNeighbour,
    GetTimeline,
    HitPage,
    NeighbourKind,
    SearchRecord,
    Timeline,
)
from engine.model.time import SECOND
from engine.model.wire import read_as
from engine.store.changes import driver_of
from engine.store.search.region_search import search_region
from engine.store.search.text_query import Names
from engine.store.search.text_search import search
from engine.store.segments.tables import segments
from engine.store.tables import alerts, clips, events
from engine.store.timeline.counts import events_between
from engine.store.timeline.lanes import lanes_of
from engine.store.timeline.tables import bookmarks

MOST_BOOKMARKS = 2_000


def hit_page(connection: Connection, ask: SearchRecord, names: Names, size: tuple[int, int] | None) -> HitPage:
    """See `Store.search`. Raises InputError."""
    driver = driver_of(connection)
    hits, next_id = search_region(driver, ask, names, size) if ask.filter.region else search(driver, ask, names)
    return HitPage(hits, next_id)


def timeline(connection: Connection, ask: GetTimeline) -> Timeline:
    lanes, coarse_ns = lanes_of(connection, ask)
    return Timeline(ask.since_ns, ask.until_ns, ask.columns, lanes, _bookmarks(connection, ask), coarse_ns)


def _bookmarks(connection: Connection, ask: GetTimeline) -> tuple[Bookmark, ...]:
    """Those that begin before the end and end after the beginning, oldest first."""
    end = func.coalesce(bookmarks.c.until_ns, bookmarks.c.at_ns + 1)
    conditions = [bookmarks.c.at_ns < ask.until_ns, end > ask.since_ns]
    if ask.camera_ids:
        conditions.append(bookmarks.c.camera_id.in_(["", *ask.camera_ids]))
    query = select(bookmarks).where(*conditions).order_by(bookmarks.c.at_ns, bookmarks.c.id).limit(MOST_BOOKMARKS)
    return tuple(read_as(Bookmark, dict(row)) for row in connection.execute(query).mappings())


def neighbour(connection: Connection, ask: FindNeighbour) -> int | None:
    table, at = _neighbour_table(ask.kind)
    found = [_next(connection, at, ask, [table.c.camera_id == camera_id]) for camera_id in ask.camera_ids]
    if not ask.camera_ids:
        found = [_next(connection, at, ask, [])]
    times = [each for each in found if each is not None]
    return (min if ask.forward else max)(times, default=None)


def _neighbour_table(kind: NeighbourKind) -> tuple[Table, Column[int]]:
    match kind:
        case NeighbourKind.EVENT:
            return events, events.c.started_ns
        case NeighbourKind.ALERT:
            return alerts, alerts.c.raised_ns
        case NeighbourKind.BOOKMARK:
            return bookmarks, bookmarks.c.at_ns


def _next(connection: Connection, at: Column[int], ask: FindNeighbour, conditions: Several[ColumnElement[bool]]) -> int | None:
    beyond = at > ask.at_ns if ask.forward else at < ask.at_ns
    return connection.scalar(select(at).where(beyond, *conditions).order_by(at if ask.forward else at.desc()).limit(1))


def days(connection: Connection, ask: CountDays) -> tuple[DayCount, ...]:
    """Every day of the month, those without anything too. Raises InputError."""
    edges = month_edges(ask)
    begun = events_between(driver_of(connection), edges)
    return tuple(_day(connection, number, begun[number - 1], *edge) for number, edge in enumerate(pairwise(edges), 1))


def _day(connection: Connection, number: int, begun: int, since_ns: int, until_ns: int) -> DayCount:
    raised = select(func.count()).where(alerts.c.raised_ns >= since_ns, alerts.c.raised_ns < until_ns)
    video = (
        select(literal(1)).where(table.c.started_ns >= since_ns, table.c.started_ns < until_ns).limit(1).exists()
        for table in (clips, segments)
    )
    return DayCount(number, begun, connection.scalar(raised) or 0, bool(connection.scalar(select(or_(*video)))))


def month_edges(ask: CountDays) -> list[int]:
    """UTC ns of every local midnight of the month, and of the one after it."""
    if not (1970 <= ask.year <= 2260 and 1 <= ask.month <= 12):
        raise InputError("month", f"{ask.year}-{ask.month} is no month of the years 1970–2260")
    try:
        zone = ZoneInfo(ask.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError("time_zone", f"{ask.time_zone[:60]!r} is no time zone that is known here, as Europe/Berlin is") from None
    first = datetime(ask.year, ask.month, 1, tzinfo=zone)
    count = calendar.monthrange(ask.year, ask.month)[1]
    return [round((first + timedelta(days=day)).timestamp()) * SECOND for day in range(count + 1)]
