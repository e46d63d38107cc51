"""Everything can be reached and named without a mouse and without seeing: walked through on every page and in the dialogs they open."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from console.pages.registry import PAGES
from console.palette.commands_catalogue_buttons import button_actions
from console.window import MainWindow
from tests.console.reach import nameless, unreached
from tests.fakes.engine import FakeEngine
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene

Opener = Callable[..., MainWindow]


@pytest.fixture
def engine() -> FakeEngine:
    """A site with cameras, nodes, people and events."""
    made = RadioEngine(radio_scene=RadioScene(walkers=WALKERS[:3]))
    made.add_camera("yard", "Yard")
    made.add_event("yard", age_s=60)
    made.tick()
    return made


@pytest.mark.parametrize("page_id", [entry.id for entry in PAGES])
def test_everything_on_a_page_has_a_name_and_is_reached_by_tab(page_id: str, open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    window.show_page(page_id)
    qtbot.waitUntil(lambda: window.catalogue._parts.bridge.snapshot is not None)
    assert nameless(window) == []
    assert unreached(window) == []


@pytest.mark.soak
@pytest.mark.parametrize("page_id", [entry.id for entry in PAGES])
def test_everything_in_the_dialogs_of_a_page_has_a_name_and_is_reached_by_tab(
    page_id: str, open_window: Opener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for which in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):  # those are the system's
        monkeypatch.setattr(QFileDialog, which, lambda *_, **__: ("", ""))
    window = open_window()
    window.show_page(page_id)
    qtbot.waitUntil(lambda: window.catalogue._parts.bridge.snapshot is not None)
    wrong: list[str] = []
    for action in button_actions(window.page(page_id), page_id, page_id, lambda: None):
        if action.title.endswith("…") and action.why_not is not None and not action.why_not():
            action.run()
            wrong += [f"{action.title}: {fault}" for fault in faults_of_dialog(qtbot)]
    assert wrong == []


@pytest.mark.parametrize("what", ["open_palette", "show_shortcuts", "show_preferences"])
def test_everything_in_the_windows_dialogs_has_a_name_and_is_reached_by_tab(what: str, open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    getattr(window.catalogue, what)()
    assert faults_of_dialog(qtbot) == []


def faults_of_dialog(qtbot: QtBot) -> list[str]:
    """Of the dialog that is open now, which is closed by its key."""
    dialog = QApplication.activeModalWidget()
    if not isinstance(dialog, QDialog):
        return []
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog and QApplication.focusWidget() is not None)
    faults = [f"no name: {each}" for each in nameless(dialog)] + [f"not reached: {each}" for each in unreached(dialog)]
    dialog.close()
    QApplication.processEvents()
    return faults
