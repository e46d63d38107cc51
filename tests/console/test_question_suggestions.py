"""What the words at the cursor of a question go on as: offered while they are typed, taken by keys or the mouse."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from console.chat.suggestions import question_site, suggestions_for
from console.session.remembered import Remembered
from engine.history.typed_search import TIMES, SearchSite
from engine.model.time import SECOND
from tests.console.test_chat_dock import Stage
from tests.fakes.engine import FakeEngine
from widgets.chat.chat_question import QuestionEdit

SITE = SearchSite(
    1_794_817_800 * SECOND,
    ZoneInfo("Europe/Stockholm"),
    (
        *((f"c{n}", f"Camera {n}") for n in range(1, 13)),
        ("c1", "Yard"),
        ("c2", "North gate"),
        *((f"c{n}", f"Hall {n}") for n in range(3, 13)),
    ),
    (("p1", "Ada Lovelace"), ("p2", "Jürgen Müller"), ("p3", "Siobhán O'Brien")),
    (("z1", "Loading dock"), ("z2", "Lab")),
    language="en",
)
IN_GERMAN = replace(SITE, language="de", cameras=tuple((each, name.replace("Camera", "Kamera")) for each, name in SITE.cameras))


def offered(begun: str, site: SearchSite = SITE) -> list[tuple[str, str]]:
    """What the text would be, and what stands beside it."""
    return [(begun[: len(begun) - each.typed] + each.text, each.note) for each in suggestions_for(begun, site)]


@pytest.mark.parametrize(
    ("begun", "wanted"),
    [
        ("who was at No", ("who was at North gate", "Camera 2")),
        ("who was at north  ga", ("who was at North gate", "Camera 2")),
        ("falls at camera 2", None),
        ("falls at camera 11", None),
        ("falls at cam", ("falls at Camera 1", "Yard")),
        ("was geschah an kam", None),
        ("when was jurgen m", ("when was Jürgen Müller", "Person")),
        ("when was Müll", None),
        ("where is Siobhan O'B", ("where is Siobhán O'Brien", "Person")),
        ("(load", ("(Loading dock", "Zone")),
        ("was there a fal", ("was there a Fall detected", "Event")),
        ("gab es einen Stur", None),
        ("who was here yes", ("who was here yesterday", "Time")),
        ("who was here since no", ("who was here since noon", "Time")),
        ("wer war gester", None),
        ("x", None),
        (" ", None),
    ],
)
def test_words_go_on_as_what_the_site_and_the_record_know(begun: str, wanted: tuple[str, str] | None) -> None:
    assert wanted in (offered(begun) or [None])


@pytest.mark.parametrize(
    ("begun", "wanted"),
    [
        ("was geschah an kam", ("was geschah an Kamera 1", "Yard")),
        ("gab es einen Stur", ("gab es einen Sturz erkannt", "Event")),
        ("wer war letzte n", ("wer war letzte Nacht", "Time")),
        ("wer war seit mi", ("wer war seit Mittag", "Time")),
        ("wer war ges", ("wer war gestern", "Time")),
        ("wer war an No", ("wer war an North gate", "Kamera 2")),
        ("who was here yes", None),
        ("was there a fal", None),
    ],
)
def test_a_german_screen_offers_german_words_only(begun: str, wanted: tuple[str, str] | None) -> None:
    assert wanted in (offered(begun, IN_GERMAN) or [None])


def test_cameras_are_offered_by_number_and_screen_readers_hear_which() -> None:
    first, *_ = suggestions_for("camera 1", SITE)
    assert (first.text, first.note, first.spoken) == ("Camera 10", "Hall 10", "Camera: Camera 10, Hall 10")


def test_every_time_is_offered_whole() -> None:
    for phrases, site in ((TIMES, SITE), (TIMES.values(), IN_GERMAN)):
        for phrase in phrases:
            assert f"falls {phrase}" in [text for text, _ in offered(f"falls {phrase[:-1]}", site)]


@pytest.fixture
def stage(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Stage]:
    first, *others = engine.settings.cameras
    engine.settings = replace(engine.settings, cameras=(replace(first, name="Kärnten O'Hara"), *others))
    engine.tick()
    made = Stage(engine, remembered)
    made.show()
    qtbot.waitUntil(lambda: made.bridge.snapshot is not None)
    made.activateWindow()
    made.beside.focus_question()
    qtbot.waitUntil(made.beside.dock.pane.box.edit.hasFocus)
    yield made
    qtbot.waitUntil(lambda: made.bridge.idle)
    made.bridge.close()
    made.close()
    made.deleteLater()


def test_tab_takes_the_first_and_typing_goes_on(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    box = stage.beside.dock.pane.box
    qtbot.keyClicks(box.edit, "who was at karn")
    assert box.edit.suggestions.isVisible() and not engine.chats.asked
    qtbot.keyClick(box.edit, Qt.Key.Key_Tab)
    assert not box.edit.suggestions.isVisible() and box.edit.hasFocus()
    qtbot.keyClicks(box.edit, "yest")
    qtbot.keyClick(box.edit, Qt.Key.Key_Down)
    qtbot.keyClick(box.edit, Qt.Key.Key_Return)
    assert box.edit.toPlainText() == "who was at Kärnten O'Hara yesterday " and not engine.chats.asked
    qtbot.keyClick(box.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.chats.asked))
    assert engine.chats.asked[0].message == "who was at Kärnten O'Hara yesterday"


def test_arrows_choose_letters_go_on_and_before_the_first_row_none_is_chosen(stage: Stage, qtbot: QtBot) -> None:
    edit = stage.beside.dock.pane.box.edit
    rows: list[int] = []
    edit.suggestions.currentRowChanged.connect(rows.append)
    qtbot.keyClicks(edit, "falls las")
    count = edit.suggestions.count()
    assert count >= 3 and edit.suggestions.currentRow() == -1
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(edit, key)
    assert rows == [0, 1, 0, -1, count - 1] and edit.toPlainText() == "falls las"
    qtbot.keyClicks(edit, "t")
    assert edit.toPlainText() == "falls last" and edit.suggestions.currentRow() == -1
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.toPlainText() == "falls last night "


@pytest.mark.parametrize("keys", [[Qt.Key.Key_Return], [Qt.Key.Key_Escape, Qt.Key.Key_Return]])
def test_enter_sends_what_stands_there_where_nothing_was_chosen(stage: Stage, engine: FakeEngine, qtbot: QtBot, keys: list[Qt.Key]) -> None:
    box = stage.beside.dock.pane.box
    qtbot.keyClicks(box.edit, "falls yest")
    qtbot.keyClick(box.edit, keys[0])
    assert not box.edit.suggestions.isVisible()
    for key in keys[1:]:
        assert box.edit.toPlainText() == "falls yest"
        qtbot.keyClick(box.edit, key)
    qtbot.waitUntil(lambda: bool(engine.chats.asked))
    assert engine.chats.asked[0].message == "falls yest"


def test_a_click_takes_a_row_and_what_is_behind_the_cursor_stays(stage: Stage, qtbot: QtBot) -> None:
    box = stage.beside.dock.pane.box
    suggestions = box.edit.suggestions
    box.set_text("falls  at the yard")
    cursor = box.edit.textCursor()
    cursor.setPosition(len("falls "))
    box.edit.setTextCursor(cursor)
    qtbot.keyClicks(box.edit, "last w")
    place = suggestions.visualItemRect(suggestions.item(0)).center()
    qtbot.mouseClick(suggestions.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert box.edit.toPlainText() == "falls last week at the yard" and not suggestions.isVisible() and box.edit.hasFocus()


def test_the_list_lies_above_the_box_within_the_window_and_goes_with_the_focus(stage: Stage, qtbot: QtBot) -> None:
    edit = stage.beside.dock.pane.box.edit
    qtbot.keyClicks(edit, "who was there when the yard was dark and falls at cam")
    suggestions = edit.suggestions
    assert suggestions.window() is stage and suggestions.geometry().bottom() < edit.mapTo(stage, edit.rect().topLeft()).y()
    assert stage.rect().contains(suggestions.geometry()) and suggestions.visualItemRect(suggestions.item(0)).height() > 0
    stage.search.setFocus()
    assert not suggestions.isVisible()


def test_a_question_of_several_lines_is_seen_from_its_first(stage: Stage, qtbot: QtBot) -> None:
    edit = stage.beside.dock.pane.box.edit
    for words in ("who was there", "who was there and for how long did they stay there", "who was there and for how long did they " * 2):
        stage.beside.dock.pane.box.set_text(words)
        qtbot.waitUntil(lambda: edit.verticalScrollBar().maximum() == 0)


def test_a_question_that_is_brought_back_opens_no_list_and_the_list_tells_screen_readers(stage: Stage, qtbot: QtBot) -> None:
    box = stage.beside.dock.pane.box
    suggestions = box.edit.suggestions
    box.set_text("falls yest")
    assert not suggestions.isVisible()
    qtbot.keyClicks(box.edit, "e")
    assert suggestions.accessibleName() == "Suggestions"
    assert suggestions.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Time: yesterday, Time"


def test_nothing_is_fetched_for_suggestions(stage: Stage, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.hold("ask")
    snapshot = stage.bridge.snapshot
    assert snapshot is not None
    qtbot.keyClicks(stage.beside.dock.pane.box.edit, "camera")
    assert stage.beside.dock.pane.box.edit.suggestions.isVisible()
    first, *_ = suggestions_for("camera", question_site(snapshot, "", 0))
    assert (first.text, first.note) == ("Camera 1", "Kärnten O'Hara")
    gate.set()


@pytest.mark.parametrize("list_first", [True, False])
def test_garbage_may_take_the_list_or_the_edit_first(qtbot: QtBot, list_first: bool) -> None:
    """A popup of a QCompleter is deleted a second time where garbage takes it before the completer."""
    window = QWidget()
    edit = QuestionEdit(window)
    window.show()
    edit.suggestions.setParent(window)
    for each in (edit.suggestions, edit) if list_first else (edit, edit.suggestions):
        delete(each)
    delete(window)
