"""Finding the most alike of many looks, exactly: first by codes of a byte a number, then those that can be among the best by what is kept.

Looks lie in packs. In a pack a look is scaled by its largest number and rounded to −127…127. The cosine with such a code is off by
the length of what rounding took at most (Cauchy and Schwarz), which is kept with the pack; so whoever is more than twice that below the
last of the best cannot be among them.
"""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Several
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.value_class import dataclass

PACK = 1_024
_AT_ONCE = 500
_PACKS = (
    "SELECT since_ns, until_ns, error, keys, times, cameras, scales, codes FROM look_packs"
    " WHERE model = ?{} AND until_ns > ? AND since_ns < ?"
)
# The pluses: not by an index of times, which would go through all looks of a camera, of which some hundred at most are in no pack.
_LOOSE = "SELECT key, vector FROM looks WHERE pack = 0 AND model = ?{} AND +until_ns > ? AND +since_ns < ?"

Keys: TypeAlias = npt.NDArray[np.int64]
Scores: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """`vector` (D,) float32 of unit length; times UTC ns, of stays that reach into them; no cameras: all."""

    vector: Floats
    model: str
    since_ns: int
    until_ns: int
    camera_ids: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Columns of `look_packs`, all but the number."""

    model: str
    since_ns: int
    until_ns: int
    error: float
    keys: bytes
    times: bytes
    cameras: bytes
    scales: bytes
    codes: bytes


def packed(model: str, rows: Several[tuple[int, int, int, str, bytes]]) -> Packed:
    """Of rows of key, since, until, camera and float16 vector."""
    vectors = np.stack([np.frombuffer(row[4], np.float16) for row in rows]).astype(np.float32)
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127
    codes = np.rint(vectors / scales[:, None]).astype(np.int8)
    error = np.linalg.norm(vectors - codes * scales[:, None], axis=1).max()
    times = np.array([row[1:3] for row in rows], np.int64)
    return Packed(
        model,
        int(times[:, 0].min()),
        int(times[:, 1].max()),
        float(error),
        np.array([row[0] for row in rows], np.int64).tobytes(),
        times.tobytes(),
        np.array([camera_mark(row[3]) for row in rows], np.uint32).tobytes(),
        scales.astype(np.float32).tobytes(),
        codes.tobytes(),
    )


def camera_mark(camera_id: str) -> int:
    """Two cameras may share one; what is found is looked at again."""
    return zlib.crc32(camera_id.encode())


def best(driver: sqlite3.Connection, sought: Sought) -> tuple[list[tuple[int, float]], int]:
    """Keys and cosines, the highest first; and how many looks were compared."""
    keys, scores, error = _by_codes(driver, sought)
    compared = len(keys)
    likely = keys[scores >= _last_of_best(scores, sought.limit) - 2 * error]
    exact = dict(_exactly(driver, likely.tolist(), sought))
    among, asked = _among(sought, sought.camera_ids)
    loose = driver.execute(_LOOSE.format(among), asked).fetchall()
    exact.update(_cosines(loose, sought))
    compared += len(loose)
    ranked = sorted(exact.items(), key=lambda each: (-each[1], -each[0]))
    return ranked[: sought.limit], compared


def _last_of_best(scores: Scores, limit: int) -> float:
    return float(np.partition(scores, -limit)[-limit]) if len(scores) > limit else -np.inf


def _by_codes(driver: sqlite3.Connection, sought: Sought) -> tuple[Keys, Scores, float]:
    keys, scores, worst = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)], 0.0
    among, asked = _among(sought, ("", *sought.camera_ids) if sought.camera_ids else ())
    for since_ns, until_ns, error, key_bytes, times, cameras, scales, codes in driver.execute(_PACKS.format(among), asked):
        found = np.frombuffer(key_bytes, np.int64)
        likeness = _of_codes(codes, scales, sought.vector)
        if sought.camera_ids or since_ns < sought.since_ns or until_ns > sought.until_ns:
            wanted = _sought_mask(times, cameras, sought)
            found, likeness = found[wanted], likeness[wanted]
        keys.append(found)
        scores.append(likeness)
        worst = max(worst, error)
    return np.concatenate(keys), np.concatenate(scores), worst


def _of_codes(codes: bytes, scales: bytes, vector: Floats) -> Scores:
    """In pieces that stay in the processor's cache: several times as quick as all at once."""
    several = np.frombuffer(codes, np.int8).reshape(-1, len(vector))
    found = np.empty(len(several), np.float32)
    for begin in range(0, len(several), 256):
        found[begin : begin + 256] = several[begin : begin + 256].astype(np.float32) @ vector
    return found * np.frombuffer(scales, np.float32)


def _sought_mask(times: bytes, cameras: bytes, sought: Sought) -> npt.NDArray[np.bool_]:
    spans = np.frombuffer(times, np.int64).reshape(-1, 2)
    wanted = (spans[:, 1] > sought.since_ns) & (spans[:, 0] < sought.until_ns)
    if sought.camera_ids:
        marks = np.array([camera_mark(each) for each in sought.camera_ids], np.uint32)
        wanted &= np.isin(np.frombuffer(cameras, np.uint32), marks)
    return wanted


def _among(sought: Sought, camera_ids: tuple[str, ...]) -> tuple[str, tuple[str | int, ...]]:
    """A condition of some cameras (none: all), and all that is asked with it."""
    among = f" AND camera_id IN ({','.join('?' * len(camera_ids))})" if camera_ids else ""
    return among, (sought.model, *camera_ids, sought.since_ns, sought.until_ns)


def _exactly(driver: sqlite3.Connection, keys: Several[int], sought: Sought) -> Iterator[tuple[int, float]]:
    for several in _groups(keys):
        marks = ",".join("?" * len(several))
        rows = driver.execute(f"SELECT key, vector, camera_id FROM looks WHERE key IN ({marks})", several).fetchall()
        yield from _cosines([row[:2] for row in rows if not sought.camera_ids or row[2] in sought.camera_ids], sought)


def _groups(keys: Several[int]) -> Iterable[Several[int]]:
    return (keys[begin : begin + _AT_ONCE] for begin in range(0, len(keys), _AT_ONCE))


def _cosines(rows: Several[tuple[int, bytes]], sought: Sought) -> Iterable[tuple[int, float]]:
    """Of rows of key and float16 vector."""
    vectors = np.frombuffer(b"".join([row[1] for row in rows]), np.float16).reshape(len(rows), len(sought.vector))
    return zip([row[0] for row in rows], (vectors.astype(np.float32) @ sought.vector).tolist(), strict=True)
