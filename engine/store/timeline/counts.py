"""How many of a kind began in each stretch of time, at several widths: what a timeline is drawn from where it shows long.

A row holds the counts of `CHUNK` neighbouring stretches, for each severity that there is, as arrays of the smallest unsigned type that they
fit in: a byte with a bit for each severity, a byte that says how many bytes a count has, then the counts, the least severe first. So a year
of a hundred kinds and cameras is read as some thousand rows, and a batch of ten thousand events changes some hundred.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Several
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.event import EventKind
from engine.model.history.timeline import LaneKind
from engine.model.time import EVER_NS, SECOND

MINUTE_NS = 60 * SECOND
LEVELS_NS = (MINUTE_NS, 6 * MINUTE_NS, 30 * MINUTE_NS, 180 * MINUTE_NS, 1_440 * MINUTE_NS)
CHUNK = 256
RAISED = "raised"  # kind of alerts, on the lanes of cameras
SEVERITIES = 6  # 0: of what has none

BLE = (EventKind.BADGE_WITHOUT_OWNER, EventKind.PHONE_LEFT)
OCCURRENCES = (EventKind.INCIDENT, EventKind.SMOKE)  # where no camera is named

Ints: TypeAlias = npt.NDArray[np.int64]
Series: TypeAlias = tuple[str, str, str]  # lane, id, kind
Keyed: TypeAlias = tuple[str, str, str, str]  # source, camera_id, kind, person
Counted: TypeAlias = tuple[int, str, int, str, str, int, str]  # n, source, at_ns, camera_id, kind, severity, person

_UPSERT = (
    "INSERT INTO timeline_counts (level, chunk, lane, id, kind, counts) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (level, lane, chunk, id, kind) DO UPDATE SET counts = excluded.counts"
)
_TYPES = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4")}  # by the bytes of a count
_OF_ROW = "level = ? AND chunk = ? AND lane = ? AND id = ? AND kind = ?"


def lane_of(camera_id: str, kind: str) -> LaneKind:
    """Where an event is drawn."""
    if camera_id:
        return LaneKind.CAMERA
    if kind in OCCURRENCES:
        return LaneKind.INCIDENTS
    return LaneKind.BLE if kind in BLE else LaneKind.RADIO


def series_of(source: str, camera_id: str, kind: str, person: str) -> list[Series]:
    """What a change counts for. On the lane of somebody everything that is about them counts as `person`."""
    match source:
        case "event":
            lane = (lane_of(camera_id, kind).value, camera_id, kind)
            return [lane, (LaneKind.PEOPLE.value, person, EventKind.PERSON.value)] if person else [lane]
        case "alert":
            return [(LaneKind.CAMERA.value, camera_id, kind)] if camera_id else []
        case "decision":
            return [(LaneKind.DECISIONS.value, camera_id, kind)]
        case "act":
            return [(LaneKind.ACTS.value, "", kind)]
        case _:
            return []


def count(driver: sqlite3.Connection, changes: Several[Counted]) -> None:
    """Enter what was put and taken, inside the caller's transaction."""
    if changes:
        ns, sources, at_ns, camera_ids, kinds, severities, people = zip(*changes, strict=True)
        count_columns(driver, zip(sources, camera_ids, kinds, people, strict=True), at_ns, severities, ns)


def count_columns(
    driver: sqlite3.Connection, counted: Iterable[Keyed], at_ns: Several[int], severities: Several[int], ns: Several[int] | None = None
) -> None:
    """Of many at once: what each counts under, when it began, how severe it is, and how often it counts (None: each once)."""
    keys: dict[Keyed, int] = {}
    of_change = np.array([keys.setdefault(key, len(keys)) for key in counted], np.int64)
    counted_as = [series_of(*key) for key in keys]
    numbers = {series: number for number, series in enumerate(sorted({series for several in counted_as for series in several}))}
    if not numbers:
        return
    times = np.ones(len(of_change), np.int64) if ns is None else np.array(ns, np.int64)
    given = np.stack([np.array(at_ns, np.int64) // MINUTE_NS, np.array(severities, np.int64), times])
    parts: list[Ints] = []
    for place in range(max(map(len, counted_as))):  # of its first series, of its second
        series = np.array([numbers[several[place]] if len(several) > place else -1 for several in counted_as])[of_change]
        parts.append(np.vstack([series[None], given])[:, series >= 0])
    table = np.concatenate(parts, axis=1)
    for level in range(len(LEVELS_NS)):
        _count_level(driver, level, list(numbers), table)


def _count_level(driver: sqlite3.Connection, level: int, every: list[Series], table: Ints) -> None:
    """Only what a row has of its severities is laid out: of most it has one or two."""
    of, minutes, severities, ns = table
    buckets = minutes // (LEVELS_NS[level] // MINUTE_NS)
    chunks, offsets = np.divmod(buckets, CHUNK)
    lines, line_of = np.unique((chunks * len(every) + of) * SEVERITIES + severities, return_inverse=True)
    added = np.bincount(line_of * CHUNK + offsets, None if ns.min() == 1 == ns.max() else ns, len(lines) * CHUNK).reshape(-1, CHUNK)
    rows, present = np.divmod(lines, SEVERITIES)
    codes, firsts = np.unique(rows, return_index=True)
    _write_rows(driver, level, every, codes.tolist(), [*firsts.tolist(), len(lines)], present, added.astype(np.int64, copy=False))


def _write_rows(
    driver: sqlite3.Connection, level: int, every: list[Series], codes: list[int], firsts: list[int], present: Ints, added: Ints
) -> None:
    """`codes`: chunk and series of each row, whose lines (a severity each) begin at `firsts`."""
    keys = [(level, code // len(every), *every[code % len(every)]) for code in codes]
    newest = {lane: _newest_chunk(driver, level, lane) for lane in {key[2] for key in keys}}
    before: dict[int, bytes] = {}
    for number, key in enumerate(keys):
        if key[1] <= newest[key[2]] and (row := driver.execute(f"SELECT counts FROM timeline_counts WHERE {_OF_ROW}", key).fetchone()):
            before[number] = row[0]
    if before:
        firsts, present, added = _counted_on(before, firsts, present, added)
    written: list[tuple[int, int, str, str, str, bytes]] = []
    for number, (key, counted) in enumerate(zip(keys, _packed_rows(firsts, present, added), strict=True)):
        if counted:
            written.append((*key, counted))
        elif number in before:
            driver.execute(f"DELETE FROM timeline_counts WHERE {_OF_ROW}", key)
    driver.executemany(_UPSERT, written)


def _newest_chunk(driver: sqlite3.Connection, level: int, lane: str) -> int:
    row = driver.execute("SELECT max(chunk) FROM timeline_counts WHERE level = ? AND lane = ?", (level, lane)).fetchone()
    return -EVER_NS if row[0] is None else row[0]


def _counted_on(before: Mapping[int, bytes], firsts: list[int], present: Ints, added: Ints) -> tuple[list[int], Ints, Ints]:
    """Lines (`firsts`, `present`, `added` as for `_write_rows`) with those of rows that are there already, which `before` has by number."""
    of_row = np.repeat(np.arange(len(firsts) - 1), np.diff(firsts))
    parts = [(of_row * SEVERITIES + present, added)]
    for head, numbers in _by_head(before).items():
        severities, had = unpacked_alike(head, b"".join(before[number][2:] for number in numbers))
        parts.append(((np.array(numbers)[:, None] * SEVERITIES + severities).ravel(), had.reshape(-1, CHUNK).astype(np.int64)))
    lines = np.unique(np.concatenate([codes for codes, _ in parts]))
    counts = np.zeros((len(lines), CHUNK), np.int64)
    for codes, several in parts:  # none of them has a line twice
        counts[np.searchsorted(lines, codes)] += several
    rows, severities = np.divmod(lines, SEVERITIES)
    return [*np.searchsorted(rows, np.arange(len(firsts) - 1)).tolist(), len(lines)], severities, counts


def _by_head(rows: Mapping[int, bytes]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = {}
    for number, data in rows.items():
        found.setdefault(data[:2], []).append(number)
    return found


def _packed_rows(firsts: list[int], present: Ints, added: Ints) -> Iterator[bytes]:
    """As `packed`, of each row by itself; the bytes of all rows are made at once, of nearly all counts as bytes or pairs of them."""
    begins = firsts[:-1]
    masks = np.bitwise_or.reduceat(1 << present, begins).tolist()
    highest = added.max(axis=1)
    most, least = np.maximum.reduceat(highest, begins).tolist(), np.minimum.reduceat(highest, begins).tolist()
    written = {size: np.maximum(added, 0).astype(_TYPES[size]).tobytes() for size in {_size_of(each) for each in most}}
    for number, (first, end) in enumerate(pairwise(firsts)):
        if least[number] > 0:
            size = _size_of(most[number])
            yield bytes((masks[number], size)) + written[size][first * CHUNK * size : end * CHUNK * size]
        else:
            counts = np.zeros((SEVERITIES, CHUNK), np.int64)
            counts[present[first:end]] = added[first:end]
            yield packed(counts)


def _size_of(most: int) -> int:
    """How many bytes a count takes of a row whose highest is this."""
    return 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4


def packed(counts: Ints) -> bytes:
    """(SEVERITIES, CHUNK) counts; empty where there are none."""
    highest = counts.max(axis=1).tolist()
    present = [severity for severity, most in enumerate(highest) if most > 0]
    most = max(highest)
    if most <= 0:
        return b""
    size = _size_of(most)
    return bytes((sum(1 << severity for severity in present), size)) + np.maximum(counts[present], 0).astype(_TYPES[size]).tobytes()


def unpacked(data: bytes) -> tuple[list[int], Ints]:
    """The severities that there are, and (as many, CHUNK) counts."""
    severities, counts = unpacked_alike(data[:2], data[2:])
    return severities.tolist(), counts[0].astype(np.int64)


def unpacked_alike(head: bytes, data: bytes) -> tuple[Ints, npt.NDArray[np.unsignedinteger]]:
    """Rows with the same first two bytes, the others of all joined: (S,) severities that there are, (rows, S, CHUNK) counts."""
    severities = [severity for severity in range(SEVERITIES) if head[0] >> severity & 1]
    return np.array(severities, np.int64), np.frombuffer(data, _TYPES[head[1]]).reshape(-1, len(severities), CHUNK)


def of_level(
    driver: sqlite3.Connection, level: int, chunks: tuple[int, int], lane: str, ids: Several[str]
) -> dict[Series, list[tuple[int, bytes]]]:
    """The rows of a lane between two chunks (both inclusive), by series: chunk and packed counts. No `ids`: of all."""
    among = f" AND id IN ({', '.join('?' * len(ids))})" if ids else ""
    rows = driver.execute(
        f"SELECT id, kind, chunk, counts FROM timeline_counts WHERE level = ? AND lane = ? AND chunk BETWEEN ? AND ?{among}",
        (level, lane, *chunks, *ids),
    )
    found: dict[Series, list[tuple[int, bytes]]] = {}
    for of, kind, chunk, counts in rows:
        found.setdefault((lane, of, kind), []).append((chunk, counts))
    return found


def events_between(driver: sqlite3.Connection, edges: Several[int]) -> list[int]:
    """How many events began between each two neighbouring times. Exact where these are whole minutes, as local midnights are."""
    fitting = (level for level in reversed(range(3)) if all(edge % LEVELS_NS[level] == 0 for edge in edges))
    level = next(fitting, 0)
    width_ns = LEVELS_NS[level]
    chunks = (edges[0] // (width_ns * CHUNK), (edges[-1] - 1) // (width_ns * CHUNK))
    totals = np.zeros((chunks[1] - chunks[0] + 1) * CHUNK, np.int64)
    for lane in (LaneKind.CAMERA, LaneKind.RADIO, LaneKind.BLE, LaneKind.INCIDENTS):
        for (_, _, kind), several in of_level(driver, level, chunks, lane.value, ()).items():
            if kind != RAISED:
                for chunk, data in several:
                    totals[(chunk - chunks[0]) * CHUNK :][:CHUNK] += unpacked(data)[1].sum(axis=0)
    sums = np.concatenate([[0], np.cumsum(totals)])
    places = [edge // width_ns - chunks[0] * CHUNK for edge in edges]
    return [int(sums[until] - sums[since]) for since, until in pairwise(places)]
