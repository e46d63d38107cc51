"""The menus of the PTZ bar."""

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from console.steering.menus import fill_presets
from engine.model.ptz.commands import GoToPreset, PtzCommand
from engine.model.ptz.view import PtzAbilities, PtzPreset, PtzState, PtzView


def test_without_a_preset_the_menu_leads_to_the_settings_where_the_user_may(qtbot: QtBot) -> None:
    said: list[PtzCommand] = []
    opened: list[str] = []
    view = PtzView("yard", PtzState.ONLINE, can=PtzAbilities(pan_tilt=True))
    menu = QMenu()
    qtbot.addWidget(menu)
    fill_presets(menu, view, said.append)
    assert menu.isEmpty()
    fill_presets(menu, view, said.append, opened.append)
    (entry,) = menu.actions()
    entry.trigger()
    assert entry.isEnabled() and opened == ["yard"] and said == []


def test_with_presets_it_has_these_alone(qtbot: QtBot) -> None:
    said: list[PtzCommand] = []
    opened: list[str] = []
    view = PtzView("yard", PtzState.ONLINE, can=PtzAbilities(pan_tilt=True, presets=4), presets=(PtzPreset("1", "Gate"),))
    menu = QMenu()
    qtbot.addWidget(menu)
    fill_presets(menu, view, said.append, opened.append)
    (entry,) = menu.actions()
    entry.trigger()
    assert said == [GoToPreset("yard", "1")] and opened == []
