"""Words that only the screen shows, in every language, and what they find."""

from dataclasses import replace

import pytest

from engine.model.alerts.alert import AlertState
from engine.model.alerts.decision import Outcome
from engine.model.event import EventKind, Severity
from engine.model.history.event_names import EVENT_NAMES
from engine.model.history.timeline import HitKind, SearchFilter, SearchRecord
from engine.store import Store
from engine.store.search import screen_words
from tests.engine.store.records import decision, event
from tests.engine.store.test_store_alerts import ALERT


def ids(store: Store, text: str = "", **wanted: object) -> list[str]:
    return [hit.id for hit in store.answer(SearchRecord(SearchFilter(text, **wanted), 200)).hits]  # type: ignore[arg-type]


@pytest.fixture
def every_kind(store: Store) -> Store:
    store.save([replace(event(number), kind=kind, subject_id="AA:01") for number, kind in enumerate(EventKind, 1)])
    return store


def translated(word: str) -> list[str]:
    return [screen_words._catalogue("watchroom", language).gettext(word) for language in screen_words.languages()]


@pytest.mark.parametrize("kind", list(EventKind))
def test_each_kind_is_found_by_its_name_in_every_language(every_kind: Store, kind: EventKind) -> None:
    wanted = event(list(EventKind).index(kind) + 1).id
    for name in (EVENT_NAMES[kind], *translated(EVENT_NAMES[kind])):
        assert wanted in ids(every_kind, name) and wanted in ids(every_kind, f'"{name}"')


def test_a_name_finds_no_other_kind(every_kind: Store) -> None:
    assert ids(every_kind, '"Zone entered"') == [event(list(EventKind).index(EventKind.ZONE_VISIT) + 1).id]


def test_german_is_among_the_languages() -> None:
    assert "de" in screen_words.languages()


def test_a_translated_sentence_finds_the_english_one(store: Store) -> None:
    """The catalogue has: `No picture for {0} s` …; a sentence of it is taken whatever its words are."""
    found = [
        (english, german)
        for english, german in screen_words._catalogue("engine", "de").texts()
        if 3 <= len(english.split()) <= 12 and english.count("{") == 1 and english != german
    ]
    some = found[:: max(1, len(found) // 60)]
    store.save([replace(event(number), reason=english.format("17")) for number, (english, _) in enumerate(some, 1)])
    for number, (_, german) in enumerate(some, 1):
        words = screen_words.folded(german.format("17"))[:8]
        assert event(number).id in ids(store, " ".join(words)), german


def test_severity_state_rule_and_node_are_found(store: Store) -> None:
    store.save(
        [
            replace(ALERT, id="al-1", state=AlertState.ACKNOWLEDGED, rule_id="night", severity=Severity.CRITICAL),
            replace(event(2), kind=EventKind.NODE_LOST, subject_id="AA:01", simulated=False),
        ]
    )
    for word in ("critical", "acknowledged", *translated("Acknowledged"), *translated("Critical")):
        assert ids(store, word, kinds=(HitKind.ALERT,)) == ["al-1"]
    assert ids(store, rule_id="night") == ["al-1"] and ids(store, rule_id="day") == []
    assert ids(store, state="acknowledged") == ["al-1"] and ids(store, state="new") == []
    names = {"Door node": ("AA:01",), "Night patrol": ("night",)}
    assert [hit.id for hit in store.search(SearchRecord(SearchFilter("door node")), names, None).hits] == [event(2).id]
    assert [hit.id for hit in store.search(SearchRecord(SearchFilter("patrol")), names, None).hits] == ["al-1"]


def test_an_alert_is_found_by_the_state_it_has_now(store: Store) -> None:
    store.save([replace(ALERT, id="al-1")])
    assert ids(store, "new", kinds=(HitKind.ALERT,)) == ["al-1"]
    store.save([replace(ALERT, id="al-1", state=AlertState.CLOSED)])
    assert ids(store, "new", kinds=(HitKind.ALERT,)) == [] and ids(store, "closed", kinds=(HitKind.ALERT,)) == ["al-1"]


def test_rejected_decisions_are_found_where_they_are_asked_for(store: Store) -> None:
    store.save([replace(decision(1), outcome=Outcome.REJECTED), replace(decision(2), outcome=Outcome.HELD), event(3)])
    assert set(ids(store)) == {decision(2).id, event(3).id}
    assert set(ids(store, rejected=True)) == {decision(1).id, decision(2).id, event(3).id}
    for word in ("Rejected", *translated("Rejected")):
        assert ids(store, word) == [decision(1).id]
    assert set(ids(store, kinds=(HitKind.DECISION,))) == {decision(1).id, decision(2).id}


def test_simulated_is_a_word_of_its_own(store: Store) -> None:
    store.save([replace(event(1), simulated=True), replace(event(2), simulated=False)])
    for word in ("SIMULATED", *translated("SIMULATED")):
        assert ids(store, word) == [event(1).id]
