"""One search: `/` opens it on every page, words find rows, a question is answered, and typing runs no shortcuts."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from console.pages.investigate.investigate import InvestigatePage
from console.pages.registry import PAGES
from console.palette.palette import Palette
from console.searching.chip_words import chip_text
from console.searching.record_search import is_question
from console.window import MainWindow
from engine.history.typed_search import FilterChip, FilterField
from engine.model.event import EventKind
from engine.model.history.timeline import HitKind, SearchHit, SearchRecord
from engine.model.time import SECOND
from tests.fakes.chats import full_answer
from tests.fakes.engine import FakeEngine

Opener = Callable[..., MainWindow]
QUESTION = "who was at the gate last night"
SENTENCE = "jack amused a big sphinx zipping up, quickly. more?"


def opened(window: MainWindow, qtbot: QtBot) -> Palette:
    qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(Palette)))
    palette = window.findChild(Palette)
    assert isinstance(palette, Palette)
    return palette


def found_at(engine: FakeEngine, number: int, kind: EventKind, reason: str) -> SearchHit:
    at_ns = engine.now_ns - number * 60 * SECOND
    return SearchHit(
        HitKind.EVENT, f"ev-{number}", at_ns, reason, at_ns + SECOND, "yard", what=kind.value, reason=reason, event_id=f"ev-{number}"
    )


def press_slash(window: MainWindow, qtbot: QtBot) -> Palette:
    page = window.page(window.current_page_id())
    page.setFocus()
    qtbot.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Slash)
    return opened(window, qtbot)


@pytest.mark.parametrize("page_id", [entry.id for entry in PAGES])
def test_slash_opens_the_same_search_on_every_page(open_window: Opener, engine: FakeEngine, qtbot: QtBot, page_id: str) -> None:
    engine.add_camera("yard", "Yard")
    window = open_window()
    window.show_page(page_id)
    palette = press_slash(window, qtbot)
    qtbot.waitUntil(palette.edit.hasFocus)
    before = window.current_page_id()
    qtbot.keyClicks(palette.edit, SENTENCE)
    assert palette.edit.text() == SENTENCE and window.current_page_id() == before
    palette.reject()


@pytest.mark.parametrize("page_id", [entry.id for entry in PAGES])
def test_a_sentence_typed_into_a_field_runs_no_shortcut(
    open_window: Opener, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, page_id: str
) -> None:
    engine.add_camera("yard", "Yard")
    engine.add_event("yard", age_s=60)
    window = open_window()
    window.show_page(page_id)
    ran: list[str] = []
    for shortcut in window.findChildren(QShortcut):
        shortcut.activated.connect(partial(ran.append, shortcut.key().toString()))
    for field in typing_fields(window.page(page_id)):
        qtbot.mouseClick(_inner(field), Qt.MouseButton.LeftButton, pos=QPoint(6, 6))
        assert field.hasFocus(), "a field that is clicked has the focus"
        qtbot.keyClicks(field, SENTENCE)
        assert ran == [], field.accessibleName()
        assert _text(field).endswith("more?") or (isinstance(field, QLineEdit) and field.validator() is not None), field.accessibleName()


def _inner(field: QWidget) -> QWidget:
    return field.viewport() if isinstance(field, QPlainTextEdit) else field


def _text(field: QWidget) -> str:
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()  # type: ignore[attr-defined]


def typing_fields(page: QWidget) -> list[QWidget]:
    fields: list[QWidget] = [*page.findChildren(QLineEdit), *page.findChildren(QPlainTextEdit)]
    return [
        each
        for each in fields
        if each.isVisible() and each.isEnabled() and not each.isReadOnly() and each.width() > 40 and not _in_box(each)
    ]  # type: ignore[attr-defined]


def _in_box(field: QWidget) -> bool:
    """Of a number: letters are refused there."""
    return field.objectName() == "qt_spinbox_lineedit"


def test_a_dock_opened_by_the_mouse_takes_what_is_typed(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.add_camera("yard", "Yard")
    window = open_window()
    window.show_page("investigate")
    window.chat.button.setChecked(False)
    qtbot.mouseClick(window.chat.button, Qt.MouseButton.LeftButton)
    edit = window.chat.dock.pane.box.edit
    qtbot.waitUntil(edit.hasFocus)
    qtbot.keyClicks(QApplication.focusWidget(), "back by bus")
    assert edit.toPlainText() == "back by bus" and not engine.past.bookmarks


def test_words_find_rows_and_a_filter_is_a_chip(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.add_camera("yard", "Yard")
    engine.past.hits = [found_at(engine, 1, EventKind.ZONE_VISIT, "ladder"), found_at(engine, 2, EventKind.FALL, "rope")]
    window = open_window()
    palette = press_slash(window, qtbot)
    qtbot.keyClicks(palette.edit, "camera:yar")
    qtbot.waitUntil(lambda: [each.text() for each in palette.chips.offers] == ["Camera: Yard"])
    qtbot.mouseClick(palette.chips.offers[0], Qt.MouseButton.LeftButton)
    assert palette.edit.text() == "" and [each.text() for each in palette.chips.chips] == ["Camera: Yard"]
    qtbot.waitUntil(palette.edit.hasFocus)
    qtbot.waitUntil(lambda: [each.filter.camera_ids for each in engine.past.asked if isinstance(each, SearchRecord)][-1:] == [("yard",)])
    qtbot.keyClicks(palette.edit, "ladder")
    qtbot.waitUntil(lambda: any(entry.action.title == "Zone entered · ladder" for entry in palette.model.entries()))
    palette.chips.chips[0].setFocus()
    qtbot.keyClick(palette.chips.chips[0], Qt.Key.Key_Delete)
    assert palette.chips.chips == ()
    qtbot.waitUntil(palette.edit.hasFocus)


def test_who_was_at_the_gate_last_night_is_a_playing_clip_in_three_actions(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    """1: `/`. 2: the question and Enter. 3: a click on its clip."""
    engine.add_camera("yard", "Gate")
    event = engine.add_event("yard", age_s=600)
    engine.chats.answers[QUESTION] = full_answer(event.started_ns, event.id, "clip-1")
    window = open_window()
    window.show_page("live")
    palette = press_slash(window, qtbot)
    actions = 1
    qtbot.keyClicks(palette.edit, QUESTION)
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    actions += 1
    pane = window.chat.dock.pane
    qtbot.waitUntil(lambda: len(pane.cards) == 1)
    pane.cards[0].sentences[0].chips[0].click()
    actions += 1
    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    qtbot.waitUntil(lambda: window.current_page_id() == "investigate" and page.playback.state.playing)
    assert abs(page.playback.position_ns - (event.started_ns - 2 * SECOND)) < 3 * SECOND and actions <= 3


def test_words_with_enter_lead_to_the_results_of_investigate(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.add_camera("yard", "Yard")
    engine.past.hits = [found_at(engine, 1, EventKind.ZONE_VISIT, "ladder")]
    window = open_window()
    palette = press_slash(window, qtbot)
    qtbot.keyClicks(palette.edit, "ladder")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    qtbot.waitUntil(lambda: window.current_page_id() == "investigate" and page.found.list.rows.rowCount() == 1)
    assert page.question.text() == "ladder"


def test_the_box_of_investigate_offers_and_keeps_the_same_chips(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.add_camera("yard", "Yard")
    engine.past.hits = [found_at(engine, 1, EventKind.ZONE_VISIT, "ladder")]
    window = open_window()
    window.show_page("investigate")
    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    qtbot.keyClicks(page.question, "ladder kamera:y")
    assert [each.text() for each in page.found.chips.offers] == ["Camera: Yard"]
    page.found.chips.offers[0].click()
    assert page.question.text() == "ladder" and [each.text() for each in page.found.chips.chips] == ["Camera: Yard"]
    qtbot.waitUntil(lambda: page.found.list.rows.rowCount() == 1)
    assert [each.text() for each in page.found.chips.offers] == ["Rejected decisions"]
    page.found.chips.offers[0].click()
    last = [each for each in engine.past.asked if isinstance(each, SearchRecord)]
    qtbot.waitUntil(lambda: any(isinstance(each, SearchRecord) and each.filter.rejected for each in engine.past.asked))
    assert last[0].filter.camera_ids == ("yard",) and last[0].filter.text == "ladder"
    qtbot.keyClick(page.found.chips.chips[0], Qt.Key.Key_Delete)
    assert [each.text() for each in page.found.chips.chips] == ["Rejected decisions"]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("who was at the gate", True),
        ("wer war gestern am Tor", True),
        ("gate?", True),
        ("who", False),
        ("show me", False),
        ("zone entered road", False),
        ("", False),
    ],
)
def test_questions_are_told_from_words(text: str, question: bool) -> None:
    assert is_question(text) is question


def test_chips_are_of_every_field() -> None:
    for field in FilterField:
        assert chip_text(FilterChip(field, "alert" if field is FilterField.RECORD else "3", "New"), 0, None)
