"""The box of a question: whole on its first opening, as high as its text, and where its list of suggestions lies."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.chat.chat_question import QuestionBox, word_at
from widgets.chat.query_chips import QueryChip, QueryChips
from widgets.chat.question_suggestions import Suggestion


@pytest.fixture
def box(qtbot: QtBot) -> QuestionBox:
    made = QuestionBox()
    qtbot.addWidget(made)
    made.resize(400, 100)
    return made


def line_px(box: QuestionBox) -> int:
    return box.edit.fontMetrics().height()


def test_the_first_words_to_be_seen_are_seen_whole(box: QuestionBox, qtbot: QtBot) -> None:
    """The padding of the style comes with the first showing, after the height was chosen."""
    box.show()
    qtbot.waitExposed(box)
    qtbot.waitUntil(lambda: box.edit.viewport().height() >= line_px(box) + 2 * box.edit.document().documentMargin())
    first = box.edit.height()
    box.set_text("who")
    box.set_text("")
    assert box.edit.height() == first


def test_a_narrower_box_is_as_high_as_its_lines(box: QuestionBox, qtbot: QtBot) -> None:
    box.set_text("who was in the loading dock or at the north gate")
    box.show()
    qtbot.waitExposed(box)
    wide = box.edit.height()
    box.resize(240, 200)
    qtbot.waitUntil(lambda: box.edit.height() >= wide + line_px(box))
    assert box.edit.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("falls purp", 10, "purp"),
        ("falls purp", 7, "purp"),
        ("falls purp ", 11, ""),
        ("falls, purp", 6, ""),
        ("O'Bri", 5, "O'Bri"),
        ("", 0, ""),
    ],
)
def test_the_word_at_the_cursor(text: str, at: int, word: str) -> None:
    assert word_at(text, at) == word


def test_the_list_of_suggestions_leaves_the_chips_to_be_read(qtbot: QtBot) -> None:
    window, chips, box = QWidget(), QueryChips(), QuestionBox()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addStretch(1)
    column.addWidget(chips)
    column.addWidget(box)
    box.edit.suggestions.leave_uncovered(chips)
    window.resize(400, 600)
    window.show()
    qtbot.waitExposed(window)
    shown = box.edit.suggestions
    shown.show_suggestions([Suggestion("yesterday", 1, "Time", "Time: yesterday", "clock")] * 3)
    below = shown.geometry().bottom()
    chips.show_chips([QueryChip("how", "How", f"A long chip, number {number}") for number in range(6)])
    qtbot.waitUntil(lambda: chips.height() > 2 * chips.buttons[0].height())
    qtbot.waitUntil(lambda: shown.geometry().bottom() < chips.mapTo(window, chips.rect().topLeft()).y() < below)
    chips.show_chips(())
    qtbot.waitUntil(lambda: shown.geometry().bottom() < box.edit.mapTo(window, box.edit.rect().topLeft()).y() <= below + 2)
