"""Keys and claims are as a NATS server reads them: it lets in whom the hub signed for, and each on its own subjects only."""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SECOND, SystemClock
from engine.runtime.hub import nats_carrier
from engine.runtime.hub.hub_keys import SITE_NS, HubKeys, Pass
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.nats_claims import life_ns
from engine.runtime.hub.nkeys import KeyKind, NKey, checked_public, is_signed
from engine.runtime.hub.subjects import BEGIN, KEEP, address_of, every_site, inbox, record_subject
from tests.fakes.nats_server import NatsServer, nats_server

NOW_NS = SystemClock().now_ns()


def test_keys_are_written_as_nats_writes_them() -> None:
    """The pair of the documentation of `nk`: seed SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY."""
    import base64

    seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
    raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
    key = NKey(KeyKind.USER, raw[2:34])
    assert key.public == "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
    assert checked_public(key.public, KeyKind.USER) == key.public
    assert is_signed(key.public, b"x", key.sign(b"x"))
    assert not is_signed(key.public, b"y", key.sign(b"x"))


@pytest.mark.parametrize("kind", KeyKind)
def test_a_kind_has_its_letter(kind: KeyKind) -> None:
    assert NKey.new(kind).public.startswith(kind.name[0])


@pytest.mark.parametrize(
    "text", ["", "U", "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF5", "ä", "A" * 56, NKey.new(KeyKind.ACCOUNT).public]
)
def test_what_is_no_public_key_of_a_site_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        checked_public(text, KeyKind.USER)


def test_keys_are_kept_for_their_owner_only_and_found_again(tmp_path: Path) -> None:
    first = HubKeys.in_folder(tmp_path).server_settings(NOW_NS)
    assert HubKeys.in_folder(tmp_path).server_settings(NOW_NS) == first
    path = tmp_path / "hub-keys.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("{}")
    with pytest.raises(EnvironmentFault):
        HubKeys.in_folder(tmp_path)


async def connected(server: NatsServer, shown: Pass, name: str, prefix: str = "_INBOX") -> NatsCarrier:
    return await NatsCarrier.connect(server.url, name, user_jwt_cb=shown.claims.encode, signature_cb=shown.key.answer, inbox_prefix=prefix)


def address(site: str, shown: Pass) -> str:
    return address_of(site, shown.key.public)


def site_pass(keys: HubKeys, site: str, at_ns: int = NOW_NS) -> Pass:
    key = NKey.new(KeyKind.USER)
    return Pass(keys.site_claims(site, key.public, at_ns), key)


def test_a_server_lets_in_whom_the_hub_signed_for_and_nobody_else(tmp_path: Path) -> None:
    keys = HubKeys.in_folder(tmp_path)
    others = tmp_path / "others"
    others.mkdir()
    with nats_server(tmp_path / "nats", keys.server_settings(NOW_NS)) as server:
        asyncio.run(_let_in(server, keys, HubKeys.in_folder(others)))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nats_carrier, "REACH_S", 3.0)


async def _let_in(server: NatsServer, keys: HubKeys, strangers: HubKeys) -> None:
    hub = await connected(server, keys.hub_pass(NOW_NS), "hub")
    shown = site_pass(keys, "north")
    own = address("north", shown)
    north = await connected(server, shown, "north", inbox(own))
    heard: list[str] = []

    def answer(site: str, _: bytes) -> bytes:
        heard.append(site)
        return b"yes"

    try:
        await hub.serve(every_site(KEEP), answer)
        assert await hub.is_line_good(20), "the server knows of it"
        assert await north.request(record_subject(own, KEEP), b"", 5) == b"yes"
        for other in ("south", "north", address("south", shown), address("north", site_pass(keys, "north"))):
            with pytest.raises(EnvironmentFault):
                await north.request(record_subject(other, KEEP), b"", 0.5)
        assert heard == [own]
        await _hears_nothing_of_others(server, keys, north)
        for stranger in (
            site_pass(strangers, "north"),
            site_pass(keys, "north", NOW_NS - SITE_NS - SECOND),
            Pass("x.y.z", NKey.new(KeyKind.USER)),
        ):
            with pytest.raises(EnvironmentFault):
                await connected(server, stranger, "stranger")
    finally:
        await north.close()
        await hub.close()


async def _hears_nothing_of_others(server: NatsServer, keys: HubKeys, north: NatsCarrier) -> None:
    heard: list[str] = []
    shown = site_pass(keys, "south")
    own = address("south", shown)
    for subject in (">", f"record.{own}.>", f"tunnel.{own}.*.down", f"{inbox(own)}.>", "_INBOX.>"):
        await north.listen(subject, lambda subject, _: heard.append(subject))
    south = await connected(server, shown, "south", inbox(own))
    with suppress(EnvironmentFault):
        await south.request(record_subject(own, KEEP), b"", 2)
    await asyncio.sleep(0.2)
    await south.close()
    assert not heard


def test_what_a_hub_answers_to_a_site_reaches_nobody_else(tmp_path: Path) -> None:
    """A server lets a site name any subject for the answer, and the hub may speak on all of them."""
    keys = HubKeys.in_folder(tmp_path)
    with nats_server(tmp_path / "nats", keys.server_settings(NOW_NS)) as server:
        asyncio.run(_has_answers_sent(server, keys))


async def _has_answers_sent(server: NatsServer, keys: HubKeys) -> None:
    shown, others = site_pass(keys, "north"), address("south", site_pass(keys, "south"))
    own, heard = address("north", shown), list[str]()

    def begin(site: str, _: bytes) -> bytes:
        heard.append(site)
        return b""

    usual = (f"record.{own}.", f"{inbox(own)}.")
    hub = await connected(server, keys.hub_pass(NOW_NS), "hub")
    north = await connected(server, shown, "north", inbox(own))
    try:
        await hub.serve(every_site(KEEP), lambda _, data: data)
        await hub.serve(every_site(BEGIN), begin)
        await hub.listen(">", lambda subject, _: None if subject.startswith(usual) else heard.append(subject))
        assert await hub.is_line_good(20), "the server knows of them"
        for reply in (record_subject(others, BEGIN), f"tunnel.{others}.open", f"{inbox(others)}.x", f"{inbox(own)}x.y"):
            await north._client.publish(record_subject(own, KEEP), b"as another", reply=reply)
        assert await north.request(record_subject(own, KEEP), b"yes", 5) == b"yes"
        await north.request(record_subject(own, BEGIN), b"", 5)
        assert heard == [own]
    finally:
        await north.close()
        await hub.close()


def test_a_site_that_asks_much_at_once_keeps_no_other_waiting(tmp_path: Path) -> None:
    keys = HubKeys.in_folder(tmp_path)
    with nats_server(tmp_path / "nats", keys.server_settings(NOW_NS)) as server:
        asyncio.run(_ask_much(server, keys))


async def _ask_much(server: NatsServer, keys: HubKeys) -> None:
    goes_on, greedy, other = threading.Event(), site_pass(keys, "north"), site_pass(keys, "south")
    ours, theirs = address("north", greedy), address("south", other)

    def answer(site: str, _: bytes) -> bytes:
        if site == ours:
            goes_on.wait(30)
        return b"yes"

    hub = await connected(server, keys.hub_pass(NOW_NS), "hub")
    north, south = await connected(server, greedy, "north", inbox(ours)), await connected(server, other, "south", inbox(theirs))
    try:
        await hub.serve(every_site(KEEP), answer)
        assert await hub.is_line_good(20), "the server knows of it"
        asked = [asyncio.create_task(north.request(record_subject(ours, KEEP), b"", 30)) for _ in range(100)]
        await asyncio.sleep(0)
        await north._client.flush()  # the server has them all
        assert await south.request(record_subject(theirs, KEEP), b"", 10) == b"yes"
        goes_on.set()
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert b"yes" in told
        assert {each.reason for each in told if isinstance(each, EnvironmentFault)} == {"busy"}
        assert await north.request(record_subject(ours, KEEP), b"", 10) == b"yes", "and is asked again"
    finally:
        goes_on.set()
        for carrier in (north, south, hub):
            await carrier.close()


def test_what_a_site_is_given_ends(tmp_path: Path) -> None:
    claims = HubKeys.in_folder(tmp_path).site_claims("north", NKey.new(KeyKind.USER).public, NOW_NS)
    assert life_ns(claims) == SITE_NS


def test_who_is_cancelled_once_it_is_connected_leaves_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, carriers = HubKeys.in_folder(tmp_path), list[NatsCarrier]()

    async def cancelled(carrier: NatsCarrier, connecting: asyncio.Task[None]) -> None:
        await connecting
        carriers.append(carrier)
        raise asyncio.CancelledError

    monkeypatch.setattr(NatsCarrier, "_wait_connected", cancelled)
    with nats_server(tmp_path / "nats", keys.server_settings(NOW_NS)) as server, pytest.raises(asyncio.CancelledError):
        asyncio.run(connected(server, keys.hub_pass(NOW_NS), "hub"))
    assert [carrier._client.is_closed for carrier in carriers] == [True]
