"""The strip above the wall: whole at every width the window can have."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.pages.live.toolbar import LiveToolbar
from widgets.wall.overlays import Overlays


@pytest.fixture
def toolbar(qtbot: QtBot) -> Iterator[LiveToolbar]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(2000, 60)
    made = LiveToolbar(window)  # within another widget: a window of its own could not be narrower than its words
    made.show_pages(0, 2)
    window.show()
    yield made  # until here the window must live


@pytest.mark.parametrize("width", [480, 540, 700, 1000, 1600])
def test_nothing_is_cut(toolbar: LiveToolbar, qtbot: QtBot, width: int) -> None:
    toolbar.resize(width, toolbar.sizeHint().height())
    qtbot.wait(1)
    shown = [
        toolbar.tree_button,
        toolbar.layout_button,
        toolbar.wall_button,
        toolbar.overlay_button,
        toolbar._page_label,
        toolbar.add_button,
    ]
    assert [widget.text() for widget in shown if widget.width() < widget.sizeHint().width()] == []
    assert all(toolbar.rect().contains(widget.geometry()) for widget in shown)


def test_words_come_back_with_the_room(toolbar: LiveToolbar, qtbot: QtBot) -> None:
    toolbar.resize(400, 40)
    assert toolbar.add_button.text() == "" and toolbar._page_label.text() == "1 / 2"
    toolbar.resize(1600, 40)
    assert toolbar.add_button.text() and toolbar._page_label.text() == "Page 1 of 2"


def test_every_button_keeps_its_name_without_words(toolbar: LiveToolbar) -> None:
    toolbar.resize(400, 40)
    buttons = [toolbar.tree_button, toolbar.layout_button, toolbar.wall_button, toolbar.overlay_button, toolbar.add_button]
    assert all(button.accessibleName() for button in buttons)


def test_overlays_are_one_menu_of_words_that_stays_open(toolbar: LiveToolbar, qtbot: QtBot) -> None:
    chosen: list[Overlays] = []
    toolbar.overlays_chosen.connect(chosen.append)
    menu = toolbar.overlay_button.menu()
    assert all(action.text() and action.toolTip() for action in menu.actions())
    menu.popup(toolbar.mapToGlobal(toolbar.rect().bottomLeft()))
    for name in ("trails", "poses"):
        action = toolbar.overlay_actions[name]
        menu.setActiveAction(action)
        before = action.isChecked()
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        assert action.isChecked() != before and menu.isVisible()
    assert chosen[-1].poses and len(chosen) == 2
    menu.close()
