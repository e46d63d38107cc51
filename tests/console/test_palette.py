"""Palette, catalogue of actions, keys of one's own, preferences."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.palette import commands_catalogue_window
from console.palette.commands_catalogue import Action, FixedKeys, KeyChoices, bind, clashes, set_keys, written_keys
from console.palette.commands_catalogue_buttons import button_actions
from console.palette.palette import Entry, Palette, PaletteModel
from console.palette.score import score
from console.palette.shortcuts import ShortcutsDialog
from console.session.remembered import Remembered
from console.shell.preferences import Preferences, kept_look, last_look
from console.shell.preferences_dialog import PreferencesDialog
from console.window import MainWindow
from tests.fakes.engine import FakeEngine
from tests.fakes.idle_windows import AS_ELSEWHERE_MS
from widgets.fields.change_look import change_look
from widgets.look import Look, current_look
from widgets.theme import color
from widgets.tokens import load_tokens

Opener = Callable[..., MainWindow]
NIGHT_NS = 1_700_000_000_000_000_000


@pytest.fixture(autouse=True)
def usual_look(qapp: QApplication):
    yield
    change_look(qapp, Look())


def entries(*titles: str, blocked: str = "") -> list[Entry]:
    return [Entry(Action(title.lower(), title, "Section", lambda: None), why_not=blocked) for title in titles]


# scores


def test_better_matches_come_first() -> None:
    model = PaletteModel(entries("Remove camera", "Camera Yard", "Add camera…", "Scan merchandise area"), ())
    model.find("camera")
    assert [entry.action.title for entry in model.entries()][:2] == ["Camera Yard", "Add camera…"]
    model.find("yard cam")
    assert [entry.action.title for entry in model.entries()] == ["Camera Yard"]


def test_letters_in_order_are_enough_and_nonsense_finds_nothing() -> None:
    assert score("gtl", "go to live") > 0
    assert score("thl", "theme: light") > 0
    assert score("zzz", "go to live") < 0
    assert score("live wrong", "go to live") < 0


def test_what_was_run_lately_comes_first_while_nothing_is_typed() -> None:
    model = PaletteModel(entries("A", "B", "C"), ("c", "b"))
    assert [entry.action.title for entry in model.entries()] == ["C", "B", "A"]


# the palette


def test_typing_and_enter_runs_what_is_meant(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    qtbot.keyClick(window.status.user_button, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(Palette)
    assert palette is not None and palette.isVisible()
    qtbot.keyClicks(palette.edit, "theme light")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert current_look().theme == "light"
    assert color("panel").name().upper() == load_tokens("light").color["panel"]
    assert window.preferences.recent() == ("everywhere.theme-light",)
    window.catalogue.open_palette()
    again = [each for each in window.findChildren(Palette) if each.isVisible()][-1]
    assert again.model.entry(0).action.id == "everywhere.theme-light", "what was run lately is first"
    assert again.model.entry(0).why_not == "It is in use."
    qtbot.keyClick(again.edit, Qt.Key.Key_Return)
    assert again.isVisible(), "what is not possible stays, with why"
    assert "in use" in again.note.text() and "in use" in again.edit.accessibleDescription()
    qtbot.keyClick(again.edit, Qt.Key.Key_Down)
    assert again.list.currentIndex().row() == 1
    qtbot.keyClick(again.edit, Qt.Key.Key_Escape)
    assert not again.isVisible()


def test_it_is_built_before_anybody_asks_for_it_and_opens_as_new(
    open_window: Opener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands_catalogue_window, "_IDLE_MS", AS_ELSEWHERE_MS)
    monkeypatch.setattr(commands_catalogue_window, "_BREATHS", 0)
    window = open_window()
    qtbot.waitUntil(lambda: bool(window.findChildren(Palette)), timeout=60_000)  # the pages are built before
    (built,) = window.findChildren(Palette)
    assert not built.isVisible()
    for typed in ("theme light", ""):
        window.catalogue.open_palette()
        assert built.isVisible() and built.edit.text() == "" and built.model.rowCount() > 20
        qtbot.keyClicks(built.edit, typed)
        qtbot.keyClick(built.edit, Qt.Key.Key_Escape)
    assert window.findChildren(Palette) == [built] and built.chosen is None


def test_it_finds_pages_cameras_people_buttons_menus_and_says_what_may_not_be_done(
    open_window: Opener, engine: FakeEngine, qtbot: QtBot
) -> None:
    window = open_window("bo")
    qtbot.waitUntil(lambda: window.catalogue._parts.bridge.snapshot is not None)
    found = {entry.action.title: entry for entry in window.catalogue.entries()}
    assert {
        "Go to System",
        "Camera Yard",
        "Sign out",
        "Preferences…",
        "Larger text",
        "Theme: High contrast",
        "Ask the record",
    } <= found.keys()
    assert "administrator" in found["Add camera…"].why_not
    assert found["Go to Live"].keys == "Ctrl+1"
    found["Camera Gate"].action.run()
    assert window.current_page_id() == "live"
    found["Go to System"].action.run()
    assert window.current_page_id() == "system"


def test_a_button_is_run_by_its_name_and_brings_its_page(qtbot: QtBot) -> None:
    page, calls = QWidget(), []
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    pressed, off, hidden = QPushButton("&Do it…"), QPushButton("Not now"), QPushButton("Gone")
    off.setEnabled(False)
    off.setToolTip("Choose somebody first.")
    for button in (pressed, off, hidden):
        column.addWidget(button)
    hidden.hide()
    pressed.clicked.connect(lambda: calls.append("done"))
    actions = {action.title: action for action in button_actions(page, "page", "Page", lambda: calls.append("shown"))}
    assert actions.keys() == {"Do it…", "Not now"}
    actions["Do it…"].run()
    assert calls == ["shown", "done"]
    assert actions["Not now"].why_not is not None and actions["Not now"].why_not() == "Choose somebody first."


# keys


def test_written_keys_are_read_one_by_one() -> None:
    assert written_keys("J K L") == ("J", "K", "L")
    assert written_keys("O, R, S") == ("O", "R", "S")
    assert written_keys(", .") == (",", ".")
    assert written_keys("1–3") == ("1", "2", "3")
    assert written_keys("Ctrl+← +") == ("Ctrl+Left", "+")


def test_keys_clash_on_the_same_page_and_with_those_that_work_everywhere(remembered: Remembered) -> None:
    one, other = Action("a.one", "One", "A", lambda: None, "O"), Action("a.two", "Two", "A", lambda: None, "T")
    far, wide = Action("b.far", "Far", "B", lambda: None, "T"), Action("everywhere.k", "Wide", "", lambda: None, "Ctrl+K")
    actions, keys = (one, other, far, wide), KeyChoices(remembered, "u")
    fixed = (FixedKeys("a", ("J", "K"), "Player"), FixedKeys("b", ("O",), "Elsewhere"))
    chosen = keys.all(actions)
    assert clashes(one, "T", chosen, actions, fixed) == ["Two"]
    assert clashes(one, "Ctrl+K", chosen, actions, fixed) == ["Wide"]
    assert clashes(one, "K", chosen, actions, fixed) == ["Player"]
    assert clashes(one, "X", chosen, actions, fixed) == [] == clashes(one, "", chosen, actions, fixed)
    assert clashes(wide, "T", chosen, actions, fixed) == ["Two", "Far"]


def test_chosen_keys_are_kept_for_their_user_only(tmp_path: Path, qtbot: QtBot) -> None:
    ran: list[str] = []
    host = QWidget()
    qtbot.addWidget(host)
    action = Action("a.one", "One", "A", lambda: ran.append("one"), "O", hosts=(host,))
    bind([action])
    first = Remembered.in_folder(tmp_path)
    KeyChoices(first, "ada").choose(action, "Ctrl+J")
    first.flush()
    again = Remembered.in_folder(tmp_path)
    assert KeyChoices(again, "ada").of(action) == "Ctrl+J"
    assert KeyChoices(again, "bo").of(action) == "O"
    set_keys(host, KeyChoices(again, "ada").all([action]))
    assert host.findChild(QShortcut).key() == QKeySequence("Ctrl+J")
    KeyChoices(again, "ada").choose(action, "O")
    assert not KeyChoices(again, "ada").is_own(action)


def test_keys_are_changed_in_the_window_and_work_at_once(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    window.show_shortcuts()
    dialog = window.findChild(ShortcutsDialog)
    assert dialog is not None
    dialog.choose("space.follow")
    dialog.begin()
    assert dialog.capture.isVisible()
    qtbot.keyClick(dialog.capture, Qt.Key.Key_T)
    assert "Top view of the floor" in dialog.clash.text() and dialog.anyway.isVisible()
    dialog.give_up.click()
    assert window.preferences.keys.of(dialog.action()) == "G"
    dialog.begin()
    qtbot.keyClick(dialog.capture, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert "Command palette" in dialog.clash.text(), "keys that do something already are heard, not done"
    assert window.findChild(Palette) is None
    dialog.give_up.click()
    dialog.begin()
    qtbot.keyClick(dialog.capture, Qt.Key.Key_T)
    dialog.anyway.click()
    keys = {action.id: window.preferences.keys.of(action) for action in window.catalogue.keyed()}
    assert keys["space.follow"] == "T" and keys["space.top"] == ""
    given = {shortcut.objectName(): shortcut.key().toString() for shortcut in window.page("space").findChildren(QShortcut)}
    assert given["key:space.follow"] == "T" and given["key:space.top"] == ""
    dialog.reset_all.click()
    keys = {action.id: window.preferences.keys.of(action) for action in window.catalogue.keyed()}
    assert keys["space.follow"] == "G" and keys["space.top"] == "T"
    dialog.search.setText("whole floor")
    assert [line.text(0) for line in dialog._lines() if not line.isHidden()] == ["The whole floor"]
    dialog.close()


def test_default_keys_do_not_clash(open_window: Opener) -> None:
    """A page's own key goes before the window's, so only those of one page and of the window among themselves matter."""
    window = open_window()
    actions, keys = window.catalogue.keyed(), window.preferences.keys
    fixed = [each for group in window.catalogue.fixed_keys().values() for each in group]
    for action in actions:
        same = [other for other in actions if other.place == action.place]
        beside = [each for each in fixed if each.place == action.place]
        assert clashes(action, keys.of(action), keys.all(same), same, ()) == [], action.id
        assert clashes(action, keys.of(action), {}, (), beside) == [] or action.only_there, action.id


# preferences


def test_a_look_is_kept_for_each_user_and_for_the_door(tmp_path: Path, qapp: QApplication) -> None:
    first = Remembered.in_folder(tmp_path)
    Preferences(first, "ada").set_look(Look("contrast", 150, True))
    again = Remembered.in_folder(tmp_path)
    assert Preferences(again, "ada").look() == Look("contrast", 150, True) == last_look(again)
    assert Preferences(again, "bo").look() == Look()


@pytest.mark.parametrize(("name", "value"), [("theme", "pink"), ("text", "9999"), ("text", "-1")])
def test_a_damaged_look_is_the_usual_one(remembered: Remembered, name: str, value: str) -> None:
    remembered.put(f"look-u/{name}", value)
    assert kept_look(remembered, "look-u") == Look()


def test_text_grows_by_steps_and_stops_at_the_ends(remembered: Remembered, qapp: QApplication) -> None:
    wish = Preferences(remembered, "u")
    for _ in range(9):
        wish.step_text(1)
    assert current_look().text_percent == 200 and load_tokens().sizes["body"] == 26
    for _ in range(12):
        wish.step_text(-1)
    assert current_look().text_percent == 80
    wish.step_text(0)
    assert current_look().text_percent == 100


def test_preferences_work_at_once(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    window.catalogue.show_preferences()
    dialog = window.findChild(PreferencesDialog)
    assert dialog is not None
    dialog.theme.setCurrentIndex(2)
    dialog.theme.activated.emit(2)
    dialog.still.click()
    assert current_look() == Look("contrast", 100, True)
    dialog.shortcuts.click()
    assert window.findChild(ShortcutsDialog) is not None
    window.findChild(ShortcutsDialog).close()
    dialog.close()


def test_the_window_is_not_larger_than_the_screen_with_large_text(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    window.resize(1280, 800)
    window.preferences.set_look(Look("dark", 150))
    qtbot.waitUntil(lambda: window.status.height() == 54)
    assert window.width() == 1280 and window.height() == 800
    assert window.rail.width() == 138
