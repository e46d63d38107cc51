"""The time zone of a site, found by typing a part of its name."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.shell.zone_choice import ZoneChoice


@pytest.fixture
def choice(qtbot: QtBot) -> ZoneChoice:
    made = ZoneChoice("Time zone")
    qtbot.addWidget(made)
    made.set_zone("Europe/Stockholm")
    made.show()
    made.line.setFocus()
    made.line.selectAll()
    return made


def offered(choice: ZoneChoice) -> list[str]:
    completer = choice.completer()
    assert completer is not None
    completions = completer.completionModel()
    return [completions.index(row, 0).data() for row in range(completions.rowCount())]


def test_typing_filters_the_list(choice: ZoneChoice, qtbot: QtBot) -> None:
    qtbot.keyClicks(choice.line, "berl")
    assert offered(choice) == ["Europe/Berlin"]
    qtbot.keyClick(choice.line, Qt.Key.Key_Return)
    assert choice.zone() == "Europe/Berlin" and choice.currentText() == "Europe/Berlin"


def test_a_part_in_the_middle_and_in_any_case_finds_it(choice: ZoneChoice, qtbot: QtBot) -> None:
    qtbot.keyClicks(choice.line, "NEW YO")
    assert offered(choice) == ["America/New York"]
    assert choice.zone() == "America/New_York"


@pytest.mark.parametrize("typed", ["Atlantis", "", "   "])
def test_what_is_no_zone_leaves_the_one_that_was_chosen(choice: ZoneChoice, qtbot: QtBot, typed: str) -> None:
    qtbot.keyClick(choice.line, Qt.Key.Key_Backspace)
    qtbot.keyClicks(choice.line, typed)
    assert choice.zone() == "Europe/Stockholm" and choice.currentText() == "Europe/Stockholm"


def test_a_zone_of_a_settings_file_is_kept(choice: ZoneChoice) -> None:
    choice.set_zone("Etc/GMT-3")
    assert choice.zone() == "Etc/GMT-3"
