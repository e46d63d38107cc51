"""A table and its card in a narrow window: the card gives way first, to its least width, and its foot to one row of buttons."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.layout.card_beside import CardBeside
from widgets.layout.card_foot import CardFoot


@pytest.fixture
def beside(qtbot: QtBot) -> Iterator[CardBeside]:
    made = CardBeside(QWidget(), QWidget(), 440, 296)
    qtbot.addWidget(made)
    made.resize(1100, 400)
    made.show()
    yield made


def test_the_card_gives_way_before_the_table_does(beside: CardBeside, qtbot: QtBot) -> None:
    def widths() -> list[int]:
        return beside.sizes()

    assert widths()[1] == 440
    beside.resize(800, 400)
    assert widths()[0] == 408 and 296 < widths()[1] < 440
    beside.resize(600, 400)
    assert widths()[1] == 296
    beside.resize(1100, 400)
    assert widths()[1] == 440
    beside.card.hide()
    beside.resize(700, 400)
    beside.card.show()
    qtbot.waitUntil(lambda: widths()[1] == 296 and widths()[0] > 380)


def test_only_a_width_that_was_left_by_hand_is_remembered(beside: CardBeside, qtbot: QtBot) -> None:
    beside.moveSplitter(760, 1)
    by_hand = beside.sizes()[1]
    beside.resize(700, 400)
    assert beside.sizes()[1] == 296 < by_hand
    again = CardBeside(QWidget(), QWidget(), 440, 296)
    qtbot.addWidget(again)
    again.resize(1100, 400)
    assert again.restoreState(beside.saveState())
    again.show()
    assert again.sizes()[1] == pytest.approx(by_hand, abs=1)
    again.moveSplitter(300, 1)  # as narrow as somebody wants it
    again.resize(900, 400)
    assert again.sizes()[0] < 408


def test_the_foot_of_a_low_card_keeps_to_one_row(qtbot: QtBot) -> None:
    card = QWidget()
    qtbot.addWidget(card)
    buttons = [QPushButton(text) for text in ("First", "Second", "Third and last of them")]
    foot = CardFoot(buttons, card)
    column = QVBoxLayout(card)
    column.addStretch()
    column.addWidget(foot)
    foot.set_wanted(buttons[1], False)
    card.resize(260, 300)
    card.show()

    def shown() -> list[bool]:
        return [button.isVisible() for button in (*buttons, foot.more)]

    qtbot.waitUntil(lambda: shown() == [True, False, False, True])
    card.resize(260, 600)
    qtbot.waitUntil(lambda: shown() == [True, False, True, True])
    assert buttons[2].y() > buttons[0].y()
    card.resize(260, 300)
    foot.set_wanted(buttons[1], True)
    qtbot.waitUntil(lambda: not buttons[2].isVisible())
