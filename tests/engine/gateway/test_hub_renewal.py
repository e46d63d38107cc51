"""A site's claims are good for a day: it has them renewed, comes back by itself however long it was away, and a stolen key ends with the
site that it was of. With a real NATS server, and time that passes."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from engine.gateway.hub.joining import join, leave
from engine.model.accounts.access import Role
from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import IntentEnd
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.question import ListEvents
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock, ManualClock, SystemClock
from engine.runtime.hub import hub_keys, member_link, nats_carrier, replication_sender
from engine.runtime.hub.hub_keys import SITE_NS
from engine.runtime.hub.hub_link import HubLink
from engine.runtime.hub.intent_messages import SignedIntent
from engine.runtime.hub.membership import Membership, read_membership, renew_membership, write_membership
from engine.runtime.hub.nats_carrier import REFUSED, NatsCarrier
from engine.runtime.hub.nats_claims import Rights, published, user_claims
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.renewal import CHALLENGE_PATH, RENEW_PATH, ask_claims, signed_proof
from engine.runtime.hub.spares.lease import lease_subject
from engine.runtime.hub.spares.site_spares import SettingsForSpares, SiteSpares
from engine.runtime.hub.subjects import KEEP, RENEW, RESUME, address_of, inbox, record_subject
from engine.runtime.hub.tunnel import OPEN
from engine.store import Store, open_store
from engine.store.shared.record import SharedRecord
from tests.engine.store.records import event
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, empty_record, whole_hub

T = TypeVar("T")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(postgres: str) -> Iterator[SharedRecord]:
    with empty_record(postgres) as record:
        yield record


@pytest.fixture
def hub(tmp_path: Path, record: SharedRecord) -> Iterator[WholeHub]:
    with whole_hub(tmp_path / "hub", record) as hub:
        yield hub


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "site").mkdir()
    opened = open_store(tmp_path / "site" / "watchroom.db", SystemClock())
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication_sender, "LOOK_S", 0.02)
    monkeypatch.setattr(nats_carrier, "REACH_S", 3.0)
    for name in ("FIRST_RETRY_S", "LONGEST_RETRY_S", "OVER_S", "RENEW_LOOK_S"):
        monkeypatch.setattr(member_link, name, 0.1)


@pytest.fixture
def joined(hub: WholeHub, store: Store, tmp_path: Path) -> Membership:
    return join(tmp_path / "site", store, hub.url, hub.hub.enrolment.new_code("north", "North"))


@contextmanager
def linked(folder: Path, store: Store, clock: Clock | None = None, spares: SiteSpares | None = None) -> Generator[list[str | None]]:
    """The site's connection, as its engine holds it. Gives what it says of its troubles."""
    membership, ended, troubles = read_membership(folder), threading.Event(), list[str | None]()
    assert membership is not None
    link = HubLink(membership, folder, store.replication, clock or SystemClock(), troubles.append, lambda: 0, _refuse, spares=spares)
    thread = threading.Thread(target=link.run, args=(ended.is_set,), name="linked")
    thread.start()
    try:
        yield troubles
    finally:
        ended.set()
        thread.join()


def _refuse(given: SignedIntent) -> IntentEnd:
    return IntentEnd(given.id, IntentState.REFUSED, "It has no alerts.")


def told(record: SharedRecord) -> set[str]:
    return {each.id for each in record.answer(ListEvents())}


def of_long_ago(hub: WholeHub, membership: Membership, folder: Path) -> Membership:
    """As it is after two days without a line."""
    at_ns = SystemClock().now_ns() - 2 * SITE_NS
    claims = hub.keys.site_claims(membership.site, public(membership), at_ns)
    old = replace(membership, claims=claims, claimed_ns=at_ns)
    write_membership(folder, old)
    return old


def of_before_leases(hub: WholeHub, membership: Membership, folder: Path) -> Membership:
    """As a hub of before signed it: without the right to a lease."""
    now_ns, key = SystemClock().now_ns(), public(membership)
    own = address_of(membership.site, key)
    rights = Rights([f"record.{own}.>", f"tunnel.{own}.*.up"], [f"tunnel.{own}.*.down", f"tunnel.{own}.open", inbox(own) + ".>"], True)
    old = replace(
        membership, claims=user_claims(hub.keys._account, key, membership.site, rights, now_ns, now_ns + SITE_NS), claimed_ns=now_ns
    )
    write_membership(folder, old)
    return old


def test_a_site_that_joined_before_there_were_leases_gets_the_right_to_one_at_once(
    hub: WholeHub, record: SharedRecord, store: Store, joined: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And connects anew for it: a connection has the rights that it began with."""
    folder, ended = tmp_path / "site", list[NatsCarrier]()
    let_go = NatsCarrier.let_go
    monkeypatch.setattr(NatsCarrier, "let_go", lambda carrier: (ended.append(carrier), let_go(carrier)))
    of_before_leases(hub, joined, folder)
    spares = SiteSpares(lambda: (4, 4), SettingsForSpares(Settings, lambda _: None, Role.OPERATOR))
    with linked(folder, store, spares=spares):
        until(lambda: lease_subject(address_of(joined.site, public(joined))) in published(claims_in(folder)), "it has the right")
        until(lambda: len(ended) == 1, "it connects anew")
        store.save([event(1)])
        until(lambda: told(record) == {f"north/{event(1).id}"}, "it tells as before")
    assert len(ended) == 1


def claims_in(folder: Path) -> str:
    membership = read_membership(folder)
    assert membership is not None
    return membership.claims


def public(membership: Membership) -> str:
    return NKey(KeyKind.USER, bytes.fromhex(membership.secret)).public


@pytest.mark.usefixtures("joined")
@pytest.mark.parametrize("askew_s", [0, -400 * 86_400, 400 * 86_400])
def test_a_site_that_was_away_for_longer_than_its_claims_comes_back_whatever_its_clock_says(
    hub: WholeHub, record: SharedRecord, store: Store, joined: Membership, tmp_path: Path, askew_s: int
) -> None:
    folder = tmp_path / "site"
    old = of_long_ago(hub, joined, folder)
    store.save([event(1)])
    with linked(folder, store, ManualClock(SystemClock().now_ns() + askew_s * SECOND)):
        until(lambda: told(record) == {f"north/{event(1).id}"}, "it tells again")
    renewed = read_membership(folder)
    assert renewed is not None and renewed.claims != old.claims
    assert renewed.is_same(joined), "and is what it was"


def test_claims_that_end_while_it_is_connected_are_no_end(
    hub: WholeHub, record: SharedRecord, store: Store, joined: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_keys, "SITE_NS", 3 * SECOND)
    folder, ends_ns = tmp_path / "site", SystemClock().now_ns() + 6 * SECOND
    with linked(folder, store) as troubles:
        until(lambda: read_membership(folder).claims != joined.claims, "they are renewed")  # type: ignore[union-attr]
        until(lambda: SystemClock().now_ns() > ends_ns, "the server has ended each connection of before")
        store.save([event(1)])
        until(lambda: told(record) == {f"north/{event(1).id}"}, "it goes on")
    assert not [each for each in troubles if each and "join" in each]


def test_a_site_that_was_retired_is_told_so_when_its_claims_have_ended(
    hub: WholeHub, record: SharedRecord, store: Store, joined: Membership, tmp_path: Path
) -> None:
    of_long_ago(hub, joined, tmp_path / "site")
    record.retire_site("north", 1)
    with linked(tmp_path / "site", store) as troubles:
        until(lambda: any(each and "join with a new code" in each for each in troubles), "why")


def test_a_site_that_left_is_not_joined_again_by_a_renewal_under_way(joined: Membership, store: Store, tmp_path: Path) -> None:
    leave(tmp_path / "site", store)
    renew_membership(tmp_path / "site", joined, "x.y.z", 1)
    assert read_membership(tmp_path / "site") is None


def as_thief(nats: str, stolen: Membership, act: Callable[[NatsCarrier], Awaitable[T]]) -> T:
    """What somebody does who has copied `hub.json`."""

    async def steal() -> T:
        key = NKey(KeyKind.USER, bytes.fromhex(stolen.secret))
        own = inbox(address_of(stolen.site, key.public))
        thief = await NatsCarrier.connect(nats, "thief", user_jwt_cb=stolen.claims.encode, signature_cb=key.answer, inbox_prefix=own)
        try:
            return await act(thief)
        finally:
            await thief.close()

    return asyncio.run(steal())


def test_a_stolen_key_gets_nothing_from_the_hub_once_its_site_is_retired(hub: WholeHub, record: SharedRecord, joined: Membership) -> None:
    own = address_of("north", public(joined))

    async def ask(thief: NatsCarrier) -> None:
        for act in (RESUME, KEEP, RENEW):
            await thief.request(record_subject(own, act), b"", 5)

    async def resume(thief: NatsCarrier) -> bytes:
        return await thief.request(record_subject(own, RESUME), b"", 5)

    assert as_thief(joined.nats, joined, resume), "as the site, as long as it is one"
    record.retire_site("north", 1)
    with pytest.raises(NotFound):
        as_thief(joined.nats, joined, ask)
    with pytest.raises(NotFound):
        ask_claims(joined)
    with pytest.raises(NotFound):
        hub.hub.port_to("north")


def test_a_stolen_key_gets_nothing_of_the_site_that_has_joined_anew_under_its_name(
    hub: WholeHub, record: SharedRecord, joined: Membership, store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    record.retire_site("north", 1)
    leave(folder, store)
    again = join(folder, store, hub.url, hub.hub.enrolment.new_code("north", "North"))
    old, new = address_of("north", public(joined)), address_of("north", public(again))
    assert again.site == joined.site and old != new

    async def act(thief: NatsCarrier) -> None:
        heard: list[str] = []
        for subject in (f"tunnel.{new}.{OPEN}", f"tunnel.{new}.*.down", f"record.{new}.>", f"{inbox(new)}.>", ">"):
            await thief.listen(subject, lambda subject, _: heard.append(subject))
        await thief.listen(f"tunnel.{old}.{OPEN}", lambda subject, _: heard.append(subject))
        for act in (RESUME, KEEP, RENEW):
            with pytest.raises(NotFound, match="another key"):
                await thief.request(record_subject(old, act), b"", 5)
            with pytest.raises(EnvironmentFault):
                await thief.request(record_subject(new, act), b"", 0.3)
        port = await asyncio.to_thread(hub.hub.port_to, "north")
        await asyncio.to_thread(_knock, port)
        await asyncio.sleep(0)
        assert not heard

    with linked(folder, store):
        store.save([event(1)])
        until(lambda: told(record) == {f"north/{event(1).id}"}, "the site itself tells")
        as_thief(joined.nats, joined, act)
    with pytest.raises(NotFound):
        ask_claims(joined)
    assert ask_claims(again)


def _knock(port: int) -> None:
    """Through the tunnel, at whose end no engine listens."""
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://127.0.0.1:{port}/api/v1/setup", timeout=10)


def test_claims_of_before_are_let_in_by_no_server(
    hub: WholeHub, joined: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_carrier, "REACH_S", 60.0)

    async def nothing(_: NatsCarrier) -> None:
        return

    with pytest.raises(EnvironmentFault) as refused:
        as_thief(joined.nats, of_long_ago(hub, joined, tmp_path / "site"), nothing)
    assert refused.value.reason == REFUSED, refused.value


def test_who_does_not_show_the_key_is_given_nothing(hub: WholeHub, joined: Membership, tmp_path: Path) -> None:
    own, other = NKey(KeyKind.USER, bytes.fromhex(joined.secret)), NKey.new(KeyKind.USER)
    (tmp_path / "others").mkdir()
    strangers = hub_keys.HubKeys.in_folder(tmp_path / "others")

    def answer(**change: Any) -> httpx.Response:
        given = httpx.post(f"{hub.url}{CHALLENGE_PATH}").json()["challenge"]
        body = {"site": "north", "key": own.public, "challenge": given, "proof": signed_proof(own, given)}
        return httpx.post(f"{hub.url}{RENEW_PATH}", json={**body, **change})

    def status(**change: Any) -> int:
        return answer(**change).status_code

    now_ns = SystemClock().now_ns()
    assert status() == 200
    assert status(proof=signed_proof(own, "another")) == 401
    assert status(proof="ä") == 401
    assert status(key="no key") == 422
    assert status(key=other.public) == 401
    for given in (hub.keys.challenge(now_ns - 10 * hub_keys.CHALLENGE_NS), strangers.challenge(now_ns), "x", "x.y"):
        assert status(challenge=given, proof=signed_proof(own, given)) == 401, "no challenge of this hub, or of long ago"
    given = hub.keys.challenge(now_ns)
    assert status(key=other.public, challenge=given, proof=signed_proof(other, given)) == 404
    for other_site in ("south", "\0"):
        assert status(site=other_site) == 404
    known, unknown = (
        answer(site=site, key=other.public, challenge=given, proof=signed_proof(other, given)).json()["message"]
        for site in ("north", "south")
    )
    assert known.replace("north", "south") == unknown, "which sites there are is told to no stranger"
