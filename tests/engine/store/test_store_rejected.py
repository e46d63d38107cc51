"""Rejected decisions are capped per camera and UTC day, never without a count."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.alerts.decision import CandidateKind, Decision, Outcome
from engine.model.question import ListDecisions
from engine.model.time import ManualClock
from engine.store import RejectedCount, Store, open_store
from engine.store.database.rejected import DAY_NS
from tests.engine.store.records import decision

CAP = 5


def rejected(number: int, camera: str = "yard", day: int = 0) -> Decision:
    return decision(number, camera=camera, outcome=Outcome.REJECTED, at_ns=day * DAY_NS + number)


def kept(store: Store, camera: str | None = None) -> list[str]:
    return [found.id for found in store.answer(ListDecisions(camera_id=camera, limit=1000))]


def test_the_newest_of_a_day_are_kept_and_all_are_counted(store: Store) -> None:
    values = [rejected(n) for n in range(12)]
    store.save(values[:3])
    store.save(values[3:])
    assert kept(store) == [value.id for value in values[:-6:-1]]
    assert store.rejected_counts() == (RejectedCount("yard", 0, 12, CAP),)


def test_cameras_and_days_are_capped_apart(store: Store) -> None:
    store.save([rejected(n, camera, day) for day in (0, 1) for n, camera in ((n, f"cam{n % 2}") for n in range(day * 100, day * 100 + 14))])
    assert store.rejected_counts() == tuple(RejectedCount(f"cam{c}", day, 7, CAP) for day in (1, 0) for c in (0, 1))
    assert len(kept(store)) == 4 * CAP


def test_what_no_camera_saw_is_capped_by_its_kind(store: Store) -> None:
    """Or a zone that is passed all day would push the fall that was not believed out of the record."""
    falls = [replace(rejected(n, ""), candidate=CandidateKind.FALL) for n in range(3)]
    store.save([*falls, *(replace(rejected(100 + n, ""), candidate=CandidateKind.ZONE) for n in range(40)), rejected(200)])
    assert {value.id for value in falls} < set(kept(store, ""))
    assert store.rejected_counts() == (RejectedCount(":fall", 0, 3, 3), RejectedCount(":zone", 0, 40, CAP), RejectedCount("yard", 0, 1, 1))


def test_raised_and_held_decisions_are_never_trimmed(store: Store) -> None:
    others = [decision(n, outcome=Outcome.HELD if n % 2 else Outcome.RAISED, at_ns=n) for n in range(20)]
    store.save([*others, *(rejected(n) for n in range(100, 120))])
    assert {value.id for value in others} < set(kept(store))
    assert len(kept(store)) == 20 + CAP


def test_saving_the_same_again_after_a_crash_does_not_count_twice(store: Store) -> None:
    values = [rejected(n) for n in range(8)]
    store.save(values)
    store.save(values[4:])
    assert store.rejected_counts() == (RejectedCount("yard", 0, 8, CAP),)


def test_a_held_decision_that_is_rejected_in_the_end_counts_then(store: Store) -> None:
    store.save([decision(3, outcome=Outcome.HELD, at_ns=3)])
    assert store.rejected_counts() == ()
    store.save([rejected(3)])
    assert store.rejected_counts() == (RejectedCount("yard", 0, 1, 1),)


@settings(max_examples=12, deadline=None)
@given(batches=st.lists(st.lists(st.integers(0, 60), max_size=30), max_size=6))
def test_rows_never_exceed_the_cap_and_counts_never_fall_short(tmp_path_factory: object, batches: list[list[int]]) -> None:
    folder: Path = tmp_path_factory.mktemp("cap")  # type: ignore[attr-defined]
    store = open_store(folder / "watchroom.db", ManualClock(0), rejected_per_day=CAP)
    for batch in batches:
        store.save([rejected(n) for n in batch])
    distinct = {n for batch in batches for n in batch}
    counts = store.rejected_counts()
    store.close()
    assert sum(count.rejected for count in counts) >= len(distinct)
    assert sum(count.kept for count in counts) == min(CAP, len(distinct))
