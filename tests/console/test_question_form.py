"""What is typed, as chips: shown while it is typed, changed by hand, asked as it stands there."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.chat.query_form import EMPTY, FormNames, chips_of, title_of, with_choice, words_of
from console.session.remembered import Remembered
from engine.history.answers.words import Words
from engine.history.grammar.planned import plan_of
from engine.history.names import Directory, NamedEntity, NamedKind
from engine.history.planner import PlannerQuestion
from engine.model.event import EventKind
from engine.model.history.plan import PlannedQuery, QuestionPlan, Relation, TimeAnchor
from engine.model.history.query import Ask, By, Of, Query, Scope, Span, Who
from engine.model.time import SECOND
from tests.console.test_chat_dock import Stage
from tests.fakes.engine import FakeEngine
from widgets.chat.query_chips import QueryChip

NOW_NS = 1_794_817_800 * SECOND  # Mon 16 Nov 2026 09:30 in Stockholm
NAMES = FormNames(
    {"p-ada": "Ada Lovelace"}, {"yard": "1 Yard", "gate": "2 North gate"}, {"z-lab": "Lab"}, ZoneInfo("Europe/Stockholm"), NOW_NS
)
DIRECTORY = Directory(
    (
        NamedEntity(NamedKind.PERSON, "p-ada", "Ada Lovelace"),
        NamedEntity(NamedKind.CAMERA, "yard", "Yard", 1),
        NamedEntity(NamedKind.CAMERA, "gate", "North gate", 2),
        NamedEntity(NamedKind.ZONE, "z-lab", "Lab"),
    )
)
TODAY = Span((1_794_817_800 - 9 * 3600 - 1800) * SECOND, (1_794_817_800 + 14 * 3600 + 1800) * SECOND)
FALLS = QuestionPlan(
    (PlannedQuery(Query(Ask.COUNT, scope=Scope(spans=(TODAY,), kinds=(EventKind.FALL,), camera_ids=("yard",)))),), ("purple",)
)


def texts(plan: QuestionPlan) -> list[str]:
    return [chip.text for chip in chips_of(plan, NAMES)]


def test_a_query_is_chips_by_the_names_of_the_site() -> None:
    assert texts(FALLS) == ["Count", "Anything", "Fall detected", "1 Yard", "Today"]
    assert texts(EMPTY) == ["List", "Anything", "Events", "Anywhere", "All of the record"]


def test_each_choice_changes_one_thing_and_all_choices_can_be_made() -> None:
    for chip in chips_of(FALLS, NAMES):
        for value, text in chip.choices:
            after = with_choice(FALLS, chip.part, value, NAMES)
            assert not after.unknown
            now = next(each for each in chips_of(after, NAMES) if each.part == chip.part)
            assert now.text in (text, text.removeprefix("Camera ")), (chip.part, value)


def test_nothing_of_a_query_is_left_out_in_silence() -> None:
    scope = replace(FALLS.queries[0].query.scope, min_severity=3, not_person_ids=("p-ada",))
    query = Query(Ask.COUNT, Of.ALERTS, scope, By.CAMERA, least=2)
    plan = QuestionPlan((PlannedQuery(query), PlannedQuery(Query(Ask.LIST))))
    assert texts(plan)[0] == "Count, by camera" and texts(plan)[2] == "Alerts: Fall detected"
    assert texts(plan)[5:] == ["except people, at least this severe, at least so many", "+ 1 more"]
    plainer = with_choice(plan, "more", "", NAMES).queries[0].query
    assert plainer == Query(Ask.COUNT, Of.ALERTS, FALLS.queries[0].query.scope, By.CAMERA)


def test_a_time_that_leans_on_something_says_so_and_can_be_replaced() -> None:
    anchor = TimeAnchor(Query(Ask.LAST, scope=Scope(kinds=(EventKind.FALL,))), Relation.AFTER)
    plan = QuestionPlan((PlannedQuery(Query(Ask.LIST), anchor=anchor),))
    assert texts(plan)[4] == "After that event"
    assert with_choice(plan, "when", "today", NAMES).queries[0] == PlannedQuery(Query(Ask.LIST, scope=Scope(spans=(TODAY,))))


def test_times_that_have_no_name_are_told_by_the_clock_of_the_site() -> None:
    span = Span(NOW_NS - 2 * 3600 * SECOND, NOW_NS)
    one = QuestionPlan((PlannedQuery(Query(Ask.LIST, scope=Scope(spans=(span,)))),))
    assert texts(one)[4] == "2026-11-16 07:30 – 09:30"


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ((("how", "count"), ("what", "kind:fall"), ("when", "today")), "How many falls were there today?"),
        ((("how", "stays"), ("who", "person:p-ada"), ("when", "night")), "Where was Ada Lovelace last night?"),
        ((("how", "count"), ("what", "of:alerts"), ("where", "camera:yard"), ("when", "week")), "How many alerts were there"),
        ((("how", "last"), ("what", "kind:fall"), ("when", "hour")), "When was the last fall in the last hour?"),
    ],
)
def test_a_form_is_told_in_words_that_are_read_as_it_by_any_days_clock(choices: tuple[tuple[str, str], ...], words: str) -> None:
    plan = EMPTY
    for part, value in choices:
        plan = with_choice(plan, part, value, NAMES)
    query, asked_ns = plan.queries[0].query, NOW_NS + 60 * SECOND
    text = words_of(query, Words(DIRECTORY, NAMES.zone, asked_ns))
    assert text.startswith(words.removesuffix("?")) and (words.endswith("?")) == (text == words)
    later = replace(NAMES, now_ns=NOW_NS + 3 * 86_400 * SECOND)
    (read,) = plan_of(PlannerQuestion(text, later.now_ns, later.zone, DIRECTORY)).queries
    named = with_choice(plan, *choices[-1], later).queries[0].query
    assert (read.query.ask, read.query.of) == (query.ask, query.of)
    assert meant(read.query.scope) == meant(named.scope)


def meant(scope: Scope) -> Scope:
    """A named person is somebody."""
    return replace(scope, who=Who.ANYTHING)


def test_a_time_that_has_no_name_is_told_as_it_is() -> None:
    span = Span(TODAY.since_ns + 3600 * SECOND, TODAY.since_ns + 2 * 3600 * SECOND)
    text = words_of(Query(Ask.COUNT, scope=Scope(spans=(span,))), Words(DIRECTORY, NAMES.zone, NOW_NS))
    assert text == "How many events were there between 01:00 and 02:00 on Mon 16 Nov 2026?"
    assert not words_of(Query(Ask.MATCHING), Words(DIRECTORY, NAMES.zone, NOW_NS)), "no question asks that"


@pytest.fixture
def stage(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Stage]:
    engine.chats.plans["falls in the purple yard"] = FALLS
    made = Stage(engine, remembered)
    made.show()
    qtbot.waitUntil(lambda: made.bridge.snapshot is not None)
    made.beside.focus_question()
    yield made
    qtbot.waitUntil(lambda: made.bridge.idle)
    made.bridge.close()
    made.close()
    made.deleteLater()


def test_what_is_typed_is_shown_as_chips_and_what_is_not_understood_is_struck_through(stage: Stage, qtbot: QtBot) -> None:
    chips = stage.beside.dock.pane.chips
    assert not chips.isVisible()
    qtbot.keyClicks(stage.beside.dock.pane.box.edit, "falls in the purple yard")
    qtbot.waitUntil(lambda: len(chips.buttons) == 5)  # the last word is one that is understood
    assert chips.buttons[0].accessibleName() == "How: Count"
    (struck,) = chips.unknown
    assert struck.font().strikeOut() and struck.accessibleName() == "Not understood: “purple”"
    stage.beside.dock.pane.box.set_text("")
    assert not chips.isVisible()


def test_a_word_that_is_being_typed_is_not_struck_through_until_it_is_left(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    half = replace(FALLS, unknown=("green", "pur"))
    engine.chats.plans |= {"falls in the green pur": half, "falls in the green pur,": half}
    stage.activateWindow()
    box, chips = stage.beside.dock.pane.box, stage.beside.dock.pane.chips
    qtbot.waitUntil(box.edit.hasFocus)
    struck = lambda: [label.text() for label in chips.unknown]  # noqa: E731
    qtbot.keyClicks(box.edit, "falls in the green pur")
    qtbot.waitUntil(lambda: bool(chips.buttons))
    assert struck() == ["green"]
    qtbot.keyClick(box.edit, Qt.Key.Key_Home)
    assert struck() == ["green", "pur"]
    qtbot.keyClick(box.edit, Qt.Key.Key_End)
    assert struck() == ["green"]
    qtbot.keyClicks(box.edit, ",")
    qtbot.waitUntil(lambda: struck() == ["green", "pur"])
    qtbot.keyClick(box.edit, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: struck() == ["green"])
    stage.search.setFocus()
    assert struck() == ["green", "pur"]


def test_chips_that_nobody_changed_leave_the_words_to_be_understood(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    box = stage.beside.dock.pane.box
    box.set_text("falls in the purple yard")
    qtbot.waitUntil(lambda: bool(stage.beside.dock.pane.chips.buttons))
    qtbot.keyClick(box.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.chats.asked))
    assert engine.chats.asked[0].plan is None and not stage.beside.dock.pane.chips.isVisible()


def test_a_chip_is_changed_by_its_menu_and_asked_as_it_stands_there(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    pane = stage.beside.dock.pane
    pane.box.set_text("falls in the purple yard")
    qtbot.waitUntil(lambda: len(pane.chips.buttons) == 5)
    menu = pane.chips.buttons[0].menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "List").trigger()
    assert pane.chips.buttons[0].text() == "List" and not pane.chips.unknown
    qtbot.keyClick(pane.box.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.chats.asked))
    (asked,) = engine.chats.asked
    assert asked.message == "falls in the purple yard" and asked.plan is not None
    assert asked.plan.queries[0].query == replace(FALLS.queries[0].query, ask=Ask.LIST, limit=20)
    assert not pane.chips.isVisible()


def test_a_form_is_asked_without_a_word(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    pane = stage.beside.dock.pane
    assert not pane.box.send.isEnabled()
    pane.box.form.click()
    assert len(pane.chips.buttons) == 5 and pane.box.send.isEnabled()
    pane.chips.chosen.emit("who", Who.ANYONE.value)
    pane.box.send.click()
    qtbot.waitUntil(lambda: bool(engine.chats.asked))
    (asked,) = engine.chats.asked
    assert asked.message == "List · Anybody · Events · Anywhere · All of the record"
    assert asked.plan is not None and asked.plan.queries[0].query.scope.who is Who.ANYONE


def test_a_chip_that_can_be_changed_has_room_for_its_arrow(stage: Stage) -> None:
    chips = stage.beside.dock.pane.chips
    chips.show_chips((QueryChip("who", "Who", "Anybody", (("anyone", "Anybody"),)), QueryChip("who", "Who", "Anybody")))
    changed, seen = (button.sizeHint().width() for button in chips.buttons)
    assert changed >= seen + 12


def test_words_typed_after_a_change_are_understood_anew(stage: Stage, qtbot: QtBot) -> None:
    pane = stage.beside.dock.pane
    pane.box.form.click()
    pane.chips.chosen.emit("how", Ask.COUNT.value)
    pane.box.set_text("falls in the purple yard")
    qtbot.waitUntil(lambda: bool(pane.chips.unknown))
    assert title_of(chips_of(FALLS, NAMES)).startswith("Count · Anything · Fall detected")
