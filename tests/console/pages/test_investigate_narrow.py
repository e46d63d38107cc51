"""In a narrow window the panel takes the place of the pictures; nothing asks for more room than there is."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.pages.investigate.investigate import InvestigatePage
from console.session.remembered import Remembered
from tests.console.pages.investigate_stage import opening
from tests.fakes.engine import FakeEngine


@pytest.fixture
def page(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[InvestigatePage]:
    for open_page in opening(engine, remembered, qtbot):
        yield open_page()


def test_the_panel_is_beside_the_pictures_or_in_their_place(page: InvestigatePage, qtbot: QtBot) -> None:
    page.panel_button.setChecked(True)
    assert page.side.isVisible() and page.stage.isVisible() and not page._arrangement.narrow
    page.window().resize(600, 600)
    qtbot.waitUntil(lambda: page._arrangement.narrow)
    assert page.width() <= 600 and page.side.isVisible() and not page.stage.isVisible()
    page.panel_button.setChecked(False)
    qtbot.waitUntil(page.stage.isVisible)
    assert not page.side.isVisible()
    page.panel_button.setChecked(True)
    page.window().resize(1480, 860)
    qtbot.waitUntil(lambda: not page._arrangement.narrow)
    assert page.side.isVisible() and page.stage.isVisible()


def test_why_stands_beside_the_panel_where_the_whole_width_is_theirs(page: InvestigatePage, qtbot: QtBot) -> None:
    page.panel_button.setChecked(True)
    page.window().resize(760, 640)
    qtbot.waitUntil(lambda: page._arrangement.narrow)
    qtbot.waitUntil(lambda: page.side.orientation() is Qt.Orientation.Horizontal)
    page.window().resize(600, 640)
    qtbot.waitUntil(lambda: page.side.orientation() is Qt.Orientation.Vertical)
    page.window().resize(1480, 860)
    qtbot.waitUntil(lambda: not page._arrangement.narrow)
    assert page.side.orientation() is Qt.Orientation.Vertical
