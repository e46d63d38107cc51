"""Finding what moved, or was seen, in a part of one camera's picture, newest first.

Where nothing else is asked for, trails are looked through: whatever went there, with the stretch in which it was there. Otherwise the
events (and alerts) that fit all else are, each by its track's trail; by its box where no trail of it is kept, as before there were trails.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.geometry import Polygon
from engine.model.history.timeline import HitKind, SearchFilter, SearchHit, SearchRecord
from engine.model.value_class import dataclass
from engine.store.search.polygon_box import touches
from engine.store.search.text_index import PER_MS, first_key
from engine.store.search.text_query import Names, expression
from engine.store.search.text_search import alert_hit, event_hit
from engine.store.timeline.trails import Passage, passages, track_stretch

SCANNED = 50_000  # trails or events that one question looks at
JOINED_NS = 5 * 10**9  # of one thing, what is less far apart is one stretch
_AT_ONCE = 500
_EVER = 1 << 62
_TRAILS, _WORDS = "t", "k"
_MARKED = "SELECT rowid FROM found_words WHERE found_words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
_EVENT_OF = (
    "SELECT * FROM events WHERE camera_id = ? AND started_ns BETWEEN ? AND ? AND subject_id = ? AND NOT shadow ORDER BY kind != ? LIMIT 1"
)
_MOTION, _PERSON = EventKind.MOTION.value, EventKind.PERSON.value


@dataclass(slots=True)
class _Page:
    """Hits of an answer, and how many more may be looked at."""

    limit: int
    hits: list[SearchHit]
    left: int


def search_region(
    driver: sqlite3.Connection, ask: SearchRecord, names: Names, size: tuple[int, int] | None
) -> tuple[tuple[SearchHit, ...], str | None]:
    """`size` of the camera's picture, in whose pixels boxes are kept: as it is now, also for what was seen before it was changed. None:
    that of its newest clip. `next_id` also where so much was looked at without enough hits.

    Raises InputError: not one camera, no polygon, kinds that lie nowhere in a picture, a size that nobody knows.
    """
    wanted = ask.filter
    if len(wanted.camera_ids) != 1:
        raise InputError("region", "is part of one camera's picture; name one camera")
    if len(wanted.region) < 3 or any(not 0 <= share <= 1 for corner in wanted.region for share in corner):
        raise InputError("region", "needs three corners or more, each in shares of the picture, 0 to 1")
    if not set(wanted.kinds) <= {HitKind.EVENT, HitKind.MOTION, HitKind.ALERT}:
        raise InputError("kinds", "that lie in a picture are events, motion and alerts; leave the region out for others")
    mode, place = _place(ask.before)
    page = _Page(ask.limit, [], SCANNED)
    if mode == _TRAILS and _is_bare(wanted):
        after = _by_trails(driver, wanted, place, page)
        if after is not None:
            return tuple(page.hits), after
        mode, place = _WORDS, (_EVER, 0)
    return _by_events(driver, wanted, names, size, place[0], page)


def _is_bare(wanted: SearchFilter) -> bool:
    """Nothing but place and time: then every trail may be a hit."""
    bare = SearchFilter(camera_ids=wanted.camera_ids, since_ns=wanted.since_ns, until_ns=wanted.until_ns, region=wanted.region)
    return replace(wanted, kinds=()) == bare and set(wanted.kinds) <= {HitKind.MOTION}


def _place(before: str) -> tuple[str, tuple[int, int]]:
    if not before:
        return _TRAILS, (_EVER, _EVER)
    mode, _, rest = before.partition(":")
    numbers = rest.split(":")
    if mode not in (_TRAILS, _WORDS) or len(numbers) != 2 or not all(each.lstrip("-").isdecimal() and len(each) < 20 for each in numbers):
        raise InputError("before", f"{before[:40]!r} is not from an answer to this question")
    return mode, (int(numbers[0]), int(numbers[1]))


# by trails


def _by_trails(driver: sqlite3.Connection, wanted: SearchFilter, place: tuple[int, int], page: _Page) -> str | None:
    """Where to go on; None: there are no more trails."""
    camera_id = wanted.camera_ids[0]
    since_ns = -_EVER if wanted.since_ns is None else wanted.since_ns
    until_ns = _EVER if wanted.until_ns is None else wanted.until_ns
    found: dict[str, Passage] = {}  # the newest of each thing
    joined: list[Passage] = []
    while page.left > 0:
        rows = list(passages(driver, camera_id, wanted.region, since_ns, until_ns, place, min(_AT_ONCE, page.left)))
        for at, passage in rows:
            if passage is not None and (not wanted.kinds or passage.category == _MOTION) and not _join(found, joined, passage, page.limit):
                page.hits += _passage_hits(driver, camera_id, joined)
                return f"{_TRAILS}:{place[0]}:{place[1]}"
            place = at
        page.left -= len(rows)
        if len(rows) < _AT_ONCE:
            page.hits += _passage_hits(driver, camera_id, joined)
            return None if len(page.hits) < page.limit else f"{_WORDS}:{_EVER}:0"
    page.hits += _passage_hits(driver, camera_id, joined)
    return f"{_TRAILS}:{place[0]}:{place[1]}"


def _join(found: dict[str, Passage], joined: list[Passage], passage: Passage, limit: int) -> bool:
    """One more, newest first: part of a stretch that is there, or another. False where there is no room for another."""
    known = found.get(passage.track_id)
    if known is not None and passage.until_ns + JOINED_NS >= known.since_ns:
        longer = replace(known, since_ns=min(known.since_ns, passage.since_ns), key=passage.key)
        joined[joined.index(known)] = found[passage.track_id] = longer
        return True
    if len(joined) == limit:
        return False
    joined.append(passage)
    found[passage.track_id] = passage
    return True


def _passage_hits(driver: sqlite3.Connection, camera_id: str, joined: list[Passage]) -> list[SearchHit]:
    """Motion is left out where it is told what moved."""
    named = [each for each in joined if each.track_id]

    def explained(motion: Passage) -> bool:
        return any(each.since_ns < motion.until_ns and motion.since_ns < each.until_ns for each in named)

    return [_passage_hit(driver, camera_id, each) for each in joined if each.track_id or not explained(each)]


def _passage_hit(driver: sqlite3.Connection, camera_id: str, passage: Passage) -> SearchHit:
    event = _event_of(driver, camera_id, passage.track_id) if passage.track_id else None
    if event is not None:
        return replace(event_hit(event), at_ns=passage.since_ns, until_ns=passage.until_ns)
    said = "Something moved" if passage.category == _MOTION else passage.category.capitalize()
    return SearchHit(HitKind.MOTION, f"tr-{passage.key}", passage.since_ns, said, passage.until_ns, camera_id)


def _event_of(driver: sqlite3.Connection, camera_id: str, track_id: str) -> dict[str, Any] | None:
    row = driver.execute("SELECT min(since_ns), max(until_ns) FROM trails WHERE track_id = ?", (track_id,)).fetchone()
    near = (row[0] - 60 * 10**9, row[1] + 60 * 10**9)
    return next(_plain(driver.execute(_EVENT_OF, (camera_id, *near, track_id, _PERSON))), None)


# by events


def _by_events(
    driver: sqlite3.Connection, wanted: SearchFilter, names: Names, size: tuple[int, int] | None, before: int, page: _Page
) -> tuple[tuple[SearchHit, ...], str | None]:
    camera_id = wanted.camera_ids[0]
    (first_ns,) = driver.execute("SELECT min(since_ns) FROM trails WHERE camera_id = ?", (camera_id,)).fetchone()
    trailed, bare = first_ns is not None, _is_bare(wanted)
    if trailed and bare:  # from then on everything was told by its trail
        before = min(before, first_key(first_ns))
    size = size or _clip_size(driver, camera_id) if not trailed else size or _clip_size_or_none(driver, camera_id)
    pixels = None if size is None else tuple((x * size[0], y * size[1]) for x, y in wanted.region)
    for key, hit in _marked_hits(driver, wanted, names, before, page.left):
        page.left -= 1
        if hit is not None and (shown := _in_region(driver, *hit, wanted.region, pixels, only_boxes=bare)) is not None:
            page.hits.append(shown)
        if len(page.hits) >= page.limit or page.left <= 0:
            return tuple(page.hits), f"{_WORDS}:{key}:0"
    return tuple(page.hits), None


def _in_region(
    driver: sqlite3.Connection, hit: SearchHit, event: dict[str, Any], region: Polygon, pixels: Polygon | None, only_boxes: bool
) -> SearchHit | None:
    """`only_boxes`: what has a trail was told by it already."""
    known, stretch = track_stretch(driver, event["camera_id"], event["subject_id"], region)
    if known:
        return None if only_boxes or stretch is None else replace(hit, at_ns=stretch[0], until_ns=stretch[1])
    box = event["box_xyxy"]
    return hit if box is not None and pixels is not None and touches(json.loads(box), pixels) else None


def _marked_hits(
    driver: sqlite3.Connection, wanted: SearchFilter, names: Names, before: int, most: int
) -> Iterator[tuple[int, tuple[SearchHit, dict[str, Any]] | None]]:
    """Keys of what fits all but the region, newest first, each with its hit and its event."""
    sought = expression(wanted if wanted.kinds else replace(wanted, kinds=(HitKind.EVENT,)), names)
    low = -_EVER if wanted.since_ns is None else first_key(wanted.since_ns)
    high = min(before, _EVER if wanted.until_ns is None else first_key(wanted.until_ns) + PER_MS)
    while most > 0:
        keys = [int(row[0]) for row in driver.execute(_MARKED, (sought, low, high, min(_AT_ONCE, most)))]
        hits = _hits(driver, keys)
        for key in keys:
            pair = hits.get(key)
            yield key, pair if pair is not None and _within(wanted, pair[0]) else None
        if len(keys) < _AT_ONCE:
            return
        high, most = keys[-1], most - len(keys)


def _within(wanted: SearchFilter, hit: SearchHit) -> bool:
    return (wanted.since_ns is None or hit.at_ns >= wanted.since_ns) and (wanted.until_ns is None or hit.at_ns < wanted.until_ns)


def _hits(driver: sqlite3.Connection, keys: list[int]) -> dict[int, tuple[SearchHit, dict[str, Any]]]:
    marks = ",".join("?" * len(keys))
    events = f"SELECT key AS found_key, events.* FROM found JOIN events USING (id) WHERE found.kind = 'event' AND key IN ({marks})"
    alerts = (
        "SELECT found.key AS found_key, events.*, alerts.id AS alert_id FROM found JOIN alerts ON alerts.id = found.id"
        f" JOIN events ON events.id = alerts.event_id WHERE found.kind = 'alert' AND found.key IN ({marks})"
    )
    found: dict[int, tuple[SearchHit, dict[str, Any]]] = {}
    for row in _plain(driver.execute(events, keys)):
        hit = event_hit(row)
        found[row["found_key"]] = (replace(hit, kind=HitKind.MOTION) if row["kind"] == _MOTION else hit), row
    for row in _plain(driver.execute(alerts, keys)):
        alert = next(_plain(driver.execute("SELECT * FROM alerts WHERE id = ?", (row["alert_id"],))))
        found[row["found_key"]] = alert_hit(alert), row
    return found


def _plain(cursor: sqlite3.Cursor) -> Iterator[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def _clip_size_or_none(driver: sqlite3.Connection, camera_id: str) -> tuple[int, int] | None:
    newest = "SELECT width, height FROM clips WHERE camera_id = ? ORDER BY started_ns DESC LIMIT 1"
    row = driver.execute(newest, (camera_id,)).fetchone()
    return None if row is None else (int(row[0]), int(row[1]))


def _clip_size(driver: sqlite3.Connection, camera_id: str) -> tuple[int, int]:
    found = _clip_size_or_none(driver, camera_id)
    if found is None:
        raise InputError(
            "region", f"the size of the picture of {camera_id[:80]!r} is not known: it is not connected and there is no clip of it"
        )
    return found
