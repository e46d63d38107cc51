"""Everything can be reached and named without a mouse and without seeing: walked through on every page and in the dialogs they open."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QDialog, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from console.commands_catalogue_buttons import button_actions
from console.pages.registry import PAGES
from console.window import MainWindow
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


def stops(root: QWidget) -> list[QWidget]:
    """Where Tab is to stop: what can be seen and used, and takes the focus by Tab. Parts of a control count as the control."""
    found = [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    ]
    return [widget for widget in found if not isinstance(widget.parentWidget(), (QComboBox, QAbstractSpinBox))]


def spoken(widget: QWidget) -> str:
    """What a screen reader says it is."""
    told = QAccessible.queryAccessibleInterface(widget)
    name = told.text(QAccessible.Text.Name) if told is not None else ""
    return name or widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def nameless(root: QWidget) -> list[str]:
    return [described(widget) for widget in stops(root) if not spoken(widget).strip() and not _is_plain_scroll(widget)]


def _is_plain_scroll(widget: QWidget) -> bool:
    """A page that is longer than the screen takes arrow keys; what it holds has the names."""
    return type(widget).__name__ == "QScrollArea"


def described(widget: QWidget) -> str:
    above = [type(parent).__name__ for parent in parents(widget)][:4]
    return f"{type(widget).__name__} {widget.objectName()!r} in {' < '.join(above)}"


def parents(widget: QWidget) -> Iterator[QWidget]:
    above = widget.parentWidget()
    while above is not None:
        yield above
        above = above.parentWidget()


def visited(root: QWidget, begin: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Where the focus goes with Tab until it comes back to where it began; a trap shows as stops that repeat."""
    begin.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    modifiers = Qt.KeyboardModifier.ShiftModifier if key == Qt.Key.Key_Backtab else Qt.KeyboardModifier.NoModifier
    for _ in range(4 * len(stops(root)) + 8):
        now = QApplication.focusWidget()
        if now is None or (seen and now is seen[0]):
            break
        seen.append(now)
        QTest.keyClick(now, key, modifiers)
    return seen


def unreached(root: QWidget) -> list[str]:
    """Stops that Tab never comes to. Buttons of one exclusive group are one stop, as everywhere: arrows go on inside."""
    wanted = stops(root)
    if not wanted:
        return []
    seen = set(visited(root, wanted[0]))
    reached = seen | {parent for widget in seen for parent in parents(widget)}
    return [described(widget) for widget in wanted if widget not in reached and not _grouped(widget, seen)]


def _grouped(widget: QWidget, seen: set[QWidget]) -> bool:
    if not isinstance(widget, QAbstractButton):
        return False
    group = widget.group()
    mates = group.buttons() if group is not None and group.exclusive() else []
    return any(mate in seen for mate in mates)


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
