"""Webhooks on the System page: added with a secret that is never shown again, tried, removed, and how each does."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.webhook import WebhookDialog
from console.pages.system import SystemPage
from console.pages.system_webhooks import WebhookSection
from console.window import MainWindow
from engine.model.command import PutWebhook, RemoveWebhook, TestWebhook
from engine.model.delivery import WebhookState
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import EventKind
from engine.model.notify_settings import WebhookSettings
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine

Opener = Callable[..., MainWindow]
HOOK = WebhookSettings("nurse-call", "https://hooks.example.org/very/secret/path", ("presence", "fall"))


def section_of(window: MainWindow) -> WebhookSection:
    window.show_page("system")
    page = window.page("system")
    assert isinstance(page, SystemPage)
    return page.webhooks


@pytest.fixture
def section(engine: FakeEngine, open_window: Opener) -> WebhookSection:
    engine.execute(PutWebhook(HOOK, "s3cret"))
    engine.commands.clear()
    return section_of(open_window())


@pytest.fixture
def dialog(bridge: EngineBridge, qtbot: QtBot) -> WebhookDialog:
    made = WebhookDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    return made


def texts(section: WebhookSection) -> tuple[str, ...]:
    return tuple(section.table.model.cell("nurse-call", column).text for column in range(section.table.model.columnCount()))


def test_only_administrators_see_the_section(open_window: Opener) -> None:
    assert section_of(open_window("bo")).isHidden()
    assert section_of(open_window("ada")).isVisible()


def test_how_each_does_follows_the_record(section: WebhookSection, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: texts(section) == ("nurse-call", "Nothing sent yet", "Presence, Falls", "–", "0", "0", "Secret stored"))
    arrived_ns = engine.now_ns - 60 * SECOND
    engine.webhook_states["nurse-call"] = WebhookState("nurse-call", True, 0, 4, 1, arrived_ns)
    with engine.running():
        qtbot.waitUntil(lambda: texts(section)[1] == "Working" and texts(section)[5] == "1")
        engine.webhook_states["nurse-call"] = WebhookState("nurse-call", True, 2, 4, 1, arrived_ns, "hooks.example.org answered 500.")
        qtbot.waitUntil(lambda: texts(section)[1] == "Trying again")
    assert section.table.model.cell("nurse-call", 0).below == "hooks.example.org answered 500."


def test_what_cannot_be_asked_is_not_shown_as_known(section: WebhookSection, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: texts(section)[1] == "Nothing sent yet")
    engine.fail("ask", EnvironmentFault("secrets_unreadable", "The system's keyring cannot be read (locked). Unlock it."))
    with engine.running():
        qtbot.waitUntil(lambda: "keyring" in section.trouble.text())
        assert texts(section)[1] == "Not known yet" and texts(section)[4] == "–"
        qtbot.waitUntil(lambda: section.trouble.isHidden())
    assert texts(section)[1] == "Nothing sent yet"


def test_the_path_of_an_address_is_on_no_table(section: WebhookSection, qtbot: QtBot) -> None:
    model = section.table.model
    shown = " ".join(f"{model.cell('nurse-call', column)}" for column in range(model.columnCount()))
    assert "hooks.example.org" in shown and "secret/path" not in shown


def test_a_webhook_is_added_with_the_kinds_that_are_chosen(dialog: WebhookDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    assert [kind for kind, box in dialog.kinds.items() if box.isChecked()] == [EventKind.FALL] and not dialog.save.isEnabled()
    dialog.fields.field("id").edit().setText("nurse-call")
    dialog.fields.field("url").edit().setText("http://192.0.2.7/hook")
    assert "Not encrypted" in dialog.fields.field("url").message()
    dialog.kinds[EventKind.FALL].setChecked(False)
    assert dialog.no_kind.isVisible() and not dialog.save.isEnabled()
    dialog.kinds[EventKind.ZONE_VISIT].setChecked(True)
    dialog.secret.edit().setText("s3cret")
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert engine.commands == [PutWebhook(WebhookSettings("nurse-call", "http://192.0.2.7/hook", ("zone_visit",)), "s3cret")]


@pytest.mark.parametrize(
    ("name", "url", "field", "words"),
    [
        ("nurse call", "https://a.example", "id", "letters, digits"),
        ("", "https://a.example", "id", "letters, digits"),
        ("nurse", "ftp://a.example", "url", "has to begin with http"),
        ("nurse", "https://ada:pw@a.example", "url", "may carry no user name or password"),
    ],
)
def test_what_is_wrong_stands_below_its_field(dialog: WebhookDialog, name: str, url: str, field: str, words: str) -> None:
    dialog.fields.field("id").edit().setText(name)
    dialog.fields.field("url").edit().setText(url)
    dialog.fields.reveal()
    assert words in dialog.fields.field(field).message() and not dialog.save.isEnabled() and not dialog.test.isEnabled()


def test_two_of_one_name_would_be_one(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    engine.execute(PutWebhook(HOOK))
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bool(bridge.snapshot.settings.webhooks))
    dialog = WebhookDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.fields.field("id").edit().setText("nurse-call")
    assert "already" in dialog.fields.field("id").message()


def test_a_stored_secret_is_said_never_shown_kept_and_forgotten(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = WebhookDialog(bridge, HOOK, stored=True)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.secret.value() == "" and "A secret is stored" in dialog.secret.message()
    assert dialog.command() == PutWebhook(HOOK, None) and not dialog.fields.field("id").edit().isEnabled()
    dialog.forget.setChecked(True)
    assert dialog.command() == PutWebhook(HOOK, "") and not dialog.secret.isEnabled()


def test_a_test_says_what_the_receiver_answered(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = WebhookDialog(bridge, HOOK, stored=True)
    qtbot.addWidget(dialog)
    dialog.show()
    with engine.running():
        dialog.test.click()
        assert not dialog.test.isEnabled()
        qtbot.waitUntil(lambda: "took the test message" in dialog.outcome.text())
        dialog.fields.field("url").edit().setText("https://hooks.example.org/refused")
        dialog.test.click()
        qtbot.waitUntil(lambda: "refused the message (404)" in dialog.outcome.text())
    assert engine.commands[0] == TestWebhook(HOOK, None) and dialog.test.isEnabled()


def test_what_the_engine_refuses_stands_in_the_dialog(dialog: WebhookDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("command", InputError("url", "is not allowed here"))
    dialog.fields.field("id").edit().setText("nurse")
    dialog.fields.field("url").edit().setText("https://a.example")
    dialog.save.click()
    qtbot.waitUntil(lambda: "is not allowed here" in dialog.fields.field("url").message().lower())
    assert dialog.isVisible()


def test_chosen_webhook_is_tried_and_removed_from_the_page(section: WebhookSection, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: section.table.shown_keys() == ("nurse-call",))
    assert not section.remove.isEnabled() and not section.test.isEnabled()
    section.table.select("nurse-call")
    with engine.running():
        section.test.click()
        qtbot.waitUntil(lambda: engine.commands == [TestWebhook(HOOK)] and section.test.isEnabled())
        section.remove.click()
        confirm = section.findChild(ConfirmDialog)
        assert confirm is not None
        confirm.go.click()
        qtbot.waitUntil(lambda: section.table.shown_keys() == ())
    assert engine.commands[-1] == RemoveWebhook("nurse-call")


def test_editing_from_the_page_knows_of_the_secret(section: WebhookSection, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: texts(section)[6] == "Secret stored")
    section.table.activated.emit("nurse-call")
    dialog = section.findChild(WebhookDialog)
    assert dialog is not None and dialog.command() == PutWebhook(replace(HOOK), None) and not dialog.forget.isHidden()
    dialog.reject()
