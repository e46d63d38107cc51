"""Messages reach their receivers in spite of failures, hangs, full disks and ends of the process."""

import hashlib
import hmac
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.model.alerts.delivery import Delivery, DeliveryState
from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.errors import EnvironmentFault
from engine.model.event import Event, EventKind, Severity
from engine.model.settings import Settings
from engine.model.site import Floor, Zone
from engine.model.time import SECOND, ManualClock, SystemClock
from engine.runtime.messages.webhook import WebhookChannel, deliveries_for
from engine.runtime.outbound.outbox import GIVE_UP_S, LONGEST_RETRY_S, Attempt, Channel, Outbox
from engine.store import Store, StoreWriter, open_store
from tests.engine.runtime.webhook_receiver import HANG, TRICKLE, Receiver, listening
from tests.fakes.certificates import write_certificate
from tests.fakes.ports import NO_TROUBLE, SettingsOf, TroubleOf
from tests.fakes.waiting import until

ROOT = Path(__file__).parents[3]
START_NS = 1_790_000_000 * SECOND
FAST_S = 0.05


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.outbound.outbox.POLL_S", 0.01)


def wait_until(holds: Callable[[], bool]) -> None:
    until(holds, "the outbox had done it")


def fall(number: int = 1, *, level: int = 0, ended: bool = False, kind: EventKind = EventKind.FALL) -> Event:
    return Event(
        id=f"ev-{number}",
        kind=kind,
        camera_id="",
        subject_id="bl-7",
        severity=Severity.CRITICAL,
        started_ns=START_NS,
        ended_ns=START_NS + SECOND if ended else None,
        received_ns=START_NS,
        confidence=0.9,
        decision_id="de-1",
        reason="Ada fell and lies still",
        position=(1.5, 2.25, 0.3),
        zone_id="kitchen",
        person="Ada",
        level=level,
    )


@dataclass
class Post:
    """An outbox on a record of its own, as an engine has them; ended and begun again like one."""

    path: Path
    settings: Settings
    secrets: dict[str, str] = field(default_factory=dict)
    troubles: list[str | None] = field(default_factory=list)
    attempt_s: float = 5.0

    @contextmanager
    def running(self) -> Iterator["Post"]:
        self.open()
        self.begin()
        try:
            yield self
        finally:
            self.end()
            self.close()

    def open(self) -> None:
        clock = SystemClock()
        self.store: Store = open_store(self.path, clock)
        self.writer = StoreWriter(self.store, lambda batch: None, lambda trouble: None, interval_s=0.01)
        self.writer.start()
        channel = WebhookChannel(SettingsOf(lambda: self.settings), self.secrets.get, clock)
        self.outbox = Outbox(
            self.store,
            self.writer,
            lambda event, now_ns: deliveries_for(event, self.settings, now_ns),
            {"webhook": channel},
            clock,
            TroubleOf(self.troubles.append),
            attempt_s=self.attempt_s,
            first_retry_s=FAST_S,
        )

    def begin(self) -> None:
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.outbox.run, args=(self.stopping,), name="outbox")
        self.thread.start()

    def end(self) -> None:
        self.stopping.set()
        self.thread.join()

    def close(self) -> None:
        self.writer.stop()
        self.store.close()

    def kept(self, event_id: str = "ev-1") -> tuple[Delivery, ...]:
        assert self.writer.flush(20)
        return self.store.event_deliveries(event_id)

    def wait_for(self, state: DeliveryState, event_id: str = "ev-1") -> Delivery:
        wait_until(lambda: any(d.state is state for d in self.kept(event_id)))
        return next(d for d in self.kept(event_id) if d.state is state)


def hook(receiver: Receiver, hook_id: str = "alarm", kinds: tuple[str, ...] = ()) -> WebhookSettings:
    return WebhookSettings(hook_id, receiver.url, kinds)


def site(*hooks: WebhookSettings) -> Settings:
    return Settings("Home", webhooks=hooks, floor=Floor(zones=(Zone("kitchen", "Kitchen", 0, 0, 3, 3),)))


def test_a_fall_is_posted_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    with listening(path="/hook?key=a%20b") as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        post.outbox.take([fall()])
        headers, body = receiver.call()
        assert body == {
            "event_type": "fall_alert",
            "timestamp": "2026-09-21T14:13:20.000Z",
            "site": "Home",
            "zone": "Kitchen",
            "person": "Ada",
            "person_id": "",
            "gesture": "",
            "blob_id": "bl-7",
            "subject_id": "bl-7",
            "position": [1.5, 2.25, 0.3],
            "severity": "critical",
            "severity_level": 5,
            "cap_severity": "Extreme",
            "level": 0,
            "detail": "Ada fell and lies still",
            "event_id": "ev-1",
            "simulated": False,
        }
        assert headers["Content-Type"] == "application/json"
        assert headers["Idempotency-Key"] == "ev-1.0"
        assert headers["path"] == "/hook?key=a%20b"
        assert headers["Host"] in receiver.url
        assert "Watchroom-Signature" not in headers
        delivered = post.wait_for(DeliveryState.DELIVERED)
        assert (delivered.attempts, delivered.last_error) == (1, "")
        assert post.outbox.troubles == ()


def test_each_level_is_told_once_and_changes_and_ends_are_not(tmp_path: Path) -> None:
    with listening() as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        named = replace(fall(), person="Bo")
        post.outbox.take([fall(), fall(), named, fall(ended=True), fall(level=1), fall(2, ended=True)])
        assert sorted(receiver.called(2)) == ["ev-1.0", "ev-1.1"]
        post.outbox.take([fall(level=1), fall(3)])
        assert receiver.called(1) == ["ev-3.0"]


def test_only_kinds_that_are_wanted_and_hooks_that_are_on(tmp_path: Path) -> None:
    with listening() as alarms, listening() as doors, listening() as off:
        hooks = site(hook(alarms), hook(doors, "doors", ("crossing",)), replace(hook(off, "off"), enabled=False))
        with Post(tmp_path / "w.db", hooks).running() as post:
            instant = replace(fall(2, kind=EventKind.CROSSING), ended_ns=START_NS)
            post.outbox.take([fall(3, kind=EventKind.PRESENCE), instant, fall()])
            assert doors.call()[1]["event_type"] == "crossing"
            assert alarms.call()[1]["event_type"] == "fall_alert"
            assert (doors.calls.qsize(), alarms.calls.qsize(), off.calls.qsize()) == (0, 0, 0)


def test_the_signature_proves_body_and_time(tmp_path: Path) -> None:
    with listening() as receiver:
        with Post(tmp_path / "w.db", site(hook(receiver)), {"alarm": "s3cret"}).running() as post:
            post.outbox.take([fall()])
            headers, _ = receiver.call()
        stamp, _, digest = headers["Watchroom-Signature"].partition(",v1=")
        expected = hmac.new(b"s3cret", f"{stamp.removeprefix('t=')}.{headers['raw']}".encode(), hashlib.sha256)
        assert digest == expected.hexdigest()


def test_failures_are_tried_again_with_the_same_key_and_told(tmp_path: Path) -> None:
    with listening(500, 503, 429, 408, 204) as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        post.outbox.take([fall()])
        assert receiver.called(5) == ["ev-1.0"] * 5
        assert post.wait_for(DeliveryState.DELIVERED).attempts == 5
        wait_until(lambda: post.troubles[-1:] == [None])
        assert "answered 50" in str(post.troubles[0]) and "tried again" in str(post.troubles[0])


def test_a_message_goes_over_https_to_who_proves_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = write_certificate(tmp_path / "receiver.pem", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # as an authority of one's own is made known to a machine
    with listening(certificate=certificate) as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        post.outbox.take([fall()])
        assert receiver.call()[1]["event_id"] == "ev-1"
        assert post.wait_for(DeliveryState.DELIVERED).attempts == 1


@pytest.mark.parametrize(
    ("names", "known", "ended", "why"),
    [
        (("localhost",), False, False, "self-signed certificate"),
        (("receiver.example",), True, False, "not valid for 'localhost'"),
        (("localhost",), True, True, "expired"),
    ],
)
def test_nothing_is_sent_to_who_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], known: bool, ended: bool, why: str
) -> None:
    certificate = write_certificate(tmp_path / "receiver.pem", *names, ended=ended)
    other = write_certificate(tmp_path / "other.pem", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate if known else other))
    with listening(certificate=certificate) as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        post.outbox.take([fall()])
        wait_until(lambda: bool(post.troubles))
        assert why in str(post.troubles[0]) and "Nothing was sent" in str(post.troubles[0])
        assert receiver.calls.empty()
        assert {delivery.state for delivery in post.kept()} == {DeliveryState.WAITING}


@pytest.mark.parametrize("status", [400, 401, 404, 410, 301, 307])
def test_what_would_never_be_taken_is_given_up_at_once(tmp_path: Path, status: int) -> None:
    with listening(status) as receiver, listening() as elsewhere:
        receiver.headers = {"Location": elsewhere.url}
        with Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
            post.outbox.take([fall()])
            given_up = post.wait_for(DeliveryState.GIVEN_UP)
            assert (given_up.attempts, receiver.calls.qsize(), elsewhere.calls.qsize()) == (1, 1, 0)
            assert str(status) in given_up.last_error
            wait_until(lambda: len(post.troubles) == 1)
            assert "/hook" not in str(post.troubles[0]), "the path of an address often is its password"
            post.outbox.again()
            assert post.troubles[-1] is None


def test_p31_who_asks_to_wait_gets_nothing_meanwhile_and_then_all_in_order(tmp_path: Path) -> None:
    with listening(429, 429, 204) as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        receiver.headers = {"Retry-After": "1"}
        post.outbox.take([fall(1)])
        assert receiver.called(1) == ["ev-1.0"]
        post.outbox.take([fall(number) for number in range(2, 5)])
        assert receiver.called(5) == ["ev-1.0", "ev-1.0", "ev-2.0", "ev-3.0", "ev-4.0"]
        assert post.wait_for(DeliveryState.DELIVERED).attempts == 3


def test_p31_what_is_refused_for_good_is_dropped_with_a_record_and_the_others_go_on(tmp_path: Path) -> None:
    with listening(422, 204) as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        post.outbox.take([fall(1)])
        assert receiver.called(1) == ["ev-1.0"]
        given_up = post.wait_for(DeliveryState.GIVEN_UP)
        assert (given_up.attempts, "422" in given_up.last_error) == (1, True)
        wait_until(lambda: bool(post.troubles))
        assert "given up" in str(post.troubles[0])
        post.outbox.take([fall(2)])
        post.wait_for(DeliveryState.DELIVERED, "ev-2")


def test_p31_more_than_a_hundred_may_wait_and_none_is_lost(tmp_path: Path) -> None:
    """There is no place that could be full: what waits is in the record."""
    with listening(503, 503, 503, 204) as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        post.outbox.take([fall(number) for number in range(1, 102)])
        assert set(receiver.called(104)) == {f"ev-{number}.0" for number in range(1, 102)}


def posting(tmp_path: Path, *hooks: WebhookSettings) -> AbstractContextManager[Post]:
    return Post(tmp_path / "w.db", site(*hooks), attempt_s=1.0).running()


@pytest.mark.parametrize("how", [HANG, TRICKLE])
def test_one_that_hangs_is_cut_off_and_keeps_nobody_else_waiting(tmp_path: Path, how: int) -> None:
    with listening(how) as slow, listening() as quick, posting(tmp_path, hook(slow, "a-slow"), hook(quick, "quick")) as post:
        post.outbox.take([fall(number) for number in range(1, 6)])
        assert sorted(quick.called(5)) == [f"ev-{n}.0" for n in range(1, 6)]
        slow.script[:] = [200]
        wait_until(lambda: all(d.state is DeliveryState.DELIVERED for n in range(1, 6) for d in post.kept(f"ev-{n}")))


def test_nobody_listens_at_first(tmp_path: Path) -> None:
    with listening() as gone:
        url = gone.url
    with Post(tmp_path / "w.db", site(WebhookSettings("alarm", url))).running() as post:
        post.outbox.take([fall()])
        wait_until(lambda: any(post.troubles))
        assert "could not be reached" in str(post.troubles[0])
        assert post.kept()[0].state is DeliveryState.WAITING


def test_what_waits_is_sent_by_the_next_run_and_what_was_sent_is_not(tmp_path: Path) -> None:
    with listening(500) as receiver:
        post = Post(tmp_path / "w.db", site(hook(receiver)))
        with post.running():
            post.outbox.take([fall(1)])
            receiver.called(2)
        receiver.script[:] = [200]
        with post.running():
            assert receiver.called(1) == ["ev-1.0"]
            post.wait_for(DeliveryState.DELIVERED)
            post.outbox.take([fall(1), fall(2)], replayed=True)
            assert receiver.called(1) == ["ev-2.0"]
            post.wait_for(DeliveryState.DELIVERED, "ev-2")
        left = [receiver.calls.get()[0]["Idempotency-Key"] for _ in range(receiver.calls.qsize())]
        assert set(left) <= {"ev-1.0"} and [d.state for d in opened(post)] == [DeliveryState.DELIVERED]


def opened(post: Post) -> tuple[Delivery, ...]:
    store = open_store(post.path, SystemClock())
    try:
        return store.event_deliveries("ev-1")
    finally:
        store.close()


KILLED = """
import sys, threading
from pathlib import Path
from tests.engine.runtime import test_outbox as t
post = t.Post(Path(sys.argv[1]), t.site(t.WebhookSettings("alarm", sys.argv[2])))
post.open()
post.begin()
post.outbox.take([t.fall()])
post.writer.flush(20)
print("kept", flush=True)
threading.Event().wait()
"""


def test_a_kill_loses_no_message(tmp_path: Path) -> None:
    with listening(500) as receiver:
        arguments = [sys.executable, "-c", KILLED, str(tmp_path / "w.db"), receiver.url]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None and process.stdout.readline() == "kept\n"
            receiver.called(1)
            process.kill()
        receiver.script[:] = [200]
        with Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
            assert post.wait_for(DeliveryState.DELIVERED).key == "ev-1.0"


def test_a_fall_is_told_even_while_nothing_can_be_written(tmp_path: Path) -> None:
    with listening() as receiver:
        post = Post(tmp_path / "w.db", site(hook(receiver)))
        post.open()
        full = EnvironmentFault("disk_full", "The disk is full.")
        store = post.store

        def failing(*arguments: object, **named: object) -> tuple[Delivery, ...]:
            raise full

        post.writer.stop()  # nothing is written from now on
        post.outbox._store = type("Broken", (), {"due_deliveries": failing, "deliveries_of": failing})()
        post.begin()
        post.outbox.take([fall()])
        assert receiver.called(1) == ["ev-1.0"]
        post.outbox.take([fall(2)])
        assert receiver.called(1) == ["ev-2.0"]
        post.end()
        store.close()


def test_a_hook_that_was_removed_is_not_called_and_not_complained_about(tmp_path: Path) -> None:
    with listening(500) as receiver, Post(tmp_path / "w.db", site(hook(receiver))).running() as post:
        post.outbox.take([fall()])
        receiver.called(2)
        post.settings = site()
        assert "removed" in post.wait_for(DeliveryState.GIVEN_UP).last_error
        wait_until(lambda: post.outbox.troubles == ())


def test_a_secret_that_cannot_be_read_delays_the_message(tmp_path: Path) -> None:
    def locked(hook_id: str) -> str | None:
        raise EnvironmentFault("keyring_locked", "The keyring is locked.")

    with listening() as receiver:
        channel = WebhookChannel(SettingsOf(lambda: site(hook(receiver))), locked, ManualClock(START_NS))
        with sending(tmp_path, channel) as (outbox, submitted):
            outbox.take([fall()])
            wait_until(lambda: len(submitted) >= 2)
            assert submitted[1].state is DeliveryState.WAITING and "locked" in submitted[1].last_error
        assert receiver.calls.qsize() == 0


class Scripted:
    """A channel that answers as it was told."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt

    async def send(self, delivery: Delivery) -> Attempt:
        return self.attempt


class Unkept:
    """A record that keeps nothing."""

    def due_deliveries(self, now_ns: int, limit: int, busy: object = ()) -> tuple[Delivery, ...]:
        return ()

    def deliveries_of(self, ids: object) -> tuple[Delivery, ...]:
        return ()


@dataclass
class Submitted:
    deliveries: list[Delivery]

    def submit(self, numbered: None, values: Sequence[Delivery]) -> None:
        self.deliveries.extend(values)


@contextmanager
def sending(
    tmp_path: Path, channel: Channel, clock: ManualClock | None = None, record: Unkept | None = None
) -> Iterator[tuple[Outbox, list[Delivery]]]:
    submitted: list[Delivery] = []
    settings = site(WebhookSettings("alarm", "http://127.0.0.1/"))
    outbox = Outbox(
        record or Unkept(),
        Submitted(submitted),
        lambda event, now_ns: deliveries_for(event, settings, now_ns),
        {"webhook": channel},
        clock or ManualClock(START_NS),
        NO_TROUBLE,
    )
    stopping = threading.Event()
    thread = threading.Thread(target=outbox.run, args=(stopping,))
    thread.start()
    try:
        yield outbox, submitted
    finally:
        stopping.set()
        thread.join()


class Slow(Unkept):
    """A record that takes a while to be read: the time that was asked for passes meanwhile."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.pausing = clock, False

    def due_deliveries(self, now_ns: int, limit: int, busy: object = ()) -> tuple[Delivery, ...]:
        if self.pausing:
            self.clock.advance_to(START_NS + 2 * SECOND)
        return ()


class AskingToWait:
    """A channel that asks once to wait for a second."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, delivery: Delivery) -> Attempt:
        self.sent.append(delivery.key)
        return Attempt.failed("Too many.", 1.0) if len(self.sent) == 1 else Attempt.arrived()


def test_p31_a_wait_that_ends_while_the_record_is_read_keeps_the_order(tmp_path: Path) -> None:
    channel, clock = AskingToWait(), ManualClock(START_NS)
    record = Slow(clock)
    with sending(tmp_path, channel, clock, record) as (outbox, submitted):
        outbox._first_retry_s = 0.01  # what it pauses is what was asked for
        outbox.take([fall(1)])
        wait_until(lambda: len(submitted) == 2)
        record.pausing = True
        outbox.take([fall(2)])
        wait_until(lambda: len(channel.sent) == 3)
    assert channel.sent == ["ev-1.0", "ev-1.0", "ev-2.0"]


class Erased(Unkept):
    """A record that has not heard of any attempt, and in which nobody is called Ada any more."""

    def __init__(self) -> None:
        self.rows: dict[str, Delivery] = {}

    def deliveries_of(self, ids: Iterable[str]) -> tuple[Delivery, ...]:
        return tuple(self.rows[delivery_id] for delivery_id in ids if delivery_id in self.rows)


class Forgetting(Scripted):
    """Somebody is erased while it sends for the first time."""

    def __init__(self, record: Erased) -> None:
        super().__init__(Attempt.failed("It is down."))
        self.record, self.sent = record, list[str]()

    async def send(self, delivery: Delivery) -> Attempt:
        self.record.rows[delivery.id] = replace(delivery, body=delivery.body.replace("Ada", "Somebody"), attempts=0)
        self.sent.append(delivery.body)
        return await super().send(delivery)


def test_an_attempt_that_the_record_has_not_heard_of_brings_nobody_back(tmp_path: Path) -> None:
    channel, clock = Forgetting(record := Erased()), ManualClock(START_NS)
    with sending(tmp_path, channel, clock, record) as (outbox, submitted):
        outbox.take([fall()])
        wait_until(lambda: len(submitted) == 2)
        clock.advance_to(START_NS + 60 * SECOND)
        wait_until(lambda: len(submitted) == 3)
    assert "Ada" in channel.sent[0] and "Somebody" in channel.sent[1] and "Ada" not in channel.sent[1]


def test_pauses_double_up_to_a_quarter_of_an_hour_and_are_spread() -> None:
    outbox = Outbox(Unkept(), Submitted([]), lambda event, now_ns: (), {}, ManualClock(0), NO_TROUBLE)
    pauses = [[outbox._pause_s(attempts, None) for _ in range(200)] for attempts in (1, 2, 3, 20, 10_000)]
    for tries, middle in zip(pauses, (2, 4, 8, LONGEST_RETRY_S, LONGEST_RETRY_S), strict=True):
        assert middle * 0.7 <= min(tries) < middle * 0.9 and middle * 1.1 < max(tries) <= middle * 1.3
    assert outbox._pause_s(1, 120.0) == 120.0


def test_after_a_day_it_is_given_up(tmp_path: Path) -> None:
    clock = ManualClock(START_NS)
    with sending(tmp_path, Scripted(Attempt.failed("It is down.")), clock) as (outbox, submitted):
        outbox.take([fall()])
        wait_until(lambda: len(submitted) == 2)
        clock.advance_to(START_NS + round((GIVE_UP_S + 1) * SECOND))
        wait_until(lambda: len(submitted) == 3)
        assert submitted[-1].state is DeliveryState.GIVEN_UP
        assert submitted[-1].finished_ns == clock.now_ns()


def test_a_channel_that_this_version_does_not_have_is_said(tmp_path: Path) -> None:
    with sending(tmp_path, Scripted(Attempt.arrived())) as (outbox, submitted):
        outbox._channels = {}
        outbox.take([fall()])
        wait_until(lambda: len(submitted) == 2)
        assert submitted[-1].state is DeliveryState.GIVEN_UP and "does not send" in submitted[-1].last_error
