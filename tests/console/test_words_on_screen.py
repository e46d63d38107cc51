"""Whatever a row of an event says is found by the search of the record, in the language on screen: 100 % of its words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.searching.hit_words import hit_place, hit_state, hit_text, hit_word
from engine.incidents.correlation import correlate
from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.decision import Outcome
from engine.model.event import Event, EventKind, Severity
from engine.model.history.timeline import Bookmark, HitKind, SearchFilter, SearchRecord
from engine.model.incidents.incident import IncidentCategory
from engine.model.people.person import Person
from engine.model.places import places_of
from engine.model.review.review import ReviewCause, ReviewItem
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store
from engine.store.search.screen_words import folded
from tests.engine.store.records import decision, event
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.radio_runs import SETTINGS, in_order, new_pipeline, played, room_run
from tests.fakes.reports import report
from widgets.alerts.alert_rows import AlertFilter
from widgets.alerts.alert_words import alert_place, alert_title, disposition_word, state_word
from widgets.engine_text import translate_engine_text
from widgets.events.event_filter import EventFilter
from widgets.events.event_model import EventModel
from widgets.review.review_words import item_kinds, item_place, item_title
from widgets.theme import severity_word
from widgets.translation import WRITTEN_IN, tr, use_language
from widgets.words import event_title

CAMERAS = {"yard": "Front yard"}
PLACES = {"road": "Road", "AA:01": "Door node"} | {place.id: place.name for place in places_of(SETTINGS)}
NAMES = {name: (place_id,) for place_id, name in {**CAMERAS, **PLACES}.items()}
REASONS = ("No picture for 2 s.", "Went down at 2 m/s.", "Somebody has stayed in one spot for 60 s.", "")


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    use_language(request.param)
    yield request.param
    use_language(WRITTEN_IN)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "watchroom.db", ManualClock(0))
    yield store
    store.close()


def one_of_each() -> list[Event]:
    found: list[Event] = []
    for number, kind in enumerate(EventKind, 1):
        of_radio = kind in (EventKind.NODE_LOST, EventKind.ZONE_VISIT, EventKind.PRESENCE)
        found.append(
            replace(
                event(number),
                kind=kind,
                camera_id="" if of_radio else "yard",
                zone_id="road" if kind is EventKind.ZONE_VISIT else "",
                subject_id="AA:01",
                severity=Severity(number % 5 + 1),
                person="Zoë Lind" if number % 2 else "",
                reason=REASONS[number % len(REASONS)],
                label="wave" if kind is EventKind.GESTURE else "",
                simulated=bool(number % 3),
            )
        )
    return found


@cache
def from_the_pipeline() -> list[Event]:
    """Somebody walks through the room: zones, portals and presence, as the pipeline writes them."""
    results = played(new_pipeline(), in_order(room_run(seed=3, nodes=6, walkers=2, seconds=40)))
    latest = {each.id: each for result in results for each in result.events}
    assert len({each.kind for each in latest.values()}) >= 2
    return list(latest.values())


def row_texts(model: EventModel, each: Event) -> tuple[str, ...]:
    """Title, who and where, severity, the mark of what is simulated, and the tool tip."""
    marks = (severity_word(each.severity), tr("SIMULATED") if each.simulated else "")
    return tuple(text for text in (event_title(each), model.place_words(each), *marks, translate_engine_text(each.reason)) if text)


def check_every_word(store: Store, events: list[Event]) -> int:
    model = EventModel()
    model.set_events(tuple(events), CAMERAS, PLACES)
    checked = 0
    for each in events:
        for text in row_texts(model, each):
            words = list(dict.fromkeys(word for part in re.split(r"[\s·,]+", text) for word in [part] if folded(word)))
            for asked in (*words, " ".join(words[:8])):
                hits = store.search(SearchRecord(SearchFilter(asked), 200), NAMES, None).hits
                assert each.id in {hit.id for hit in hits}, f"{asked!r} of {text!r}"
                assert EventFilter(asked).lets_through(each, model.place_words(each)), f"{asked!r} of {text!r} in the feed"
                checked += 1
    return checked


def test_every_word_of_a_row_of_each_kind_is_found(store: Store, language: str) -> None:
    events = one_of_each()
    store.save(events)
    assert check_every_word(store, events) > 200


def test_every_word_of_rows_that_the_pipeline_wrote_is_found(store: Store, language: str) -> None:
    events = from_the_pipeline()
    store.save(events)
    assert check_every_word(store, events) > 10


ALERTS = (
    replace(ALERT, kind=EventKind.CAMERA_LOST, camera_id="yard", reason="No picture for 2 s.", person="", person_id=""),
    replace(ALERT, id="al-2", state=AlertState.ACKNOWLEDGED, zone_id="road", person="Zoë Lind", severity=Severity.CRITICAL),
    replace(ALERT, id="al-3", state=AlertState.IN_PROGRESS, kind=EventKind.GESTURE, simulated=True),
    *(
        replace(ALERT, id=f"al-{4 + number}", state=AlertState.CLOSED, disposition=each, kind=EventKind.ZONE_VISIT)
        for number, each in enumerate(Disposition)
    ),
)


def fill(store: Store) -> None:
    """Of everything that has a row in results, in a list of alerts or in the review."""
    store.bookmarks.put(Bookmark("bm-1", 5 * SECOND, "Broken gate at the fence", "ben", 1, camera_id="yard"))
    for number, category in enumerate(IncidentCategory, 1):
        told = report(number, north_deg=number, category=category, description=f"Seen behind bench {number}", simulated=number % 2 == 0)
        store.incidents.file([told], correlate)
    store.save([*one_of_each(), *ALERTS, replace(decision(3, outcome=Outcome.HELD), reason="Went down at 2 m/s.")])
    store.save([Person("pe-1", "Zoë Lind", created_ns=2 * SECOND)])


def missed(store: Store, id_: str, texts: Iterable[str]) -> list[str]:
    """The words of these texts, and each text as a whole, that do not find it."""
    several = [[each for each in re.split(r"[\s·,]+", text) if folded(each)] for text in texts]
    asked = list(dict.fromkeys(each for words in several if words for each in (*words, " ".join(words[:8]))))
    return [each for each in asked if id_ not in {hit.id for hit in store.search(SearchRecord(SearchFilter(each), 200), NAMES, None).hits}]


def test_every_word_of_a_result_finds_it(store: Store, language: str) -> None:
    """Of events, alerts, decisions, incidents, reports, bookmarks and people."""
    fill(store)
    names = {**CAMERAS, **{"road": "Road", "AA:01": "Door node"}}
    hits = store.search(SearchRecord(SearchFilter(""), 200), NAMES, None).hits
    assert {hit.kind for hit in hits} == set(HitKind) - {HitKind.MOTION, HitKind.LOOKS}
    for hit in hits:
        simulated = tr("simulated") if hit.simulated else ""
        told = (*hit_text(hit, names).split(" · "), hit_place(hit, names), hit_state(hit), hit_word(hit.kind), simulated)
        assert not (lost := missed(store, hit.id, told)), f"{lost} of {hit}"


def test_every_word_of_a_row_of_an_alert_finds_it(store: Store, language: str) -> None:
    fill(store)
    for alert in ALERTS:
        place = alert_place(alert, CAMERAS, {"road": "Road"})
        found = "" if alert.disposition is None else disposition_word(alert.disposition)
        told = (alert_title(alert), place, alert.person, translate_engine_text(alert.reason), state_word(alert.state), found)
        assert not (lost := missed(store, alert.id, (*told, severity_word(alert.severity)))), f"{lost} of {alert}"
        for word in (text for text in (*told, severity_word(alert.severity)) if text):
            shown = AlertFilter(alert.state, text=word)
            assert shown.lets_through(alert, place, NamedUser("ben"), 2_000), f"{word!r} of {alert} in the list"


def test_every_word_of_a_review_item_finds_its_events(store: Store, language: str) -> None:
    """Of each kind: what happened, who, and where; not how many they were."""
    fill(store)
    for each in one_of_each():
        plain = each.kind in (EventKind.PERSON, EventKind.PRESENCE, EventKind.MOTION)
        item = ReviewItem(
            "ri-1",
            ReviewCause.ACTIVITY if plain else ReviewCause.OUTAGE,
            each.camera_id,
            each.started_ns,
            each.ended_ns,
            each.severity,
            (each.id,),
            (each.kind,),
            persons=(each.person,) if each.person else (),
            zone_ids=(each.zone_id,) if each.zone_id else (),
        )
        told = (item_title(item), item_kinds(item), item_place(item, CAMERAS, {"road": "Road"}))
        assert any(told)
        assert not (lost := missed(store, each.id, told)), f"{lost} of {item}"


def test_a_word_of_no_row_finds_nothing(store: Store, language: str) -> None:
    store.save(one_of_each())
    assert store.search(SearchRecord(SearchFilter("zeppelin"), 200), NAMES, None).hits == ()
