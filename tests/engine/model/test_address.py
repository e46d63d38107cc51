"""An address is judged by where it is delivered, whatever form it is written in."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.address import destinations, is_metadata_service, is_public, parse_address

METADATA = ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"]


def forms(text: str) -> dict[str, str]:
    """An IPv4 address in every IPv6 form that something delivers to it, written from the RFCs' own layouts."""
    bits = int(ipaddress.IPv4Address(text))
    flipped = bits ^ 0xFFFFFFFF
    return {
        "mapped": str(ipaddress.IPv6Address(0xFFFF << 32 | bits)),
        "compatible": str(ipaddress.IPv6Address(bits)),
        "6to4": str(ipaddress.IPv6Address(0x2002 << 112 | bits << 80 | 1)),
        "Teredo client": str(ipaddress.IPv6Address(0x20010000 << 96 | int(ipaddress.IPv4Address("65.54.227.120")) << 64 | flipped)),
        "Teredo server": str(ipaddress.IPv6Address(0x20010000 << 96 | bits << 64 | 0x12345678)),
        "NAT64": str(ipaddress.IPv6Address(0x0064FF9B << 96 | bits)),
        "local NAT64": str(ipaddress.IPv6Address(0x0064FF9B0001 << 80 | bits)),
        "ISATAP": str(ipaddress.IPv6Address(0xFE80 << 112 | 0x5EFE << 32 | bits)),
        "ISATAP, global": str(ipaddress.IPv6Address(0xFD12 << 112 | 0x02005EFE << 32 | bits)),
    }


@pytest.mark.parametrize("text", METADATA)
def test_metadata_services_are_known_in_every_form(text: str) -> None:
    known = {name: is_metadata_service(parse_address(form)) for name, form in {"plain": text, **forms(text)}.items()}
    assert all(known.values()), known


@pytest.mark.parametrize("text", ["192.168.1.20", "10.0.0.9", "93.184.216.34", "169.254.3.4", "127.0.0.1"])
def test_other_addresses_are_none_in_any_form(text: str) -> None:
    assert not any(is_metadata_service(parse_address(form)) for form in (text, *forms(text).values()))


@pytest.mark.parametrize("text", ["::", "::1", "fe80::1%eth0", "2606:2800:220:1::1"])
def test_what_carries_none_stands_for_itself(text: str) -> None:
    assert destinations(parse_address(text)) == (parse_address(text),)


@pytest.mark.parametrize(
    ("text", "public"), [("10.0.0.9", False), ("64:ff9b::a00:9", False), ("64:ff9b::5db8:d822", True), ("2002:a00:9::", False)]
)
def test_a_private_address_in_other_clothes_is_not_public(text: str, public: bool) -> None:
    assert is_public(parse_address(text)) is public


@given(st.integers(0, 2**128 - 1))
def test_every_address_is_among_its_destinations(bits: int) -> None:
    address = ipaddress.IPv6Address(bits)
    assert destinations(address)[0] == address
    assert all(isinstance(carried, ipaddress.IPv4Address) for carried in destinations(address)[1:])
