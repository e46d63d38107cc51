"""The queue of calls to Atlas: first in first out, once per key, bounded with the less important dropped first, counted by the minute."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.incidents.correlation import correlate
from engine.model.event import Severity
from engine.model.incidents.atlas_call import WAITS, AtlasCall, AtlasCallKind, AtlasTally
from engine.model.incidents.incident import Classification, Filed, Incident, IncidentCategory, IncidentEdit, Report
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store
from engine.store.incidents.atlas import KEPT_MINUTES, MOST_CALLS
from tests.engine.store.conftest import NOW_NS

CLASSIFY, FEEDBACK = AtlasCallKind.CLASSIFY, AtlasCallKind.FEEDBACK
MINUTE_NS = 60 * SECOND


def call(number: int, kind: AtlasCallKind = CLASSIFY) -> AtlasCall:
    return AtlasCall(f"wr-{number}", kind, f"in-{number}", '{"text":"å\\u0000"}', NOW_NS + number)


def drained(store: Store) -> list[str]:
    keys: list[str] = []
    while (waiting := store.atlas.next()) is not None:
        keys.append(waiting.key)
        store.atlas.finish(waiting.seq, AtlasTally(), NOW_NS)
    return keys


def test_calls_come_out_as_they_went_in_also_after_a_restart(path: Path, store: Store) -> None:
    for number in (3, 1, 2):
        assert store.atlas.put(call(number))
    store.close()
    again = open_store(path, ManualClock(NOW_NS))
    first = again.atlas.next()
    assert first is not None
    assert (first.key, first.body, first.attempts) == ("wr-3", call(3).body, 0)
    assert drained(again) == ["wr-3", "wr-1", "wr-2"]
    again.close()


def test_a_key_waits_once_and_keeps_its_place(store: Store) -> None:
    assert store.atlas.put(call(1))
    assert store.atlas.put(call(2))
    assert not store.atlas.put(call(1))
    assert drained(store) == ["wr-1", "wr-2"]
    assert store.atlas.put(call(1))  # it may be asked again once it was answered


def test_many_are_kept_together(store: Store) -> None:
    store.atlas.put_all([call(number) for number in (1, 2, 1, 3)], most=2)
    assert store.atlas.counts(0).dropped_classify == 1
    assert drained(store) == ["wr-2", "wr-3"]


def test_a_failed_call_stays_first_and_says_what_went_wrong(store: Store) -> None:
    store.atlas.put(call(1))
    store.atlas.put(call(2))
    first = store.atlas.next()
    assert first is not None
    store.atlas.note_failure(first.seq, "It failed.", AtlasTally(3), NOW_NS)
    again = store.atlas.next()
    assert again is not None
    assert (again.key, again.attempts, again.last_error) == ("wr-1", 1, "It failed.")


def test_a_postponed_call_goes_behind_all_others(store: Store) -> None:
    for number in (1, 2):
        store.atlas.put(call(number))
    first = store.atlas.next()
    assert first is not None
    store.atlas.postpone(first.seq, "It failed.", AtlasTally(1), NOW_NS)
    store.atlas.put(call(3))
    assert store.atlas.waiting() == 3
    assert drained(store) == ["wr-2", "wr-1", "wr-3"]
    store.atlas.postpone(99, "It is gone.", AtlasTally(), NOW_NS)
    assert store.atlas.waiting() == 0


def test_ten_thousand_may_wait() -> None:
    assert MOST_CALLS == 10_000


def test_too_many_push_out_the_oldest_feedback_then_the_oldest_classification(store: Store) -> None:
    for number, kind in ((1, CLASSIFY), (2, FEEDBACK), (3, CLASSIFY), (4, FEEDBACK)):
        store.atlas.put(call(number, kind), most=4)
    store.atlas.put(call(5), most=4)
    store.atlas.put(call(6), most=4)
    store.atlas.put(call(7), most=4)
    counts = store.atlas.counts(0)
    assert (counts.dropped_feedback, counts.dropped_classify, counts.waiting) == (2, 1, 4)
    assert drained(store) == ["wr-3", "wr-5", "wr-6", "wr-7"]


def test_feedback_that_does_not_fit_is_dropped_itself(store: Store) -> None:
    for number in (1, 2):
        store.atlas.put(call(number), most=2)
    store.atlas.put(call(3, FEEDBACK), most=2)
    assert drained(store) == ["wr-1", "wr-2"]
    assert store.atlas.counts(0).dropped_feedback == 1


def test_calls_are_counted_by_the_minute(store: Store) -> None:
    store.atlas.note(AtlasTally(3, 0, 0.0), NOW_NS)
    store.atlas.note(AtlasTally(2, 2, 90.0), NOW_NS + MINUTE_NS)
    store.atlas.note(AtlasTally(1, 1, 30.0), NOW_NS + MINUTE_NS)
    store.atlas.note(AtlasTally(), NOW_NS + 2 * MINUTE_NS)  # nothing happened
    counts = store.atlas.counts(NOW_NS)
    assert (counts.tally, counts.minutes, counts.minutes_up) == (AtlasTally(6, 3, 120.0), 2, 1)
    assert store.atlas.counts(NOW_NS + MINUTE_NS).tally == AtlasTally(3, 3, 120.0)
    store.atlas.note(AtlasTally(1, 1, 5.0), NOW_NS + (KEPT_MINUTES + 2) * MINUTE_NS)
    assert store.atlas.counts(0).tally == AtlasTally(1, 1, 5.0)  # what is older is forgotten


def test_which_calls_wait_for_an_incident(store: Store) -> None:
    store.atlas.put(call(1))
    assert store.atlas.has("in-1", CLASSIFY)
    assert not store.atlas.has("in-1", FEEDBACK)
    assert not store.atlas.has("in-2", CLASSIFY)


def filed(store: Store, number: int) -> Incident:
    report = Report(f"rp-{number}", IncidentCategory.THEFT, "a bag was stolen", 50.0 + number, 18.0, NOW_NS, NOW_NS, reporter="user:1")
    [done] = store.incidents.file((report,), correlate).filed
    assert isinstance(done, Filed)
    return done.incident


def changed(store: Store, incident: Incident, **more: object) -> None:
    store.incidents.change(lambda load: IncidentEdit(incident.id, (replace(load(incident.id), **more),)))  # type: ignore[arg-type]


def said(by: str, reason: str = "", patterns: tuple[str, ...] = (), links: tuple[str, ...] = ()) -> Classification:
    return Classification("theft", Severity.LOW, 0.5, by, NOW_NS, degraded_reason=reason, pattern_ids=patterns, links=links)


def test_incidents_are_counted_by_who_classified_them(store: Store) -> None:
    incidents = [filed(store, number) for number in range(6)]
    changed(store, incidents[0], classification=said("atlas", patterns=("p", "q"), links=("q",)), validated_category="burglary")
    changed(store, incidents[1], classification=said("atlas"))
    changed(store, incidents[2], classification=said("local"), validated_category="theft")
    changed(store, incidents[3], classification=said("atlas", patterns=("p",), links=("p",)), simulated=True)
    changed(store, incidents[4], classification=said("local", patterns=("p",)))
    counts = store.atlas.counts(NOW_NS)
    assert (counts.incidents, counts.classified, counts.enriched, counts.links) == (5, 2, 1, 1)
    assert {(each.actual, each.predicted, each.by) for each in counts.judged} == {
        ("burglary", "theft", "atlas"),
        ("theft", "theft", "local"),
    }
    assert store.atlas.counts(NOW_NS + 1).incidents == 0


@pytest.mark.parametrize("waiting", [True, False])
def test_incidents_that_nobody_asked_about_are_found(store: Store, waiting: bool) -> None:
    silent, lost, asked, settled = (filed(store, number) for number in range(4))
    changed(store, lost, classification=said("local", f"{WAITS}; more."))
    changed(store, asked, classification=said("local", f"{WAITS}; more."))
    changed(store, settled, classification=said("local", "Atlas is switched off."))
    store.atlas.put(AtlasCall("wr-a", CLASSIFY, asked.id, "{}", NOW_NS))
    found = {incident.id for incident in store.atlas.unsaid(NOW_NS, waiting, 10)}
    assert found == ({silent.id, lost.id} if waiting else {silent.id})
    assert len(store.atlas.unsaid(NOW_NS, waiting, 1)) == 1
    assert store.atlas.unsaid(NOW_NS + 1, waiting, 10) == ()
