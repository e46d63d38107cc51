"""Drop-down lists: every row that has room is whole, and a long list has a scroll bar instead of filling the screen."""

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("rows", [1, 2, 5, 10, 11, 40])
@pytest.mark.parametrize("editable", [False, True])
def test_no_row_is_cut(qtbot: QtBot, rows: int, editable: bool) -> None:
    box = QComboBox()
    qtbot.addWidget(box)
    box.setEditable(editable)
    box.addItems([f"Choice {number}" for number in range(rows)])
    with qtbot.waitExposed(box):
        box.show()
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    shown = min(rows, box.maxVisibleItems())
    last = view.visualRect(view.model().index(shown - 1, 0))
    assert last.height() >= 28 and last.bottom() < view.viewport().height(), "the last row that is shown is whole"
    assert view.viewport().height() - last.bottom() <= 2, "and nothing is left below it"
    assert view.verticalScrollBar().isVisible() == (rows > shown)
    assert view.parentWidget().height() < 340
    box.hidePopup()
