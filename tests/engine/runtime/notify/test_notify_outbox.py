"""Alerts through the outbox: none waits for another, none is lost with the process, and what nobody needs is not sent."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.model.alerts.alert import Alert
from engine.model.alerts.delivery import Delivery, DeliveryState
from engine.model.alerts.notify_settings import AlertWants, ChannelKind, ChannelSettings, WebhookSettings
from engine.model.people.traces import Traces
from engine.model.settings import Settings
from engine.model.time import SystemClock
from engine.runtime.messages.webhook import WebhookChannel
from engine.runtime.notify.brokers import Brokers
from engine.runtime.notify.desk import AlertDesk, make_channels
from engine.runtime.notify.vault import Vault
from engine.runtime.outbound.outbox import Outbox
from engine.store import StoreWriter, open_store
from tests.engine.runtime.notify.test_channels import Kept
from tests.engine.runtime.notify.told import acknowledged, alert, broker, escalated, mail, site
from tests.engine.runtime.webhook_receiver import HANG, listening
from tests.fakes.mqtt import mqtt_broker
from tests.fakes.ports import NO_TROUBLE, SettingsOf
from tests.fakes.smtp import mail_server
from tests.fakes.waiting import until

ROOT = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.outbound.outbox.POLL_S", 0.01)


@dataclass
class Post:
    """An outbox with every kind of channel on a record of its own."""

    path: Path
    settings: Settings
    secrets: dict[str, str] = field(default_factory=dict)
    open: dict[str, Alert] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator["Post"]:
        clock = SystemClock()
        self.store = open_store(self.path, clock)
        self.writer = StoreWriter(self.store, lambda batch: None, lambda trouble: None, interval_s=0.01)
        self.writer.start()
        vault = Vault(Kept(**self.secrets), {})
        self.brokers = Brokers(vault, tick_s=0.02)
        now = SettingsOf(lambda: self.settings)
        self.desk = AlertDesk(now, lambda: (), self.open.get, clock)
        self.outbox = Outbox(
            self.store,
            self.writer,
            lambda event, now_ns: (),
            {"webhook": WebhookChannel(now, lambda _: "s3cret", clock), **make_channels(now, vault, self.brokers)},
            clock,
            NO_TROUBLE,
            unwanted=self.desk.unneeded,
            attempt_s=2.0,
            first_retry_s=0.05,
        )
        self.brokers.configure(self.settings)
        stopping = threading.Event()
        thread = threading.Thread(target=self.outbox.run, args=(stopping,), name="outbox")
        thread.start()
        try:
            yield self
        finally:
            stopping.set()
            thread.join()
            self.brokers.close()
            self.writer.stop()
            self.store.close()

    def take(self, *alerts: Alert) -> None:
        for each in alerts:
            self.open[each.id] = each
        self.desk.take(alerts, self.outbox)

    def kept(self, alert_id: str = "al-1") -> dict[str, Delivery]:
        assert self.writer.flush(20)
        return {delivery.id: delivery for delivery in self.store.event_deliveries(alert_id)}

    def state(self, delivery_id: str) -> DeliveryState:
        return self.kept()[delivery_id].state


def slack(channel_id: str) -> ChannelSettings:
    return ChannelSettings(channel_id, ChannelKind.SLACK, allow_private=True)


def all_arrived(post: Post, count: int) -> Callable[[], bool]:
    return lambda: [each.state for each in post.kept().values()] == [DeliveryState.DELIVERED] * count


def test_an_alert_reaches_every_kind_of_channel(tmp_path: Path) -> None:
    with listening() as team, listening(path="/t0pic") as phones, listening() as hook, mail_server() as post_office, mqtt_broker() as house:
        settings = site(slack("team"), ChannelSettings("phones", ChannelKind.NTFY, allow_private=True), mail(post_office.port))
        hooks = (WebhookSettings("hook", hook.url, events=False, alerts=AlertWants()),)
        settings = Settings(
            alerts=settings.alerts, floor=settings.floor, webhooks=hooks, notifications=(*settings.notifications, broker(house.port))
        )
        with Post(tmp_path / "w.db", settings, {"team__url": team.url, "phones__url": phones.url}).running() as post:
            post.take(alert())
            assert "High: Fall detected, Kitchen" in team.call()[1]["text"] and phones.call()[1]["topic"] == "t0pic"
            headers, body = hook.call()
            assert headers["Watchroom-Signature"].startswith("t=") and body["alert_id"] == "al-1"
            assert post_office.mail().message["X-Watchroom-Key"] == "al-1.0.s4" and house.message("watchroom/alert")
            until(all_arrived(post, 5), "all five had arrived")
            assert not any("s3cret" in row.body or team.url in row.body for row in post.kept().values())


def test_p28_slack_that_hangs_blocks_no_other_and_is_told_later(tmp_path: Path) -> None:
    with listening(HANG) as team, listening(path="/t0pic") as phones:
        settings = site(slack("team"), ChannelSettings("phones", ChannelKind.NTFY, allow_private=True))
        with Post(tmp_path / "w.db", settings, {"team__url": team.url, "phones__url": phones.url}).running() as post:
            post.take(alert())
            assert phones.call()[1]["topic"] == "t0pic"
            team.call()  # it hangs
            (slow,) = (row for row in post.kept().values() if row.receiver == "team")
            assert slow.state is DeliveryState.WAITING
            team.script[:] = [200]
            until(all_arrived(post, 2), "Slack had it as well")
            assert post.kept()[slow.id].attempts > 1


def test_slow_channels_delay_no_other(tmp_path: Path) -> None:
    """More of them than the machine has threads for, each holding on to the attempt that it has."""
    with listening(HANG) as slow, mail_server(hang={"EHLO"}) as dumb, listening() as quick, mqtt_broker(answers=False) as silent:
        slow_ones = tuple(slack(f"a-slow-{number}") for number in range(8))
        mails = tuple(mail(dumb.port, id=f"b-mail-{number}") for number in range(14))
        settings = site(*slow_ones, *mails, broker(silent.port, id="c-silent"), slack("quick"))
        secrets = {f"{channel.id}__url": slow.url for channel in slow_ones} | {"quick__url": quick.url}
        with Post(tmp_path / "w.db", settings, secrets).running() as post:
            for number in range(1, 4):
                post.take(alert(number))
            until(lambda: dumb.connections >= 14, "all mail servers were being talked to")
            assert sorted(quick.called(3)) == [f"al-{number}.0.s4" for number in range(1, 4)]
            waiting = [row for row in post.kept().values() if row.receiver != "quick"]
            assert {row.state for row in waiting} == {DeliveryState.WAITING}


def test_an_acknowledgement_drops_the_escalations_that_wait_and_not_the_first_message(tmp_path: Path) -> None:
    with listening(500) as down, Post(tmp_path / "w.db", site(slack("team")), {"team__url": down.url}).running() as post:
        post.take(alert())
        down.called(1)
        post.take(escalated(1))
        until(lambda: "dl-al-1.1.s4-slack-team" in post.kept(), "the escalation was noted")
        post.take(acknowledged(level=1))
        until(lambda: post.state("dl-al-1.1.s4-slack-team") is DeliveryState.DROPPED, "the escalation was dropped")
        assert post.state("dl-al-1.0.s4-slack-team") is DeliveryState.WAITING
        down.script[:] = [200]
        until(lambda: post.state("dl-al-1.0.s4-slack-team") is DeliveryState.DELIVERED, "the first message had arrived")
        state = post.store.receiver_state("slack", "team")
        assert (state.waiting, state.arrived, state.given_up) == (0, 1, 0), "what is dropped is no failure"


def test_escalations_of_alerts_that_were_acknowledged_before_a_crash_are_not_sent(tmp_path: Path) -> None:
    with listening(500) as down:
        post = Post(tmp_path / "w.db", site(slack("team")), {"team__url": down.url})
        with post.running():
            post.take(alert(), escalated(1))
            assert len(post.kept()) == 2
        down.script[:] = [200]
        post.open.clear()  # as after a start in which it is known to be closed
        with post.running():
            until(lambda: post.state("dl-al-1.1.s4-slack-team") is DeliveryState.DROPPED, "the escalation was dropped")
            until(lambda: post.state("dl-al-1.0.s4-slack-team") is DeliveryState.DELIVERED, "the first message had arrived")


def test_who_is_erased_is_in_no_message_that_waits_even_while_one_is_tried(tmp_path: Path) -> None:
    with listening(HANG) as slow:
        named = ChannelSettings("team", ChannelKind.SLACK, allow_private=True, wants=AlertWants(names=True))
        with Post(tmp_path / "w.db", site(named), {"team__url": slow.url}).running() as post:
            post.take(alert())
            assert "Ada" in slow.call()[1]["text"]
            assert post.writer.flush(20)
            post.writer.run_in_order(lambda: post.store.pseudonymise(Traces("pe-1", ("Ada",), "pe-x", "somebody erased")))
            assert post.writer.flush(20)
            slow.script[:] = [200]
            slow.release.set()  # the attempt that was under way fails, and is written down
            text = slow.call()[1]["text"]
            until(all_arrived(post, 1), "it had arrived")
            assert "Ada" not in str(post.kept()) and "Ada" not in text


KILLED = """
import sys, threading
from pathlib import Path
from tests.engine.runtime.notify import test_notify_outbox as t
urls = dict(zip(("one__url", "two__url"), sys.argv[2:4]))
with t.Post(Path(sys.argv[1]), t.site(t.slack("one"), t.slack("two")), urls).running() as post:
    for number in range(20):
        post.take(t.alert(number))
    post.writer.flush(20)
    print("kept", flush=True)
    threading.Event().wait()
"""


def test_a_kill_in_the_middle_loses_nothing_and_what_comes_twice_has_the_same_key(tmp_path: Path) -> None:
    expected = {f"al-{number}.0.s4" for number in range(20)}
    with listening() as one, listening(500) as two:
        arguments = [sys.executable, "-c", KILLED, str(tmp_path / "w.db"), one.url, two.url]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None and process.stdout.readline() == "kept\n"
            before = one.called(3)
            process.kill()
        two.script[:] = [200]
        post = Post(tmp_path / "w.db", site(slack("one"), slack("two")), {"one__url": one.url, "two__url": two.url})
        post.open.update((f"al-{number}", alert(number)) for number in range(20))
        with post.running():
            until(lambda: not post.store.waiting_deliveries().count, "all was sent")
        assert set(before) | set(one.called(one.calls.qsize())) == expected
        assert set(two.called(two.calls.qsize())) == expected
