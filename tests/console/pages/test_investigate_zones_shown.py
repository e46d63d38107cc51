"""Zones and lines over the recorded pictures of Investigate: the first time as on Live, then as chosen here."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.session.remembered import Remembered
from tests.console.pages.investigate_stage import Open, opening
from tests.fakes.engine import FakeEngine


@pytest.fixture
def open_page(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Open]:
    yield from opening(engine, remembered, qtbot)


def test_a_key_and_the_menu_switch_them_and_it_is_kept(open_page: Open, remembered: Remembered, qtbot: QtBot) -> None:
    page = open_page()
    assert page.wall.zones_shown()
    qtbot.keyClick(page.wall, Qt.Key.Key_Z)
    assert not page.wall.zones_shown()
    assert not open_page().wall.zones_shown()
    page = open_page()
    menu = page.head.cameras.menu()
    menu.aboutToShow.emit()
    action = menu.actions()[-1]
    assert "ones and lines" in action.text() and not action.isChecked()
    action.trigger()
    assert page.wall.zones_shown() and remembered.flag("investigate/zones", False)


def test_the_first_time_it_is_as_on_live(open_page: Open, remembered: Remembered) -> None:
    remembered.put("live/zones", False)
    assert not open_page().wall.zones_shown()
