"""Tables that follow in place: nothing is reset, rows keep their selection and place, sorting and filters hold."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QHoverEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from engine.model.time import SECOND
from widgets.layout.cells import CELL_ROLE, BarCell, Cell, CellDelegate, StatusCell, TextCell, TitleCell, natural, paint_cell
from widgets.layout.rows_model import ORDER_ROLE, Column, RowsModel
from widgets.layout.rows_table import RowsTable

COLUMNS = (Column("Name"), Column("State", width=100), Column("Level", width=120), Column("Note", right=True, width=80, room=500))


@dataclass(frozen=True)
class Thing:
    key: str
    name: str
    level: float = 0.5


def cells(thing: Thing) -> tuple[Cell, ...]:
    return (
        TitleCell(thing.name, thing.key, "#e69f00", order=natural(thing.name)),
        StatusCell("Fine", "good", tip="All is well"),
        BarCell(f"{thing.level:.1f}", thing.level, order=thing.level),
        TextCell("note", quiet=True),
    )


def things(count: int, level: float = 0.5) -> list[Thing]:
    return [Thing(f"k{number}", f"Thing {number}", level) for number in range(count)]


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[RowsTable]:
    made = RowsTable(RowsModel(COLUMNS, lambda thing: thing.key, cells), "Things", QLabel("Nothing yet"))
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    yield made


def test_only_what_looks_different_is_told(table: RowsTable) -> None:
    table.show_rows(things(5), 0)
    resets: list[object] = []
    changes: list[tuple[int, int, int]] = []
    table.model.modelReset.connect(lambda: resets.append(1))
    table.model.dataChanged.connect(lambda first, last: changes.append((first.row(), first.column(), last.column())))
    table.show_rows(things(5), 1)
    assert changes == []
    table.show_rows([*things(4), Thing("k4", "Thing 4", 0.9)], 2)
    assert changes == [(4, 2, 2)] and resets == []


def test_selection_and_place_stay_while_rows_come_and_go(table: RowsTable) -> None:
    table.show_rows(things(60), 0)
    table.select_row("k40")
    before = table.view.verticalScrollBar().value()
    told: list[str] = []
    table.selected.connect(told.append)
    for step in range(1, 6):
        table.show_rows([*things(60, step / 10), Thing(f"new{step}", f"Zulu {step}")], step * 10 * SECOND)
    assert table.selected_key() == "k40" and before > 0 and told == []
    assert table.view.verticalScrollBar().value() == before
    table.show_rows([thing for thing in things(60) if thing.key != "k40"], 100 * SECOND)
    assert table.selected_key() != "k40" and table.model.rowCount() == 59


def test_numbers_in_names_sort_as_people_do(table: RowsTable) -> None:
    table.show_rows(things(12), 0)
    assert table.shown_keys()[:4] == ("k0", "k1", "k2", "k3") and table.shown_keys()[-1] == "k11"


def test_rows_do_not_jump_with_every_figure(table: RowsTable) -> None:
    table.sort_by(2, descending=True)
    table.show_rows([Thing("a", "A", 0.9), Thing("b", "B", 0.1)], 10 * SECOND)
    assert table.shown_keys() == ("a", "b")
    table.show_rows([Thing("a", "A", 0.2), Thing("b", "B", 0.8)], 11 * SECOND)
    assert table.shown_keys() == ("a", "b")
    table.show_rows([Thing("a", "A", 0.2), Thing("b", "B", 0.8)], 14 * SECOND)
    assert table.shown_keys() == ("b", "a")


def test_a_filter_holds_for_rows_that_come_later(table: RowsTable) -> None:
    table.show_rows(things(3), 0)
    table.set_wanted(lambda thing: "2" in thing.name)
    assert table.shown_keys() == ("k2",)
    table.show_rows([*things(3), Thing("k22", "Thing 22")], 1)
    assert table.shown_keys() == ("k2", "k22")
    table.select_row("k0")
    assert table.selected_key() == ""
    table.set_wanted(None)
    assert len(table.shown_keys()) == 4


def test_without_rows_it_says_what_belongs_here(table: RowsTable) -> None:
    assert table.empty.isVisible() and not table.view.isVisible()
    table.show_rows(things(1), 0)
    assert table.view.isVisible()
    table.show_rows([], 1)
    assert table.empty.isVisible()


def test_narrow_tables_hide_what_is_spare(table: RowsTable) -> None:
    assert not table.view.isColumnHidden(3)
    table.resize(450, 300)
    assert table.view.isColumnHidden(3) and not table.view.isColumnHidden(1)


def test_keys_and_menu(table: RowsTable, qtbot: QtBot) -> None:
    table.show_rows(things(3), 0)
    table.select_row("k1")
    told: list[str] = []
    table.activated.connect(told.append)
    table.menu_requested.connect(lambda key, _: told.append(f"menu {key}"))
    table.view.setFocus()
    qtbot.keyClick(table.view, Qt.Key.Key_Return)
    QApplication.sendEvent(table.view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint()))
    place = table.view.visualRect(table.order.index(2, 0)).center()
    QApplication.sendEvent(table.view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, QPoint(5, 5)))
    QApplication.sendEvent(table.view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 290), QPoint(5, 5)))
    assert told == ["k1", "menu k1", "menu k2"]


def test_whole_rows_are_hovered(table: RowsTable) -> None:
    table.show_rows(things(3), 0)
    delegate = table.view.itemDelegate()
    assert isinstance(delegate, CellDelegate)
    place = QPointF(table.view.visualRect(table.order.index(1, 0)).center())
    QApplication.sendEvent(table.view.viewport(), QHoverEvent(QEvent.Type.HoverMove, place, place, place))
    assert delegate.hovered_row == 1
    QApplication.sendEvent(table.view.viewport(), QHoverEvent(QEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), place))
    assert delegate.hovered_row == -1


def test_every_kind_of_cell_is_drawn_and_read_out(table: RowsTable) -> None:
    table.show_rows([Thing("k", "A name that is far too long for its narrow column, and goes on"), Thing("z", "Z", 0.0)], 0)
    table.view.setColumnWidth(0, 90)
    image = table.grab().toImage()
    assert len({image.pixelColor(x, 60).name() for x in range(10, 600, 3)}) > 5
    index = table.model.index(0, 0)
    assert "k" in table.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert table.model.data(table.model.index(0, 1), Qt.ItemDataRole.ToolTipRole) == "All is well"
    assert isinstance(table.model.data(index, CELL_ROLE), TitleCell) and table.model.data(index, ORDER_ROLE).startswith("a name")
    assert table.model.headerData(0, Qt.Orientation.Vertical) is None


def painted(cell: Cell, width: int) -> QImage:
    image = QImage(width, 40, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_cell(painter, image.rect(), cell, Qt.AlignmentFlag.AlignLeft)
    painter.end()
    return image


@pytest.mark.parametrize(("width", "name_alone"), [(140, True), (400, False)])
def test_a_mark_leaves_the_name_whole(qapp: QApplication, width: int, name_alone: bool) -> None:
    plain, marked = TitleCell("Suspicious act", "Two people"), TitleCell("Suspicious act", "Two people", mark="SIMULATED")
    upper = QRect(0, 0, width, 19)
    assert (painted(plain, width).copy(upper) == painted(marked, width).copy(upper)) is name_alone
    assert painted(plain, width) != painted(marked, width)


def test_two_hundred_rows_that_all_change_are_quick_enough_to_follow(table: RowsTable) -> None:
    """Not timed: it must not emit more than one change per row."""
    table.show_rows(things(200), 0)
    changes: list[int] = []
    table.model.dataChanged.connect(lambda first, _: changes.append(first.row()))
    table.show_rows(things(200, 0.7), 1)
    assert len(changes) == 200
