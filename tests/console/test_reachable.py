"""Everything can be reached and named: by keyboard, and by a screen reader."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QSlider, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.accounts.password import PasswordDialog
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.accounts.tokens import TokenDialog
from console.dialogs.accounts.user_edit import UserDialog
from console.dialogs.accounts.users import UsersDialog
from console.dialogs.alerts.hand_over import HandOverDialog, HandoversDialog
from console.dialogs.cameras.camera import CameraDialog
from console.window import MainWindow
from tests.fakes.engine import FakeDoor, FakeEngine

Make = Callable[[FakeEngine, EngineBridge], QWidget]
DIALOGS: dict[str, Make] = {
    "add camera": lambda engine, bridge: CameraDialog(bridge),
    "edit camera": lambda engine, bridge: CameraDialog(bridge, engine.settings.camera("gate")),
    "accounts": lambda engine, bridge: UsersDialog(bridge),
    "new account": lambda engine, bridge: UserDialog(bridge),
    "token": lambda engine, bridge: TokenDialog(bridge),
    "password": lambda engine, bridge: PasswordDialog(bridge),
    "hand over": lambda engine, bridge: HandOverDialog(bridge),
    "hand-overs": lambda engine, bridge: HandoversDialog(bridge),
    "sign in": lambda engine, bridge: SignInDialog(FakeDoor(engine)),
    "set up": lambda engine, bridge: SetupDialog(FakeDoor(engine)),
}


@pytest.fixture(params=DIALOGS)
def dialog(request: pytest.FixtureRequest, engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> Iterator[QWidget]:
    made = DIALOGS[request.param](engine, bridge)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def nameless(root: QWidget) -> list[str]:
    """Operable widgets on screen that nothing names."""
    buddies = {label.buddy() for label in root.findChildren(QLabel) if label.buddy() is not None}
    kinds = (QAbstractButton, QLineEdit, QComboBox, QSlider, QAbstractSpinBox)
    shown = [widget for kind in kinds for widget in root.findChildren(kind) if widget.isVisibleTo(root)]
    return [
        f"{widget!r} in {widget.parent()!r}" for widget in shown if widget not in buddies and not _name(widget) and not _within_edit(widget)
    ]


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text or widget.toolTip()


def unreachable(root: QWidget) -> list[str]:
    shown = [button for button in root.findChildren(QAbstractButton) if button.isVisibleTo(root) and button.isEnabled()]
    return [f"{button!r} in {button.parent()!r}" for button in shown if not _by_keys(button)]


def _by_keys(button: QAbstractButton) -> bool:
    """Tab reaches it; in a group where one is chosen, Tab reaches that one and the arrows the others."""
    group = button.group()
    return bool(button.focusPolicy() & Qt.FocusPolicy.TabFocus) or (group is not None and group.exclusive()) or _within_edit(button)


def _within_edit(widget: QWidget) -> bool:
    """A line edit's own little buttons are only decoration: its keys do the same."""
    return isinstance(widget.parent(), QLineEdit)


def test_dialogs(dialog: QWidget) -> None:
    assert nameless(dialog) == [] and unreachable(dialog) == []


@pytest.mark.parametrize("page", ["live", "system"])
def test_pages(open_window: Callable[..., MainWindow], engine: FakeEngine, page: str) -> None:
    engine.add_event("yard")
    window = open_window()
    window.show_page(page)
    assert nameless(window) == [] and unreachable(window) == []
