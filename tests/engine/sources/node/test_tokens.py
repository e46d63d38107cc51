"""Tokens, pairing and provisioning documents."""

import json

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.model.radio.radio import Pairing
from engine.model.time import SECOND, ManualClock
from engine.sources.node.pairing import PairingDoor
from engine.sources.node.provisioning import LONGEST_LINE, Provisioner
from engine.sources.node.tokens import GENERATIONS_KEY, SECRET_KEY, NodeTokens
from tests.fakes.node_peer import MAC, OTHER, MemoryStore


def known_secret() -> MemoryStore:
    store = MemoryStore()
    store.put(SECRET_KEY, bytes(range(32)).hex())
    return store


def test_the_references_vector() -> None:
    token = NodeTokens(known_secret()).token(MAC)
    assert token.startswith("4f2da51436f617aa")
    assert len(token) == 64


def test_every_site_makes_its_own_secret_and_keeps_it() -> None:
    store = MemoryStore()
    token = NodeTokens(store).token(MAC)
    assert NodeTokens(store).token(MAC) == token
    assert NodeTokens(MemoryStore()).token(MAC) != token
    assert len(bytes.fromhex(store.kept[SECRET_KEY])) == 32


def test_a_revoked_token_stays_revoked_after_a_restart() -> None:
    store = known_secret()
    tokens = NodeTokens(store)
    old = tokens.token(MAC)
    tokens.revoke(MAC)
    for again in (tokens, NodeTokens(store)):
        assert not again.check(MAC, old)
        assert again.check(MAC, again.token(MAC))
    assert tokens.check(OTHER, NodeTokens(known_secret()).token(OTHER))


def test_upper_case_and_spaces_are_forgiven_nothing_else_is() -> None:
    tokens = NodeTokens(known_secret())
    assert tokens.check(MAC, f" {tokens.token(MAC).upper()}\n")
    for wrong in ("", "4f2da51436f617aa", tokens.token(MAC) + "0", "\ud800", "é" * 64):
        assert not tokens.check(MAC, wrong)


@pytest.mark.parametrize(
    ("key", "value"), [(SECRET_KEY, "short"), (GENERATIONS_KEY, "{"), (GENERATIONS_KEY, "[1]"), (GENERATIONS_KEY, '{"a":"b"}')]
)
def test_a_damaged_store_is_no_reason_to_let_everybody_in(key: str, value: str) -> None:
    store = known_secret()
    store.put(key, value)
    with pytest.raises(EnvironmentFault):
        NodeTokens(store)


def test_the_secret_is_in_no_repr() -> None:
    assert bytes(range(32)).hex() not in repr(NodeTokens(known_secret()))


def test_pairing_ends_by_itself_and_everything_is_told() -> None:
    clock, told = ManualClock(SECOND), list[tuple[Pairing, str]]()
    door = PairingDoor(clock, lambda state, by: told.append((state, by)))
    assert not door.is_open
    door.open("ada", 10)
    assert door.state == Pairing(True, 601 * SECOND)
    clock.advance_to(601 * SECOND - 1)
    assert door.is_open
    clock.advance_to(601 * SECOND)
    assert not door.is_open
    door.open("bench", None)
    clock.advance_to(10**18)
    assert door.is_open
    door.close("ada")
    assert not door.is_open
    assert [(state.open, by) for state, by in told] == [(True, "ada"), (False, "time"), (True, "bench"), (False, "ada")]


@pytest.mark.parametrize("minutes", [0, -1, 1e9, float("nan"), float("inf")])
def test_pairing_is_never_open_for_ever_by_mistake(minutes: float) -> None:
    with pytest.raises(InputError):
        PairingDoor(ManualClock()).open("ada", minutes)


def test_a_provisioning_document_has_what_the_firmware_reads() -> None:
    tokens = NodeTokens(known_secret())
    provisioner = Provisioner(tokens)
    provisioner.serves_at("192.0.2.5", 8740)
    document = provisioner.document(MAC, "Office", "correct horse")
    assert document == {
        "version": 1,
        "wifi_ssid": "Office",
        "wifi_pass": "correct horse",
        "node_id": document["node_id"],
        "node_token": tokens.token(MAC),
        "ms_mdns": "spaxel",
        "ms_ip": "192.0.2.5",
        "ms_port": 8740,
        "ntp_server": "pool.ntp.org",
        "debug": False,
    }
    assert len(document["node_id"]) == 36


def test_without_a_mac_the_token_is_good_for_no_node_and_says_so() -> None:
    document = Provisioner(NodeTokens(known_secret())).document("")
    assert len(document["node_token"]) == 64
    assert "no node" in document["warning"]


@pytest.mark.parametrize(
    ("ssid", "password", "ms_ip", "field"),
    [
        ("", "", "", "wifi_ssid"),
        ("é" * 17, "", "", "wifi_ssid"),
        ("a\nb", "", "", "wifi_ssid"),
        ("a", "x" * 65, "", "wifi_pass"),
        ("a", "b\0", "", "wifi_pass"),
        ("a", "b", "::1", "ms_ip"),
        ("a", "b", "999.1.1.1", "ms_ip"),
    ],
)
def test_what_a_node_cannot_use_is_refused_with_its_field(ssid: str, password: str, ms_ip: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        Provisioner(NodeTokens(known_secret())).line(MAC, ssid, password, ms_ip)
    assert caught.value.field == field


def test_the_line_is_one_line_that_fits() -> None:
    line = Provisioner(NodeTokens(known_secret())).line(MAC, "\U0001f4f6" * 8, "é" * 63)
    assert len(line.encode()) <= LONGEST_LINE
    assert "\n" not in line
    assert json.loads(line)["provision"]["wifi_ssid"] == "\U0001f4f6" * 8


def test_it_says_when_nodes_could_not_reach_the_engine() -> None:
    provisioner = Provisioner(NodeTokens(known_secret()))
    assert "no network" in provisioner.trouble
    provisioner.serves_at("127.0.0.1", 8740)
    assert "this machine only" in provisioner.trouble
    provisioner.serves_at("0.0.0.0", 8740)
    assert not provisioner.trouble
    provisioner.serves_at("0.0.0.0", 8740, tls=True)
    assert "port 443" in provisioner.trouble
    provisioner.serves_at("0.0.0.0", 443, tls=True)
    assert not provisioner.trouble
    assert "ms_ip" not in provisioner.document(MAC)
