"""Channels by command on a real engine: kept with secrets that are told nowhere, tried, removed, and how each does."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.commands import ChangeAlert, SetSiteMode
from engine.model.alerts.delivery import ChannelState
from engine.model.alerts.notify_settings import AlertWants, ChannelKind, ChannelSettings, Security, WebhookSettings
from engine.model.alerts.settings import Hours, SiteMode
from engine.model.command import ChannelSecrets, PutChannel, PutWebhook, RemoveChannel, TestChannel
from engine.model.errors import InputError, NotFound, PermissionDenied
from engine.model.event import Severity
from engine.model.question import ListChannels
from engine.model.settings import Settings
from engine.model.snapshot import Job, JobState
from engine.model.time import SystemClock
from engine.model.wire import from_plain, to_plain
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort, demo_port
from engine.runtime.settings.settings_file import load_settings, save_settings
from engine.vision.models import ModelStore
from tests.engine.runtime.notify.told import broker, mail
from tests.engine.runtime.test_alerts import report
from tests.engine.runtime.webhook_receiver import listening
from tests.fakes.mqtt import mqtt_broker
from tests.fakes.smtp import mail_server
from tests.fakes.waiting import until

TEAM = ChannelSettings("team", ChannelKind.SLACK, allow_private=True)
PHONES = ChannelSettings("phones", ChannelKind.NTFY, allow_private=True)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


def ended(port: LocalPort, job_id: str) -> Job:
    def job() -> Job:
        return next(job for job in port.snapshot().jobs if job.id == job_id)

    until(lambda: job().state is not JobState.RUNNING, "the job had ended")
    return job()


def state(port: LocalPort, channel_id: str) -> ChannelState:
    return next(each for each in port.ask(ListChannels()) if each.id == channel_id)


def test_secrets_are_kept_apart_and_told_nowhere(port: LocalPort, engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    command = PutChannel(TEAM, ChannelSecrets("https://hooks.example.org/services/s3cret"))
    assert port.command(command) == "team"
    port.command(PutChannel(PHONES, ChannelSecrets("https://ntfy.sh/t0pic", "tk_s3cret")))
    assert engine.settings.notifications == (TEAM, PHONES) and engine.messages.vault.get("phones", "password") == "tk_s3cret"
    expected = ChannelState("team", ChannelKind.SLACK, "hooks.example.org", url_stored=True)
    assert port.ask(ListChannels())[0] == expected
    shown = json.dumps([to_plain(port.ask(ListChannels())), to_plain(port.snapshot().settings)]) + repr(command) + caplog.text
    shown += engine.data.settings.read_text()
    for secret in ("s3cret", "t0pic"):
        assert secret not in shown


def test_settings_come_back_from_the_file_as_they_were(tmp_path: Path) -> None:
    wants = AlertWants(Severity.HIGH, ("urgent",), (Hours((0, 4), 22 * 60, 7 * 60), Hours()), False, 600.0, 2, names=True, closing=True)
    channels = (replace(mail(25), wants=wants), broker(1883, discovery=""), replace(TEAM, enabled=False, name="Team “Nord”"))
    hooks = (WebhookSettings("hook", "https://a.example/x", alerts=wants, events=False, allow_private=False),)
    settings = Settings(notifications=channels, webhooks=hooks)
    save_settings(tmp_path / "settings.toml", settings)
    assert load_settings(tmp_path / "settings.toml") == settings
    assert from_plain(Settings, to_plain(settings)) == settings


def test_webhooks_of_before_are_read_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[[webhooks]]\nid = "nurse"\nurl = "http://192.168.1.7/x"\n')
    (hook,) = load_settings(tmp_path / "settings.toml").webhooks
    assert hook.events and hook.alerts is None and hook.allow_private


def test_nobody_but_admins_sees_or_changes_channels(port: LocalPort, engine: Engine) -> None:
    port.command(PutChannel(TEAM, ChannelSecrets("https://hooks.example.org/x")))
    operator = Session("s", User("u", "Bo", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR])
    other = LocalPort(engine, lambda: operator)
    assert other.snapshot().settings.notifications == ()
    for command in (PutChannel(TEAM), RemoveChannel("team"), TestChannel(TEAM)):
        with pytest.raises(PermissionDenied):
            other.command(command)
    with pytest.raises(PermissionDenied):
        other.ask(ListChannels())


WRONG = (
    (TEAM, ChannelSecrets(), "url"),
    (TEAM, ChannelSecrets("ftp://a"), "url"),
    (TEAM, ChannelSecrets("https://ada:pw@a.example/x"), "url"),
    (PHONES, ChannelSecrets("https://ntfy.sh/"), "url"),
    (PHONES, ChannelSecrets("https://ntfy.sh/a", "two words"), "password"),
    (mail(security=Security.TLS, user="ada"), ChannelSecrets(), "password"),
    (TEAM, ChannelSecrets("https://a.example", "x" * 501), "password"),
)


def test_what_is_wrong_with_a_secret_is_told_by_its_field(port: LocalPort, engine: Engine) -> None:
    for channel, secrets, field in WRONG:
        with pytest.raises(InputError) as raised:
            port.command(PutChannel(channel, secrets))
        assert raised.value.field == field and engine.settings.notifications == ()
        assert engine.messages.vault.get(channel.id, "url") == engine.messages.vault.get(channel.id, "password") == ""


def test_a_stored_password_is_never_sent_to_another_server(port: LocalPort, engine: Engine) -> None:
    here = mail(security=Security.TLS, user="ada")
    port.command(PutChannel(here, ChannelSecrets(password="pw")))
    port.command(PutChannel(replace(here, name="Nurses", recipients=("b@home.test",))))
    for elsewhere in (replace(here, host="evil.test"), replace(here, port=2525), replace(here, security=Security.STARTTLS)):
        for command in (PutChannel(elsewhere), TestChannel(elsewhere)):
            with pytest.raises(InputError, match="is needed again"):
                port.command(command)
    port.command(PutChannel(PHONES, ChannelSecrets("https://ntfy.sh/abc", "tk_1")))
    with pytest.raises(InputError, match="token is never sent to another place"):
        port.command(PutChannel(PHONES, ChannelSecrets("https://evil.test/abc")))
    port.command(PutChannel(PHONES, ChannelSecrets("https://ntfy.sh/other")))
    assert engine.messages.vault.get("phones", "password") == "tk_1"


def test_one_that_is_removed_leaves_nothing_to_the_next_of_its_name(port: LocalPort, engine: Engine) -> None:
    port.command(PutChannel(TEAM, ChannelSecrets("https://hooks.example.org/x")))
    port.command(RemoveChannel("team"))
    assert engine.messages.vault.get("team", "url") == "" and engine.settings.notifications == ()
    with pytest.raises(InputError, match="is needed"):
        port.command(PutChannel(TEAM))
    with pytest.raises(NotFound):
        port.command(RemoveChannel("team"))


def test_two_ways_of_one_name_would_be_one(port: LocalPort) -> None:
    port.command(PutWebhook(WebhookSettings("team", "https://a.example")))
    with pytest.raises(InputError, match="name of a webhook"):
        port.command(PutChannel(TEAM, ChannelSecrets("https://hooks.example.org/x")))
    port.command(PutChannel(PHONES, ChannelSecrets("https://ntfy.sh/abc")))
    with pytest.raises(InputError, match="already a channel of the kind ntfy"):
        port.command(PutChannel(replace(TEAM, id="phones"), ChannelSecrets("https://a.example/x")))


def test_the_environment_gives_secrets_that_are_not_stored(port: LocalPort, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHROOM_CHANNEL_TEAM_URL", "https://hooks.example.org/given")
    port.command(PutChannel(TEAM))
    assert state(port, "team").from_environment == ("url",) and engine.messages.vault.get("team", "url").endswith("/given")
    monkeypatch.delenv("WATCHROOM_CHANNEL_TEAM_URL")
    assert engine.messages.vault.get("team", "url") == "", "it is kept nowhere"


def test_a_test_says_what_became_of_it(port: LocalPort) -> None:
    with listening(path="/x") as team, mail_server() as post_office, mqtt_broker() as house:
        job = ended(port, port.command(TestChannel(TEAM, ChannelSecrets(team.url))))
        assert (job.state, job.message) == (JobState.DONE, "127.0.0.1 took the test message.")
        assert "Nothing has happened" in team.call()[1]["text"]
        job = ended(port, port.command(TestChannel(mail(post_office.port))))
        assert job.message == "localhost took the test message for nurse@home.test. Look into the mailbox."
        assert "Nothing has happened" in post_office.mail().message.get_content()
        job = ended(port, port.command(TestChannel(broker(house.port))))
        assert job.message == "localhost confirmed the test message on watchroom/alert."
        assert not house.retained, "a test announces nothing"
        team.script[:] = [404]
        job = ended(port, port.command(TestChannel(TEAM, ChannelSecrets(team.url))))
        assert job.state is JobState.FAILED and "refused the message (404)" in job.message
    assert port.snapshot().settings.notifications == ()


def test_what_people_report_goes_out_and_the_broker_follows_the_operator(port: LocalPort, engine: Engine) -> None:
    """From an observation through the engine's own pipeline to the wire, and back to silence."""
    with listening(path="/x") as team, mqtt_broker() as house:
        log = replace(TEAM, id="log", wants=AlertWants(closing=True))
        for channel in (TEAM, log):
            port.command(PutChannel(channel, ChannelSecrets(team.url)))
        port.command(PutChannel(broker(house.port)))
        until(lambda: house.retained.get("watchroom/mode") == "home", "the broker knew the mode")
        port.command(SetSiteMode(SiteMode.AWAY))
        until(lambda: house.retained.get("watchroom/mode") == "away", "the broker knew the mode of now")
        report(engine, "bicycle")
        told = json.loads(house.message("watchroom/alert").payload)
        assert told["event_type"] == "alert" and told["kind"] == "incident" and told["severity"] == "high"
        assert all(told["link"] in team.call()[1]["text"] for _ in range(2))
        until(lambda: house.retained["watchroom/new_alerts"] == "1", "the broker knew that somebody is wanted")
        port.command(ChangeAlert((told["alert_id"],), AlertState.ACKNOWLEDGED))
        until(lambda: house.retained["watchroom/new_alerts"] == "0", "the broker knew that somebody came")
        assert house.retained["watchroom/alerts"] == "1"
        port.command(ChangeAlert((told["alert_id"],), AlertState.CLOSED, Disposition.TRUE))
        until(lambda: house.retained["watchroom/alerts"] == "0", "the broker knew that it is over")
        assert "was closed as true" in team.call()[1]["text"], "as the log asked"
        until(lambda: (state(port, "team").arrived, state(port, "log").arrived, state(port, "house").arrived) == (1, 2, 1), "all arrived")
