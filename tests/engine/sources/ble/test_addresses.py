import pytest

from engine.model.errors import InputError
from engine.sources.ble.addresses import AddressKind, ah, kind_of, read_key, resolves

IRK = "ec0234a357c8ad05341010a60a397d9b"  # Bluetooth Core Specification, Vol 3 Part H, Appendix D.7


def test_the_hash_of_the_specifications_sample_data():
    assert ah(read_key(IRK), bytes.fromhex("708194")) == bytes.fromhex("0dfbaa")


def test_an_address_is_its_owners_only():
    assert resolves("70:81:94:0D:FB:AA", read_key(IRK))
    assert not resolves("70:81:94:0D:FB:AB", read_key(IRK))
    assert not resolves("70:81:94:0D:FB:AA", bytes(16))


def test_a_key_exported_the_other_way_round_is_understood():
    assert resolves("70:81:94:0D:FB:AA", read_key(IRK)[::-1])


@pytest.mark.parametrize(
    ("address", "random", "kind"),
    [
        ("AA:BB:CC:DD:EE:00", None, AddressKind.PUBLIC),
        ("70:81:94:0D:FB:AA", None, AddressKind.UNKNOWN),
        ("70:81:94:0D:FB:AA", True, AddressKind.RESOLVABLE),
        ("70:81:94:0D:FB:AA", False, AddressKind.PUBLIC),
        ("C1:00:00:00:00:00", True, AddressKind.STATIC),
        ("01:00:00:00:00:00", True, AddressKind.TRANSIENT),
    ],
)
def test_kinds_by_the_two_highest_bits(address: str, random: bool | None, kind: AddressKind):
    assert kind_of(address, random) is kind
    assert kind.rotates == (kind in (AddressKind.RESOLVABLE, AddressKind.TRANSIENT))


@pytest.mark.parametrize("text", ["", "xyz", IRK[:-2], IRK + "00"])
def test_a_wrong_key_is_named_and_never_repeated(text: str):
    with pytest.raises(InputError) as error:
        read_key(text)
    assert error.value.field == "irk"
    assert not text or text not in str(error.value)


def test_a_key_may_be_written_with_colons():
    assert read_key(":".join(IRK[i : i + 2] for i in range(0, 32, 2)).upper()) == read_key(IRK)
