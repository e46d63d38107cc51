"""Where there is video of a camera: segments and clips as spans, however many there are."""

import sqlite3
from collections.abc import Iterator
from collections.abc import Sequence as Several
from itertools import pairwise

from engine.model.history.timeline import GetTimeline, LaneSpan, SpanState
from engine.model.time import SECOND

MOST_ROWS = 2_000  # of one camera that are told one by one
PROBES = 512  # parts of a longer stretch that are each asked whether there is video
LONGEST_NS = 3_600 * SECOND  # of a file
JOINED_NS = SECOND  # what is less far apart is one stretch of video
SHORTEST_GAP_NS = 3 * SECOND
BEING_WRITTEN_NS = 660 * SECOND  # a segment that is not complete has no row; the longest there may be, and a little more
_TABLES = (("segments", SpanState.VIDEO), ("clips", SpanState.CLIP))


def video_spans(driver: sqlite3.Connection, ask: GetTimeline) -> dict[str, tuple[LaneSpan, ...]]:
    """By camera, of those that have any within the stretch. They rise by when they begin, and clips may lie upon segments."""
    found: dict[str, list[LaneSpan]] = {}
    for table, state in _TABLES:
        for camera_id in ask.camera_ids or tuple(_cameras(driver, table)):
            found.setdefault(camera_id, []).extend(_spans(driver, table, camera_id, ask, state))
    return {camera_id: tuple(sorted(spans, key=lambda span: span.since_ns)) for camera_id, spans in found.items() if spans}


def gaps(video: Several[LaneSpan], watched: Several[LaneSpan], until_ns: int) -> Iterator[LaneSpan]:
    """Where a camera was there and nothing was recorded: what is left of how it watched, without the video.

    What may still be being written, at the end of what is known, is no gap.
    """
    there = _there(watched)
    for begin, over in there:
        for part in video:
            if part.until_ns <= begin or part.since_ns >= over:
                continue
            if part.since_ns - begin > SHORTEST_GAP_NS:
                yield LaneSpan(begin, part.since_ns, SpanState.GAP)
            begin = max(begin, part.until_ns)
        end = over - (BEING_WRITTEN_NS if over == there[-1][1] else 0)
        if min(end, until_ns) - begin > SHORTEST_GAP_NS:
            yield LaneSpan(begin, end, SpanState.GAP)


def _there(watched: Several[LaneSpan]) -> list[tuple[int, int]]:
    """Stretches in which a camera saw at least part, joined."""
    found: list[tuple[int, int]] = []
    for span in watched:
        if span.state is SpanState.BLIND:
            continue
        if found and span.since_ns - found[-1][1] <= JOINED_NS:
            found[-1] = found[-1][0], span.until_ns
        else:
            found.append((span.since_ns, span.until_ns))
    return found


def _cameras(driver: sqlite3.Connection, table: str) -> Iterator[str]:
    """One step into the index for each."""
    last = driver.execute(f"SELECT min(camera_id) FROM {table}").fetchone()[0]
    while last is not None:
        yield last
        last = driver.execute(f"SELECT min(camera_id) FROM {table} WHERE camera_id > ?", (last,)).fetchone()[0]


def _spans(driver: sqlite3.Connection, table: str, camera_id: str, ask: GetTimeline, state: SpanState) -> Iterator[LaneSpan]:
    of_camera = f"SELECT started_ns, ended_ns FROM {table} WHERE camera_id = ? AND started_ns > ? AND started_ns < ?"
    values = (camera_id, ask.since_ns - LONGEST_NS, ask.until_ns)
    rows = driver.execute(f"{of_camera} ORDER BY started_ns LIMIT {MOST_ROWS + 1}", values).fetchall()
    if len(rows) > MOST_ROWS:
        rows = list(_probed(driver, table, camera_id, ask))
    begin: int | None = None
    end = 0
    for started_ns, ended_ns in rows:
        if ended_ns <= ask.since_ns:
            continue
        if begin is None or started_ns > end + JOINED_NS:
            if begin is not None:
                yield LaneSpan(begin, end, state)
            begin = started_ns
        end = max(end, ended_ns)
    if begin is not None:
        yield LaneSpan(begin, end, state)


def _probed(driver: sqlite3.Connection, table: str, camera_id: str, ask: GetTimeline) -> Iterator[tuple[int, int]]:
    """The parts of the stretch in which there is any."""
    last = f"SELECT ended_ns FROM {table} WHERE camera_id = ? AND started_ns < ? ORDER BY started_ns DESC LIMIT 1"
    edges = [ask.since_ns + number * (ask.until_ns - ask.since_ns) // PROBES for number in range(PROBES + 1)]
    for begin, end in pairwise(edges):
        row = driver.execute(last, (camera_id, end)).fetchone()
        if row is not None and row[0] > begin:
            yield begin, end
