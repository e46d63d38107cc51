"""The writer: journal before record, in order, nothing dropped; a failing disk delays, it does not lose."""

import threading
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Several
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, FrameSeen, Motion, Numbered, Observation, Tick
from engine.model.question import ListClips, ListEvents
from engine.model.radio.radio import NodeChanged, NodeState
from engine.model.repository import Storable
from engine.store import Store, StoreWriter
from engine.store.database import writer
from tests.engine.recording.radio_batches import csi_batch
from tests.engine.store.records import clip, decision, event
from tests.engine.store.test_store_deliveries import delivery

FULL = EnvironmentFault("disk_full", "The disk is full: x cannot grow. Free some space.")


class Journal:
    """Takes observations; fails while `fault` is set."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.fault: Exception | None = None
        self.refuses: set[int] = set()

    def append(self, batch: Several[Numbered]) -> None:
        if self.fault is not None:
            raise self.fault
        if self.refuses & {numbered.number for numbered in batch}:
            raise TypeError("no plain form for this")
        self.numbers += [numbered.number for numbered in batch]


class Flaky:
    """A repository that fails while `fault` is set, and notes every batch that it saved."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fault: Exception | None = None
        self.saved: list[list[Storable]] = []
        self.tried = threading.Semaphore(0)

    def save(self, values: Several[Storable]) -> None:
        self.tried.release()
        if self.fault is not None:
            raise self.fault
        self._store.save(values)
        self.saved.append(list(values))


class Bench:
    """A writer with everything around it in reach."""

    def __init__(self, store: Store, shed_above_bytes: int = 1 << 20) -> None:
        self.store, self.journal, self.repository = store, Journal(), Flaky(store)
        self.troubles: list[str | None] = []
        self.changed = threading.Semaphore(0)
        self.writer = StoreWriter(
            self.repository,  # type: ignore[arg-type]
            self.journal.append,
            self._note,
            interval_s=0.005,
            shed_above_bytes=shed_above_bytes,
        )

    def _note(self, trouble: str | None) -> None:
        self.troubles.append(trouble)
        self.changed.release()

    def wait_for_trouble(self) -> None:
        assert self.changed.acquire(timeout=60)

    def event_ids(self) -> set[str]:
        return {found.id for found in self.store.answer(ListEvents(limit=10_000))}


@pytest.fixture
def bench(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(writer, "FIRST_RETRY_S", 0.005)
    made = Bench(store)
    made.writer.start()
    yield made
    made.journal.fault = made.repository.fault = None
    made.writer.stop()


def tick(number: int) -> Numbered:
    return Numbered(number, number, Tick(number))


def frame(number: int) -> Numbered:
    return Numbered(number, number, FrameSeen("yard", number, number, 640, 360, Motion(0.1, np.zeros((100, 4), np.float32))))


def test_everything_submitted_is_journaled_and_saved(bench: Bench) -> None:
    for number in range(1, 301):
        bench.writer.submit(tick(number), [event(number)] if number % 3 == 0 else [])
    assert bench.writer.flush(10)
    assert bench.journal.numbers == list(range(1, 301))
    assert len(bench.event_ids()) == 100
    assert bench.writer.committed_number == 300
    assert bench.writer.backlog == 0
    assert bench.troubles == []


def test_the_journal_has_an_observation_before_the_record_has_what_came_of_it(bench: Bench) -> None:
    save = bench.repository.save

    def checked(values: Several[Storable]) -> None:
        assert all(int(value.id[3:15], 16) in bench.journal.numbers for value in values)
        save(values)

    bench.repository.save = checked  # type: ignore[method-assign]
    for number in range(1, 200):
        bench.writer.submit(tick(number), [event(number)])
    assert bench.writer.flush(10)
    assert len(bench.event_ids()) == 199
    assert bench.writer.refused == 0


def test_values_without_an_observation_are_saved(bench: Bench) -> None:
    bench.writer.submit(None, [clip(1)])
    assert bench.writer.flush(10)
    assert bench.store.answer(ListClips()) == (clip(1),)


def test_of_one_id_in_a_batch_only_the_last_state_is_written(store: Store) -> None:
    bench = Bench(store)
    for n in range(50):
        bench.writer.submit(tick(n), [replace(event(1), confidence=n / 100), decision(1)])
    bench.writer.start()
    bench.writer.stop()
    assert bench.repository.saved == [[replace(event(1), confidence=0.49), decision(1)]]


def test_an_action_runs_after_what_precedes_it_and_before_what_follows(store: Store) -> None:
    bench = Bench(store)
    seen: list[tuple[int, int, int]] = []

    def look() -> None:
        seen.append((bench.writer.committed_number, len(bench.event_ids()), bench.journal.numbers[-1]))

    for number in range(1, 7):
        bench.writer.submit(tick(number), [event(number)])
        if number % 2 == 0:
            bench.writer.run_in_order(
                lambda: seen.append((bench.writer.committed_number, len(bench.event_ids()), bench.journal.numbers[-1]))
            )
    bench.writer.start()
    bench.writer.stop()
    assert seen == [(2, 2, 2), (4, 4, 4), (6, 6, 6)]


def test_an_action_that_fails_stops_nothing(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("no such checkpoint")

    bench.writer.run_in_order(fail)
    bench.writer.submit(tick(1), [event(1)])
    assert bench.writer.flush(10)
    assert bench.event_ids() == {event(1).id}
    assert "no such checkpoint" in caplog.text


def test_a_full_disk_keeps_everything_and_is_told_once(bench: Bench) -> None:
    bench.repository.fault = FULL
    bench.writer.submit(tick(1), [event(1)])
    bench.wait_for_trouble()
    for number in range(2, 100):
        bench.writer.submit(tick(number), [event(number)])
    for _ in range(3):
        assert bench.repository.tried.acquire(timeout=60)
    assert bench.writer.troubled
    assert bench.writer.backlog > 0
    assert not bench.writer.flush(0.01)
    assert bench.troubles == [str(FULL)]
    bench.repository.fault = None
    bench.wait_for_trouble()
    assert bench.writer.flush(10)
    assert bench.troubles == [str(FULL), None]
    assert len(bench.event_ids()) == 99
    assert bench.journal.numbers == list(range(1, 100)), "journaled once each, in order, also where saving was tried again"
    assert not bench.writer.troubled


def test_a_journal_that_cannot_be_written_holds_the_record_back(bench: Bench) -> None:
    bench.journal.fault = OSError(28, "No space left on device")
    bench.writer.submit(tick(1), [event(1)])
    bench.wait_for_trouble()
    assert "No space left on device" in (bench.troubles[0] or "")
    assert bench.event_ids() == set()
    bench.journal.fault = None
    bench.wait_for_trouble()
    assert bench.writer.flush(10)
    assert bench.event_ids() == {event(1).id}


def test_while_nothing_can_be_written_frames_are_shed_with_a_count_but_events_never(store: Store) -> None:
    bench = Bench(store, shed_above_bytes=50_000)
    lost = Numbered(5_000, 5_000, CameraStateChanged("yard", 5_000, CameraState.LOST, "No picture for 2 s"))
    for number in range(1, 201):
        bench.writer.submit(frame(number), [event(number)])
    bench.writer.submit(lost, [])
    bench.writer.start()
    bench.writer.stop()
    kept = bench.journal.numbers
    assert len(kept) + bench.writer.shed == 201
    assert bench.writer.shed > 0
    assert kept == [*range(1, len(kept)), 5_000], "those kept are without a gap, and what is not a frame is always kept"
    assert len(bench.event_ids()) == 200


def csi(number: int, frames: int = 100) -> Numbered:
    return Numbered(number, number, csi_batch(frames, nodes=3))


def test_csi_is_shed_first_then_what_repeats_and_what_happened_never(store: Store) -> None:
    bench = Bench(store, shed_above_bytes=200_000)
    for number in range(1, 2_001):
        shown = csi(number) if number % 2 else tick(number)
        bench.writer.submit(shown, [event(number)] if number % 100 == 0 else [])
    changed = Numbered(3_000, 3_000, NodeChanged(3_000, "AA:BB:CC:00:00:01", NodeState.OFFLINE))
    bench.writer.submit(changed, [delivery(1)])
    assert bench.writer._waiting_bytes < 250_000
    bench.writer.start()
    bench.writer.stop()
    numbers = bench.journal.numbers
    batches, ticks = [n for n in numbers if n % 2], [n for n in numbers if n % 2 == 0 and n < 3_000]
    assert 3 < len(batches) < 10 and batches == list(range(1, 2 * len(batches), 2))
    assert len(ticks) > 10 * len(batches)
    assert numbers[-1] == 3_000
    assert bench.writer.shed == 2_001 - len(numbers)
    assert len(bench.event_ids()) == 20
    assert store.deliveries_of(["dl-1"]) == (delivery(1),)


def test_much_goes_to_the_journal_in_parts_of_which_none_comes_twice(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "LONGEST_APPEND", 20_000)
    parts: list[int] = []

    def failing(batch: Several[Numbered]) -> None:
        parts.append(len(batch))
        bench.journal.fault = FULL if len(parts) in (2, 3) else None
        bench.journal.append(batch)

    bench.writer._before_commit = failing
    for number in range(1, 11):
        bench.writer.submit(csi(number, 50), [])
    assert bench.writer.flush(10)
    assert bench.journal.numbers == list(range(1, 11))
    assert len(parts) > 5


def test_memory_is_free_again_once_written(bench: Bench) -> None:
    """Far more than the limit passes through, a little at a time."""
    for number in range(1, 60):
        for part in range(10):
            bench.writer.submit(frame(number * 10 + part), [])
        assert bench.writer.flush(10)
    assert bench.writer.shed == 0


def test_one_value_that_cannot_be_stored_does_not_hold_up_the_others(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bad = replace(event(2), confidence=float("nan"))  # SQLite keeps NaN as NULL
    bench.writer.submit(tick(1), [event(1), bad, event(3)])
    assert bench.writer.flush(10)
    assert bench.event_ids() == {event(1).id, event(3).id}
    assert bench.writer.refused == 1
    assert bad.id in caplog.text


def test_one_observation_that_cannot_be_journaled_does_not_hold_up_the_others(bench: Bench) -> None:
    bench.journal.refuses = {2}
    for number in (1, 2, 3):
        bench.writer.submit(tick(number), [])
    assert bench.writer.flush(10)
    assert bench.journal.numbers == [1, 3]
    assert bench.writer.refused == 1


def test_stopping_with_a_full_disk_ends_and_says_what_was_lost(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(store)
    bench.repository.fault = FULL
    bench.writer.submit(tick(1), [event(1), event(2)])
    bench.writer.start()
    bench.wait_for_trouble()
    bench.writer.stop()
    assert "2 observations and values could not be written" in caplog.text
    assert bench.writer.backlog == 2


def test_what_cannot_be_saved_at_the_end_is_in_the_journal_at_least(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start makes it again of that. A database that is found to be damaged lets nothing be saved until then."""
    monkeypatch.setattr(writer, "FIRST_RETRY_S", 0.005)
    bench = Bench(store)
    bench.repository.fault = EnvironmentFault("database_damaged", "The database x is damaged.")
    bench.writer.start()
    bench.writer.submit(tick(1), [event(1)])
    bench.wait_for_trouble()
    for number in range(2, 40):
        bench.writer.submit(tick(number), [event(number)])
        bench.writer.run_in_order(lambda: None)  # each in a batch of its own
    bench.writer.stop()
    assert bench.journal.numbers == list(range(1, 40))
    assert bench.event_ids() == set() and bench.writer.committed_number == 0


def test_flush_of_a_writer_that_does_not_run(store: Store) -> None:
    bench = Bench(store)
    assert bench.writer.flush(10)
    bench.writer.submit(tick(1), [])
    assert not bench.writer.flush(10)


def test_many_threads_may_submit(bench: Bench) -> None:
    def submit_from(first: int) -> Callable[[], None]:
        def run() -> None:
            for number in range(first, first + 200):
                bench.writer.submit(tick(number), [event(number)])

        return run

    threads = [threading.Thread(target=submit_from(first)) for first in (1000, 2000, 3000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bench.writer.flush(20)
    assert len(bench.event_ids()) == 600
    for first in (1000, 2000, 3000):
        own = [number for number in bench.journal.numbers if first <= number < first + 1000]
        assert all(a < b for a, b in pairwise(own))


def test_unusual_observations_are_never_shed(store: Store) -> None:
    bench = Bench(store, shed_above_bytes=0)
    unusual: Observation = CameraStateChanged("yard", 1, CameraState.LIVE)
    bench.writer.submit(Numbered(1, 1, unusual), [])
    bench.writer.submit(tick(2), [])
    bench.writer.start()
    bench.writer.stop()
    assert bench.journal.numbers == [1]
    assert bench.writer.shed == 1
