"""What is saved comes back as it was, replaced by id, in one transaction, to any thread."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from engine.model.alerts.decision import Outcome
from engine.model.question import ListClips, ListDecisions, ListEvents, ListSequences
from engine.model.time import ManualClock
from engine.store import Store, open_store
from engine.store.database.saving import TABLES
from tests.engine.store.records import clip, decision, event, one_of_each, sequence


def test_what_is_saved_comes_back_equal_and_again_after_reopening(store: Store, path: Path) -> None:
    values = one_of_each(7)
    store.save(values)
    _assert_holds(store, values)
    store.close()
    again = open_store(path, ManualClock(0))
    _assert_holds(again, values)
    again.close()


def _assert_holds(store: Store, values: list[object]) -> None:
    found = [*store.answer(ListEvents()), *store.answer(ListDecisions()), *store.answer(ListSequences()), *store.answer(ListClips())]
    assert len(found) == len(values)
    assert all(value in found for value in values)


def test_columns_are_the_fields_of_the_values() -> None:
    for kind, table in TABLES.items():
        assert [column.name for column in table.columns] == [field.name for field in fields(kind)]


def test_a_later_value_with_the_same_id_replaces_also_within_one_batch(store: Store) -> None:
    first = event(1)
    store.save([first])
    store.save([replace(first, confidence=0.9), replace(first, confidence=0.95, ended_ns=9)])
    assert store.answer(ListEvents()) == (replace(first, confidence=0.95, ended_ns=9),)
    store.save([replace(first, box_xyxy=None)])
    assert store.event(first.id) == replace(first, box_xyxy=None)


def test_the_highest_confidence_of_a_sequence_is_never_lowered_and_its_box_stays_with_it(store: Store) -> None:
    best = sequence(1, max_conf=0.9)
    store.save([best])
    store.save([replace(best, max_conf=0.4, best_box=(9.0, 9.0, 9.0, 9.0), detections=30, ended_ns=5)])
    assert store.answer(ListSequences()) == (replace(best, detections=30, ended_ns=5),)
    better = replace(best, max_conf=0.95, best_box=(5.0, 5.0, 6.0, 6.0))
    store.save([better])
    assert store.answer(ListSequences()) == (better,)


def test_a_batch_is_saved_whole_or_not_at_all(store: Store) -> None:
    nameless = replace(clip(2), sha256=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        store.save([event(1), decision(1), nameless])
    assert store.answer(ListEvents()) == ()
    assert store.answer(ListDecisions()) == ()


def test_open_events_are_those_without_an_end_oldest_first(store: Store) -> None:
    store.save([event(3), event(1), event(2, ended=99)])
    assert [found.id for found in store.open_events()] == [event(1).id, event(3).id]


def test_one_event_and_one_clip_by_id(store: Store) -> None:
    store.save([event(1), clip(1)])
    assert store.event(event(1).id) == event(1)
    assert store.clip(clip(1).id) == clip(1)
    assert store.event("ev-none") is None
    assert store.clip("'; DROP TABLE clips; --") is None


def test_an_empty_batch_is_nothing(store: Store) -> None:
    store.save([])
    assert store.answer(ListEvents()) == ()


def test_any_thread_reads_while_one_writes(store: Store) -> None:
    """Each reader sees whole batches only: of every batch both halves or none."""
    stop = threading.Event()

    def read() -> int:
        looks = 0
        while not stop.is_set() or looks == 0:
            numbers = {int(found.id[3:15], 16) for found in store.answer(ListEvents(limit=1000))}
            assert all(number ^ 1 in numbers for number in numbers)
            looks += 1
        return looks

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        for number in range(0, 120, 2):
            store.save([event(number), event(number + 1)])
        stop.set()
        assert all(reader.result() > 0 for reader in readers)


def test_only_large_batches_take_much_memory_and_a_long_log(store: Store) -> None:
    def room() -> tuple[int, int]:
        with store._writing.connect() as connection:
            cache, log = (connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("cache_size", "wal_autocheckpoint"))
            return -cache, log

    everyday = room()
    store.save([sequence(number) for number in range(2_000)])
    large = room()
    store.save([sequence(3_000)])
    assert room() == everyday and everyday[0] < large[0] and everyday[1] < large[1]


def test_size_grows_and_the_file_is_for_its_owner_only(store: Store, path: Path) -> None:
    before = store.size_bytes()
    store.save([event(number) for number in range(2000)])
    assert store.size_bytes() > before > 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_closing_folds_the_log_into_the_file(store: Store, path: Path) -> None:
    store.save([event(1)])
    store.close()
    assert {beside.name for beside in path.parent.iterdir()} == {path.name, f"{path.name}-closed"}


def test_an_outcome_can_change(store: Store) -> None:
    store.save([decision(1, outcome=Outcome.HELD)])
    store.save([decision(1, outcome=Outcome.RAISED)])
    assert store.answer(ListDecisions(outcome=Outcome.HELD)) == ()
    assert store.answer(ListDecisions(outcome=Outcome.RAISED)) == (decision(1),)
