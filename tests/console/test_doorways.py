"""Sign-in with a wrong password and a lock-out; first set-up; accounts."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.accounts import setup as dialogs_setup
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.site import SiteDialog
from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault, InputError
from tests.fakes.engine import FakeDoor, FakeEngine


@pytest.fixture
def sign_in(engine: FakeEngine, qtbot: QtBot) -> Iterator[SignInDialog]:
    dialog = SignInDialog(FakeDoor(engine, lock_s=1.2))
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.reject()


def try_password(dialog: SignInDialog, password: str, qtbot: QtBot) -> None:
    dialog.fields.field("name").edit().setText("ada")
    dialog.fields.field("password").edit().setText(password)
    dialog.submit()
    qtbot.waitUntil(lambda: not dialog._busy)


def test_sign_in(sign_in: SignInDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sign_in.signed_in) as signed_in:
        sign_in.fields.field("name").edit().setText("ada")
        password = sign_in.fields.field("password").edit()
        password.setText("correct horse")
        qtbot.keyClick(password, Qt.Key.Key_Return)
    assert signed_in.args[0].session.user.name == "ada"


def test_nothing_typed_is_not_sent(sign_in: SignInDialog, engine: FakeEngine) -> None:
    sign_in.button.click()
    assert sign_in._courier.idle and not sign_in._busy


def test_a_wrong_password_is_said_and_forgotten(sign_in: SignInDialog, qtbot: QtBot) -> None:
    try_password(sign_in, "wrong", qtbot)
    assert "wrong" in sign_in.trouble.text()
    assert sign_in.fields.field("password").value() == "" and sign_in.fields.field("name").value() == "ada"
    assert sign_in.button.isEnabled()


def test_the_lock_out_counts_down_and_ends(sign_in: SignInDialog, qtbot: QtBot) -> None:
    for _ in range(3):
        try_password(sign_in, "wrong", qtbot)
    assert "Try again in 2 s" in sign_in.trouble.text() and not sign_in.button.isEnabled()
    qtbot.waitUntil(lambda: "Try again in 1 s" in sign_in.trouble.text())
    qtbot.waitUntil(sign_in.button.isEnabled)
    assert not sign_in.trouble.isVisible()


def test_enter_does_nothing_while_locked(sign_in: SignInDialog, qtbot: QtBot) -> None:
    for _ in range(3):
        try_password(sign_in, "wrong", qtbot)
    sign_in.fields.field("password").edit().setText("correct horse")
    sign_in.submit()
    assert sign_in._courier.idle


def test_an_engine_that_does_not_answer(sign_in: SignInDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("sign_in", EnvironmentFault("unreachable", "The engine does not answer. Check that it runs."))
    try_password(sign_in, "correct horse", qtbot)
    assert "does not answer" in sign_in.trouble.text() and sign_in.button.isEnabled()


def test_quitting_while_signing_in_gives_the_session_back(engine: FakeEngine, qtbot: QtBot) -> None:
    ports: list[Any] = []
    door = FakeDoor(engine)
    real = door.sign_in
    door.sign_in = lambda name, password: ports.append(real(name, password)) or ports[0]  # type: ignore[method-assign]
    dialog = SignInDialog(door)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.fields.field("name").edit().setText("ada")
    dialog.fields.field("password").edit().setText("correct horse")
    dialog.submit()
    dialog.reject()
    assert len(ports) == 1 and ports[0].closed


# Set-up


@pytest.fixture
def bare() -> FakeEngine:
    return FakeEngine(users=(), passwords={})


@pytest.fixture
def setup(bare: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetupDialog]:
    monkeypatch.setattr(dialogs_setup, "machine_zone", lambda: "Asia/Kathmandu")
    dialog = SetupDialog(FakeDoor(bare))
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.reject()


def fill(dialog: SetupDialog, **values: str) -> None:
    for name, text in values.items():
        dialog.fields.field(name).edit().setText(text)


def test_first_set_up(setup: SetupDialog, bare: FakeEngine, qtbot: QtBot) -> None:
    assert not setup.button.isEnabled()
    fill(setup, site_name="Harbour", name="grace", password="correct horse")
    assert setup.button.isEnabled()
    with qtbot.waitSignal(setup.set_up) as done:
        setup.button.click()
    assert done.args[0].session.user.role is Role.ADMIN and bare.settings.site_name == "Harbour"


@pytest.mark.parametrize(("chosen", "zone"), [("", "Asia/Kathmandu"), ("Europe/Stockholm", "Europe/Stockholm"), ("UTC", "UTC")])
def test_the_site_is_in_this_machines_zone_unless_another_is_chosen(
    setup: SetupDialog, bare: FakeEngine, qtbot: QtBot, chosen: str, zone: str
) -> None:
    assert setup.zone.currentText() == "Asia/Kathmandu"
    if chosen:
        setup.zone.setCurrentIndex(setup.zone.findData(chosen))
    fill(setup, site_name="Harbour", name="grace", password="correct horse")
    with qtbot.waitSignal(setup.set_up):
        setup.button.click()
    assert bare.settings.alerts.time_zone == zone


def test_a_zone_that_the_engine_does_not_know_is_said(setup: SetupDialog, bare: FakeEngine, qtbot: QtBot) -> None:
    """Its list may be older than this console's."""
    bare.fail("set_up", InputError("time_zone", "'Asia/Kathmandu' is no time zone like Europe/Stockholm"))
    fill(setup, site_name="Harbour", name="grace", password="correct horse")
    setup.button.click()
    qtbot.waitUntil(lambda: "no time zone" in setup.zone_note.text())
    assert setup.zone.isEnabled() and not setup.trouble.isVisible() and setup.fields.field("password").value() == "correct horse"
    setup.zone.setCurrentIndex(setup.zone.findData("Europe/Stockholm"))
    assert "no time zone" not in setup.zone_note.text()


def test_a_zone_that_is_refused_later_is_said_there_too(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    dialog = SiteDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    engine.fail("command", InputError("alerts.time_zone", "'Asia/Kathmandu' is no time zone like Europe/Stockholm"))
    dialog.zone.set_zone("Asia/Kathmandu")
    dialog.save.click()
    qtbot.waitUntil(lambda: "no time zone" in dialog.zone_note.text())
    assert dialog.save.isEnabled() and not dialog.trouble.isVisible()


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "grace-grace-grace"])
def test_weak_passwords_are_refused_as_they_are_typed(setup: SetupDialog, password: str) -> None:
    fill(setup, site_name="Harbour", name="grace", password=password)
    assert not setup.fields.field("password").is_valid() and not setup.button.isEnabled()


def test_the_password_is_checked_against_a_name_typed_later(setup: SetupDialog) -> None:
    fill(setup, site_name="Harbour", name="ada", password="hopper hopper 1906")
    assert setup.button.isEnabled()
    fill(setup, name="hopper")
    assert not setup.button.isEnabled()


def test_the_password_can_be_shown_instead_of_repeated(setup: SetupDialog) -> None:
    edits = [edit for edit in setup.findChildren(QLineEdit) if edit.echoMode() == QLineEdit.EchoMode.Password]
    assert len(edits) == 1


def test_a_remote_engine_asks_for_its_code(setup: SetupDialog, bare: FakeEngine, qtbot: QtBot) -> None:
    bare.setup_code = "417 092"
    fill(setup, site_name="Harbour", name="grace", password="correct horse")
    setup.button.click()
    qtbot.waitUntil(lambda: "code" in setup.fields.values())
    assert not setup.button.isEnabled()
    fill(setup, code="000 000")
    setup.button.click()
    qtbot.waitUntil(lambda: not setup._busy)
    assert not setup.fields.field("code").is_valid() or setup.isVisible()
    fill(setup, code="417 092")
    with qtbot.waitSignal(setup.set_up):
        setup.button.click()


def test_set_up_that_fails_keeps_what_was_typed(setup: SetupDialog, bare: FakeEngine, qtbot: QtBot) -> None:
    bare.fail("set_up", EnvironmentFault("read_only", "The data folder cannot be written to. Change its permissions."))
    fill(setup, site_name="Harbour", name="grace", password="correct horse")
    setup.button.click()
    qtbot.waitUntil(lambda: setup.trouble.isVisible())
    assert "cannot be written" in setup.trouble.text() and setup.fields.field("password").value() == "correct horse"


# Accounts
