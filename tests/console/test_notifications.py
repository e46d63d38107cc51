"""Notifications on the System page: added with secrets that are never shown again, tried, removed, and how each does."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.messages.channel import ChannelDialog
from console.dialogs.messages.webhook import WebhookDialog
from console.dialogs.saving import SavingDialog
from console.pages.system.notifications import NotificationSection
from console.pages.system.system import SystemPage
from console.window import MainWindow
from engine.model.alerts.delivery import ChannelState, WebhookState
from engine.model.alerts.notify_settings import AlertWants, ChannelKind, ChannelSettings, Security, WebhookSettings
from engine.model.alerts.settings import Hours
from engine.model.command import ChannelSecrets, PutChannel, PutWebhook, RemoveChannel, RemoveWebhook, TestChannel, TestWebhook
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import EventKind, Severity
from engine.model.question import ListChannels
from engine.model.risk.questions import GetRiskPicture
from engine.model.time import SECOND
from engine.model.upkeep import GetUpkeep
from tests.fakes.engine import FakeEngine, FakePort

Opener = Callable[..., MainWindow]
HOOK = WebhookSettings("nurse-call", "https://hooks.example.org/very/secret/path", ("presence", "fall"))


def section_of(window: MainWindow) -> NotificationSection:
    window.show_page("system")
    page = window.page("system")
    assert isinstance(page, SystemPage)
    page.visit("notifications")
    return page.notifications


@pytest.fixture
def section(engine: FakeEngine, open_window: Opener) -> NotificationSection:
    engine.execute(PutWebhook(HOOK, "s3cret"))
    engine.commands.clear()
    return section_of(open_window())


@pytest.fixture
def dialog(bridge: EngineBridge, qtbot: QtBot) -> WebhookDialog:
    made = WebhookDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    return made


def texts(section: NotificationSection) -> tuple[str, ...]:
    return tuple(section.table.model.cell("nurse-call", column).text for column in range(section.table.model.columnCount()))


def test_only_administrators_see_the_section(open_window: Opener) -> None:
    assert section_of(open_window("bo")).isHidden()
    assert section_of(open_window("ada")).isVisible()


def test_how_each_does_follows_the_record(section: NotificationSection, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: texts(section) == ("nurse-call", "Webhook", "Nothing sent yet", "Events: Presence detected, Fall detected", "–", "0", "0")
    )
    arrived_ns = engine.now_ns - 60 * SECOND
    engine.webhook_states["nurse-call"] = WebhookState("nurse-call", True, 0, 4, 1, arrived_ns)
    engine.now_ns += 3 * SECOND  # the next question is due
    with engine.running():
        qtbot.waitUntil(lambda: texts(section)[2] == "Working" and texts(section)[6] == "1")
        engine.webhook_states["nurse-call"] = WebhookState("nurse-call", True, 2, 4, 1, arrived_ns, "hooks.example.org answered 500.")
        qtbot.waitUntil(lambda: texts(section)[2] == "Trying again")
    assert section.table.model.cell("nurse-call", 0).below == "hooks.example.org answered 500."


def test_what_cannot_be_asked_is_not_shown_as_known(section: NotificationSection, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: texts(section)[2] == "Nothing sent yet")
    fault = EnvironmentFault("secrets_unreadable", "The system's keyring cannot be read (locked). Unlock it.")
    engine.fail("ask", fault, ListChannels)  # the page asks for upkeep at the same time
    engine.now_ns += 3 * SECOND  # the next question is due
    with engine.running():
        qtbot.waitUntil(lambda: "keyring" in section.trouble.text())
        assert texts(section)[2] == "Not known yet" and texts(section)[5] == "–"
        qtbot.waitUntil(lambda: section.trouble.isHidden())
    assert texts(section)[2] == "Nothing sent yet"


def test_the_path_of_an_address_is_on_no_table(section: NotificationSection, qtbot: QtBot) -> None:
    model = section.table.model
    shown = " ".join(f"{model.cell('nurse-call', column)}" for column in range(model.columnCount()))
    assert "hooks.example.org" in shown and "secret/path" not in shown


def test_a_webhook_is_added_with_the_kinds_that_are_chosen(dialog: WebhookDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    assert dialog.alerts.isChecked() and not dialog.events.isChecked() and not dialog.save.isEnabled()
    dialog.alerts.setChecked(False)
    assert "alerts, events, or both" in dialog.no_kind.text()
    dialog.events.setChecked(True)
    assert [kind for kind, box in dialog.kinds.items() if box.isChecked()] == [EventKind.FALL]
    dialog.fields.field("id").edit().setText("nurse-call")
    dialog.fields.field("url").edit().setText("http://192.0.2.7/hook")
    assert "Not encrypted" in dialog.fields.field("url").message()
    dialog.kinds[EventKind.FALL].setChecked(False)
    assert dialog.no_kind.isVisible() and not dialog.save.isEnabled()
    dialog.kinds[EventKind.ZONE_VISIT].setChecked(True)
    dialog.secret.edit().setText("s3cret")
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    hook = WebhookSettings("nurse-call", "http://192.0.2.7/hook", ("zone_visit",), allow_private=False)
    assert engine.commands == [PutWebhook(hook, "s3cret")]


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


def test_chosen_webhook_is_tried_and_removed_from_the_page(section: NotificationSection, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: section.table.shown_keys() == ("nurse-call",))
    assert not section.remove.isEnabled() and not section.test.isEnabled()
    section.table.select_row("nurse-call")
    with engine.running():
        section.test.click()
        qtbot.waitUntil(lambda: engine.commands == [TestWebhook(HOOK)] and section.test.isEnabled())
        section.remove.click()
        confirm = section.findChild(ConfirmDialog)
        assert confirm is not None
        confirm.go.click()
        qtbot.waitUntil(lambda: section.table.shown_keys() == ())
    assert engine.commands[-1] == RemoveWebhook("nurse-call")


def test_editing_from_the_page_knows_of_the_secret(section: NotificationSection, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "signed" in section.table.model.cell("nurse-call", 0).below)
    section.table.activated.emit("nurse-call")
    dialog = section.findChild(WebhookDialog)
    assert dialog is not None and dialog.command() == PutWebhook(replace(HOOK), None) and not dialog.forget.isHidden()
    dialog.reject()


MAIL = ChannelSettings(
    "night-nurses",
    ChannelKind.EMAIL,
    "Night nurses",
    host="smtp.example.org",
    security=Security.STARTTLS,
    user="ada",
    sender="watchroom@example.org",
    recipients=("nurse@example.org", "boss@example.org"),
    wants=AlertWants(
        Severity.HIGH, ("urgent",), (Hours(start_min=1320, end_min=420), Hours((5, 6))), False, 600.0, 1, names=True, closing=True
    ),
)


def channel_dialog(bridge: EngineBridge, qtbot: QtBot, kind: ChannelKind, *rest: object) -> ChannelDialog:
    made = ChannelDialog(bridge, kind, *rest)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("kind", "title"),
    [(ChannelKind.EMAIL, "Add e-mail"), (ChannelKind.SLACK, "Add Slack"), (ChannelKind.NTFY, "Add ntfy"), (ChannelKind.MQTT, "Add MQTT")],
)
def test_a_title_is_a_sentence_and_names_are_names(bridge: EngineBridge, qtbot: QtBot, kind: ChannelKind, title: str) -> None:
    assert channel_dialog(bridge, qtbot, kind).windowTitle() == title


def fill(dialog: ChannelDialog, **texts: str) -> None:
    for name, text in texts.items():
        dialog.fields.field(name).edit().setText(text)


def test_a_mail_channel_is_added_as_it_was_typed(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bridge.snapshot is not None)
    dialog = channel_dialog(bridge, qtbot, ChannelKind.EMAIL)
    assert not dialog.save.isEnabled() and not dialog.test.isEnabled()
    fill(dialog, name="Night nurses", host="smtp.example.org", user="ada", password="pw", sender="watchroom@example.org")
    fill(dialog, recipients="nurse@example.org, boss@example.org")
    wants = dialog.wants
    wants.severity.setCurrentIndex(wants.severity.findData(Severity.HIGH))
    wants.when.setCurrentIndex(1)
    wants.quiet.edit().setText("22:00-07:00; sat sun 00:00-24:00")
    wants.cooldown.edit().setText("10")
    wants.critical.setChecked(False)
    for box in (wants.rules["urgent"], wants.names, wants.closing):
        box.setChecked(True)
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    (made,) = engine.commands
    assert isinstance(made, PutChannel) and "nurses" not in made.channel.id
    assert made == PutChannel(replace(MAIL, id=made.channel.id), ChannelSecrets(None, "pw"))


def test_editing_changes_nothing_that_was_not_touched_and_shows_no_secret(bridge: EngineBridge, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bridge.snapshot is not None)
    for channel in (MAIL, ChannelSettings("house", ChannelKind.MQTT, "House", host="ha.local", topic="home/w", discovery="")):
        dialog = channel_dialog(bridge, qtbot, channel.kind, channel, ChannelState(channel.id, channel.kind, password_stored=True))
        assert dialog.command() == PutChannel(channel, ChannelSecrets(None, None))
        assert "Stored" in dialog.fields.field("password").message() and dialog.fields.field("password").value() == ""


def test_a_secret_address_is_needed_once(bridge: EngineBridge, qtbot: QtBot) -> None:
    dialog = channel_dialog(bridge, qtbot, ChannelKind.SLACK)
    fill(dialog, name="Team Nord")
    assert not dialog.save.isEnabled()
    fill(dialog, url="hooks.slack.com/services/x")
    assert "has to begin with http" in dialog.fields.field("url").message()
    fill(dialog, url="https://hooks.slack.com/services/x")
    assert dialog.command().secrets.url == "https://hooks.slack.com/services/x" and "nord" not in dialog.channel().id
    known = ChannelSettings("team", ChannelKind.SLACK, "Team")
    again = channel_dialog(bridge, qtbot, ChannelKind.SLACK, known, ChannelState("team", ChannelKind.SLACK, url_stored=True))
    assert again.save.isEnabled() and again.command() == PutChannel(known, ChannelSecrets(None, None))


@pytest.mark.parametrize("text", ["22-7", "25:00-07:00", "22:00", "never"])
def test_quiet_hours_that_make_no_sense_are_told(bridge: EngineBridge, qtbot: QtBot, text: str) -> None:
    dialog = channel_dialog(bridge, qtbot, ChannelKind.EMAIL, MAIL)
    assert dialog.save.isEnabled()
    dialog.wants.quiet.edit().setText(text)
    assert "22:00-07:00" in dialog.wants.quiet.message() and not dialog.save.isEnabled()


def test_a_test_of_a_channel_says_how_it_ended(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = channel_dialog(bridge, qtbot, ChannelKind.EMAIL, MAIL)
    with engine.running():
        dialog.test.click()
        qtbot.waitUntil(lambda: dialog.outcome.text() == "The test message was taken.")
        fill(dialog, host="bad.example.org")
        dialog.test.click()
        qtbot.waitUntil(lambda: "could not be reached" in dialog.outcome.text())
    assert engine.commands[0] == TestChannel(MAIL, ChannelSecrets(None, None))


def test_what_the_engine_refuses_of_a_secret_stands_below_it(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = channel_dialog(bridge, qtbot, ChannelKind.EMAIL, MAIL)
    engine.fail("command", InputError("password", "is needed again: a stored password is never sent elsewhere"))
    dialog.save.click()
    qtbot.waitUntil(lambda: "is needed again" in dialog.fields.field("password").message().lower())
    assert dialog.isVisible()


def test_every_kind_can_be_added_from_the_page(section: NotificationSection, qtbot: QtBot) -> None:
    for action in section.kinds.actions():
        action.trigger()
        dialog = section.findChildren(SavingDialog)[-1]
        assert dialog.isVisible()
        dialog.reject()


def test_channels_stand_beside_webhooks_and_are_tried_and_removed(section: NotificationSection, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.execute(PutChannel(MAIL, ChannelSecrets(password="pw")))
    engine.commands.clear()
    with engine.running():
        qtbot.waitUntil(lambda: set(section.table.shown_keys()) == {"nurse-call", "night-nurses"})
        assert section.table.model.cell("night-nurses", 3).text.startswith("Alerts from High on, if unacknowledged 1×")
        section.table.select_row("night-nurses")
        section.test.click()
        qtbot.waitUntil(lambda: engine.commands == [TestChannel(MAIL)] and section.test.isEnabled())
        section.open_channel("night-nurses")
        dialog = section.findChild(ChannelDialog)
        assert dialog is not None and dialog.command() == PutChannel(MAIL, ChannelSecrets(None, None))
        dialog.reject()
        section.remove.click()
        confirm = section.findChild(ConfirmDialog)
        assert confirm is not None
        confirm.go.click()
        qtbot.waitUntil(lambda: section.table.shown_keys() == ("nurse-call",))
    assert engine.commands[-1] == RemoveChannel("night-nurses")


def test_nothing_is_asked_for_a_tab_that_is_not_shown(
    section: NotificationSection, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[type] = []
    ask = FakePort.ask
    monkeypatch.setattr(FakePort, "ask", lambda port, question: (asked.append(type(question)), ask(port, question))[1])
    page = section.window().page("system")  # type: ignore[attr-defined]
    page.visit("storage")
    engine.now_ns += 10 * SECOND  # the next question of each kind is due
    with engine.running():
        qtbot.waitUntil(lambda: GetUpkeep in asked)
    assert ListChannels not in asked and GetRiskPicture not in asked
