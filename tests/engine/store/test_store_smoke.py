"""P8–P10, P12, P25, P26: sequences of smoke and plumes in the record."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

from engine.fire.smoke.plumes import arrange, as_shown, merged, unmatched
from engine.model.errors import InputError, NotFound
from engine.model.fire.fire import FireClass, FireRiskPolicy
from engine.model.fire.smoke import Arrangement, ListedPlume, Plume, PlumeWords, SmokeLabel, SmokePage, SmokeSequence, ValidationState
from engine.model.time import SECOND
from engine.store import Store
from engine.store.database.connection import reading_engine
from engine.store.database.faults import faults_named
from engine.store.fire.smoke import SmokeTable
from engine.store.fire.smoke_tables import incident_smoke
from tests.fakes.smoke import NOW_NS, Country, place, sequence

DAY_NS = 86_400 * SECOND
FIRE = place(45.0, 5.0, 5_000, 6_000)
LAND = Country(a=(45.0, 5.0), b=place(45.0, 5.0, 10_000), c=place(45.0, 5.0, 5_000, 14_000))
LOW = FireRiskPolicy((("a", FireClass.LOW), ("b", FireClass.LOW), ("c", FireClass.LOW)))


def arranged(sequences: tuple[SmokeSequence, ...], plumes: tuple[Plume, ...], words: PlumeWords) -> Arrangement:
    return arrange(sequences, LAND.lookouts, plumes, words)


def show(plume: Plume, sequences: tuple[SmokeSequence, ...], shown_ids: frozenset[str]) -> ListedPlume:
    return as_shown(plume, sequences, shown_ids, LAND.lookouts)


@pytest.fixture
def smoke(store: Store) -> SmokeTable:
    return store.smoke


def put(smoke: SmokeTable, *sequences: SmokeSequence) -> Arrangement:
    return smoke.rearrange(sequences, arranged)


def of(confidence: float | None, number: int, camera: str = "a", **fields: object) -> SmokeSequence:
    """The higher the number, the newer."""
    at_ns = NOW_NS + number * SECOND
    times = {"started_ns": at_ns, "last_seen_ns": at_ns + 60 * SECOND}
    return sequence(f"{number:04}", camera=camera, max_conf=confidence, **(times | fields))


def confidences(found: tuple[SmokeSequence, ...]) -> list[float | None]:
    return [each.max_conf for each in found]


def ids(plumes: tuple[ListedPlume, ...]) -> list[list[str]]:
    return [[each.id for each in listed.sequences] for listed in plumes]


def test_what_is_put_comes_back_as_it_was(smoke: SmokeTable) -> None:
    whole = of(0.7, 1, azimuth_deg=12.5, score=0.5, attempts=1, experimental=True, detector="d", simulated=True)
    smoke.put([whole, of(None, 2)])
    assert smoke.sequence("sq-0001") == whole
    assert smoke.sequence("sq-0002").max_conf is None
    with pytest.raises(NotFound):
        smoke.sequence("sq-9")


def test_p12_the_highest_confidence_stays_with_its_box_and_bearing(smoke: SmokeTable) -> None:
    best = of(0.5, 1, best_box=(0.1, 0.1, 0.2, 0.2), azimuth_deg=10.0)
    smoke.put([best])
    smoke.put([replace(best, max_conf=0.3, best_box=(0.5, 0.5, 0.6, 0.6), azimuth_deg=20.0, frames=9, last_seen_ns=NOW_NS + DAY_NS)])
    assert smoke.sequence(best.id) == replace(best, frames=9, last_seen_ns=NOW_NS + DAY_NS)
    smoke.put([replace(best, max_conf=None)])
    assert smoke.sequence(best.id).max_conf == 0.5


def test_p12_of_one_from_before_it_was_kept_the_first_known_one_counts(smoke: SmokeTable) -> None:
    smoke.put([of(None, 1)])
    smoke.put([of(0.2, 1, azimuth_deg=7.0)])
    assert (smoke.sequence("sq-0001").max_conf, smoke.sequence("sq-0001").azimuth_deg) == (0.2, 7.0)


def at_once(*acts: Callable[[], object]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_p12_of_two_that_come_at_once_the_higher_one_stays(smoke: SmokeTable) -> None:
    smoke.put([of(0.1, 1)])
    for _ in range(5):
        at_once(*(partial(smoke.put, [of(confidence, 1)]) for confidence in (0.6, 0.7, 0.2, 0.65)))
        assert smoke.sequence("sq-0001").max_conf == 0.7


def test_p12_deleting_a_neighbour_does_not_lower_it(smoke: SmokeTable) -> None:
    put(smoke, LAND.seen("a", FIRE, max_conf=0.9), LAND.seen("b", FIRE, max_conf=0.4))
    smoke.remove("sq-b", arranged)
    assert smoke.sequence("sq-a").max_conf == 0.9


def test_p10_pages_are_full_and_the_next_one_is_what_is_left(smoke: SmokeTable) -> None:
    smoke.put(of(confidence, number) for number, confidence in enumerate((0.10, 0.20, 0.50, 0.60, 0.80)))
    page = SmokePage(limit=3, policy=LOW)
    assert confidences(smoke.sequences(page)) == [0.80, 0.60, 0.50]
    assert smoke.sequences(replace(page, before_id="sq-0002")) == smoke.sequences(replace(page, offset=3)) == ()
    assert smoke.count_sequences(page) == 3
    assert confidences(smoke.sequences(replace(page, limit=2, before_id="sq-0004"))) == [0.60, 0.50]


def test_p9_what_does_not_pass_is_in_no_list_and_no_count_and_still_there(smoke: SmokeTable) -> None:
    put(smoke, of(0.44, 1), of(0.1, 2))
    page = SmokePage(policy=LOW)
    assert (smoke.sequences(page), smoke.count_sequences(page), smoke.plumes(page, show), smoke.count_plumes(page)) == ((), 0, (), 0)
    assert smoke.sequence("sq-0001").max_conf == 0.44
    assert smoke.plume("pl-0001").plume.sequence_ids == ("sq-0001",)
    everything = replace(page, policy=FireRiskPolicy(LOW.classes, override=FireClass.MODERATE))
    assert (smoke.count_sequences(everything), smoke.count_plumes(everything)) == (2, 2)


def test_what_nobody_knows_the_confidence_of_is_shown(smoke: SmokeTable) -> None:
    put(smoke, of(None, 1), of(0.1, 2, camera="unknown"))
    assert smoke.count_sequences(SmokePage(policy=LOW)) == smoke.count_plumes(SmokePage(policy=LOW)) == 2


def test_p8_of_a_mixed_plume_only_what_passes_is_shown(smoke: SmokeTable) -> None:
    put(smoke, LAND.seen("a", FIRE, max_conf=0.30), LAND.seen("b", FIRE, max_conf=0.70))
    (listed,) = smoke.plumes(SmokePage(policy=LOW), show)
    assert ([each.id for each in listed.sequences], listed.hidden, listed.plume.partial) == (["sq-b"], 1, True)
    (whole,) = smoke.plumes(SmokePage(), show)
    assert (len(whole.sequences), whole.hidden, whole.plume.partial) == (2, 0, False)


def test_p8_pages_of_mixed_plumes_are_full(smoke: SmokeTable) -> None:
    for number in range(8):
        put(smoke, of(0.9 if number % 2 else 0.1, 10_000 * number))
    found = smoke.plumes(SmokePage(limit=3, policy=LOW), show)
    assert len(found) == 3
    assert len(smoke.plumes(SmokePage(limit=3, before_id=found[-1].plume.id, policy=LOW), show)) == 1
    assert smoke.count_plumes(SmokePage(policy=LOW)) == 4


def test_whatever_the_second_scorer_made_of_it_is_listed(smoke: SmokeTable) -> None:
    smoke.put(of(0.9, number, validation=state) for number, state in enumerate(ValidationState))
    assert {each.validation for each in smoke.sequences(SmokePage())} == set(ValidationState)


def test_latest_are_those_without_a_label_of_the_last_day(smoke: SmokeTable) -> None:
    put(smoke, of(0.9, 1, started_ns=NOW_NS - 2 * DAY_NS, last_seen_ns=NOW_NS - 2 * DAY_NS), of(0.9, 2), of(0.9, 20_000))
    smoke.label("sq-20000", SmokeLabel.WILDFIRE_SMOKE, "user:ada", arranged)
    latest = SmokePage(since_ns=NOW_NS - DAY_NS, unlabelled=True)
    assert [each.id for each in smoke.sequences(latest)] == ["sq-0002"]
    assert ids(smoke.plumes(latest, show)) == [["sq-0002"]]
    assert smoke.count_sequences(latest) == smoke.count_plumes(latest) == 1


def test_latest_plumes_need_one_sequence_that_is_all_of_it(smoke: SmokeTable) -> None:
    """The one that passes is labelled, the one without a label does not pass."""
    put(smoke, LAND.seen("a", FIRE, max_conf=0.9), LAND.seen("b", FIRE, max_conf=0.1))
    smoke.label("sq-a", SmokeLabel.WILDFIRE_SMOKE, "user:ada", arranged)
    latest = SmokePage(since_ns=NOW_NS - DAY_NS, unlabelled=True, policy=LOW)
    assert (smoke.plumes(latest, show), smoke.count_plumes(latest)) == ((), 0)
    assert ids(smoke.plumes(replace(latest, policy=FireRiskPolicy()), show)) == [["sq-a", "sq-b"]]


def test_of_a_date_are_those_that_began_on_it(smoke: SmokeTable) -> None:
    put(smoke, *(of(0.9, 0, id=f"sq-{days}", started_ns=NOW_NS + days * DAY_NS, last_seen_ns=NOW_NS + 5 * DAY_NS) for days in range(3)))
    day = SmokePage(since_ns=NOW_NS + DAY_NS, until_ns=NOW_NS + 2 * DAY_NS)
    assert [each.id for each in smoke.sequences(day)] == ["sq-1"]
    assert ids(smoke.plumes(day, show)) == [["sq-1"]]


def test_p11_a_list_of_a_date_goes_by_the_classes_of_that_day(smoke: SmokeTable) -> None:
    put(smoke, of(0.5, 0), of(0.5, 86_400))
    of_day = {0: FireRiskPolicy((("a", FireClass.VERY_LOW),)), 1: FireRiskPolicy((("a", FireClass.HIGH),))}
    pages = [SmokePage(NOW_NS + day * DAY_NS, NOW_NS + (day + 1) * DAY_NS, policy=policy) for day, policy in of_day.items()]
    assert [len(smoke.sequences(page)) for page in pages] == [smoke.count_plumes(page) for page in pages] == [0, 1]


def test_p25_validated_at_once_they_are_one_plume(smoke: SmokeTable) -> None:
    at_once(*(partial(put, smoke, LAND.seen(camera, FIRE)) for camera in "abc"))
    (listed,) = smoke.plumes(SmokePage(), show)
    assert [each.id for each in listed.sequences] == ["sq-a", "sq-b", "sq-c"]
    assert {each.plume_id for each in listed.sequences} == {listed.plume.id}


def test_p26_a_label_detaches_and_is_kept_when_smoke_goes_on(smoke: SmokeTable) -> None:
    seen = [LAND.seen(camera, FIRE) for camera in "abc"]
    put(smoke, *seen)
    smoke.label("sq-c", SmokeLabel.OTHER, "user:ada", arranged)
    put(smoke, replace(seen[2], frames=50))
    kept = smoke.sequence("sq-c")
    assert (kept.label, kept.labelled_by, kept.frames, kept.plume_id) == (SmokeLabel.OTHER, "user:ada", 50, "pl-c")
    assert sorted(ids(smoke.plumes(SmokePage(), show))) == [["sq-a", "sq-b"], ["sq-c"]]
    with pytest.raises(NotFound):
        smoke.label("sq-x", SmokeLabel.OTHER, "user:ada", arranged)


def test_p26_unmatched_stays_unmatched(smoke: SmokeTable) -> None:
    seen = [LAND.seen(camera, FIRE) for camera in "abc"]
    put(smoke, *seen)
    plume_id = smoke.sequence("sq-a").plume_id
    smoke.unmatch(plume_id, "sq-a", unmatched, arranged)
    put(smoke, *seen)
    assert sorted(ids(smoke.plumes(SmokePage(), show))) == [["sq-a"], ["sq-b", "sq-c"]]
    with pytest.raises(NotFound):
        smoke.unmatch(plume_id, "sq-a", unmatched, arranged)
    with pytest.raises(NotFound):
        smoke.unmatch("pl-x", "sq-a", unmatched, arranged)
    with pytest.raises(InputError):
        smoke.unmatch(smoke.sequence("sq-a").plume_id, "sq-a", unmatched, arranged)


def test_the_last_word_of_an_operator_counts(smoke: SmokeTable) -> None:
    put(smoke, LAND.seen("a", FIRE), LAND.seen("b", FIRE))
    smoke.unmatch("pl-a", "sq-b", unmatched, arranged)
    apart = sorted(ids(smoke.plumes(SmokePage(), show)))
    smoke.merge("pl-a", "pl-b", merged, arranged)
    put(smoke, LAND.seen("a", FIRE))
    assert (apart, ids(smoke.plumes(SmokePage(), show))) == ([["sq-a"], ["sq-b"]], [["sq-a", "sq-b"]])
    with pytest.raises(NotFound):
        smoke.merge("pl-a", "pl-b", merged, arranged)


def test_p26_without_its_last_sequence_a_plume_is_no_more(smoke: SmokeTable) -> None:
    put(smoke, LAND.seen("a", FIRE), LAND.seen("b", FIRE))
    smoke.remove("sq-a", arranged)
    assert ids(smoke.plumes(SmokePage(), show)) == [["sq-b"]]
    smoke.remove("sq-b", arranged)
    assert smoke.count_plumes(SmokePage()) == 0
    with pytest.raises(NotFound):
        smoke.remove("sq-b", arranged)


def test_the_incident_of_a_plume_stays(smoke: SmokeTable) -> None:
    put(smoke, LAND.seen("a", FIRE), LAND.seen("b", FIRE))
    smoke.is_of("pl-a", "in-1")
    put(smoke, LAND.seen("c", FIRE))
    assert smoke.plume("pl-a").plume.incident_id == "in-1"


def test_old_plumes_are_left_alone_by_what_is_seen_today(smoke: SmokeTable) -> None:
    old = {"started_ns": NOW_NS - DAY_NS, "last_seen_ns": NOW_NS - DAY_NS}
    put(smoke, LAND.seen("a", FIRE, name="old-a", **old), LAND.seen("b", FIRE, name="old-b", **old))
    assert {each.id for each in put(smoke, LAND.seen("a", FIRE), LAND.seen("b", FIRE)).changed} == {"pl-a"}
    assert smoke.count_plumes(SmokePage()) == 2


def test_lists_are_read_from_indexes(path: Path, store: Store) -> None:
    """Nothing is sorted and no table is read through."""
    reading = reading_engine(path)
    asked: list[tuple[str, object]] = []
    event.listen(reading, "before_cursor_execute", lambda _c, _k, statement, parameters, *_: asked.append((statement, parameters)))
    lists = SmokeTable(reading, reading, partial(faults_named, path))
    latest = SmokePage(since_ns=NOW_NS - DAY_NS, unlabelled=True, policy=LOW)
    for page in (SmokePage(policy=LOW), latest):
        lists.sequences(page), lists.count_sequences(page), lists.plumes(page, show), lists.count_plumes(page)
    with reading.connect() as connection:
        for statement, parameters in [each for each in asked if "LIMIT" in each[0] or "count" in each[0]]:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert all(any(word in step for word in ("SEARCH", "INDEX", "CORRELATED")) for step in plan), plan
            assert not any("TEMP B-TREE" in step for step in plan), plan
    reading.dispose()


def test_old_smoke_is_forgotten_but_not_what_an_incident_rests_on(store: Store, smoke: SmokeTable) -> None:
    old, kept, young = of(0.7, 1), of(0.7, 4 * 86_400), of(0.7, 9 * 86_400)
    for each in (old, kept, young):
        put(smoke, each)
    rested = smoke.sequence(kept.id).plume_id
    with smoke._write() as connection:
        row = {"plume_id": rested, "incident_id": "in-1", "since_ns": 0, "until_ns": 0, "body": {}}
        connection.execute(incident_smoke.insert().values(**row))
    before_ns = NOW_NS + 8 * DAY_NS
    assert smoke.forget(before_ns, 100) == 1
    with pytest.raises(NotFound):
        smoke.sequence(old.id)
    assert smoke.sequence(kept.id).id == kept.id and smoke.sequence(young.id).id == young.id
    assert smoke.forget(before_ns, 100) == 0


def test_no_more_is_forgotten_at_once_than_asked(smoke: SmokeTable) -> None:
    for number in range(5):
        put(smoke, of(0.7, number * 86_400))
    assert [smoke.forget(NOW_NS + 30 * DAY_NS, 2) for _ in range(4)] == [2, 2, 1, 0]
