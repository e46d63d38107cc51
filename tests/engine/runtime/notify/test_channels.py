"""Each way on the wire: what arrives, what is said when it fails, and what never leaves."""

import asyncio
import json
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from engine.model.alerts.delivery import Delivery
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, Security
from engine.model.alerts.settings import SiteMode
from engine.model.errors import EnvironmentFault, InputError
from engine.runtime.notify.brokers import Brokers, MqttChannel
from engine.runtime.notify.deliveries import alert_deliveries
from engine.runtime.notify.http_post import PostedChannel, ntfy_parts
from engine.runtime.notify.mail import MailChannel, Talk
from engine.runtime.notify.topics import SiteState
from engine.runtime.notify.vault import Vault, variable
from engine.runtime.outbound.outbox import Attempt, Channel
from engine.runtime.outbound.outward import Resolver, resolve
from tests.engine.runtime.notify.told import RAISED_NS, alert, broker, mail, site
from tests.engine.runtime.webhook_receiver import listening
from tests.fakes.certificates import write_certificate
from tests.fakes.mqtt import MqttBroker, mqtt_broker
from tests.fakes.ports import SettingsOf
from tests.fakes.smtp import MailServer, mail_server
from tests.fakes.waiting import until

FALL = alert(reason="Ada & <Bo> fell")
STATE = SiteState("Home", SiteMode.AWAY, 2, 1)


class Kept:
    """A secret store in memory."""

    def __init__(self, **secrets: str) -> None:
        self.secrets = {f"channel/{key.replace('__', '/')}": secret for key, secret in secrets.items()}

    def get(self, key: str) -> str | None:
        return self.secrets.get(key)

    def put(self, key: str, secret: str) -> None:
        self.secrets[key] = secret

    def remove(self, key: str) -> None:
        self.secrets.pop(key, None)


def vault(**secrets: str) -> Vault:
    return Vault(Kept(**secrets), {})


def delivery(channel: ChannelSettings) -> Delivery:
    (made,) = alert_deliveries(FALL, site(channel), RAISED_NS)
    return made


def sent(channel: Channel, to: ChannelSettings) -> Attempt:
    return asyncio.run(channel.send(delivery(to)))


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path / "server.pem", "localhost")


def believing(certificate: Path) -> Callable[[], ssl.SSLContext]:
    return lambda: ssl.create_default_context(cafile=str(certificate))


def mailed(channel: ChannelSettings, certificate: Path | None = None, resolver: Resolver = resolve, **secrets: str) -> Attempt:
    authorities = believing(certificate) if certificate is not None else ssl.create_default_context
    return sent(MailChannel(SettingsOf(lambda: site(channel)), vault(**secrets), resolver, authorities), channel)


# E-mail


def test_a_mail_says_it_all_in_plain_text(server: MailServer) -> None:
    assert mailed(mail(server.port, recipients=("nurse@home.test", "boss@home.test"))) == Attempt.arrived()
    found = server.mail()
    assert found.recipients == ("nurse@home.test", "boss@home.test") and found.message["Subject"] == "High: Fall detected, Kitchen"
    text = found.message.get_content()
    assert "Somebody & <Bo> fell" in text and "watchroom://alert/al-1" in text
    assert "2026-09-21 16:13:20 CEST (UTC+02:00)" in text and found.message.get_content_type() == "text/plain"
    assert found.message["Auto-Submitted"] == "auto-generated"


def test_every_attempt_is_the_same_mail(server: MailServer) -> None:
    ids = {(mailed(mail(server.port)).ok, server.mail().message["Message-ID"]) for _ in range(2)}
    assert len(ids) == 1


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_password_goes_only_over_an_encrypted_connection(certificate: Path, security: Security) -> None:
    with mail_server(certificate=certificate, implicit_tls=security is Security.TLS, logins={"ada": "s3cret"}) as server:
        channel = mail(server.port, security=security, user="ada")
        assert mailed(channel, certificate, nurses__password="s3cret") == Attempt.arrived()
        found = server.mail()
    assert found.encrypted and found.user == "ada"


def test_who_offers_no_encryption_gets_nothing(certificate: Path) -> None:
    with mail_server(certificate=certificate, offers_starttls=False, logins={"ada": "s3cret"}) as server:
        attempt = mailed(mail(server.port, security=Security.STARTTLS, user="ada"), certificate, nurses__password="s3cret")
        assert not attempt.ok and "does not encrypt" in attempt.error and not any(line.startswith("AUTH") for line in server.heard)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_who_does_not_prove_their_name_gets_nothing(certificate: Path, tmp_path: Path, security: Security) -> None:
    other = write_certificate(tmp_path / "other.pem", "localhost")
    with mail_server(certificate=certificate, implicit_tls=security is Security.TLS, logins={"ada": "s3cret"}) as server:
        attempt = mailed(mail(server.port, security=security, user="ada"), other, nurses__password="s3cret")
        assert "does not prove that it is localhost" in attempt.error and not attempt.final
        assert not any(line.startswith("AUTH") for line in server.heard)


def test_a_wrong_password_is_said_without_saying_it(certificate: Path) -> None:
    with mail_server(certificate=certificate, logins={"ada": "right"}) as server:
        attempt = mailed(mail(server.port, security=Security.STARTTLS, user="ada"), certificate, nurses__password="wr0ng-one")
        assert not attempt.ok and not attempt.final and "does not accept user and password (535" in attempt.error
        assert "wr0ng-one" not in attempt.error


@pytest.mark.parametrize(
    ("refuse", "final", "words"),
    [
        ({"RCPT nurse@home.test": ["550 no such user"]}, True, "does not deliver to nurse@home.test (550 no such user)"),
        ({"RCPT nurse@home.test": ["451 later"]}, False, "(451 later)"),
        ({"MAIL": ["553 not you"]}, True, "553 not you"),
        ({"DATA": ["421 full"]}, False, "421 full"),
        ({"END": ["554 spam"]}, True, "554 spam"),
        ({"CONNECT": ["554 go away"]}, False, "554 go away"),
    ],
)
def test_a_refusal_for_good_is_not_repeated_and_one_for_now_is(
    server: MailServer, refuse: dict[str, list[str]], final: bool, words: str
) -> None:
    server.refuse = refuse
    attempt = mailed(mail(server.port))
    assert (attempt.ok, attempt.final) == (False, final) and words in attempt.error


def test_one_refused_recipient_is_told_and_the_others_are_not_written_to_twice(server: MailServer) -> None:
    server.refuse = {"RCPT boss@home.test": ["550 gone"]}
    attempt = mailed(mail(server.port, recipients=("nurse@home.test", "boss@home.test")))
    assert (attempt.ok, attempt.final) == (False, True) and "the other 1 have the message" in attempt.error
    assert server.mail().recipients == ("nurse@home.test",)


def test_a_server_that_says_nothing_more_after_it_took_the_mail_has_it(server: MailServer) -> None:
    server.drop = {"END"}
    assert not mailed(mail(server.port)).final, "nobody knows whether it was taken, so it is sent again"
    server.drop = set()
    assert mailed(mail(server.port)).ok


def test_no_mail_server_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    attempt = mailed(mail(port))
    assert not attempt.final and "localhost could not be reached" in attempt.error


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "END"])
def test_a_mail_server_that_hangs_ends_with_the_attempt(server: MailServer, verb: str) -> None:
    server.hang = {verb}

    async def given_up() -> None:
        channel = mail(server.port)
        sending = asyncio.ensure_future(MailChannel(SettingsOf(lambda: site(channel)), vault()).send(delivery(channel)))
        while not server.connections:
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    asyncio.run(given_up())  # which waits for the thread that talked


def test_a_talk_that_no_thread_took_up_leaves_no_connection_open() -> None:
    here, there = socket.socketpair()
    with there:
        Talk(here, mail(25), "", EmailMessage()).abort()
        assert here.fileno() == -1 and there.recv(1) == b""


# Slack and ntfy


def posted(kind: ChannelKind, receiver_url: str, resolver: Resolver = resolve, private: bool = True, **secrets: str) -> Attempt:
    channel = ChannelSettings("team", kind, allow_private=private)
    return sent(PostedChannel(kind, SettingsOf(lambda: site(channel)), vault(team__url=receiver_url, **secrets), resolver), channel)


def test_slack_gets_text_in_which_nothing_is_markup() -> None:
    with listening(path="/services/T0/B0/s3cret") as receiver:
        assert posted(ChannelKind.SLACK, receiver.url) == Attempt.arrived()
        headers, body = receiver.call()
    assert headers["path"] == "/services/T0/B0/s3cret" and headers["Idempotency-Key"] == "al-1.0.s4"
    assert list(body) == ["text"] and "& <Bo>" not in body["text"] and "&amp; &lt;Bo&gt; fell" in body["text"]


def test_ntfy_gets_a_priority_and_a_link_and_the_topic_is_not_in_the_address() -> None:
    with listening(path="/sub/my-t0pic") as receiver:
        assert posted(ChannelKind.NTFY, receiver.url, team__password="tk_abc") == Attempt.arrived()
        headers, body = receiver.call()
    assert (headers["path"], headers["Authorization"], body["topic"]) == ("/sub/", "Bearer tk_abc", "my-t0pic")
    assert (body["priority"], body["click"], body["title"]) == (4, "watchroom://alert/al-1", "High: Fall detected, Kitchen")


@pytest.mark.parametrize("kind", [ChannelKind.SLACK, ChannelKind.NTFY])
@pytest.mark.parametrize(("status", "final"), [(404, True), (403, True), (302, True), (429, False), (500, False)])
def test_what_the_receiver_answers_is_said_and_its_secret_is_not(kind: ChannelKind, status: int, final: bool) -> None:
    with listening(status, path="/s3cret-path") as receiver:
        receiver.headers = {"Location": "http://169.254.169.254/"}
        attempt = posted(kind, receiver.url, team__password="t0ken")
    assert (attempt.ok, attempt.final) == (False, final) and str(status) in attempt.error
    assert "s3cret" not in attempt.error and "t0ken" not in attempt.error


def test_a_token_that_no_header_takes_is_not_repeated_in_the_error() -> None:
    with listening() as receiver:
        attempt = posted(ChannelKind.NTFY, receiver.url, team__password="t0ken\nX-Evil: 1")
    assert not attempt.ok and "t0ken" not in attempt.error


def test_an_address_that_is_gone_is_asked_for() -> None:
    channel = ChannelSettings("team", ChannelKind.SLACK)
    assert "Enter it again" in sent(PostedChannel(ChannelKind.SLACK, SettingsOf(lambda: site(channel)), vault()), channel).error


def test_topics_are_the_last_part_of_an_address() -> None:
    assert ntfy_parts("https://ntfy.sh/abc") == ("https://ntfy.sh/", "abc")
    assert ntfy_parts("https://ntfy.sh/abc?poll=1") == ("https://ntfy.sh/", "abc")
    for wrong in ("https://ntfy.sh", "https://ntfy.sh/", "https://ntfy.sh/a b"):
        with pytest.raises(InputError, match="topic"):
            ntfy_parts(wrong)


def test_the_environment_goes_before_the_store() -> None:
    both = Vault(Kept(team__url="https://stored"), {"WATCHROOM_CHANNEL_TEAM_URL": "https://given"})
    assert both.get("team", "url") == "https://given" and both.from_environment("team") == ("url",)
    assert variable("my-team", "password") == "WATCHROOM_CHANNEL_MY_TEAM_PASSWORD"


# Where messages may go


def pointing_to(*addresses: str) -> Resolver:
    async def resolver(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolver


INSIDE = ("127.0.0.1", "10.0.0.8", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1", "100.64.0.1")
NEVER = ("169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "fd00:ec2::254")


@pytest.mark.parametrize("address", INSIDE + NEVER)
@pytest.mark.parametrize("kind", ["slack", "ntfy", "email", "mqtt"])
def test_nothing_goes_into_the_house_unless_the_admin_allows_it(kind: str, address: str) -> None:
    assert_refused(kind, address, private=False)


@pytest.mark.parametrize("address", NEVER)
@pytest.mark.parametrize("kind", ["slack", "ntfy", "email", "mqtt"])
def test_nothing_ever_goes_where_machines_keep_their_secrets(kind: str, address: str) -> None:
    assert_refused(kind, address, private=True)


def assert_refused(kind: str, address: str, private: bool) -> None:
    resolver = pointing_to(address)
    if kind == "email":
        attempt = mailed(replace(mail(25, host="mail.example.org"), allow_private=private), None, resolver)
    elif kind == "mqtt":
        attempt = brokered(broker(1883, host="mq.example.org", allow_private=private), resolver)
    else:
        attempt = posted(ChannelKind(kind), "https://hooks.example.org/abc", resolver, private)
    assert not attempt.ok and attempt.final and "nothing is sent to" in attempt.error


def test_where_it_is_allowed_a_name_may_lead_into_the_house(server: MailServer) -> None:
    """As it does where a company's own names are served inside it."""
    assert mailed(mail(server.port, host="mail.example.org"), None, pointing_to("127.0.0.1")).ok


# MQTT


def brokered(
    channel: ChannelSettings, resolver: Resolver = resolve, authorities: Any = ssl.create_default_context, **secrets: str
) -> Attempt:
    brokers = Brokers(vault(**secrets), resolver, tick_s=0.02, authorities=authorities)
    brokers.show(STATE)
    brokers.configure(site(channel))
    try:
        return sent(MqttChannel(SettingsOf(lambda: site(channel)), brokers), channel)
    finally:
        brokers.close()


@pytest.fixture
def house() -> Iterator[MqttBroker]:
    with mqtt_broker() as made:
        yield made


def test_an_alert_is_published_and_confirmed(house: MqttBroker) -> None:
    assert brokered(broker(house.port)) == Attempt.arrived()
    found = house.message("watchroom/alert")
    body = json.loads(found.payload)
    assert (found.qos, found.retain, body["event_type"], body["link"]) == (1, False, "alert", "watchroom://alert/al-1")
    until(lambda: house.retained["watchroom/availability"] == "offline", "it said goodbye")


def test_the_site_is_kept_at_the_broker_and_home_assistant_finds_it(house: MqttBroker) -> None:
    assert brokered(broker(house.port)).ok
    kept = house.retained
    assert (kept["watchroom/mode"], kept["watchroom/alerts"], kept["watchroom/new_alerts"]) == ("away", "2", "1")
    configs = {topic: json.loads(text) for topic, text in kept.items() if topic.startswith("homeassistant/")}
    assert len(configs) == 4 and all(topic.endswith("/config") for topic in configs)
    for config in configs.values():
        assert config["availability_topic"] == "watchroom/availability" and config["device"]["name"] == "Home"
    mode = next(config for topic, config in configs.items() if topic.endswith("/mode/config"))
    assert mode["state_topic"] == "watchroom/mode" and mode["options"] == ["home", "away", "night"]
    assert len({config["unique_id"] for config in configs.values()}) == 4


def test_without_discovery_nothing_is_announced_to_home_assistant(house: MqttBroker) -> None:
    assert brokered(broker(house.port, discovery="", topic="farm/barn")).ok
    assert not any(topic.startswith("homeassistant") for topic in house.retained) and "farm/barn/mode" in house.retained


def test_a_broker_that_breaks_off_is_found_again_and_told_the_state_of_now(house: MqttBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.notify.broker.FIRST_PAUSE_S", 0.02)
    channel = broker(house.port)
    brokers = Brokers(vault(), tick_s=0.02)
    brokers.show(STATE)
    brokers.configure(site(channel))
    try:
        house.message("watchroom/availability")
        house.cut()
        until(lambda: house.retained["watchroom/availability"] == "offline", "the broker had told that it is gone")
        brokers.show(replace(STATE, mode=SiteMode.NIGHT, open_alerts=0, new_alerts=0))
        until(lambda: house.retained.get("watchroom/availability") == "online", "it was back")
        until(lambda: house.retained["watchroom/mode"] == "night", "the mode of now was told")
        assert sent(MqttChannel(SettingsOf(lambda: site(channel)), brokers), channel).ok
    finally:
        brokers.close()


def test_what_the_broker_does_not_confirm_did_not_arrive(house: MqttBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.notify.broker.CONFIRM_S", 0.1)
    house.confirms = False
    attempt = brokered(broker(house.port))
    assert not attempt.ok and not attempt.final and "did not confirm" in attempt.error


def test_a_broker_that_is_cut_while_it_confirms_did_not_take_it(house: MqttBroker) -> None:
    house.confirms = False
    channel = broker(house.port)
    brokers = Brokers(vault(), tick_s=0.02)
    brokers.configure(site(channel))

    async def cut() -> Attempt:
        sending = asyncio.ensure_future(MqttChannel(SettingsOf(lambda: site(channel)), brokers).send(delivery(channel)))
        await asyncio.to_thread(house.message, "watchroom/alert")
        house.cut()
        return await sending

    try:
        attempt = asyncio.run(cut())
    finally:
        brokers.close()
    assert not attempt.ok and "broke off" in attempt.error


def test_a_broker_that_never_answers_is_left(house: MqttBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.notify.broker.CONNECT_S", 0.1)
    house.answers = False
    assert "did not answer" in brokered(broker(house.port)).error


def test_a_wrong_login_at_the_broker_is_said(certificate: Path) -> None:
    with mqtt_broker(logins={"ada": "right"}) as house:
        attempt = brokered(broker(house.port, user="ada"), house__password="wr0ng")
        assert not attempt.ok and "Check user and password" in attempt.error and "wr0ng" not in attempt.error


def test_a_broker_is_talked_to_over_tls(certificate: Path, tmp_path: Path) -> None:
    with mqtt_broker(certificate=certificate, logins={"ada": "right"}) as house:
        channel = broker(house.port, security=Security.TLS, user="ada")
        assert brokered(channel, authorities=believing(certificate), house__password="right").ok
        other = write_certificate(tmp_path / "other.pem", "localhost")
        attempt = brokered(channel, authorities=believing(other), house__password="right")
        assert "does not prove that it is localhost" in attempt.error


def test_a_broker_that_moved_is_left_and_one_that_is_merely_renamed_is_not(house: MqttBroker) -> None:
    brokers = Brokers(vault(), tick_s=0.02)
    channel = broker(house.port)
    brokers.configure(site(channel))
    try:
        first = brokers.link("house")
        brokers.configure(site(replace(channel, name="Our house")))
        assert brokers.link("house") is first
        brokers.configure(site(replace(channel, topic="other")))
        assert brokers.link("house") is not first
        brokers.configure(site())
        assert brokers.link("house") is None
    finally:
        brokers.close()


def test_what_cannot_be_read_from_the_keyring_waits() -> None:
    class Locked(Kept):
        def get(self, key: str) -> str | None:
            raise EnvironmentFault("secrets_unreadable", "The system's keyring is locked.")

    locked = Vault(Locked(), {})
    team, nurses = ChannelSettings("team", ChannelKind.SLACK), mail(security=Security.TLS, user="ada")
    for channel, to in (
        (PostedChannel(ChannelKind.SLACK, SettingsOf(lambda: site(team)), locked), team),
        (MailChannel(SettingsOf(lambda: site(nurses)), locked), nurses),
    ):
        attempt = sent(channel, to)
        assert not attempt.final and "locked" in attempt.error


def test_one_that_was_removed_is_no_trouble() -> None:
    for channel, to in (
        (PostedChannel(ChannelKind.SLACK, SettingsOf(site), vault()), ChannelSettings("team", ChannelKind.SLACK)),
        (MailChannel(SettingsOf(site), vault()), mail()),
        (MqttChannel(SettingsOf(site), Brokers(vault())), broker()),
    ):
        assert sent(channel, to).blameless
