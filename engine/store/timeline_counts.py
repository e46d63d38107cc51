"""How many of a kind began in each stretch of time, at several widths: what a timeline is drawn from where it shows long.

A row holds the counts of `CHUNK` neighbouring stretches as an array of the smallest unsigned type that they fit in. So a year of a hundred
kinds and cameras is read as some thousand rows, and a batch of ten thousand events changes some hundred.
"""

import sqlite3
from collections.abc import Iterable
from collections.abc import Sequence as Several
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.event import EventKind
from engine.model.time import SECOND
from engine.model.timeline import LaneKind

MINUTE_NS = 60 * SECOND
LEVELS_NS = (MINUTE_NS, 6 * MINUTE_NS, 30 * MINUTE_NS, 180 * MINUTE_NS, 1_440 * MINUTE_NS)
CHUNK = 256

BLE = (EventKind.BADGE_WITHOUT_OWNER, EventKind.PHONE_LEFT)
OCCURRENCES = (EventKind.INCIDENT, EventKind.SMOKE)  # where no camera is named

Ints: TypeAlias = npt.NDArray[np.int64]
Series: TypeAlias = tuple[str, str, str, int]  # lane, id, kind, severity
Counted: TypeAlias = tuple[int, str, int, str, str, int, str]  # n, source, at_ns, camera_id, kind, severity, person

_UPSERT = (
    "INSERT INTO timeline_counts VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (level, chunk, lane, id, kind, severity) DO UPDATE SET counts = excluded.counts"
)
_OF_ROW = "level = ? AND chunk = ? AND lane = ? AND id = ? AND kind = ? AND severity = ?"


def lane_of(camera_id: str, kind: str) -> LaneKind:
    """Where an event is drawn."""
    if camera_id:
        return LaneKind.CAMERA
    if kind in OCCURRENCES:
        return LaneKind.INCIDENTS
    return LaneKind.BLE if kind in BLE else LaneKind.RADIO


def series_of(source: str, camera_id: str, kind: str, severity: int, person: str) -> list[Series]:
    """What a change counts for. How severe it was matters on the lane of where it was, not on that of whom it is about."""
    match source:
        case "event":
            lane = (lane_of(camera_id, kind).value, camera_id, kind, severity)
            return [lane, (LaneKind.PEOPLE.value, person, kind, 0)] if person else [lane]
        case "alert":
            return [(LaneKind.CAMERA.value, camera_id, kind, severity)] if camera_id else []
        case "decision":
            return [(LaneKind.DECISIONS.value, camera_id, kind, 0)]
        case "act":
            return [(LaneKind.ACTS.value, "", kind, 0)]
        case _:
            return []


def count(driver: sqlite3.Connection, changes: Iterable[Counted]) -> None:
    """Enter what was put and taken, inside the caller's transaction."""
    numbers: dict[Series, int] = {}
    known: dict[tuple[str, str, str, int, str], tuple[int, ...]] = {}
    of: list[int] = []
    minutes: list[int] = []
    ns: list[int] = []
    for n, source, at_ns, camera_id, kind, severity, person in changes:
        key = (source, camera_id, kind, severity, person)
        found = known.get(key)
        if found is None:
            found = known[key] = tuple(numbers.setdefault(series, len(numbers)) for series in series_of(*key))
        for number in found:
            of.append(number)
            minutes.append(at_ns // MINUTE_NS)
            ns.append(n)
    if of:
        every = list(numbers)
        for level in range(len(LEVELS_NS)):
            _count_level(driver, level, every, np.array(of, np.int64), np.array(minutes, np.int64), np.array(ns, np.int64))


def _count_level(driver: sqlite3.Connection, level: int, every: list[Series], of: Ints, minutes: Ints, ns: Ints) -> None:
    buckets = minutes // (LEVELS_NS[level] // MINUTE_NS)
    chunks = buckets // CHUNK
    rows, row_of = np.unique(chunks * len(every) + of, return_inverse=True)
    added = np.zeros((len(rows), CHUNK), np.int64)
    np.add.at(added, (row_of, buckets - chunks * CHUNK), ns)
    for code, counts in zip(rows.tolist(), added, strict=True):
        _add(driver, (level, int(code) // len(every), *every[int(code) % len(every)]), counts)


def _add(driver: sqlite3.Connection, key: tuple[int, int, str, str, str, int], added: Ints) -> None:
    row = driver.execute(f"SELECT counts FROM timeline_counts WHERE {_OF_ROW}", key).fetchone()
    counts = added if row is None else added + unpacked(row[0])
    if counts.any():
        driver.execute(_UPSERT, (*key, packed(counts)))
    elif row is not None:
        driver.execute(f"DELETE FROM timeline_counts WHERE {_OF_ROW}", key)


def packed(counts: Ints) -> bytes:
    """`CHUNK` counts, none below zero."""
    most = int(counts.max())
    kind = np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32
    return np.maximum(counts, 0).astype(np.dtype(kind).newbyteorder("<")).tobytes()


def unpacked(data: bytes) -> Ints:
    """(CHUNK,) counts."""
    return np.frombuffer(data, f"<u{len(data) // CHUNK}").astype(np.int64)


def of_level(
    driver: sqlite3.Connection, level: int, since_ns: int, until_ns: int, lanes: Several[str]
) -> dict[Series, list[tuple[int, bytes]]]:
    """The rows of some lanes that reach into a stretch of time: chunk and packed counts."""
    width_ns = LEVELS_NS[level] * CHUNK
    within = f"level = ? AND chunk BETWEEN ? AND ? AND lane IN ({', '.join('?' * len(lanes))})"
    rows = driver.execute(
        f"SELECT lane, id, kind, severity, chunk, counts FROM timeline_counts WHERE {within}",
        (level, since_ns // width_ns, (until_ns - 1) // width_ns, *lanes),
    )
    found: dict[Series, list[tuple[int, bytes]]] = {}
    for lane, of, kind, severity, chunk, counts in rows:
        found.setdefault((lane, of, kind, severity), []).append((chunk, counts))
    return found
