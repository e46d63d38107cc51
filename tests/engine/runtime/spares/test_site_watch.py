"""Leases over a real NATS server: who stands in, and when nobody does. Engines are stood in for; times are short."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.settings import Settings
from engine.model.time import SECOND, SystemClock
from engine.runtime.hub import member_link, nats_carrier
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.membership import Membership
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.spares import lease_line, site_watch
from engine.runtime.hub.spares.allowed_spares import allow_spare, withdraw_spare
from engine.runtime.hub.spares.lease import BUCKET, Lease, LeaseState, Standing, lease_subject, pack_lease, standing_subject
from engine.runtime.hub.spares.lease_judge import JudgeTimes
from engine.runtime.hub.spares.lease_line import LeaseLine
from engine.runtime.hub.spares.sealing import SpareKey
from engine.runtime.hub.spares.site_spares import LeaseKeeper
from engine.runtime.hub.spares.site_watch import Places, SiteWatch
from engine.runtime.hub.spares.spare_package import GOOD_NS, SparePackage
from engine.runtime.hub.subjects import address_of, inbox
from tests.engine.gateway.relay import Relay
from tests.fakes.nats_server import NatsServer, nats_server
from tests.fakes.waiting import until
from tests.fakes.whole_hub import kept_leases

TIMES = JudgeTimes(silent_ns=SECOND, first_ns=2 * SECOND, calm_ns=SECOND // 2)
RENEWAL_S = 0.1


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nats_carrier, "RECONNECT_S", 0.1)
    monkeypatch.setattr(nats_carrier, "REACH_S", 3.0)
    monkeypatch.setattr(site_watch, "RENEWAL_S", RENEWAL_S)
    monkeypatch.setattr(site_watch, "TICK_S", 0.05)
    monkeypatch.setattr(lease_line, "WITHIN_S", 5.0)  # a busy machine
    for name in ("FIRST_RETRY_S", "LONGEST_RETRY_S"):
        monkeypatch.setattr(member_link, name, 0.1)


class FakeEngine:
    """`faults`: what `take_over` raises, one each time."""

    def __init__(self) -> None:
        self.acts: list[str] = []
        self.live = 0
        self.faults: list[EnvironmentFault] = []

    def prepare(self, package: SparePackage) -> None:
        self.acts.append("prepare")

    def take_over(self, why: str) -> None:
        if self.faults:
            raise self.faults.pop()
        self.acts.append("take over")
        self.live = 2

    def hand_back(self, why: str) -> None:
        self.acts.append("hand back")
        self.live = 0

    def live_count(self) -> tuple[int, int]:
        return 2, self.live

    def close(self) -> None:
        self.acts.append("close")


class Spare:
    """One that watches, through a line that can be cut where `cuttable`."""

    def __init__(self, scene: "Scene", name: str, most: int = 1, *, cuttable: bool = False) -> None:
        self.engine, self.package = FakeEngine(), SparePackage("north", SystemClock().now_ns(), Role.OPERATOR, Settings(), ())
        url = scene.nats.url
        if cuttable:
            self.line = scene.stack.enter_context(Relay(scene.nats.port))
            scene.stack.callback(lambda: until(lambda: not self.line._writers, "its connections end"))
            url = self.line.url.replace("http:", "nats:")
        key = NKey.new(KeyKind.USER)
        claims = scene.keys.site_claims(name, key.public, SystemClock().now_ns(), scene.address)
        membership = Membership(name, "http://127.0.0.1:1", url, claims, key.secret.hex(), claimed_ns=SystemClock().now_ns())
        self.watch = SiteWatch(
            membership, scene.folder, SystemClock(), scene.address, lambda: self.package, self.engine, Places(lambda: most), TIMES
        )
        self._over = threading.Event()
        self._thread = threading.Thread(target=self.watch.run, args=(self._over.is_set,))
        self._thread.start()
        scene.stack.callback(self.end)

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    @property
    def sees_line(self) -> bool:
        return self.watch._judge._line_ns is not None

    @property
    def hears_site(self) -> bool:
        return self.watch._judge._site._heard_ns is not None


class Scene:
    """A NATS server, and a site that renews its lease while it is `alive`."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack, self.keys = folder, stack, HubKeys.in_folder(folder)
        lines = self.keys.server_settings(SystemClock().now_ns()) + kept_leases(folder / "kept")
        self.nats: NatsServer = stack.enter_context(nats_server(folder / "nats", lines))
        self._site_key = NKey.new(KeyKind.USER)
        self.address = address_of("north", self._site_key.public)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        stack.callback(self._stop)
        shown = self.keys.hub_pass(SystemClock().now_ns())
        self._hub = self.do(connected(self.nats, shown.claims, shown.key, "hub"))
        self.do(self._hub.make_bucket(BUCKET))
        claims = self.keys.site_claims("north", self._site_key.public, SystemClock().now_ns())
        self.site = self.do(connected(self.nats, claims, self._site_key, "north", inbox(self.address)))
        self.live = 2
        self.keeper = LeaseKeeper(self.address, self.site, folder, lambda: (2, self.live), lambda _: asyncio.sleep(RENEWAL_S))
        self.spare_key = SpareKey.in_folder(folder).public
        allow_spare(folder, self.spare_key, 1)
        self._renewing: Any = None

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def begin(self) -> None:
        self._renewing = asyncio.run_coroutine_threadsafe(self.keeper.run(), self._loop)

    def fall_silent(self) -> None:
        """As one that is killed."""
        self._renewing.cancel()

    def stop_on_purpose(self) -> None:
        self.fall_silent()
        self.do(self.keeper.give_up())

    def last_standing(self) -> Standing | None:
        return self.do(LeaseLine(self._hub, self.address).last_standing())[0]

    def drop_bucket(self) -> None:
        async def drop() -> None:
            await self._hub._client.jetstream().delete_key_value(BUCKET)

        self.do(drop())

    def make_bucket(self) -> None:
        self.do(self._hub.make_bucket(BUCKET))

    def _stop(self) -> None:
        for carrier in (self.site, self._hub):
            self.do(carrier.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def connected(server: NatsServer, claims: str, key: NKey, name: str, prefix: str = "_INBOX") -> NatsCarrier:
    return await NatsCarrier.connect(server.url, name, user_jwt_cb=claims.encode, signature_cb=key.answer, inbox_prefix=prefix)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        scene = Scene(tmp_path, stack)
        scene.begin()
        yield scene
        scene.fall_silent()


@contextmanager
def renewed_after(spare: Spare) -> Iterator[None]:
    """Once the spare has lost its line in the block, it has a line again afterwards, and hears the site on it."""
    yield
    until(lambda: spare.sees_line and spare.hears_site, "the spare hears the site again")


def test_a_site_that_falls_silent_is_stood_in_for_until_it_is_back(scene: Scene) -> None:
    spare = Spare(scene, "a")
    until(lambda: spare.hears_site, "the spare hears the site")
    assert spare.engine.acts == []
    scene.fall_silent()
    until(lambda: spare.engine.acts == ["take over"], "the spare stands in")
    until(lambda: scene.last_standing() == Standing(LeaseState.HELD, 2, 2, "a"), "and says so")
    scene.live = 0
    scene.begin()
    until(lambda: spare.watch._judge._site.lease == Lease(LeaseState.HELD, 2, 0), "the site is back, without a camera")
    assert spare.engine.acts == ["take over"]
    scene.live = 2
    until(lambda: spare.engine.acts == ["take over", "hand back"], "the site has its cameras again")
    until(lambda: scene.last_standing() == Standing(LeaseState.GIVEN_UP, 2, 0, "a"), "and the spare says that, too")
    scene.fall_silent()
    until(lambda: spare.engine.acts == ["take over", "hand back", "take over"], "it stands by anew")


def test_of_two_spares_exactly_one_stands_in_and_the_other_follows_it(scene: Scene) -> None:
    spares = [Spare(scene, name, cuttable=True) for name in "ab"]
    until(lambda: all(spare.hears_site for spare in spares), "both hear the site")
    scene.fall_silent()
    until(lambda: any(spare.watch.stands for spare in spares), "one stands in")
    first, second = sorted(spares, key=lambda spare: not spare.watch.stands)
    until(lambda: second.watch._judge.other_stands, "the other knows")
    assert second.engine.acts == []
    first.line.freeze()
    until(lambda: second.engine.acts == ["take over"], "the first is cut off")
    assert first.engine.acts == ["take over"], "a line that is cut stops nothing"
    first.line.mend()
    until(lambda: first.engine.acts == ["take over", "hand back"], "of two that stand in the later stays")
    assert second.engine.acts == ["take over"]


def test_a_spare_that_is_cut_off_starts_nothing(scene: Scene) -> None:
    spare = Spare(scene, "a", cuttable=True)
    until(lambda: spare.hears_site, "the spare hears the site")
    with renewed_after(spare):
        spare.line.freeze()
        until(lambda: not spare.sees_line, "it notices")
        spare.line.mend()
    assert spare.engine.acts == []


def test_a_server_that_is_started_again_starts_nothing(scene: Scene) -> None:
    spare = Spare(scene, "a")
    until(lambda: spare.hears_site, "the spare hears the site")
    with renewed_after(spare):
        scene.nats.kill()
        until(lambda: not spare.sees_line, "it notices")
        scene.nats.start()
    assert spare.engine.acts == []
    scene.fall_silent()
    until(lambda: spare.engine.acts == ["take over"], "and it still stands in where it has to")


def test_what_the_server_kept_may_be_gone_while_a_spare_stands_in(scene: Scene) -> None:
    spare = Spare(scene, "a")
    until(lambda: spare.hears_site, "the spare hears the site")
    scene.drop_bucket()
    assert not scene._renewing.done(), "a site goes on without its lease"
    scene.make_bucket()
    scene.fall_silent()
    until(lambda: spare.engine.acts == ["take over"], "the spare stands in")
    scene.drop_bucket()
    scene.make_bucket()
    until(lambda: scene.last_standing() == Standing(LeaseState.HELD, 2, 2, "a"), "and says so again")
    assert spare.engine.acts == ["take over"]


def test_a_site_that_was_stopped_on_purpose_is_left_alone_also_by_a_spare_that_comes_later(scene: Scene) -> None:
    before = Spare(scene, "a")
    until(lambda: before.hears_site, "the spare hears the site")
    scene.stop_on_purpose()
    until(lambda: before.watch._judge._site.has_given_up, "it hears that, too")
    later = Spare(scene, "b")
    until(lambda: later.watch._judge._site.has_given_up, "it is kept")
    assert not before.engine.acts and not later.engine.acts


def test_a_site_that_allows_no_spare_any_more_gives_its_lease_up(scene: Scene) -> None:
    spare = Spare(scene, "a")
    until(lambda: spare.hears_site, "the spare hears the site")
    withdraw_spare(scene.folder, scene.spare_key)
    until(lambda: spare.watch._judge._site.has_given_up, "the lease is given up")


def test_a_site_that_failed_before_the_spare_came_is_stood_in_for(scene: Scene) -> None:
    until(lambda: scene.do(LeaseLine(scene._hub, scene.address).last_lease()) is not None, "the site has a lease")
    scene.fall_silent()
    spare = Spare(scene, "a")
    until(lambda: spare.engine.acts == ["take over"], "the spare stands in")


def test_an_engine_that_cannot_stand_in_leaves_it_to_another_spare(scene: Scene) -> None:
    failing = Spare(scene, "a")
    failing.engine.faults = [EnvironmentFault("disk", "The disk is full.")]
    until(lambda: failing.hears_site, "the spare hears the site")
    scene.fall_silent()
    until(lambda: "hand back" in failing.engine.acts, "it gives up")
    other = Spare(scene, "b")
    until(lambda: other.engine.acts == ["take over"], "another stands in")
    assert failing.engine.acts == ["hand back"] and not failing.watch.stands


@pytest.mark.parametrize("age_ns", [GOOD_NS + SECOND, -86_400 * SECOND])
def test_settings_of_another_time_start_nothing(scene: Scene, age_ns: int) -> None:
    spare = Spare(scene, "a")
    spare.package = replace(spare.package, made_ns=SystemClock().now_ns() - age_ns)
    until(lambda: spare.hears_site, "the spare hears the site")
    scene.fall_silent()
    until(lambda: "too old" in (spare.watch._sentence or ""), "it says why")
    assert spare.engine.acts == []


def test_a_spare_without_room_starts_nothing(scene: Scene) -> None:
    spare = Spare(scene, "a", most=0)
    until(lambda: spare.hears_site, "the spare hears the site")
    scene.fall_silent()
    until(lambda: "as many sites" in (spare.watch._sentence or ""), "it says why")
    assert spare.engine.acts == []


def test_a_spare_that_is_stopped_hands_back_so_that_another_need_not_wait(scene: Scene) -> None:
    spare = Spare(scene, "a")
    until(lambda: spare.hears_site, "the spare hears the site")
    scene.fall_silent()
    until(lambda: spare.engine.live == 2, "it stands in")
    spare.end()
    assert spare.engine.acts == ["take over", "hand back"]
    assert scene.last_standing() == Standing(LeaseState.GIVEN_UP, 2, 0, "a")


def test_a_spare_of_another_site_hears_and_says_nothing_of_this_one(scene: Scene) -> None:
    """Its claims name the site that it is for."""
    key = NKey.new(KeyKind.USER)
    own = address_of("b", key.public)
    claims = scene.keys.site_claims("b", key.public, SystemClock().now_ns(), address_of("south", NKey.new(KeyKind.USER).public))
    stranger = scene.do(connected(scene.nats, claims, key, "b", inbox(own)))
    line, heard = LeaseLine(stranger, scene.address), list[object]()
    scene.do(line.listen(heard.append))
    scene.do(stranger.listen(standing_subject(scene.address), lambda _, data: heard.append(data)))
    for work in (line.last_lease, line.last_standing, lambda: line.say(Standing(LeaseState.HELD, 1, 1, "b"), 0)):
        with pytest.raises(EnvironmentFault):
            scene.do(quickly(work))
    for subject in (lease_subject(scene.address), standing_subject(scene.address)):
        scene.do(stranger.publish(subject, pack_lease(Lease(LeaseState.GIVEN_UP))))
    assert scene.do(stranger.is_line_good(5))
    assert not heard
    kept = scene.do(LeaseLine(scene._hub, scene.address).last_lease())
    assert kept is None or kept.state is LeaseState.HELD
    assert scene.last_standing() is None
    scene.do(stranger.close())


async def quickly(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    try:
        async with asyncio.timeout(0.5):
            return await work()
    except TimeoutError:
        raise EnvironmentFault("unreachable", "not allowed") from None
