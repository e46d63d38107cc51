"""What was removed in the console comes back by its message, by one key and from the palette; also over a dialog."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.users import UsersDialog
from console.dialogs.confirm import ConfirmDialog
from console.pages.live.live import LivePage
from console.shell.undo_words import gone_text, undo_title
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.accounts.commands import CreateToken, RevokeToken
from engine.model.accounts.undo import RemovedKind, Undoable, UndoRemoval
from engine.model.command import RemoveCamera, RemoveUser
from engine.model.errors import NotFound
from engine.model.history.timeline import PutBookmark, RemoveBookmark
from tests.fakes.engine import FakeEngine
from widgets.marks.toast import Toast, ToastArea

Opened = Callable[[str], MainWindow]


def said(area: ToastArea) -> list[str]:
    return [toast.text() for toast in area.toasts()]


def press_undo(toast: Toast) -> None:
    next(button for button in toast.findChildren(QPushButton) if button.text() == "Undo").click()


def remove_yard(window: MainWindow, qtbot: QtBot) -> Toast:
    window._bridge.command(RemoveCamera("yard"), lambda _: None, pytest.fail)
    qtbot.waitUntil(lambda: said(window.toasts) == ["Yard is removed."])
    return window.toasts.toasts()[0]


def test_the_message_brings_it_back(engine: FakeEngine, open_window: Opened, qtbot: QtBot) -> None:
    window = open_window("ada")
    toast = remove_yard(window, qtbot)
    assert engine.settings.camera("yard") is None
    press_undo(toast)
    qtbot.waitUntil(lambda: said(window.toasts) == ["Yard is back."])
    assert engine.settings.camera("yard") is not None
    qtbot.waitUntil(lambda: window.undo.newest is None)
    assert window.undo.why_not()


def test_so_does_the_key_the_newest_first(engine: FakeEngine, open_window: Opened, qtbot: QtBot) -> None:
    window = open_window("ada")
    remove_yard(window, qtbot)
    window._bridge.command(RemoveCamera("gate"), lambda _: None, pytest.fail)
    qtbot.waitUntil(lambda: said(window.toasts) == ["Yard is removed.", "Gate is removed."])
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: engine.settings.camera("gate") is not None)
    assert engine.settings.camera("yard") is None
    qtbot.waitUntil(lambda: "Gate is back." in said(window.toasts))
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: engine.settings.camera("yard") is not None)


def test_in_a_field_the_key_undoes_typing_only(engine: FakeEngine, open_window: Opened, qtbot: QtBot) -> None:
    window = open_window("ada")
    remove_yard(window, qtbot)
    live = window.page("live")
    assert isinstance(live, LivePage)
    live.review.events_button.click()
    field = next(each for each in window.findChildren(QLineEdit) if each.isVisible() and each.isEnabled())
    field.setFocus()
    qtbot.keyClicks(field, "va")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "" and engine.settings.camera("yard") is None


def test_the_palette_and_the_keys_window_know_it(open_window: Opened, qtbot: QtBot) -> None:
    window = open_window("ada")
    entry = next(each for each in window.catalogue.entries() if each.action.id == "everywhere.undo")
    assert entry.keys == "Ctrl+Z" and "last five minutes" in entry.why_not
    remove_yard(window, qtbot)
    assert next(each for each in window.catalogue.entries() if each.action.id == "everywhere.undo").why_not == ""


def test_what_cannot_be_put_back_says_why_and_can_be_tried_again(engine: FakeEngine, open_window: Opened, qtbot: QtBot) -> None:
    window = open_window("ada")
    toast = remove_yard(window, qtbot)
    engine.fail("command", NotFound("That cannot be undone any more: its time is over."), UndoRemoval)
    press_undo(toast)
    qtbot.waitUntil(lambda: any("its time is over" in text for text in said(window.toasts)))
    window.undo.undo_newest()
    qtbot.waitUntil(lambda: engine.settings.camera("yard") is not None)
    assert sum(isinstance(each, UndoRemoval) for each in engine.commands) == 1


def test_what_was_undone_elsewhere_loses_its_message(engine: FakeEngine, open_window: Opened, qtbot: QtBot) -> None:
    window = open_window("ada")
    remove_yard(window, qtbot)
    engine.execute(UndoRemoval(engine.undo.undoable[0].id))
    qtbot.waitUntil(lambda: said(window.toasts) == [])


def test_what_was_removed_before_the_window_opened_is_undone_by_the_key_without_a_message(
    engine: FakeEngine, open_window: Opened, qtbot: QtBot
) -> None:
    engine.execute(RemoveCamera("yard"))
    window = open_window("ada")
    qtbot.waitUntil(lambda: window.undo.newest is not None)
    assert said(window.toasts) == []
    window.undo.undo_newest()
    qtbot.waitUntil(lambda: engine.settings.camera("yard") is not None)


def test_over_a_dialog_the_message_is_where_it_can_be_reached_and_moves_when_it_closes(
    engine: FakeEngine, open_window: Opened, qtbot: QtBot
) -> None:
    engine.execute(CreateToken("the gate", Role.OPERATOR))
    window = open_window("ada")
    dialog = UsersDialog(window._bridge, window)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.isVisible())
    window._bridge.command(RevokeToken(engine.access.tokens[0].id), lambda _: None, pytest.fail)
    qtbot.waitUntil(lambda: dialog.findChild(ToastArea) is not None and said(dialog.findChild(ToastArea)) != [])
    assert said(dialog.findChild(ToastArea)) == ["The token “the gate” is revoked."] and said(window.toasts) == []
    qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(engine.access.tokens) == 1)
    user = next(each.id for each in engine.users if each.name == "bo")
    window._bridge.command(RemoveUser(user), lambda _: None, pytest.fail)
    qtbot.waitUntil(lambda: any("bo" in text for text in said(dialog.findChild(ToastArea))))
    dialog.reject()
    qtbot.waitUntil(lambda: said(window.toasts) == ["The account bo is removed."])
    press_undo(window.toasts.toasts()[0])
    qtbot.waitUntil(lambda: any(each.name == "bo" for each in engine.users))


def test_lists_that_were_asked_for_are_asked_for_again(engine: FakeEngine, open_window: Opened, qtbot: QtBot) -> None:
    mark = engine.execute(PutBookmark(engine.now_ns, "the van"))
    window = open_window("ada")
    window.show_page("investigate")
    panel = window.page("investigate").bookmarks
    panel.load()
    qtbot.waitUntil(lambda: len(panel._moments) == 1)
    panel.choose(mark)
    panel.remove()
    qtbot.waitUntil(lambda: len(panel._moments) == 0 and said(window.toasts) == ["The bookmark “the van” is removed."])
    press_undo(window.toasts.toasts()[0])
    qtbot.waitUntil(lambda: len(panel._moments) == 1)
    assert engine.past.bookmarks[mark].note == "the van"
    assert not any(isinstance(each, RemoveBookmark) for each in engine.commands[-1:])


@pytest.mark.parametrize("kind", list(RemovedKind))
def test_everything_that_can_be_gone_has_words(kind: RemovedKind) -> None:
    for name in ("", "Yard"):
        text = gone_text(Undoable("un-1", kind, name, 0, 1))
        assert text.endswith(".") and "{" not in text
        assert undo_title(Undoable("un-1", kind, name, 0, 1)).startswith("Undo: ")


def test_whoever_is_asked_hears_whether_it_can_be_undone(qtbot: QtBot) -> None:
    for can_undo, words in ((True, "Ctrl+Z"), (False, "cannot be undone")):
        dialog = ConfirmDialog("Remove?", "It goes.", "&Remove", can_undo=can_undo)
        qtbot.addWidget(dialog)
        assert any(words in label.text() for label in dialog.findChildren(QLabel))
