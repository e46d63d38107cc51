"""The chat beside every page: asked, waited for, answered with what it rests on, followed up, kept, forgotten, exported."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.chat.beside import ChatBeside
from console.chat.examples import example_questions
from console.pages.investigate.investigate import InvestigatePage
from console.pages.page import PageContext
from console.session.remembered import Remembered
from console.shell.jump_links import Jump, link_of, read_link
from console.window import MainWindow
from engine.history.grammar.grammar import parse
from engine.history.grammar.planned import plan_of
from engine.history.names import directory_of
from engine.history.planner import PlannerQuestion
from engine.model.command import ChangeSettings
from engine.model.errors import EnvironmentFault
from engine.model.event import EventKind
from engine.model.history.chat import AskRecord, ChatAnswer, ChatState, Citation, CitationKind, ClaimStatus, PlannerKind, Sentence
from engine.model.history.plan import PlannedQuery, QuestionPlan
from engine.model.history.query import Ask, Query, Scope
from engine.model.history.query_text import to_text
from engine.model.history.timeline import SavedSearch, SearchFilter
from engine.model.people.person import Person
from engine.model.time import SECOND, SystemClock
from tests.fakes.chats import full_answer
from tests.fakes.engine import FakeEngine
from tests.fakes.people import add_person
from widgets.chat.chat_answer import MOST_ROWS
from widgets.chat.chat_words import answer_markdown, history_markdown
from widgets.icons import icon
from widgets.marks.toast import ToastArea
from widgets.translation import WRITTEN_IN, use_language

Opener = Callable[..., MainWindow]
QUESTION = "When was Ada last seen?"


class Stage(QWidget):
    """A page with the chat beside it, in a window of its own."""

    def __init__(self, engine: FakeEngine, remembered: Remembered, user: str = "ada") -> None:
        super().__init__()
        self.resize(1200, 800)
        self.bridge = EngineBridge(engine.port(user), self)
        self.page = QStackedWidget()
        self.search = QLineEdit()
        self.page.addWidget(self.search)
        self.toasts = ToastArea(self.page)
        self.beside = ChatBeside(self.page, PageContext(self.bridge, SystemClock(), remembered, self.toasts))
        self.visits: list[tuple[str, str]] = []
        self.plays = 0
        self.beside.visit_requested.connect(lambda page, what: self.visits.append((page, what)))
        self.beside.play_requested.connect(self._played)
        row = QHBoxLayout(self)
        row.addWidget(self.beside)
        row.addWidget(self.beside.button)
        self.bridge.snapshot_changed.connect(self.beside.show_snapshot)
        self.bridge.start()

    def _played(self) -> None:
        self.plays += 1


@pytest.fixture
def stage(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Stage]:
    event = engine.add_event("yard")
    engine.chats.answers[QUESTION] = full_answer(event.started_ns, event.id, "clip-1")
    made = Stage(engine, remembered)
    made.show()
    qtbot.waitUntil(lambda: made.bridge.snapshot is not None)
    made.beside.focus_question()
    yield made
    qtbot.waitUntil(lambda: made.bridge.idle)
    made.bridge.close()
    made.close()
    made.deleteLater()


def ask(stage: Stage, qtbot: QtBot, question: str = QUESTION) -> None:
    pane = stage.beside.dock.pane
    count = len(pane.cards)
    pane.box.set_text(question)
    qtbot.keyClick(pane.box.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(pane.cards) == count + 1)


def test_the_dock_opens_with_questions_of_this_site(stage: Stage, qtbot: QtBot, engine: FakeEngine) -> None:
    pane = stage.beside.dock.pane
    qtbot.waitUntil(lambda: len(pane.examples) == 3)
    assert pane.example_texts()[:2] == ["Who was seen today?", "How many events at Yard today?"]
    pane.examples[2].click()
    qtbot.waitUntil(lambda: len(pane.cards) == 1)
    assert engine.chats.asked[0].message == "Why was the last alert raised?"


def test_the_dock_says_whose_days_it_counts(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    note = stage.beside.dock.pane.zone_note
    qtbot.waitUntil(lambda: note.text() == "Days and times as in UTC" and note.isVisible())
    with engine.running():
        engine.execute(ChangeSettings(time_zone="America/New_York"))
        qtbot.waitUntil(lambda: note.text() == "Days and times as in America/New York")


@pytest.mark.parametrize("with_people", [True, False])
def test_german_examples_are_understood_as_the_english_ones(engine: FakeEngine, with_people: bool, request: pytest.FixtureRequest) -> None:
    request.addfinalizer(lambda: use_language(WRITTEN_IN))
    if with_people:
        add_person(engine, Person("pe-7", "Ada Lovelace"))
    snapshot = engine.snapshot
    directory, plans = directory_of(snapshot.settings, snapshot.people.persons), {}
    for language in ("en", "de"):
        use_language(language)
        asked = [PlannerQuestion(text, snapshot.at_ns, ZoneInfo("UTC"), directory) for text in example_questions(snapshot)]
        plans[language] = [plan_of(each) for each in asked]
    assert plans["de"] == plans["en"]
    assert with_people == bool(plans["de"][0].queries[0].query.scope.person_ids)
    assert all(plan.queries and not plan.unknown for plan in plans["de"])


def test_the_examples_are_understood_offline(engine: FakeEngine) -> None:
    snapshot = engine.snapshot
    directory = directory_of(snapshot.settings, snapshot.people.persons)
    zone = ZoneInfo("UTC")
    for question in example_questions(snapshot):
        parsed = parse(question, directory, snapshot.at_ns, zone, None)
        assert parsed.query is not None and not parsed.unknown, question


def test_while_it_is_asked_the_screen_says_so_and_waiting_can_be_ended(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.hold("ask")
    pane = stage.beside.dock.pane
    pane.box.set_text(QUESTION)
    qtbot.keyClick(pane.box.edit, Qt.Key.Key_Return)
    assert pane.waiting.isVisible() and pane.waiting.question.text() == QUESTION and pane.box.text() == ""
    pane.box.set_text("another one")
    qtbot.keyClick(pane.box.edit, Qt.Key.Key_Return)
    assert pane.waiting.question.text() == QUESTION, "one at a time"
    pane.box.send.click()
    assert not pane.waiting.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: stage.bridge.idle)
    assert pane.cards == []


def test_each_sentence_says_how_it_stands_without_colour(stage: Stage, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    card = stage.beside.dock.pane.cards[0]
    assert [view.word.text() for view in card.sentences] == ["Verified", "Verified", "Not proven", "Not observed", ""]
    assert [view.text.font().strikeOut() for view in card.sentences] == [False, False, True, False, False]
    assert card.sentences[2].text.accessibleName() == "Not proven. Nobody else was ever there."
    assert "2 verified, 1 not proven, 1 not observed" in card.told.text() and "Understood on this computer" in card.told.text()


def test_the_question_stands_out_from_its_answer(stage: Stage, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    card = stage.beside.dock.pane.cards[0]
    assert card.question.font().bold() and not card.sentences[0].text.font().bold()


def test_a_citation_leads_to_its_moment_and_plays(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    event = engine.events[0]
    card = stage.beside.dock.pane.cards[0]
    card.sentences[0].chips[0].click()
    page, what = stage.visits[-1]
    millis = (event.started_ns - 2 * SECOND) // 1_000_000 * 1_000_000
    jump = read_link(what)
    assert page == "investigate" and (jump.camera_id, jump.event_id) == ("yard", event.id)
    assert abs(jump.at_ns - millis) < SECOND and stage.plays == 1
    card.sentences[3].chips[0].click()
    assert read_link(stage.visits[-1][1]).camera_id == "gate" and stage.plays == 1, "nothing is to be seen moving where nobody watched"
    card.clips[event.id].click()
    assert stage.visits[-1][1] == what and stage.plays == 2


def test_a_person_that_is_cited_is_tracked(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    cited = Citation(CitationKind.PERSON, "pe-7", 5)
    engine.chats.answers["Who?"] = ChatAnswer("", "", "Ann.", True, sentences=(Sentence("Ann.", (cited,)),))
    ask(stage, qtbot, "Who?")
    stage.beside.dock.pane.cards[0].sentences[0].chips[0].click()
    assert stage.visits == [("investigate", "person:pe-7")]


def test_many_citations_are_folded(stage: Stage, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    view = stage.beside.dock.pane.cards[0].sentences[1]
    assert len(view.chips) == 4 and view.more.text() == "3 more"
    view.more.click()
    assert len(view.chips) == 7 and view.more.isHidden()


def rows_of(answer: ChatAnswer, count: int) -> ChatAnswer:
    """The fact, `count` rows, and what was not observed."""
    proven, unseen = answer.sentences[0], next(each for each in answer.sentences if each.status is ClaimStatus.NOT_OBSERVED)
    rows = tuple(replace(proven, text=f"Row {n}.") for n in range(count))
    return replace(answer, sentences=(proven, *rows, unseen))


def test_of_many_rows_the_first_are_shown_and_the_others_are_one_click_away(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.chats.answers[QUESTION] = rows_of(engine.chats.answers[QUESTION], 30)
    ask(stage, qtbot)
    card = stage.beside.dock.pane.cards[0]
    assert [view.isVisible() for view in card.sentences[:-1]] == [True] * MOST_ROWS + [False] * (31 - MOST_ROWS)
    assert card.more_rows.text() == f"{31 - MOST_ROWS} more"
    card.more_rows.click()
    assert all(view.isVisible() for view in card.sentences[:-1]) and not card.more_rows.isVisible()


def test_the_newest_question_is_at_the_top_of_what_is_seen(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.chats.answers[QUESTION] = rows_of(engine.chats.answers[QUESTION], 8)
    pane = stage.beside.dock.pane
    for _ in range(4):
        ask(stage, qtbot)
        bar = pane.area.verticalScrollBar()
        qtbot.waitUntil(lambda bar=bar: bar.value() == min(bar.maximum(), pane.cards[-1].y()) and (len(pane.cards) == 1 or bar.value() > 0))


def test_the_clip_shows_its_picture(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    button = stage.beside.dock.pane.cards[0].clips[engine.events[0].id]
    qtbot.waitUntil(lambda: button.icon().cacheKey() != icon("film").cacheKey())


def test_the_next_question_follows_on_until_a_new_conversation_begins(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    assert "and yesterday?" in stage.beside.dock.pane.box.edit.placeholderText()
    ask(stage, qtbot, "and yesterday?")
    assert [each.conversation for each in engine.chats.asked] == ["", "ch-1"]
    stage.beside.dock.pane.new_button.click()
    assert stage.beside.dock.pane.cards == []
    ask(stage, qtbot, "Who?")
    assert engine.chats.asked[-1].conversation == ""


def test_what_was_not_understood_has_a_question_one_click_away(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    ask(stage, qtbot, "flumox")
    stage.beside.dock.pane.cards[0].choices[0].click()
    qtbot.waitUntil(lambda: len(stage.beside.dock.pane.cards) == 2)
    assert engine.chats.asked[-1].message == "How many events were there yesterday?"


def test_why_it_was_not_claude_is_said(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.chats.answers["a"] = replace(full_answer(5), degraded_reason="The language model did not answer in time.")
    engine.chats.answers["b"] = replace(full_answer(5), planner=PlannerKind.CLAUDE)
    ask(stage, qtbot, "a")
    ask(stage, qtbot, "b")
    first, second = stage.beside.dock.pane.cards
    assert (
        first.degraded.text() == "Understood on this computer, without the language model. The language model did not answer in time."
        and first.degraded.isVisible()
    )
    assert "Understood by Claude" in second.told.text() and not second.degraded.isVisible()


def test_an_error_is_said_and_the_question_stays(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("ask", EnvironmentFault("disk_error", "The record cannot be read."), AskRecord)
    pane = stage.beside.dock.pane
    pane.box.set_text(QUESTION)
    pane.box.send.click()
    qtbot.waitUntil(lambda: pane.box.trouble.isVisible())
    assert pane.box.trouble.text() == "The record cannot be read." and pane.box.text() == QUESTION


def test_text_of_the_world_is_shown_as_it_is(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    evil = '<img src="http://x.example/a.png"> **bold** [a](http://x.example)'
    cited = Citation(CitationKind.EVENT, evil, 5, evil)
    engine.chats.answers["x"] = ChatAnswer("", "", evil, True, sentences=(Sentence(evil, (cited,)),), suggestion=evil)
    ask(stage, qtbot, "x")
    view = stage.beside.dock.pane.cards[0].sentences[0]
    assert view.text.textFormat() is Qt.TextFormat.PlainText and evil in view.text.text().replace("\u200b", "")
    assert "<img" not in view.chips[0].toolTip() or "&lt;img" in view.chips[0].toolTip()
    told = re.sub(r"`[^`]*`", "", answer_markdown(stage.beside.dock.pane.cards[0].answer))
    assert "](http" not in told and re.search(r"(?<!\\)<img", told) is None and "**bold**" not in told


def test_answers_are_copied_and_the_history_exported(
    stage: Stage, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(stage, qtbot)
    stage.beside.dock.pane.cards[0].copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("## When was Ada last seen?") and "~~Nobody else was ever there\\.~~ **Not proven**" in copied
    file = tmp_path / "questions.md"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    ask(stage, qtbot, "flumox")
    stage.beside.dock.export_history()
    qtbot.waitUntil(file.exists)
    told = file.read_text(encoding="utf-8")
    assert told.index("When was Ada") < told.index("flumox") and "Harbour office, ada" in told


def test_the_history_is_listed_shown_and_forgotten(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    ask(stage, qtbot, "flumox")
    dialog = stage.beside.dock.open_history()
    qtbot.waitUntil(lambda: len(dialog.list.rows.all_rows()) == 2)
    dialog.list.select_moment("ch-2")
    dialog._weigh()
    dialog.forget.click()
    qtbot.waitUntil(lambda: len(dialog.list.rows.all_rows()) == 1)
    assert [card.answer.id for card in stage.beside.dock.pane.cards] == ["ch-1"]
    dialog.list.select_moment("ch-1")
    dialog._weigh()
    dialog.show_button.click()
    assert [card.answer.question for card in stage.beside.dock.pane.cards] == [QUESTION]
    ask(stage, qtbot, "and then?")
    assert engine.chats.asked[-1].conversation == "ch-1"
    sure = stage.beside.dock.forget_all()
    sure.go.click()
    qtbot.waitUntil(lambda: engine.chats.histories["ada"] == [])
    qtbot.waitUntil(lambda: stage.beside.dock.pane.cards == [])


def test_one_answer_is_forgotten_from_its_card(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    stage.beside.dock.pane.cards[0].forget_button.click()
    qtbot.waitUntil(lambda: stage.beside.dock.pane.cards == [])
    assert engine.chats.histories["ada"] == []


def test_up_brings_questions_back_and_long_ones_are_refused(stage: Stage, qtbot: QtBot) -> None:
    box = stage.beside.dock.pane.box
    ask(stage, qtbot)
    ask(stage, qtbot, "flumox")
    qtbot.keyClick(box.edit, Qt.Key.Key_Up)
    qtbot.keyClick(box.edit, Qt.Key.Key_Up)
    assert box.text() == QUESTION
    box.set_text("x" * 2_003)
    assert box.trouble.text() == "Too long by 3 characters." and not box.send.isEnabled()
    box.set_text("")
    qtbot.keyClicks(box.edit, "a")
    qtbot.keyClick(box.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(box.edit, "b/?")
    assert box.edit.toPlainText() == "a\nb/?"


def test_open_or_not_and_how_wide_is_remembered(stage: Stage, engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> None:
    assert stage.beside.dock.isVisible() and stage.beside.button.isChecked()
    stage.beside.keep()
    again = Stage(engine, remembered)
    assert again.beside.button.isChecked()
    again.bridge.close()
    again.deleteLater()
    stage.beside.dock.pane.close_button.click()
    assert not stage.beside.dock.isVisible() and not stage.beside.button.isChecked()
    stage.beside.toggle_question()
    assert stage.beside.dock.isVisible()


def test_only_admins_reach_the_settings(stage: Stage, engine: FakeEngine, remembered: Remembered) -> None:
    other = Stage(engine, remembered, "bo")
    assert stage.beside.dock.settings_action in stage.beside.dock.pane.menu.actions()
    assert other.beside.dock.settings_action not in other.beside.dock.pane.menu.actions()
    other.bridge.close()
    other.deleteLater()


def test_in_the_window_a_citation_opens_investigate_and_a_key_asks(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    event = engine.add_event("yard", age_s=600)
    engine.chats.answers[QUESTION] = full_answer(event.started_ns, event.id, "clip-1")
    window = open_window()
    window.show_page("system")
    qtbot.keyClick(window.status.user_button, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    pane = window.chat.dock.pane
    qtbot.waitUntil(pane.box.edit.hasFocus)
    pane.asked.emit(QUESTION)
    qtbot.waitUntil(lambda: len(pane.cards) == 1)
    pane.cards[0].sentences[0].chips[0].click()
    page = window.page("investigate")
    assert window.current_page_id() == "investigate" and isinstance(page, InvestigatePage)
    assert abs(page.playback.position_ns - (event.started_ns - 2 * SECOND)) < SECOND and page.playback.state.playing
    page.timeline.canvas.setFocus()
    qtbot.keyClick(page.timeline.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.question.hasFocus()
    qtbot.keyClick(page.question, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert pane.box.edit.hasFocus()
    qtbot.keyClick(pane.box.edit, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert not window.chat.dock.isVisible()


def test_what_leaves_is_on_the_screen_and_the_key_is_never_shown(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.chats.state = ChatState("store", 3, 0.0123, price_listed=False)
    dialog = stage.beside.dock.open_settings()
    qtbot.waitUntil(lambda: "0.0123 USD" in dialog.spent.text())
    words = " ".join(label.text() for label in dialog.findChildren(type(dialog.spent)))
    for told in ("Person A", "names of cameras", "pictures, video, sound", "the highest price is assumed"):
        assert told in words
    assert dialog.key.value() == "" and dialog.forget.isVisible() and not dialog.agree.isChecked() and not dialog.test.isEnabled()
    dialog.agree.setChecked(True)
    dialog.key.set_value("sk-one")
    dialog.fields.field("budget_usd").set_value("0,5")
    dialog.test.click()
    qtbot.waitUntil(lambda: "answered" in dialog.outcome.text())
    assert dialog.key.value() == ""
    assert engine.settings.chat.claude and engine.settings.chat.budget_usd == 0.5 and engine.chats.state.key_from == "store"
    dialog.fields.field("budget_usd").set_value("lots")
    assert not dialog.save.isEnabled()
    dialog.fields.field("budget_usd").set_value("2")
    dialog.forget.setChecked(True)
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.chats.state.key_from == "")
    assert engine.chats.state.key_from == "" and engine.settings.chat.budget_usd == 2


def test_markdown_of_nothing_is_a_heading() -> None:
    assert history_markdown("Site *1*", "ada", ()).startswith("# Questions to the record: Site \\*1\\*, ada")
    assert link_of(Jump(0)).startswith("watchroom://at/")


def saved_actions(stage: Stage, qtbot: QtBot, count: int) -> list[QAction]:
    saves = stage.beside.dock.saves
    saves.ask_saved()
    qtbot.waitUntil(lambda: len(saves.menu.actions()) >= count)
    return saves.menu.actions()


def test_a_question_is_saved_and_asked_anew(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    dock = stage.beside.dock
    engine.past.searches["vans"] = SavedSearch("se-van", "vans", "ada", SearchFilter("van"))
    assert not saved_actions(stage, qtbot, 1)[0].isEnabled()
    dock.ask(QUESTION)
    qtbot.waitUntil(lambda: len(dock.pane.cards) == 1)
    saved_actions(stage, qtbot, 1)[0].trigger()
    qtbot.waitUntil(lambda: QUESTION in engine.past.searches)
    assert engine.past.searches[QUESTION].question == QUESTION
    keep, _, saved, share, forget = saved_actions(stage, qtbot, 5)  # a search without a question is for Investigate
    marks = share.menu()
    assert isinstance(marks, QMenu) and (share.text(), marks.actions()[0].isChecked()) == ("For everybody", False)
    marks.actions()[0].trigger()
    qtbot.waitUntil(lambda: engine.past.searches[QUESTION].shared)
    keep, _, saved, share, forget = saved_actions(stage, qtbot, 5)
    marks = share.menu()
    assert isinstance(marks, QMenu) and marks.actions()[0].isChecked()
    assert (keep.text(), saved.text()) == ("Save this question", QUESTION)
    saved.trigger()
    qtbot.waitUntil(lambda: len(dock.pane.cards) == 2)
    assert [(each.message, each.conversation, each.plan) for each in engine.chats.asked] == [(QUESTION, "", None)] * 2
    menu = forget.menu()
    assert isinstance(menu, QMenu)
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: QUESTION not in engine.past.searches and "vans" in engine.past.searches)


def test_an_answer_has_a_button_that_saves_its_question(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    ask(stage, qtbot)
    ask(stage, qtbot, "who was there?")
    first = stage.beside.dock.pane.cards[0]
    assert first.save_button.accessibleName() == "Save this question"
    qtbot.keyClick(first.save_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: list(engine.past.searches) == [QUESTION])
    assert engine.past.searches[QUESTION].question == QUESTION


def test_saved_questions_are_asked_by_the_keyboard(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.searches[QUESTION] = SavedSearch("se-1", QUESTION, "ada", SearchFilter(), question=QUESTION)
    stage.activateWindow()
    stage.beside.show_saved_questions()
    menu = stage.beside.dock.saves.menu
    qtbot.waitUntil(lambda: menu.isVisible() and len(menu.actions()) == 5)
    while (chosen := menu.activeAction()) is None or chosen.text() != QUESTION:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [each.message for each in engine.chats.asked] == [QUESTION])


def test_what_is_being_typed_is_saved_and_what_was_filled_in_as_its_words(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    dock = stage.beside.dock
    dock.pane.box.set_text(" falls \n yesterday ")
    dock.saves.save_current()
    qtbot.waitUntil(lambda: "falls yesterday" in engine.past.searches)
    dock.pane.box.set_text("")
    dock.pane.box.form.click()
    for part, value in (("how", "count"), ("what", "kind:fall"), ("when", "yesterday")):
        dock.pane.chips.chosen.emit(part, value)
    dock.saves.save_current()
    words = "How many falls were there yesterday?"
    qtbot.waitUntil(lambda: words in engine.past.searches)
    assert engine.past.searches[words].question == words


def test_an_answer_of_a_form_is_saved_by_the_words_of_its_query(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    dock, query = stage.beside.dock, Query(Ask.COUNT, scope=Scope(kinds=(EventKind.FALL,)))
    answer = replace(full_answer(1, "ev-1", "clip-1"), planner=PlannerKind.FORM, query=to_text(query))
    dock.pane.show_answer(answer, 0)
    dock.pane.cards[-1].save_button.click()
    qtbot.waitUntil(lambda: "How many falls were there?" in engine.past.searches)
    dock.pane.show_answer(replace(answer, query=""), 0)
    dock.pane.cards[-1].save_button.click()
    assert any("cannot be saved" in toast.text() for toast in stage.toasts.toasts())


def test_a_question_that_was_filled_in_on_a_page_is_asked_so(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    window, plan = open_window(), QuestionPlan((PlannedQuery(Query(Ask.COUNT)),))
    qtbot.waitUntil(lambda: window.chat.button.isEnabled())
    window.page("investigate").plan_asked.emit(QUESTION, plan)
    qtbot.waitUntil(lambda: bool(engine.chats.asked))
    assert [(each.message, each.plan) for each in engine.chats.asked] == [(QUESTION, plan)] and window.chat.dock.isVisible()
