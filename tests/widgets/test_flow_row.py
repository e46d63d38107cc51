"""What goes on in the next line: asked often, worked out once, and anew when something in it changes."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.layout.flow_row import CentredRow, FlowRow


class Block(QWidget):
    """As wide as it is told to be; counts how often it is asked."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.wide, self.asked = width, 0

    def sizeHint(self) -> QSize:
        self.asked += 1
        return QSize(self.wide, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.wide, 20)

    def grow(self, width: int) -> None:
        self.wide = width
        self.updateGeometry()


@pytest.fixture
def blocks() -> list[Block]:
    return [Block(100) for _ in range(3)]


@pytest.fixture
def row(blocks: list[Block], qtbot: QtBot) -> Iterator[FlowRow]:
    holder = QWidget()
    qtbot.addWidget(holder)
    row = FlowRow(spacing=0)
    outer = QVBoxLayout(holder)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addLayout(row)
    outer.addStretch()
    for block in blocks:
        row.addWidget(block)
    holder.resize(250, 300)
    with qtbot.waitExposed(holder):
        holder.show()
    yield row  # the holder is kept as long


def lines(blocks: list[Block]) -> list[int]:
    return [block.y() for block in blocks]


def test_what_has_no_room_goes_on_in_the_next_line(row: FlowRow, blocks: list[Block]) -> None:
    assert lines(blocks) == [0, 0, 20]
    assert [row.heightForWidth(width) for width in (300, 250, 120)] == [20, 40, 60]


def test_each_line_stands_in_the_middle(blocks: list[Block], qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    row = CentredRow(holder, spacing=0)
    for block in blocks:
        row.addWidget(block)
    holder.resize(250, 300)
    with qtbot.waitExposed(holder):
        holder.show()
    assert [(block.x(), block.y()) for block in blocks] == [(25, 0), (125, 0), (75, 20)]


def test_the_same_width_is_worked_out_once(row: FlowRow, blocks: list[Block]) -> None:
    row.heightForWidth(260)
    before = [block.asked for block in blocks]
    for _ in range(10):
        assert row.heightForWidth(260) == 40
    assert [block.asked for block in blocks] == before


def test_it_is_worked_out_anew_when_something_in_it_changes(row: FlowRow, blocks: list[Block], qtbot: QtBot) -> None:
    blocks[0].grow(200)
    qtbot.waitUntil(lambda: lines(blocks) == [0, 20, 20])
    blocks[1].hide()
    qtbot.waitUntil(lambda: blocks[2].y() == 20 and row.heightForWidth(300) == 20)
    blocks[1].show()
    blocks[0].grow(40)
    qtbot.waitUntil(lambda: lines(blocks) == [0, 0, 0])
    more = Block(100)
    row.addWidget(more)
    more.show()
    qtbot.waitUntil(lambda: more.y() == 20)
    assert row.heightForWidth(250) == 40
    taken = row.takeAt(3)
    assert taken is not None and row.heightForWidth(250) == 20
    more.setParent(None)
    more.deleteLater()
