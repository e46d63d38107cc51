"""Who is it? Asked while they are followed and nobody knows; answered with one click; asked once."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.actions.people_actions import PeopleActions
from console.bridge import EngineBridge
from console.pages.alerts.who_is_it import WhoIsIt, candidates_of, newest_identity_question
from engine.model.event import Event, EventKind
from engine.model.people.commands import NameTrack
from engine.model.people.person import NameSource, Person
from engine.model.radio.fused import AssertionKind, SourceKind
from engine.model.snapshot import Snapshot
from engine.model.time import SystemClock
from tests.fakes.engine import FakeEngine
from tests.fakes.people import add_person, in_view, recognising
from widgets.marks.elided_button import ElidedButton
from widgets.marks.toast import ToastArea
from widgets.translation import WRITTEN_IN, use_language

ADA, GRACE, ANNA = (
    Person(name.lower().split()[0], name, "#E69F00", NameSource.OPERATOR, 1) for name in ("Ada Lovelace", "Grace & Co", "Ada")
)


@pytest.fixture
def site(engine: FakeEngine) -> FakeEngine:
    """Somebody in the yard who could be Ada Lovelace or Grace."""
    recognising(engine)
    for person in (ADA, GRACE, replace(ANNA, id="anna")):
        add_person(engine, person, 0)
    in_view(engine, ())
    engine.commands.clear()
    return engine


@pytest.fixture
def bar(site: FakeEngine, bridge: EngineBridge, over: QWidget) -> WhoIsIt:
    actions = PeopleActions(bridge, ToastArea(over), SystemClock(), lambda face_id: None, over)
    made = WhoIsIt(actions, bridge.session, over)
    bridge.snapshot_changed.connect(made.show_snapshot)
    return made


@pytest.fixture
def over(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def ask(engine: FakeEngine, ended: bool = False, reason: str = "", named_by: AssertionKind | None = None) -> Event:
    """About the first track in the yard."""
    track = next(track for view in engine.snapshot.cameras for track in view.tracks)
    event = engine.add_event(
        track.camera_id, EventKind.WHO_IS_IT, ended=ended, reason=reason or f"This could be {GRACE.name} or {ADA.name}."
    )
    event = replace(event, subject_id=track.id, named_by=named_by, candidates=((GRACE.id, 0.64), (ADA.id, 0.61)))
    with engine.lock:
        engine.events[engine.events.index(next(each for each in engine.events if each.id == event.id))] = event
    engine.publish()
    return event


def shown(bridge: EngineBridge) -> Snapshot:
    assert bridge.snapshot is not None
    return bridge.snapshot


def test_candidates_are_those_of_the_event_who_are_still_known_best_first(site: FakeEngine) -> None:
    event = ask(site)
    assert [(each.person, each.alike) for each in candidates_of(event, (ADA, GRACE))] == [(GRACE, 0.64), (ADA, 0.61)]
    assert [each.person for each in candidates_of(event, (ADA,))] == [ADA], "erased meanwhile"
    assert candidates_of(replace(event, candidates=()), (ADA, GRACE)) == (), "written before events had candidates"


def test_one_click_names_the_fused_track_and_asks_no_more(site: FakeEngine, bridge: EngineBridge, bar: WhoIsIt, qtbot: QtBot) -> None:
    assert not bar.isVisible()
    event = ask(site)
    qtbot.waitUntil(bar.isVisible)
    assert "Yard" in bar.title.text() and [button.text() for button in bar.buttons[:2]] == ["Grace && Co", "Ada Lovelace"]
    assert "0.64" in bar.buttons[0].toolTip()
    bar.buttons[1].click()
    qtbot.waitUntil(lambda: NameTrack(f"fu-{event.subject_id}", "ada") in site.commands)
    assert not bar.isVisible()
    number = shown(bridge).number
    site.publish()
    qtbot.waitUntil(lambda: shown(bridge).number != number)
    assert not bar.isVisible(), "asked once"


def test_a_name_that_may_have_been_said_offers_who_bears_it(site: FakeEngine, bridge: EngineBridge, bar: WhoIsIt, qtbot: QtBot) -> None:
    event = ask(site, reason="They may have said that their name is Ada.", named_by=AssertionKind.VOICE)
    qtbot.waitUntil(bar.isVisible)
    assert bar.reason.text() == event.reason
    assert bar.buttons[0].toolTip() == "Grace & Co, whose name may have been said"


def test_the_sentence_is_in_the_language_on_screen(site: FakeEngine, bar: WhoIsIt, qtbot: QtBot, request: pytest.FixtureRequest) -> None:
    request.addfinalizer(lambda: use_language(WRITTEN_IN))
    use_language("de")
    ask(site, reason="They may have said that their name is Ada.", named_by=AssertionKind.VOICE)
    qtbot.waitUntil(bar.isVisible)
    assert bar.reason.text() == "Vielleicht wurde gesagt: Mein Name ist Ada."


def test_a_long_name_has_the_whole_width(site: FakeEngine, bar: WhoIsIt, over: QWidget, qtbot: QtBot) -> None:
    bar.setFixedWidth(318)  # of the narrowest column beside the wall
    add_person(site, replace(GRACE, name="Alexandrina von Hohenlohe"), 0)
    ask(site)
    qtbot.waitUntil(bar.isVisible)
    for button in bar.buttons:
        assert isinstance(button, ElidedButton)
        qtbot.waitUntil(lambda button=button: button.shown_text() == button.whole)


def test_not_now_leaves_the_event_and_nobody_named(site: FakeEngine, bridge: EngineBridge, bar: WhoIsIt, qtbot: QtBot) -> None:
    ask(site)
    qtbot.waitUntil(bar.isVisible)
    bar.buttons[-1].click()
    assert not bar.isVisible() and not site.commands


def test_what_is_over_or_known_or_not_followed_is_not_asked(site: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    event = ask(site)
    qtbot.waitUntil(lambda: newest_identity_question(shown(bridge), frozenset()) is not None)
    snapshot = shown(bridge)
    found = newest_identity_question(snapshot, frozenset())
    assert found is not None and found.event.id == event.id and [each.person for each in found.candidates] == [GRACE, ADA]
    assert newest_identity_question(snapshot, frozenset({event.id})) is None
    people = snapshot.people
    assert people.fused is not None and people.fused.of_source(SourceKind.CAMERA, event.subject_id) is not None
    assert newest_identity_question(replace(snapshot, people=replace(people, fused=None)), frozenset()) is None
    over = replace(event, ended_ns=event.started_ns)
    assert newest_identity_question(replace(snapshot, events=(over,)), frozenset()) is None
    in_view(site, (ADA,))
    qtbot.waitUntil(lambda: newest_identity_question(shown(bridge), frozenset()) is None)
