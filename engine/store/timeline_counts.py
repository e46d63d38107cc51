"""How many of a kind began in each stretch of time, at several widths: what a timeline is drawn from where it shows long.

A row holds the counts of `CHUNK` neighbouring stretches, for each severity that there is, as arrays of the smallest unsigned type that they
fit in: a byte with a bit for each severity, a byte that says how many bytes a count has, then the counts, the least severe first. So a year
of a hundred kinds and cameras is read as some thousand rows, and a batch of ten thousand events changes some hundred.
"""

import sqlite3
from collections.abc import Sequence as Several
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.event import EventKind
from engine.model.time import SECOND
from engine.model.timeline import LaneKind

MINUTE_NS = 60 * SECOND
LEVELS_NS = (MINUTE_NS, 6 * MINUTE_NS, 30 * MINUTE_NS, 180 * MINUTE_NS, 1_440 * MINUTE_NS)
CHUNK = 256
RAISED = "raised"  # kind of alerts, on the lanes of cameras
SEVERITIES = 6  # 0: of what has none

BLE = (EventKind.BADGE_WITHOUT_OWNER, EventKind.PHONE_LEFT)
OCCURRENCES = (EventKind.INCIDENT, EventKind.SMOKE)  # where no camera is named

Ints: TypeAlias = npt.NDArray[np.int64]
Series: TypeAlias = tuple[str, str, str]  # lane, id, kind
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
    if not changes:
        return
    n, source, at_ns, camera_id, kind, severity, person = zip(*changes, strict=True)
    keys: dict[tuple[str, ...], int] = {}
    of_change = [keys.setdefault(key, len(keys)) for key in zip(source, camera_id, kind, person, strict=True)]
    counted_as = [series_of(*key) for key in keys]
    numbers = {series: number for number, series in enumerate(dict.fromkeys(series for several in counted_as for series in several))}
    if not numbers:
        return
    of, minutes = np.array(of_change, np.int64), np.array(at_ns, np.int64) // MINUTE_NS
    given = np.stack([minutes, np.array(severity, np.int64), np.array(n, np.int64)])
    parts: list[Ints] = []
    for place in range(max(map(len, counted_as))):  # of its first series, of its second
        series = np.array([numbers[several[place]] if len(several) > place else -1 for several in counted_as])[of]
        parts.append(np.vstack([series[None], given])[:, series >= 0])
    table = np.concatenate(parts, axis=1)
    for level in range(len(LEVELS_NS)):
        _count_level(driver, level, list(numbers), table)


def _count_level(driver: sqlite3.Connection, level: int, every: list[Series], table: Ints) -> None:
    of, minutes, severities, ns = table
    buckets = minutes // (LEVELS_NS[level] // MINUTE_NS)
    chunks = buckets // CHUNK
    rows, row_of = np.unique(chunks * len(every) + of, return_inverse=True)
    shape = (len(rows), SEVERITIES, CHUNK)
    places = (row_of * SEVERITIES + severities) * CHUNK + buckets - chunks * CHUNK
    added = np.bincount(places, ns, minlength=len(rows) * SEVERITIES * CHUNK).astype(np.int64).reshape(shape)
    written: list[tuple[int, int, str, str, str, bytes]] = []
    for code, counts in zip(rows.tolist(), added, strict=True):
        key = (level, int(code) // len(every), *every[int(code) % len(every)])
        row = driver.execute(f"SELECT counts FROM timeline_counts WHERE {_OF_ROW}", key).fetchone()
        if row is not None:
            known, before = unpacked(row[0])
            counts[known] += before
        if counts.any():
            written.append((*key, packed(counts)))
        elif row is not None:
            driver.execute(f"DELETE FROM timeline_counts WHERE {_OF_ROW}", key)
    driver.executemany(_UPSERT, written)


def packed(counts: Ints) -> bytes:
    """(SEVERITIES, CHUNK) counts, not all zero."""
    highest = counts.max(axis=1).tolist()
    present = [severity for severity, most in enumerate(highest) if most]
    most = max(highest)
    size = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4
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
