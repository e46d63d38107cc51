import hashlib
import hmac
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.errors import InputError
from engine.model.time import SECOND
from engine.sources.ble.addresses import ah, read_key
from engine.sources.ble.resolver import KEEP_S, MOST_ADDRESSES, Resolver
from engine.sources.ble.rotation import AddressTrace, predecessor

KEY = b"an installation's own key, secret"
APPLE, IPHONE = 0x004C, b"\x10\x05\x03"
IRK = read_key("ec0234a357c8ad05341010a60a397d9b")
NODES = ("AA:00:00:00:00:01", "AA:00:00:00:00:02", "AA:00:00:00:00:03")


def _private(index: int) -> str:
    return f"5A:00:00:00:{index >> 8:02X}:{index & 255:02X}"


class Air:
    """Phones that advertise once in five seconds, each at its own strength at every node."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.jitter = 0

    def say(self, address: str, base_dbm: int, seconds: float, name: str = "", data: bytes = IPHONE, company: int = APPLE) -> str:
        self.jitter = (self.jitter + 1) % 3
        said = [
            self.resolver.resolve(address, True, name, company, data, base_dbm - 7 * row + self.jitter, node, round(seconds * SECOND))
            for row, node in enumerate(NODES)
        ]
        assert len(set(said)) == 1
        return said[0]


def test_pseudonyms_are_a_keyed_hash_and_stay():
    resolver = Resolver(KEY)
    said = resolver.resolve("AA:BB:CC:DD:EE:01", False, "", None, b"", -60, NODES[0], 0)
    assert said == "anon-" + hmac.new(KEY, b"AA:BB:CC:DD:EE:01", hashlib.sha256).hexdigest()[:16]
    assert resolver.resolve("AA:BB:CC:DD:EE:01", False, "", None, b"", -70, NODES[1], SECOND) == said
    assert Resolver(KEY[::-1]).resolve("AA:BB:CC:DD:EE:01", False, "", None, b"", -60, NODES[0], 0) != said
    assert resolver.raw_address(said) == "AA:BB:CC:DD:EE:01"


def test_a_registered_address_is_itself():
    resolver = Resolver(KEY)
    resolver.configure(["AA:BB:CC:DD:EE:01"], {})
    assert resolver.resolve("AA:BB:CC:DD:EE:01", None, "", None, b"", -60, NODES[0], 0) == "AA:BB:CC:DD:EE:01"


@pytest.mark.parametrize("random", [True, None])
def test_private_addresses_of_a_key_are_the_registered_device(random: bool | None):
    owner = "AA:BB:CC:DD:EE:01"
    resolver = Resolver(KEY)
    resolver.configure([owner], {owner: IRK})
    for part in (b"\x70\x81\x94", b"\x41\x02\x03", b"\x7f\xff\xff"):
        address = ":".join(f"{octet:02X}" for octet in part + ah(IRK, part))
        assert resolver.resolve(address, random, "", APPLE, IPHONE, -60, NODES[0], 0) == owner
        assert resolver.raw_address(owner) == address
        assert resolver.rotates(owner)
    assert resolver.resolve("70:81:94:00:00:00", random, "", APPLE, IPHONE, -60, NODES[0], 0) != owner


def test_a_phone_that_changes_its_address_stays_one_device():
    air = Air(Resolver(KEY))
    old = [air.say(_private(1), -55, seconds) for seconds in range(0, 300, 5)][-1]
    new = [air.say(_private(2), -55, seconds) for seconds in range(300, 330, 5)]
    assert new[0] != old, "it is too early to tell"
    assert new[-1] == old
    third = [air.say(_private(3), -56, seconds) for seconds in range(330, 360, 5)]
    assert third[-1] == old
    assert air.resolver.raw_address(old) == _private(3)
    assert air.resolver.rotates(old)


def test_a_registered_phone_without_a_key_is_followed_too():
    resolver = Resolver(KEY)
    resolver.configure([_private(1)], {})
    air = Air(resolver)
    for seconds in range(0, 100, 5):
        air.say(_private(1), -55, seconds)
    assert [air.say(_private(2), -55, seconds) for seconds in range(100, 130, 5)][-1] == _private(1)


def test_two_iphones_that_change_together_do_not_merge():
    air = Air(Resolver(KEY))
    for seconds in range(0, 100, 5):
        before = {air.say(_private(1), -55, seconds), air.say(_private(2), -57, seconds)}
    for seconds in range(100, 200, 5):
        after = {air.say(_private(3), -55, seconds), air.say(_private(4), -57, seconds)}
    assert len(before) == len(after) == 2
    assert not before & after, "which is which cannot be told, so neither is claimed"


def test_one_of_two_iphones_that_changes_is_followed_and_the_other_left_alone():
    air = Air(Resolver(KEY))
    for seconds in range(0, 100, 5):
        one, other = air.say(_private(1), -50, seconds), air.say(_private(2), -58, seconds)
    for seconds in range(100, 160, 5):
        now, still = air.say(_private(3), -50, seconds), air.say(_private(2), -58, seconds)
    assert (now, still) == (one, other)


def test_an_iphone_that_arrives_while_another_stays_is_new():
    air = Air(Resolver(KEY))
    for seconds in range(0, 100, 5):
        at_home = air.say(_private(1), -55, seconds)
    for seconds in range(100, 200, 5):
        known, guest = air.say(_private(1), -55, seconds), air.say(_private(2), -55, seconds)
    assert known == at_home != guest


@pytest.mark.parametrize(
    ("gap_s", "base_dbm", "data"),
    [(40, -55, IPHONE), (5, -75, IPHONE), (5, -55, b"\x07\x19")],
    ids=["late", "elsewhere", "says something else"],
)
def test_what_does_not_carry_on_is_new(gap_s: float, base_dbm: int, data: bytes):
    air = Air(Resolver(KEY))
    for seconds in range(0, 100, 5):
        old = air.say(_private(1), -55, seconds)
    new = [air.say(_private(2), base_dbm, 95 + gap_s + seconds, data=data) for seconds in range(0, 60, 5)]
    assert old not in new


def test_one_node_alone_is_not_enough_without_a_name():
    resolver = Resolver(KEY)
    for seconds in range(0, 100, 5):
        old = resolver.resolve(_private(1), True, "", APPLE, IPHONE, -55 + seconds % 3, NODES[0], seconds * SECOND)
    for seconds in range(100, 140, 5):
        new = resolver.resolve(_private(2), True, "", APPLE, IPHONE, -55 + seconds % 3, NODES[0], seconds * SECOND)
    assert new != old


def test_a_repeated_old_address_does_not_hide_the_change():
    """Nodes go on reporting the old address with its last strength."""
    air = Air(Resolver(KEY))
    for seconds in range(0, 100, 5):
        old = air.say(_private(1), -55, seconds)
    stale = {node: air.resolver._heard[_private(1)].rssi[node] for node in NODES}
    for seconds in range(100, 160, 5):
        for node in NODES:
            air.resolver.resolve(_private(1), True, "", APPLE, IPHONE, stale[node], node, seconds * SECOND)
        new = air.say(_private(2), -55, seconds)
    assert new == old
    assert air.resolver.raw_address(old) == _private(2)


def test_what_is_kept_is_bounded_and_expires():
    resolver = Resolver(KEY)
    for index in range(MOST_ADDRESSES + 500):
        last = resolver.resolve(_private(index), True, "", None, b"", -60, NODES[0], index)
    assert len(resolver._heard) == len(resolver._device) == MOST_ADDRESSES
    assert resolver.raw_address(last)
    resolver.forget(round(KEEP_S + 1) * SECOND)
    assert not resolver._heard and not resolver._device and not resolver._address
    assert resolver.raw_address(last) == ""


def test_a_short_key_is_refused():
    with pytest.raises(InputError):
        Resolver(b"short")


_ADDRESS = st.integers(0, 2**48 - 1).map(lambda n: ":".join(f"{n >> s & 255:02X}" for s in range(40, -8, -8)))
_ADVERT = st.tuples(
    st.one_of(_ADDRESS, st.sampled_from([_private(1), _private(2)])),
    st.sampled_from([True, False, None]),
    st.text(max_size=4),
    st.one_of(st.none(), st.integers(0, 0xFFFF)),
    st.binary(max_size=4),
    st.integers(-127, 20),
    st.sampled_from(NODES),
    st.integers(-10, 10**6),
)


@given(st.lists(_ADVERT, max_size=20))
def test_anything_heard_has_a_device(adverts: list[tuple[str, bool | None, str, int | None, bytes, int, str, int]]):
    resolver = Resolver(KEY)
    resolver.configure([_private(1)], {_private(1): IRK})
    for *what, seconds in adverts:
        device = resolver.resolve(*what, seconds * SECOND)
        assert device == _private(1) or (device.startswith("anon-") and len(device) == 21)
        assert resolver.raw_address(device)


def test_thousands_of_devices_that_look_alike_cost_no_more_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who makes up addresses must not keep the engine's thread busy; and nobody can tell who became whom among them."""
    compared: list[int] = []

    def counting(new: AddressTrace, others: Iterable[AddressTrace]) -> AddressTrace | None:
        found = list(others)
        compared.append(len(found))
        return predecessor(new, found)

    monkeypatch.setattr("engine.sources.ble.resolver.predecessor", counting)
    resolver = Resolver(KEY)
    for seconds in (0, 5, 12):
        for index in range(1000):
            resolver.resolve(_private(index), True, "", APPLE, IPHONE, -50 - seconds, NODES[0], seconds * SECOND)
    assert compared == []
    for index in range(20):
        resolver.resolve(_private(2000 + index), True, "", APPLE, b"\x07", -50, NODES[0], 20 * SECOND)
    for index in range(20):
        resolver.resolve(_private(2000 + index), True, "", APPLE, b"\x07", -51, NODES[0], 31 * SECOND)
    assert compared == [20] * 20
