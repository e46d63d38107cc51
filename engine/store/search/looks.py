"""What people looked like, stay by stay: kept while that is wanted, found by likeness, forgotten with their events."""

import json
import sqlite3
from collections.abc import Callable, Generator
from collections.abc import Sequence as Several
from contextlib import AbstractContextManager, contextmanager
from dataclasses import astuple

import numpy as np
from sqlalchemy import Engine

from engine.model.cameras.look import FoundLook, KnownLook, StayLook
from engine.store.changes import driver_of
from engine.store.search.looks_scan import PACK, Sought, best, packed

_FIELDS = "id, camera_id, since_ns, until_ns, best_ns, box_xyxy, count, model, vector, person_id, simulated, closed, pack"
_PUT = (
    f"INSERT INTO looks ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
    " ON CONFLICT (id) DO UPDATE SET until_ns = excluded.until_ns, best_ns = excluded.best_ns,"
    " box_xyxy = excluded.box_xyxy, count = excluded.count, vector = excluded.vector,"
    " person_id = excluded.person_id, closed = excluded.closed WHERE pack = 0"
)
_PACK = (
    "INSERT INTO look_packs (number, camera_id, model, since_ns, until_ns, error, keys, times, cameras, scales, codes)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_LOOSE = "FROM looks WHERE pack = 0 AND model = ? AND camera_id = ? AND closed = 1"
_PACKABLE = f"SELECT key, since_ns, until_ns, camera_id, vector {_LOOSE} ORDER BY key LIMIT {PACK}"
_IN_PACK = "SELECT key, since_ns, until_ns, camera_id, vector FROM looks WHERE pack = ? ORDER BY key"
_FOUND = (
    "SELECT looks.key, looks.id, looks.camera_id, looks.since_ns, looks.until_ns, best_ns, looks.person_id, looks.simulated,"
    " (SELECT events.id FROM events WHERE events.camera_id = looks.camera_id AND events.subject_id = looks.id AND events.kind = 'person'"
    " AND events.started_ns BETWEEN looks.since_ns - ? AND looks.until_ns + ? LIMIT 1) FROM looks WHERE looks.key IN ({})"
)
_NEAR_NS = 60 * 10**9  # an event begins about when its track does


class LookTable:
    """Any thread may ask; the writer's thread puts and forgets. Faults of the database are EnvironmentFault."""

    def __init__(self, reading: Engine, writing: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._reading = reading
        self._writing = writing
        self._faults = faults

    def put(self, looks: Several[StayLook]) -> None:
        """Insert, or carry on by id; where many are closed, they are packed."""
        with self._write() as driver:
            driver.executemany(_PUT, [_row(look) for look in looks])
            for model, camera_id in sorted({(look.model, look.camera_id) for look in looks}):
                _pack(driver, model, camera_id)
            for model in {look.model for look in looks}:
                _part(driver, model)

    def close_open(self) -> None:
        """What was open when the engine ended is added to no more."""
        with self._write() as driver:
            driver.execute("UPDATE looks SET closed = 1 WHERE pack = 0 AND NOT closed")

    def alike(self, sought: Sought) -> tuple[tuple[FoundLook, ...], int]:
        """The most alike first; and how many stays were compared."""
        with self._read() as driver:
            ranked, compared = best(driver, sought)
            return _ranked_looks(driver, ranked), compared

    def look_of(self, stay_id: str) -> KnownLook | None:
        """Of a stay, by its id or that of its event."""
        with self._read() as driver:
            row = driver.execute(
                "SELECT camera_id, model, vector FROM looks WHERE id = ? OR id = (SELECT subject_id FROM events WHERE id = ?) LIMIT 1",
                (stay_id, stay_id),
            ).fetchone()
        return None if row is None else KnownLook(row[0], row[1], np.frombuffer(row[2], np.float16).astype(np.float32))

    def count_and_oldest(self) -> tuple[int, int | None]:
        """How many, and when the oldest of them began."""
        with self._read() as driver:
            row = driver.execute("SELECT count(*), min(since_ns) FROM looks").fetchone()
            return int(row[0]), row[1]

    def forget(self, before_ns: int) -> None:
        """Those that were over by then."""
        with self._write() as driver:
            _drop(driver, _keys(driver, "until_ns < ?", before_ns))

    def erase(self, person_id: str, spans: Several[tuple[str, int, int]]) -> None:
        """Those of a person, and all of a camera that reach into one of the spans (camera, since, until): as with its video."""
        with self._write() as driver:
            keys = {key for (key,) in driver.execute("SELECT key FROM looks WHERE person_id = ? AND person_id != ''", (person_id,))}
            for span in spans:
                keys |= {
                    key for (key,) in driver.execute("SELECT key FROM looks WHERE camera_id = ? AND until_ns > ? AND since_ns < ?", span)
                }
            _drop(driver, sorted(keys))

    def clear(self) -> None:
        """All of them, without a trace in the file's free pages."""
        with self._write() as driver:
            driver.execute("PRAGMA secure_delete = ON")
            driver.execute("DELETE FROM look_packs")
            driver.execute("DELETE FROM looks")
            driver.execute("PRAGMA secure_delete = OFF")

    @contextmanager
    def _read(self) -> Generator[sqlite3.Connection]:
        with self._faults(), self._reading.connect() as connection:
            yield driver_of(connection)

    @contextmanager
    def _write(self) -> Generator[sqlite3.Connection]:
        with self._faults(), self._writing.begin() as connection:
            yield driver_of(connection)


def _keys(driver: sqlite3.Connection, condition: str, *values: object) -> list[int]:
    return [key for (key,) in driver.execute(f"SELECT key FROM looks WHERE {condition}", values)]


def _row(look: StayLook) -> tuple[object, ...]:
    vector = np.asarray(look.vector, np.float16).tobytes()
    box = json.dumps([round(side, 1) for side in look.box_xyxy])
    times = (look.since_ns, look.until_ns, look.best_ns)
    return (look.id, look.camera_id, *times, box, look.count, look.model, vector, look.person_id, look.simulated, look.closed)


def _pack(driver: sqlite3.Connection, model: str, camera_id: str) -> None:
    while driver.execute(f"SELECT count(*) {_LOOSE}", (model, camera_id)).fetchone()[0] >= PACK:
        number = driver.execute("SELECT ifnull(max(number), 0) + 1 FROM look_packs").fetchone()[0]
        _put_pack(driver, number, model, driver.execute(_PACKABLE, (model, camera_id)).fetchall())


def _part(driver: sqlite3.Connection, model: str) -> None:
    """Of the packs of several cameras, as they were made before, one less each time that something is put."""
    mixed = driver.execute("SELECT number FROM look_packs WHERE model = ? AND camera_id = '' LIMIT 1", (model,)).fetchone()
    if mixed is not None:
        camera_ids = driver.execute("SELECT DISTINCT camera_id FROM looks WHERE pack = ?", mixed).fetchall()
        driver.execute("DELETE FROM look_packs WHERE number = ?", mixed)
        driver.execute("UPDATE looks SET pack = 0 WHERE pack = ?", mixed)
        for (camera_id,) in camera_ids:
            _pack(driver, model, camera_id)


def _put_pack(driver: sqlite3.Connection, number: int, model: str, rows: list[tuple[int, int, int, str, bytes]]) -> None:
    cameras = {row[3] for row in rows}
    camera_id = cameras.pop() if len(cameras) == 1 else ""
    driver.execute(_PACK, (number, camera_id, *astuple(packed(model, rows))))
    driver.executemany("UPDATE looks SET pack = ? WHERE key = ?", [(number, row[0]) for row in rows])


def _drop(driver: sqlite3.Connection, keys: Several[int]) -> None:
    """Rows, and what packs hold of them."""
    packs: set[int] = set()
    for key in keys:
        row = driver.execute("DELETE FROM looks WHERE key = ? RETURNING pack", (key,)).fetchone()
        packs |= {row[0]} if row is not None and row[0] else set()
    for number in packs:
        (model,) = driver.execute("SELECT model FROM look_packs WHERE number = ?", (number,)).fetchone()
        driver.execute("DELETE FROM look_packs WHERE number = ?", (number,))
        left = driver.execute(_IN_PACK, (number,)).fetchall()
        if left:
            _put_pack(driver, number, model, left)


def _ranked_looks(driver: sqlite3.Connection, ranked: Several[tuple[int, float]]) -> tuple[FoundLook, ...]:
    keys = [key for key, _ in ranked]
    rows = driver.execute(_FOUND.format(",".join("?" * len(keys))), (_NEAR_NS, _NEAR_NS, *keys)).fetchall()
    known = {row[0]: row[1:] for row in rows}
    return tuple(_look_of_row(known[key], likeness) for key, likeness in ranked if key in known)


def _look_of_row(row: tuple[str, str, int, int, int, str, int, str | None], likeness: float) -> FoundLook:
    stay_id, camera_id, since_ns, until_ns, best_ns, person_id, simulated, event_id = row
    return FoundLook(stay_id, camera_id, since_ns, until_ns, best_ns, likeness, person_id, bool(simulated), event_id or "")
