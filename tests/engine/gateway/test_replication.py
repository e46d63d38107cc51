"""What a site records reaches the hub's database once, whoever is killed on the way, and under the site's key."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.gateway.hub.intake import Intake
from engine.model.alerts.alert import AlertState
from engine.model.errors import EnvironmentFault, NotFound, WatchroomError
from engine.model.question import ListAlerts, ListEvents
from engine.model.time import SECOND, Clock, ManualClock, SystemClock
from engine.runtime.hub import replication_sender
from engine.runtime.hub.carrier import Carrier
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.replication_sender import ReplicationSender
from engine.runtime.hub.subjects import AHEAD, BEGIN, KEEP, RESUME, address_in, every_site, inbox, record_subject
from engine.store import Store, open_store
from engine.store.shared.record import SharedRecord
from tests.engine.store.records import event
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.nats_server import NatsServer, nats_server
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.waiting import until

NORTH = "north"
_NUMBERS = count()


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def database(postgres: str) -> str:
    return new_record(postgres, f"hub_{next(_NUMBERS)}")


@pytest.fixture
def record(database: str) -> Iterator[SharedRecord]:
    opened = SharedRecord(database)
    opened.add_site(NORTH, "North")
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "watchroom.db", ManualClock(SECOND))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication_sender, "LOOK_S", 0.02)
    monkeypatch.setattr(replication_sender, "FIRST_RETRY_S", 0.05)
    monkeypatch.setattr(replication_sender, "LONGEST_RETRY_S", 0.2)


class Wire:
    """A carrier within the process. `fails`: asked before each request and after it; what it raises the site is told."""

    most_bytes = 1 << 20

    def __init__(self, intake: Intake) -> None:
        self._acts = acts_of(intake)
        self.sent: list[tuple[str, int]] = []
        self.fails: Callable[[str, bool], None] = lambda act, done: None

    async def request(self, subject: str, data: bytes, within_s: float) -> bytes:
        act = subject.rpartition(".")[2]
        self.fails(act, False)
        self.sent.append((act, len(data)))
        answer = await asyncio.to_thread(self._acts[act], address_in(subject), data)
        self.fails(act, True)
        return answer


def acts_of(intake: Intake) -> dict[str, Any]:
    return {RESUME: intake.resume, BEGIN: intake.begin, KEEP: intake.keep, AHEAD: intake.keep_ahead}


@contextmanager
def telling(
    store: Store, carrier: Callable[[], Any], troubles: list[str | None] | None = None, clock: Clock | None = None
) -> Iterator[None]:
    """A sender on a thread of its own, ended at the end. `carrier`: a coroutine's function, made on its loop."""
    ended = threading.Event()
    failed: list[BaseException] = []
    loop = asyncio.new_event_loop()

    async def run() -> None:
        made: Carrier = await carrier()
        told = [] if troubles is None else troubles
        task = asyncio.create_task(ReplicationSender(store.replication, NORTH, made, told.append, clock or SystemClock()).run())
        while not ended.is_set() and not task.done():
            await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if isinstance(made, NatsCarrier):
            await made.close()

    def body() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:  # noqa: BLE001 – raised by the test's own thread
            failed.append(error)
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

    thread = threading.Thread(target=body, name="telling")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    assert not failed, failed


def over(wire: Wire) -> Callable[[], Any]:
    async def made() -> Wire:
        return wire

    return made


def told(record: SharedRecord) -> list[str]:
    """Ids of all events, as the site knows them, oldest first."""
    return [each.id.removeprefix(f"{NORTH}/") for each in reversed(record.answer(ListEvents(limit=10_000)))]


def ids(*numbers: int) -> list[str]:
    return [event(number).id for number in numbers]


def test_what_is_recorded_is_told_under_the_sites_key(store: Store, record: SharedRecord) -> None:
    store.replication.begin("s1")
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        store.save([event(1), ALERT])
        until(lambda: told(record) == ids(1), "it is told")
        store.save([replace(event(1), ended_ns=9 * SECOND)])
        until(lambda: record.answer(ListEvents())[0].ended_ns == 9 * SECOND, "and what changed")
    found = record.answer(ListEvents())[0]
    assert (found.camera_id, found.decision_id) == (f"{NORTH}/yard", f"{NORTH}/{event(1).decision_id}")
    assert record.answer(ListAlerts()).alerts[0].id == f"{NORTH}/{ALERT.id}"


def test_what_was_recorded_before_it_joined_is_told_and_then_nothing_waits(store: Store, record: SharedRecord) -> None:
    store.save([event(number) for number in range(3_000)])
    store.replication.begin("s1")
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        until(lambda: store.replication.state().waiting == 0 and len(told(record)) == 3_000, "all of it")  # type: ignore[union-attr]
        until(lambda: store.replication.state().filled, "nothing from before is left")  # type: ignore[union-attr]


def test_a_message_is_no_larger_than_the_carrier_takes(store: Store, record: SharedRecord) -> None:
    wire = Wire(Intake(record, SystemClock()))
    wire.most_bytes = 4_000
    store.replication.begin("s1")
    store.save([replace(event(number), reason=f"{number:060}") for number in range(300)])
    with telling(store, over(wire)):
        until(lambda: len(told(record)) == 300, "all of it")
    assert max(size for _, size in wire.sent) <= 4_000


@pytest.mark.parametrize("done", [False, True])
def test_whoever_fails_before_or_after_it_was_kept_nothing_is_lost_or_doubled(store: Store, record: SharedRecord, done: bool) -> None:
    wire = Wire(Intake(record, SystemClock()))
    chance = random.Random(7)

    def fail(act: str, after: bool) -> None:
        if after is done and chance.random() < 0.6:
            raise EnvironmentFault("unreachable", "cut off")

    wire.fails = fail
    store.replication.begin("s1")
    troubles: list[str | None] = []
    with telling(store, over(wire), troubles):
        for number in range(20):
            store.save([event(number)])
        until(lambda: told(record) == ids(*range(20)), "all of it")
    assert "cut off" in troubles
    assert troubles[-1] is None or troubles[-1] == "cut off"


def test_while_much_waits_the_newest_alerts_are_told_first(store: Store, record: SharedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication_sender, "MOST_CHANGES", 20)
    store.replication.begin("s1")
    store.save([event(number) for number in range(200)])
    store.save([replace(ALERT, state=AlertState.NEW)])
    wire = Wire(Intake(record, SystemClock()))
    seen: list[int] = []

    def look(act: str, after: bool) -> None:
        if act == KEEP and not after and record.answer(ListAlerts()).alerts:
            seen.append(len(told(record)))

    wire.fails = look
    with telling(store, over(wire)):
        until(lambda: store.replication.state().waiting == 0, "all of it")  # type: ignore[union-attr]
    assert seen[0] == 0
    assert [act for act, _ in wire.sent].count(AHEAD) == 1, "the same ones are told ahead once"


def test_a_hub_that_was_put_back_from_a_backup_is_told_everything_anew(store: Store, record: SharedRecord) -> None:
    store.replication.begin("s1")
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        store.save([event(1), event(2)])
        until(lambda: len(told(record)) == 2, "told")
        until(lambda: store.replication.state().waiting == 0, "known to be told")  # type: ignore[union-attr]
    with record._write() as connection:
        connection.execute(text("DELETE FROM events"))
        connection.execute(text("UPDATE shared_sites SET seq = 1"))
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        until(lambda: told(record) == ids(1, 2), "told again")
    assert record.site(NORTH).stream != "s1"


def test_a_site_that_was_put_back_from_a_backup_tells_everything_anew(store: Store, record: SharedRecord) -> None:
    store.replication.begin("s1")
    record.begin_stream(NORTH, "s1")
    with record._write() as connection:
        connection.execute(text("UPDATE shared_sites SET seq = 500"))  # more than the site remembers to have told
    store.save([event(1)])
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        until(lambda: told(record) == ids(1), "told")
    assert record.site(NORTH).stream != "s1"


def test_a_site_that_has_nothing_to_tell_says_that_it_is_there(store: Store, record: SharedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication_sender, "HEARD_S", 0.1)
    clock = ManualClock(SECOND)
    store.replication.begin("s1")
    with telling(store, over(Wire(Intake(record, clock)))):
        until(lambda: record.site(NORTH).heard_ns == SECOND, "it is heard of")
        clock.advance_to(5 * SECOND)
        until(lambda: record.site(NORTH).heard_ns == 5 * SECOND, "and again")
        store.save([event(1)])
        until(lambda: told(record) == ids(1), "it tells what it records")
        record.begin_stream(NORTH, "another")
        until(lambda: told(record) == ids(1) and record.site(NORTH).stream not in ("s1", "another"), "and finds a hub that was put back")
    record.retire_site(NORTH, 1)
    with pytest.raises(NotFound):
        record.hear(NORTH, 1)


def test_a_site_says_what_time_it_is_there(store: Store, record: SharedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication_sender, "HEARD_S", 0.1)
    store.replication.begin("s1")
    with telling(store, over(Wire(Intake(record, ManualClock(SECOND)))), clock=ManualClock(6 * SECOND)):
        until(lambda: record.site(NORTH).clock_offset_ns is not None, "it is measured")
    assert record.site(NORTH).clock_offset_ns >= 5 * SECOND  # type: ignore[operator]


def test_a_clock_that_is_off_is_kept_and_said_once(record: SharedRecord, caplog: pytest.LogCaptureFixture) -> None:
    from engine.runtime.hub.replication_messages import SiteClock, StreamPlace, pack_heartbeat, pack_place

    intake, place = Intake(record, ManualClock(100 * SECOND)), StreamPlace("s1", 0)
    for data in (b"", pack_place(place), pack_heartbeat(place, None)):
        intake.resume(NORTH, data)
        assert record.site(NORTH).clock_offset_ns is None, "a site of before does not say"
    for at_s, trip_s, offset_s in ((100, 0, 0), (104, 2, 5), (104, 2, 5), (90, 0, -10), (100, 0, 0), (90, 0, -10)):
        intake.resume(NORTH, pack_heartbeat(place, SiteClock(at_s * SECOND, trip_s * SECOND)))
        assert record.site(NORTH).clock_offset_ns == offset_s * SECOND
    intake.resume(NORTH, pack_place(place))
    assert record.site(NORTH).clock_offset_ns == -10 * SECOND, "what was measured last"
    warned = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert [("5.0 s ahead of" in each, "10.0 s behind" in each) for each in warned] == [(True, False), (False, True)]


@pytest.mark.parametrize(("offset_s", "unsure_s", "warned"), [(3, 0, 1), (3, 1, 0), (-3, 0, 1), (2, 0, 0)])
def test_a_slow_line_is_no_wrong_clock(offset_s: int, unsure_s: int, warned: int, caplog: pytest.LogCaptureFixture) -> None:
    from engine.gateway.hub.clock_watch import ClockWatch

    ClockWatch().take(NORTH, offset_s * SECOND, unsure_s * SECOND)
    assert len(caplog.records) == warned


def test_a_site_that_leaves_is_told_of_no_more(store: Store, record: SharedRecord) -> None:
    store.replication.begin("s1")
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        store.save([event(1)])
        until(lambda: told(record) == ids(1), "told")
        store.replication.end()
        store.save([event(2)])
    assert told(record) == ids(1)


def test_what_cannot_be_read_is_left_out_and_counted(record: SharedRecord) -> None:
    from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
    from engine.model.wire import to_plain
    from engine.runtime.hub.replication_messages import StreamPlace, pack_batch, pack_place

    intake = Intake(record, SystemClock())
    intake.begin(NORTH, pack_place(StreamPlace("s1", 0)))
    bodies: list[dict[str, Any]] = [{"id": 7}, {**to_plain(event(1)), "of_a_later_version": 1}, {**to_plain(event(2)), "severity": "?"}]
    changes = tuple(RecordChange(number, ChangeKind.EVENT, f"ev-{number}", body) for number, body in enumerate(bodies, 1))
    intake.keep(NORTH, pack_batch(ChangeBatch("s1", 0, 3, changes)))
    assert told(record) == ids(1)
    assert intake.left_out == 2
    assert record.site(NORTH).seq == 3, "it goes on"


@pytest.mark.parametrize("data", [b"", b"x", b"{}", bytes(100)])
def test_messages_that_are_none_are_refused(record: SharedRecord, data: bytes) -> None:
    intake = Intake(record, SystemClock())
    for act in (intake.begin, intake.keep, intake.keep_ahead):
        with pytest.raises(WatchroomError):
            act(NORTH, data)


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path / "nats") as server:
        yield server


@contextmanager
def hub(nats: NatsServer, record: SharedRecord) -> Iterator[None]:
    """What answers on NATS until the end of the block."""
    ended, ready = threading.Event(), threading.Event()
    loop = asyncio.new_event_loop()

    async def run() -> None:
        carrier = await NatsCarrier.connect(nats.url, "hub")
        for act, answer in acts_of(Intake(record, SystemClock())).items():
            await carrier.serve(every_site(act), answer)
        assert await carrier.is_line_good(20), "the server knows of them"
        ready.set()
        while not ended.is_set():
            await asyncio.sleep(0.01)
        await carrier.close()

    def body() -> None:
        loop.run_until_complete(run())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=body, name="hub")
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        ended.set()
        thread.join()


def by_nats(nats: NatsServer) -> Callable[[], Any]:
    async def made() -> NatsCarrier:
        return await NatsCarrier.connect(nats.url, NORTH, inbox_prefix=inbox(NORTH))

    return made


def test_over_nats_a_site_goes_on_telling_when_the_server_and_the_hub_were_gone(
    store: Store, record: SharedRecord, nats: NatsServer
) -> None:
    store.replication.begin("s1")
    with telling(store, by_nats(nats)):
        store.save([event(1)])
        with hub(nats, record):
            until(lambda: told(record) == ids(1), "told")
        store.save([event(2)])
        with hub(nats, record):
            until(lambda: told(record) == ids(1, 2), "told when there is a hub again")
            nats.kill()
            store.save([event(3)])
            nats.start()
            until(lambda: told(record) == ids(1, 2, 3), "told when there is a server again")


def test_over_nats_a_site_that_the_hub_does_not_know_is_told_so(store: Store, record: SharedRecord, nats: NatsServer) -> None:
    record.retire_site(NORTH, 1)
    store.replication.begin("s1")
    troubles: list[str | None] = []
    with telling(store, by_nats(nats), troubles), hub(nats, record):
        until(lambda: "There is no site north." in troubles, "why")


def test_over_nats_a_site_can_speak_as_no_other(tmp_path: Path) -> None:
    """As the server is set up for sites: what another site's subjects say never arrives."""
    rights = '{publish: "record.north.>", subscribe: "_INBOX_north.>"}'
    users = f"[{{user: hub, password: h}}, {{user: north, password: n, permissions: {rights}}}]"
    with nats_server(tmp_path / "nats", f"authorization: {{ users: {users} }}") as server:
        asyncio.run(_speak_as_another(server))


async def _speak_as_another(server: NatsServer) -> None:
    heard: list[str] = []

    def answer(site: str, _: bytes) -> bytes:
        heard.append(site)
        return b"yes"

    hub = await NatsCarrier.connect(server.url, "hub", user="hub", password="h")
    site = await NatsCarrier.connect(server.url, NORTH, user=NORTH, password="n", inbox_prefix=inbox(NORTH))
    try:
        await hub.serve(every_site(KEEP), answer)
        assert await hub.is_line_good(20), "the server knows of it"
        assert await site.request(record_subject(NORTH, KEEP), b"", 5) == b"yes"
        with pytest.raises(EnvironmentFault):
            await site.request(record_subject("south", KEEP), b"", 0.5)
        assert heard == [NORTH]
    finally:
        await site.close()
        await hub.close()
