"""Counts that are added to rows which are there already are those of all at once, whatever they take in bytes."""

import sqlite3
from collections.abc import Iterator

import pytest

from engine.store.timeline.counts import CHUNK, LEVELS_NS, MINUTE_NS, Counted, count, unpacked

PLACE = ("camera-1", "person")


@pytest.fixture
def driver() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE timeline_counts (level INT, chunk INT, lane TEXT, id TEXT, kind TEXT, counts BLOB,"
        " PRIMARY KEY (level, lane, chunk, id, kind))"
    )
    yield connection
    connection.close()


def changes(number: int, minute: int = 1, severity: int = 2, n: int = 1, person: str = "") -> list[Counted]:
    return [(n, "event", minute * MINUTE_NS, *PLACE, severity, person)] * number


def rows(driver: sqlite3.Connection) -> list[tuple[object, ...]]:
    return driver.execute("SELECT * FROM timeline_counts ORDER BY level, lane, chunk, id, kind").fetchall()


def counted(driver: sqlite3.Connection, place: int, severity: int) -> int:
    (data,) = driver.execute("SELECT counts FROM timeline_counts WHERE level = 0 AND lane = 'camera'").fetchone()
    severities, counts = unpacked(data)
    return int(counts[severities.index(severity), place])


def test_several_batches_are_as_one(driver: sqlite3.Connection) -> None:
    batches = [
        changes(200),
        [*changes(100), *changes(3, minute=7, severity=1), *changes(5, person="pe-1")],
        [*changes(70_000, minute=7), *changes(1, minute=CHUNK + 4), *changes(2, severity=5, person="pe-2")],
    ]
    for batch in batches:
        count(driver, batch)
    step_by_step = rows(driver)
    driver.execute("DELETE FROM timeline_counts")
    count(driver, [change for batch in batches for change in batch])
    assert rows(driver) == step_by_step
    assert counted(driver, 1, 2) == 305 and counted(driver, 7, 2) == 70_000 and counted(driver, 7, 1) == 3 and counted(driver, 1, 5) == 2
    assert {row[0] for row in step_by_step} == set(range(len(LEVELS_NS)))


def test_what_is_taken_again_leaves_nothing(driver: sqlite3.Connection) -> None:
    count(driver, [*changes(300), *changes(1, severity=4)])
    count(driver, changes(1, n=-300))
    assert counted(driver, 1, 4) == 1
    (data,) = driver.execute("SELECT counts FROM timeline_counts WHERE level = 0").fetchone()
    assert unpacked(data)[0] == [4]
    count(driver, changes(1, severity=4, n=-1))
    assert rows(driver) == []
