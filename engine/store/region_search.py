"""Finding what moved, or was seen, in a part of one camera's picture: the boxes of its events, newest first."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from engine.model.errors import InputError
from engine.model.geometry import Box, Point, Polygon
from engine.model.timeline import HitKind, SearchHit, SearchRecord
from engine.store.text_query import MOTION, pieces
from engine.store.text_search import event_hit

SCANNED = 50_000  # boxes that one question looks at
_AT_ONCE = 1_000


def search_region(driver: sqlite3.Connection, ask: SearchRecord, size: tuple[int, int] | None) -> tuple[tuple[SearchHit, ...], str | None]:
    """`size` of the camera's picture, in whose pixels boxes are kept: as it is now, also for what was seen before it was changed. None:
    that of its newest clip. `next_id` also where so many boxes were looked at without enough hits.

    Raises InputError: not one camera, no polygon, words (which are not looked for in a region), a size that nobody knows.
    """
    wanted = ask.filter
    if len(wanted.camera_ids) != 1:
        raise InputError("region", "is part of one camera's picture; name one camera")
    if len(wanted.region) < 3 or any(not 0 <= share <= 1 for corner in wanted.region for share in corner):
        raise InputError("region", "needs three corners or more, each in shares of the picture, 0 to 1")
    if pieces(wanted.text):
        raise InputError("text", "cannot be looked for within a region; leave one of the two out")
    width, height = size or _clip_size(driver, wanted.camera_ids[0])
    region = tuple((x * width, y * height) for x, y in wanted.region)
    return _found(driver, ask, region)


def _clip_size(driver: sqlite3.Connection, camera_id: str) -> tuple[int, int]:
    newest = "SELECT width, height FROM clips WHERE camera_id = ? ORDER BY started_ns DESC LIMIT 1"
    row = driver.execute(newest, (camera_id,)).fetchone()
    if row is None:
        raise InputError(
            "region", f"the size of the picture of {camera_id[:80]!r} is not known: it is not connected and there is no clip of it"
        )
    return int(row[0]), int(row[1])


def _found(driver: sqlite3.Connection, ask: SearchRecord, region: Polygon) -> tuple[tuple[SearchHit, ...], str | None]:
    hits: list[SearchHit] = []
    looked, last = 0, ""
    for row in _rows(driver, ask):
        looked, last = looked + 1, f"{row['started_ns']}:{row['id']}"
        if touches(json.loads(row["box_xyxy"]), region):
            hit = event_hit(row)
            hits.append(SearchHit(HitKind.MOTION, *_rest(hit)) if row["kind"] == MOTION else hit)
        if len(hits) == ask.limit or looked == SCANNED:
            return tuple(hits), last
    return tuple(hits), None


def _rest(hit: SearchHit) -> tuple[Any, ...]:
    return hit.id, hit.at_ns, hit.text, hit.until_ns, hit.camera_id, hit.person_id, hit.severity, hit.likeness, hit.simulated


def _rows(driver: sqlite3.Connection, ask: SearchRecord) -> Iterator[dict[str, Any]]:
    """Of the camera, newest first, those with a box that fit all else."""
    wanted = ask.filter
    conditions, values = ["camera_id = ?", "box_xyxy IS NOT NULL", "NOT shadow"], list[Any](wanted.camera_ids)
    given: tuple[tuple[str, Any], ...] = (
        ("started_ns >= ?", wanted.since_ns),
        ("started_ns < ?", wanted.until_ns),
        ("person_id = ?", wanted.person_id or None),
        ("zone_id = ?", wanted.zone_id or None),
        ("label = ?", wanted.label or None),
        ("severity >= ?", wanted.min_severity or None),
    )
    for condition, value in given:
        if value is not None:
            conditions.append(condition)
            values.append(value)
    kinds = [*wanted.event_kinds, *([MOTION] if set(wanted.kinds) == {HitKind.MOTION} else [])]
    if kinds:
        conditions.append(f"kind IN ({','.join('?' * len(kinds))})")
        values += kinds
    before = _before(ask.before)
    while True:
        keyed = conditions if before is None else [*conditions, "(started_ns, id) < (?, ?)"]
        query = f"SELECT * FROM events WHERE {' AND '.join(keyed)} ORDER BY started_ns DESC, id DESC LIMIT {_AT_ONCE}"
        cursor = driver.execute(query, [*values, *(before or ())])
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        for row in rows:
            yield dict(zip(names, row, strict=True))
        if len(rows) < _AT_ONCE:
            return
        before = rows[-1][names.index("started_ns")], rows[-1][names.index("id")]


def _before(before: str) -> tuple[int, str] | None:
    if not before:
        return None
    at, _, last_id = before.partition(":")
    if not at.lstrip("-").isdecimal() or len(at) > 19 or not last_id:
        raise InputError("before", f"{before[:40]!r} is not from an answer to this question")
    return int(at), last_id


def touches(box: Box, region: Polygon) -> bool:
    """Whether a box and a polygon have anything in common: what is left of the polygon when it is cut at the box's four sides (Sutherland
    and Hodgman, 1974)."""
    x0, y0, x1, y1 = box
    left = list(region)
    for axis, limit, sign in ((0, x0, 1.0), (0, x1, -1.0), (1, y0, 1.0), (1, y1, -1.0)):
        left = _cut(left, axis, limit, sign)
    return bool(left)


def _cut(corners: list[Point], axis: int, limit: float, sign: float) -> list[Point]:
    """What lies beyond a line across an axis."""
    kept: list[Point] = []
    for before, corner in zip([*corners[-1:], *corners[:-1]], corners, strict=True):
        was, now = sign * (before[axis] - limit), sign * (corner[axis] - limit)
        if was * now < 0:
            share = was / (was - now)
            kept.append((before[0] + share * (corner[0] - before[0]), before[1] + share * (corner[1] - before[1])))
        if now >= 0:
            kept.append(corner)
    return kept
