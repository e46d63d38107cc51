"""The frame of all dialogs: as high as its words need."""

import gc
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.dialogs.frame import FramedDialog
from widgets.layout.fitting_scroll import FittingScroll

LONG = "What is told here goes on and on, as it does in some languages and with large letters. " * 6


def test_a_height_in_pixels_gives_way_to_lines_that_are_broken(qtbot: QtBot) -> None:
    dialog = FramedDialog("Long", LONG)
    qtbot.addWidget(dialog)
    said = QLabel(LONG, wordWrap=True)
    dialog.body.addWidget(said)
    dialog.add_cancel()
    dialog.resize(400, 120)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert said.height() >= said.heightForWidth(said.width())
    assert dialog.width() == 400


def test_no_dialog_grows_beyond_its_screen(qtbot: QtBot) -> None:
    dialog = FramedDialog("Long", LONG)
    qtbot.addWidget(dialog)
    for _ in range(40):
        dialog.body.addWidget(QLabel(LONG, wordWrap=True))
    dialog.resize(400, 120)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.height() <= max(dialog.screen().availableSize().height(), dialog.minimumSizeHint().height())


@pytest.mark.parametrize("width", [0, 480], ids=["resizable", "fixed width"])
def test_on_a_small_screen_the_body_scrolls_and_the_buttons_stay(width: int, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    small = QSize(853, 493)  # 1280 × 800 at 150 %, without a title bar
    monkeypatch.setattr(FramedDialog, "_room", lambda self: small)
    monkeypatch.setattr(FittingScroll, "_screen_size", lambda self: small)
    dialog = FramedDialog("Long", LONG, width=width)
    qtbot.addWidget(dialog)
    first, second = QLineEdit(), QLabel("\n".join(["A line"] * 60))
    dialog.body.addWidget(first)
    cancel = dialog.add_cancel()
    dialog.resize(980, 620)
    first.setFocus()
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.body.addWidget(second)  # grows while it is open
    qtbot.waitUntil(lambda: dialog.height() <= small.height() and second.height() > small.height())
    assert dialog.rect().contains(cancel.geometry()) and dialog.width() <= small.width()
    assert dialog.focusWidget() is first


@pytest.mark.parametrize("begins", [False, True], ids=["once it is too low", "always"])
def test_lists_and_texts_get_lower_before_the_body_scrolls(begins: bool, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    small = QSize(853, 493)
    monkeypatch.setattr(FramedDialog, "_room", lambda self: small)
    monkeypatch.setattr(FramedDialog, "SCROLLS", begins)
    monkeypatch.setattr(FittingScroll, "_screen_size", lambda self: small)
    dialog = FramedDialog("Reason", width=480)
    qtbot.addWidget(dialog)
    note, listed, said = QPlainTextEdit(), QListWidget(), QLabel(LONG[:180], wordWrap=True)
    note.setFixedHeight(72)
    listed.setMinimumHeight(60)
    listed.setMaximumHeight(600)
    monkeypatch.setattr(listed, "sizeHint", lambda: QSize(200, 600))
    for part in (note, listed, said):
        dialog.body.addWidget(part)
    dialog.add_cancel()
    with qtbot.waitExposed(dialog):
        dialog.show()
    scroll = dialog.findChild(FittingScroll)
    assert scroll is not None
    qtbot.waitUntil(lambda: 60 <= listed.height() < 300 and scroll.verticalScrollBar().maximum() == 0)
    assert note.height() == 72, "the style let it be as low as one line"


def test_what_begins_to_scroll_in_an_open_dialog_stays_in_sight(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there with the same turn, and wide enough for its bar."""
    dialog = FramedDialog("Wide")
    qtbot.addWidget(dialog)
    wide = QLabel()
    wide.setFixedSize(500, 600)
    dialog.body.addWidget(wide)
    with qtbot.waitExposed(dialog):
        dialog.show()
    small = QSize(853, 493)
    monkeypatch.setattr(FramedDialog, "_room", lambda self: small)
    monkeypatch.setattr(FittingScroll, "_screen_size", lambda self: small)
    dialog._keep_on_screen()
    scroll = dialog.findChild(FittingScroll)
    assert scroll is not None and wide.isVisible()
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0)
    assert scroll.horizontalScrollBar().maximum() == 0


def test_enter_presses_no_button_of_the_body(qtbot: QtBot) -> None:
    dialog = FramedDialog("Rules")
    qtbot.addWidget(dialog)
    add = QPushButton("Add")
    dialog.body.addWidget(add)
    save = dialog.add_button("Save", "primary")
    save.setDefault(True)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert not add.autoDefault() and save.isDefault()


def test_only_qt_deletes_a_dialog(qtbot: QtBot) -> None:
    """It refers to itself; collected by Python, its scroll area would be taken apart widget by widget."""

    class Scrolling(FramedDialog):
        SCROLLS = True

    dialog = Scrolling("Long", LONG)
    dialog.heading.itself = dialog  # type: ignore[attr-defined]
    known = weakref.ref(dialog)
    del dialog
    gc.collect()
    kept = known()
    assert kept is not None and kept.heading.text() == "Long"
    kept.deleteLater()
    del kept
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert known() is None


def test_what_is_saved_while_the_dialog_stays_open_is_no_work_any_more(qtbot: QtBot) -> None:
    dialog = FramedDialog("Settings")
    qtbot.addWidget(dialog)
    line = QLineEdit()
    dialog.body.addWidget(line)
    with qtbot.waitExposed(dialog):
        dialog.open()
    line.setFocus()
    qtbot.keyClicks(line, "typed")
    assert dialog.has_unsaved_work()
    dialog.mark_saved()
    assert not dialog.has_unsaved_work()
    qtbot.keyClicks(line, "!")
    assert dialog.has_unsaved_work()
