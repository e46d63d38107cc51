"""What the record looks at for continuous video is what was asked for, however much else it holds."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event as engine_event

from engine.model.cameras.segment import EvidenceLock, Keeping, ListSegments, Segment
from engine.model.event import Event
from engine.model.time import SECOND, ManualClock
from engine.store.segments import marks as segment_marks
from engine.store.segments.segments import Around
from engine.store.store import Store, open_store
from tests.engine.store import records

MINUTE_NS = 60 * SECOND
DAY_NS = 86_400 * SECOND
NOW_NS = 1_000 * DAY_NS
CAMERAS = ("yard", "door", "gate")
AROUND = Around(5 * SECOND, 5 * SECOND)
UNBOUNDED = ("SCAN segments", "SCAN events", "SCAN evidence_spans")


def filled(folder: Path, minutes: int) -> Store:
    """The last `minutes` of three cameras; an event every ten minutes at one of them in turn, and two minutes locked."""
    store = open_store(folder / f"record-{minutes}.db", ManualClock(NOW_NS))
    store.save([segment(camera, minute) for minute in range(minutes) for camera in CAMERAS])
    store.save([event_at(minute) for minute in range(0, minutes, 10)])
    for minute in (50, 70):
        since_ns = NOW_NS - minute * MINUTE_NS
        store.segments.put_lock(EvidenceLock(f"lk-{minute}", since_ns + SECOND, since_ns + 40 * SECOND, "theft", "ida", NOW_NS, ("door",)))
    return store


def segment(camera: str, minute: int) -> Segment:
    started_ns = NOW_NS - (minute + 1) * MINUTE_NS
    return Segment(f"sg-{camera}-{minute}", camera, started_ns, started_ns + MINUTE_NS, f"{camera}/{minute}.mp4", 1_000, "h264", 96, 64)


def event_at(minute: int) -> Event:
    at_ns = NOW_NS - minute * MINUTE_NS - 30 * SECOND
    made = records.event(minute, camera=CAMERAS[minute // 10 % 3])
    return replace(made, started_ns=at_ns, received_ns=at_ns, ended_ns=at_ns + 10 * SECOND)


def last_hour(store: Store) -> None:
    store.segments.mark_eventful(AROUND, NOW_NS - 3600 * SECOND)


def an_hour(store: Store) -> None:
    store.answer(ListSegments(NOW_NS - 3600 * SECOND, NOW_NS, ("yard", "door")))


def oldest(store: Store) -> None:
    store.segments.oldest(Keeping.CONTINUOUS, 50)


def too_old(store: Store) -> None:
    store.segments.oldest(Keeping.CONTINUOUS, 50, NOW_NS - 365 * DAY_NS)


def tidied(store: Store) -> None:
    store.segments.expire_locks(NOW_NS)
    store.segments.of_locked_persons(AROUND)
    store.segments.segments_to_erase()


BOUNDED = [last_hour, an_hour, oldest, too_old, tidied]


@pytest.fixture(scope="module")
def records_of_a_day_and_of_four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """Both longer than a day, since events of a day back are looked at for those that were long."""
    short, long = (filled(tmp_path_factory.mktemp("records"), minutes) for minutes in (1_560, 6_240))
    yield short, long
    short.close()
    long.close()


@pytest.mark.parametrize("asked", BOUNDED)
def test_what_is_asked_costs_the_same_in_a_record_that_is_four_times_as_long(
    asked: Callable[[Store], None], records_of_a_day_and_of_four: tuple[Store, Store]
) -> None:
    """In SQLite's own steps."""
    short, long = records_of_a_day_and_of_four
    with steps(short) as few, steps(long) as many:
        asked(short)
        asked(long)
    assert few and len(many) <= 1.2 * len(few)


@pytest.mark.parametrize("asked", [*BOUNDED, lambda store: store.segments.sizes_here()])
def test_every_question_finds_its_rows_by_an_index(asked: Callable[[Store], None], tmp_path: Path) -> None:
    store = filled(tmp_path, 120)
    with statements(store) as said:
        asked(store)
    with store.segments._read() as connection:
        plans = [row[3] for sql, values in said for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    store.close()
    assert plans and not [plan for plan in plans if plan.startswith(UNBOUNDED) and "COVERING" not in plan]


def test_sizes_are_added_up_from_the_index_alone(tmp_path: Path) -> None:
    store = filled(tmp_path, 120)
    with statements(store) as said:
        sizes = store.segments.sizes_here()
    with store.segments._read() as connection:
        plans = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[0][0]}", said[0][1])]
    store.close()
    assert any("COVERING INDEX ix_segments_keeping" in plan for plan in plans)
    assert sum(sizes.values()) == 3 * 120 * 1_000 and sizes[Keeping.LOCKED] == 2_000


def test_marking_page_by_page_is_marking_all_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(tmp_path, 120)
    monkeypatch.setattr(segment_marks, "PAGE", 7)
    store.segments.mark_eventful(AROUND, 0)
    shown = {each.id for each in store.answer(ListSegments(0, NOW_NS, limit=1_000)) if each.keeping is not Keeping.CONTINUOUS}
    store.close()
    of_events = {f"sg-{CAMERAS[minute // 10 % 3]}-{minute}" for minute in range(0, 120, 10)}
    assert shown == of_events | {"sg-door-49", "sg-door-69"}


@contextmanager
def steps(store: Store) -> Iterator[list[None]]:
    """One entry for every ten steps of SQLite's machine."""
    taken: list[None] = []

    def taking() -> int:
        taken.append(None)
        return 0

    engines = {store.segments._reading, store.segments._writing}

    def watch(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_progress_handler(taking, 10)

    for each in engines:
        engine_event.listen(each, "checkout", watch)
    yield taken
    for each in engines:
        engine_event.remove(each, "checkout", watch)
        with each.connect() as connection:
            connection.connection.set_progress_handler(None, 0)


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, object]]]:
    said: list[tuple[str, object]] = []

    def listen(_connection: object, _cursor: object, sql: str, values: object, *_: object) -> None:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            said.append((sql, values))

    engines = {store.segments._reading, store.segments._writing}
    for each in engines:
        engine_event.listen(each, "before_cursor_execute", listen)
    yield said
    for each in engines:
        engine_event.remove(each, "before_cursor_execute", listen)
