"""A button whose text gives way: never cut in the middle of a letter, whole in its name and in what it does."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.icons import icon
from widgets.marks.elided_button import ElidedButton

QUESTION = "How many events were there at Yard yesterday?"


def test_what_does_not_fit_ends_in_dots_and_what_fits_is_whole(qtbot: QtBot) -> None:
    button = ElidedButton(QUESTION)
    qtbot.addWidget(button)
    with qtbot.waitExposed(button):  # its first size from the display must not come after those below
        button.show()
    button.resize(600, 32)
    assert button.shown_text() == QUESTION
    button.resize(160, 32)
    assert button.shown_text().endswith("…") and QUESTION.startswith(button.shown_text()[:-1].rstrip())
    assert button.fontMetrics().horizontalAdvance(button.shown_text()) < 160
    assert button.accessibleName() == QUESTION
    whole = button.grab().toImage()
    button.setText("x")
    QApplication.processEvents()
    assert button.grab().toImage() == whole  # it is what it was made with


def test_a_picture_takes_of_its_room_and_an_ampersand_is_one(qtbot: QtBot) -> None:
    button = ElidedButton("Grace & Co of the night shift")
    qtbot.addWidget(button)
    button.resize(170, 32)
    before = button.shown_text()
    button.setIcon(icon("user"))
    assert len(button.shown_text()) < len(before)
    assert "&&" not in button.shown_text() and button.text().count("&") == 2
