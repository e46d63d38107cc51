"""Who may come in, on screen: accounts and their cameras, passwords, tokens of machines, and when consoles lock."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.accounts.camera_choice import CameraChoice, grants_text
from console.dialogs.accounts.origins import OriginsTab
from console.dialogs.accounts.password import PasswordDialog
from console.dialogs.accounts.tokens import TokenDialog, expiry_text
from console.dialogs.accounts.user_edit import UserDialog
from console.dialogs.accounts.users import UsersDialog
from console.dialogs.accounts.verb_choice import verbs_text
from console.dialogs.confirm import ConfirmDialog
from console.pages.registry import PAGES
from console.window import MainWindow
from engine.model.accounts.access import AccessSettings, Role, User, Verb
from engine.model.accounts.commands import ChangeAccess, ChangePassword, CreateToken
from engine.model.command import CreateUser, PutCamera
from engine.model.command_terms import terms_from
from engine.model.errors import Conflict, EnvironmentFault
from engine.model.settings import CameraSettings
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine

YARD = CameraSettings("yard", "Yard", "usb:0", group="Outside/North")
GATE = CameraSettings("gate", "Gate", "usb:1", group="Outside")
HALL = CameraSettings("hall", "Hall", "usb:2")


@pytest.fixture
def accounts(bridge: EngineBridge, qtbot: QtBot) -> Iterator[UsersDialog]:
    dialog = UsersDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: bool(dialog.rows.buttons))
    yield dialog
    dialog.close()


def hand(accounts: UsersDialog, name: str, picture: str) -> None:
    accounts.rows.buttons[f"user-{name}"][picture].click()


def test_create_an_account_for_some_cameras(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    accounts.create_button.click()
    dialog = accounts.findChild(UserDialog)
    assert dialog is not None and not dialog.button.isEnabled()
    dialog.fields.field("name").edit().setText("eve")
    dialog.fields.field("password").edit().setText("a long password")
    dialog.role.setCurrentIndex(dialog.role.findData(Role.INVESTIGATOR.value))
    dialog.cameras.some.setChecked(True)
    item(dialog.cameras, "Gate").setCheckState(0, Qt.CheckState.Checked)
    dialog.button.click()
    qtbot.waitUntil(lambda: "user-eve" in accounts.rows.buttons)
    assert (engine.users[-1].role, engine.users[-1].cameras) == (Role.INVESTIGATOR, ("gate",))


def test_a_name_in_use_is_said_under_it(accounts: UsersDialog, qtbot: QtBot) -> None:
    accounts.create_button.click()
    dialog = accounts.findChild(UserDialog)
    assert dialog is not None
    dialog.fields.field("name").edit().setText("bo")
    dialog.fields.field("password").edit().setText("a long password")
    dialog.button.click()
    qtbot.waitUntil(lambda: not dialog._busy)
    assert dialog.isVisible() and not dialog.trouble.isVisible() and "bo" in dialog.fields.field("name").message()


def test_another_role_and_other_cameras(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    hand(accounts, "bo", "pencil")
    dialog = accounts.findChild(UserDialog)
    assert dialog is not None and dialog.cameras.all.isChecked() and not dialog.priority.isVisible()
    dialog.cameras.some.setChecked(True)
    dialog.button.click()
    qtbot.waitUntil(lambda: engine.users[-1].cameras == ())


def test_a_ptz_priority_where_cameras_are_steered(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, cameras=(replace(HALL, onvif="http://192.0.2.9/onvif"),))
    engine.execute(PutCamera(replace(HALL, onvif="http://192.0.2.9/onvif")))
    engine.publish()
    qtbot.waitUntil(lambda: any(each.onvif for each in accounts._bridge.snapshot.settings.cameras))  # type: ignore[union-attr]
    hand(accounts, "bo", "pencil")
    dialog = accounts.findChild(UserDialog)
    assert dialog is not None and dialog.priority.isVisible() and dialog.priority.text() == "That of the role"
    dialog.priority.setValue(60)
    dialog.button.click()
    qtbot.waitUntil(lambda: engine.settings.access.ptz_priority("bo") == 60)


def test_remove_an_account_but_not_ones_own(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    own = accounts.rows.buttons["user-ada"]
    assert not own["trash-2"].isEnabled() and not own["pencil"].isEnabled() and own["lock"].isEnabled()
    hand(accounts, "bo", "trash-2")
    dialog = accounts.findChild(ConfirmDialog)
    assert dialog is not None and "bo" in dialog.heading.text()
    dialog.go.click()
    qtbot.waitUntil(lambda: set(accounts.rows.buttons) == {"user-ada"})
    assert [user.name for user in engine.users] == ["ada"]


def test_an_account_that_cannot_be_removed(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("command", EnvironmentFault("disk_full", "The disk is full."))
    hand(accounts, "bo", "trash-2")
    dialog = accounts.findChild(ConfirmDialog)
    assert dialog is not None
    dialog.go.click()
    qtbot.waitUntil(accounts.trouble.isVisible)
    assert accounts.trouble.text() == "The disk is full."


def test_ones_own_password_needs_the_one_before(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    hand(accounts, "ada", "lock")
    dialog = accounts.findChild(PasswordDialog)
    assert dialog is not None
    dialog.fields.field("current").edit().setText("wrong")
    dialog.fields.field("password").edit().setText("a new long one")
    dialog.button.click()
    qtbot.waitUntil(lambda: "not right" in dialog.fields.field("current").message())
    dialog.fields.field("current").edit().setText("correct horse")
    dialog.button.click()
    qtbot.waitUntil(lambda: engine.passwords["ada"] == "a new long one")
    assert isinstance(engine.commands[-1], ChangePassword)


def test_somebody_elses_password_is_set_anew(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    hand(accounts, "bo", "lock")
    dialog = accounts.findChild(PasswordDialog)
    assert dialog is not None
    dialog.fields.field("password").edit().setText("bo and more of it")
    assert not dialog.button.isEnabled(), "a password does not hold the name"
    dialog.fields.field("password").edit().setText("a new long one")
    dialog.button.click()
    qtbot.waitUntil(lambda: engine.passwords["bo"] == "a new long one")


def test_when_they_were_here_is_told(accounts: UsersDialog) -> None:
    now_ns = 10_000 * SECOND
    ada = User("u", "ada", Role.ADMIN)
    assert accounts._last_sign_in_text(ada, now_ns) == "Has not signed in yet"
    for sessions, told in ((0, "Signed in 2 h ago"), (1, "Signed in 2 h ago · 1 session open"), (2, "Signed in 2 h ago · 2 sessions open")):
        user = User("u", "ada", Role.ADMIN, None, now_ns - 7_200 * SECOND, sessions)
        assert accounts._last_sign_in_text(user, now_ns) == told


def test_a_token_is_made_shown_once_and_revoked(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    accounts.tabs.setCurrentIndex(1)
    accounts.tokens.create_button.click()
    dialog = accounts.findChild(TokenDialog)
    assert dialog is not None and not dialog.button.isEnabled()
    dialog.fields.field("label").edit().setText("Display at the gate")
    dialog.days.setCurrentIndex(dialog.days.findData(30.0))
    dialog.cameras.some.setChecked(True)
    item(dialog.cameras, "Gate").setCheckState(0, Qt.CheckState.Checked)
    dialog.button.click()
    qtbot.waitUntil(lambda: dialog.token.text().startswith("secret-"))
    assert dialog.token.isVisible() and dialog.token.isReadOnly() and not dialog.button.isVisible()
    question = dialog.leave_question()
    assert question is not None and question.title == "Close without copying the token?"
    dialog.copy.click()
    assert dialog.leave_question() is None, "what was typed is saved, and the token is taken"
    dialog.cancel.click()
    qtbot.waitUntil(lambda: len(accounts.tokens.rows.buttons) == 1)
    (token,) = engine.access.tokens
    assert (token.label, token.cameras, token.expires_ns is not None) == ("Display at the gate", ("gate",), True)
    accounts.tokens.rows.buttons[token.id]["trash-2"].click()
    confirm = accounts.findChild(ConfirmDialog)
    assert confirm is not None
    confirm.go.click()
    qtbot.waitUntil(lambda: engine.access.tokens == () and accounts.tokens.rows.buttons == {})


def token_dialog(accounts: UsersDialog) -> TokenDialog:
    accounts.tabs.setCurrentIndex(1)
    accounts.tokens.create_button.click()
    dialog = accounts.findChild(TokenDialog)
    assert dialog is not None
    dialog.fields.field("label").edit().setText("A machine")
    return dialog


def choose(dialog: TokenDialog, preset: str) -> None:
    dialog.role.setCurrentIndex(dialog.role.findData(preset))


def offered(dialog: TokenDialog) -> dict[str, bool]:
    """What is ticked, by its words."""
    dialog.verbs.more.setChecked(True)
    return {box.text(): box.isChecked() for box in dialog.verbs.boxes.values() if box.isVisible()}


def test_what_a_token_may_do_is_folded_away_and_ticked_as_the_role_has_it(accounts: UsersDialog) -> None:
    dialog = token_dialog(accounts)
    assert not any(box.isVisible() for box in dialog.verbs.boxes.values())
    assert offered(dialog) == {"See live": True, "See past": True, "Acknowledge": True, "Steer cameras": True, "Report for others": True}
    choose(dialog, Role.INVESTIGATOR.value)
    assert list(offered(dialog)) == ["See live", "See past", "Acknowledge", "Steer cameras", "Report for others", "Export", "Unmask"]
    dialog.verbs.boxes[Verb.EXPORT].setChecked(False)
    choose(dialog, Role.ADMIN.value)
    assert list(offered(dialog)) == [
        *("See live", "See past", "Acknowledge", "Steer cameras", "Report for others"),
        "Export",
        "Unmask",
        "Delete",
        "Administer",
    ]
    assert all(offered(dialog).values()), "another role is begun anew"
    choose(dialog, "display")
    assert offered(dialog) == {
        "See live": True,
        "See past": False,
        "Acknowledge": False,
        "Steer cameras": False,
        "Report for others": False,
    }


@pytest.mark.parametrize(
    ("preset", "unticked", "role", "verbs"),
    [
        ("operator", (), Role.OPERATOR, ()),
        ("operator", (Verb.ACKNOWLEDGE,), Role.OPERATOR, (Verb.SEE_LIVE, Verb.SEE_PAST, Verb.STEER, Verb.REPORT_FOR_OTHERS)),
        (
            "investigator",
            (Verb.UNMASK, Verb.SEE_LIVE, Verb.STEER, Verb.REPORT_FOR_OTHERS),
            Role.INVESTIGATOR,
            (Verb.SEE_PAST, Verb.EXPORT, Verb.ACKNOWLEDGE),
        ),
        ("admin", (), Role.ADMIN, ()),
        ("display", (), Role.OPERATOR, (Verb.SEE_LIVE,)),
    ],
)
def test_only_what_is_ticked_is_given(
    accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot, preset: str, unticked: tuple[Verb, ...], role: Role, verbs: tuple[Verb, ...]
) -> None:
    dialog = token_dialog(accounts)
    choose(dialog, preset)
    for verb in unticked:
        dialog.verbs.boxes[verb].setChecked(False)
    dialog.button.click()
    qtbot.waitUntil(lambda: dialog.token.text().startswith("secret-"))
    assert engine.commands[-1] == CreateToken("A machine", role, None, verbs)


def test_a_token_that_may_do_nothing_is_not_made(accounts: UsersDialog, engine: FakeEngine) -> None:
    """Without verbs an engine gives all of the role."""
    dialog = token_dialog(accounts)
    note = dialog.verbs.findChild(QLabel)
    choose(dialog, "display")
    dialog.verbs.boxes[Verb.SEE_LIVE].setChecked(False)
    assert note is not None and not dialog.button.isEnabled() and note.isVisible()
    dialog.submit()
    assert not any(isinstance(command, CreateToken) for command in engine.commands)
    dialog.verbs.boxes[Verb.SEE_PAST].setChecked(True)
    assert dialog.button.isEnabled() and not note.isVisible()


def test_the_list_says_what_a_token_may_do(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.execute(CreateToken("Display", Role.OPERATOR, None, (Verb.SEE_LIVE,)))
    accounts.tokens.reload()
    qtbot.waitUntil(lambda: len(accounts.tokens.rows.buttons) == 1)
    assert "All cameras · see live" in [label.text() for label in accounts.tokens.rows.findChildren(QLabel)]
    words = "see live, see past, export, acknowledge, delete, unmask, steer cameras, administer, report for others"
    assert verbs_text(tuple(Verb)) == words


def test_how_long_a_token_is_good() -> None:
    assert expiry_text(None, 0) == "good until revoked"
    assert expiry_text(5, 5) == "expired"
    assert expiry_text(1_790_000_000 * SECOND, 5).startswith("expires on 2026-09-2")


def test_when_consoles_lock(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    assert not accounts.locks.isChecked() and not accounts.minutes.isEnabled()
    accounts.locks.setChecked(True)
    accounts.minutes.setValue(15)
    accounts.save_locking.click()
    qtbot.waitUntil(lambda: engine.settings.access == AccessSettings(15.0))
    accounts.locks.setChecked(False)
    accounts.save_locking.click()
    qtbot.waitUntil(lambda: engine.settings.access == AccessSettings(0.0))


# The tree of cameras


def item(choice: CameraChoice, text: str) -> QTreeWidgetItem:
    (found,) = choice.tree.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    return found


def choice(qtbot: QtBot, grants: tuple[str, ...] | None, may_all: bool = True) -> CameraChoice:
    made = CameraChoice((HALL, YARD, GATE), grants, may_all)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("grants", [None, (), ("hall",), ("group:Outside", "hall"), ("group:Outside/North",), ("group:Gone", "burnt-1")])
def test_what_was_granted_is_shown_and_kept(qtbot: QtBot, grants: tuple[str, ...] | None) -> None:
    assert choice(qtbot, grants).grants() == grants


def test_a_group_holds_what_is_below_it(qtbot: QtBot) -> None:
    made = choice(qtbot, ("yard", "gate"))
    assert made.grants() == ("gate", "yard")
    item(made, "Outside").setCheckState(0, Qt.CheckState.Checked)
    assert made.grants() == ("group:Outside",)
    assert item(made, "Yard").checkState(0) is Qt.CheckState.Checked and item(made, "Yard").isDisabled()
    item(made, "Outside").setCheckState(0, Qt.CheckState.Unchecked)
    assert made.grants() == () and not item(made, "Yard").isDisabled()


def test_who_is_limited_cannot_give_all(qtbot: QtBot) -> None:
    made = choice(qtbot, None, may_all=False)
    assert made.grants() == () and not made.all.isEnabled()


def test_grants_in_words() -> None:
    told = {None: "All cameras", (): "No camera", ("gate",): "Gate", ("group:Outside", "gone"): "Outside, gone"}
    assert {grants: grants_text(grants, (HALL, YARD, GATE)) for grants in told} == told
    assert grants_text(("group:A", "gate", "hall"), (HALL, GATE)) == "A and 2 more"


def test_who_is_limited_has_the_pages_that_show_them_something(
    open_window: Callable[..., MainWindow], engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.execute(CreateUser("lim", Role.OPERATOR, "a long password", ("yard",)))
    window = open_window("lim")
    assert window.page_ids() == ("live", "alerts", "investigate", "devices", "system")
    window.visit("people", "pe-1")
    assert window.current_page_id() == "live"
    assert open_window("ada").page_ids() == tuple(entry.id for entry in PAGES)


def test_pages_of_other_sites_are_named_one_to_a_line_and_locking_leaves_them(
    accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot
) -> None:
    tab = accounts.findChild(OriginsTab)
    assert tab is not None and tab.lines.toPlainText() == ""
    tab.lines.setPlainText("https://map.example:8443/path")
    tab.save_button.click()
    qtbot.waitUntil(lambda: "https://map.example:8443/path" in accounts.trouble.text())
    tab.lines.setPlainText("https://map.example:8443\n\n http://wall.example \n")
    tab.save_button.click()
    qtbot.waitUntil(lambda: engine.settings.access.origins == ("https://map.example:8443", "http://wall.example"))
    qtbot.waitUntil(lambda: accounts._bridge.snapshot is not None and len(accounts._bridge.snapshot.settings.access.origins) == 2)
    accounts.locks.setChecked(True)
    accounts.save_locking.click()
    qtbot.waitUntil(lambda: engine.settings.access.idle_lock_min > 0)
    assert len(engine.settings.access.origins) == 2


def test_locking_and_pages_of_other_sites_are_replaced_on_purpose_only(accounts: UsersDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    tab = accounts.findChild(OriginsTab)
    assert tab is not None
    shown = engine.settings.access
    theirs = replace(shown, idle_lock_min=7.0, origins=("https://their.example",))
    engine.settings = replace(engine.settings, access=theirs)
    engine.publish()
    qtbot.waitUntil(lambda: accounts._bridge.snapshot is not None and accounts._bridge.snapshot.settings.access == theirs)
    changes = {
        tab.save_button: (replace(theirs, origins=shown.origins), replace(theirs, origins=("https://our.example",))),
        accounts.save_locking: (
            replace(theirs, origins=("https://our.example",), idle_lock_min=shown.idle_lock_min),
            replace(theirs, origins=("https://our.example",), idle_lock_min=0.0),
        ),
    }
    tab.lines.setPlainText("https://our.example")
    accounts.locks.setChecked(False)
    for button, (seen, wanted) in changes.items():
        engine.conflict = Conflict("access", "This was changed by eva in the meantime.", ("access",), "eva", 1)
        button.click()
        qtbot.waitUntil(lambda: "Save again to replace it" in accounts.trouble.text())
        assert engine.terms[-1] == terms_from(ChangeAccess(seen)), "what was shown, beside what others are now"
        button.click()
        qtbot.waitUntil(lambda wanted=wanted: accounts._bridge.snapshot is not None and accounts._bridge.snapshot.settings.access == wanted)
        qtbot.waitUntil(lambda: accounts.trouble.text() == "")
