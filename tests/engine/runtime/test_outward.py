"""Messages go where the admin meant them to, and nowhere into the house that a stranger's name points to."""

import asyncio
from collections.abc import Sequence

import pytest

from engine.model.errors import EnvironmentFault
from engine.runtime.outbound.outward import AddressRefused, InHouse, allowed_address


def address(host: str, *found: str) -> str:
    async def resolver(name: str, port: int) -> Sequence[str]:
        return found

    return asyncio.run(allowed_address(host, 443, resolver))


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("hooks.example.com", "93.184.216.34"),
        ("hooks.example.com", "2606:2800:220:1::1"),
        ("hooks.example.com", "64:ff9b::5db8:d822"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("localhost", "::1"),
        ("10.1.2.3", "10.1.2.3"),
        ("192.168.0.7", "192.168.0.7"),
        ("[fd12::7]", "fd12::7"),
        ("nas", "192.168.0.7"),
        ("nas.local", "192.168.0.7"),
        ("ha.home.arpa", "10.0.0.2"),
    ],
)
def test_public_ones_and_local_ones_as_typed(host: str, found: str) -> None:
    assert address(host, found) == found


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("169.254.169.254", "169.254.169.254"),
        ("metadata", "169.254.169.254"),
        ("metadata.google.internal", "169.254.169.254"),
        ("aws6.local", "fd00:ec2::254"),
        ("alibaba.lan", "100.100.100.200"),
        ("printer.local", "fe80::1%eth0"),
        ("0.0.0.0", "0.0.0.0"),
        ("[::]", "::"),
        ("224.0.0.1", "224.0.0.1"),
        ("255.255.255.255", "255.255.255.255"),
        ("[ff02::1]", "ff02::1"),
        ("[::ffff:169.254.169.254]", "::ffff:169.254.169.254"),
        ("[2002:a9fe:a9fe::]", "2002:a9fe:a9fe::"),
        ("[2002:a9fe:a9fe::1]", "2002:a9fe:a9fe::1"),
        ("metadata.lan", "64:ff9b::a9fe:a9fe"),
        ("metadata.lan", "fd12::5efe:a9fe:a9fe"),
        ("oracle.lan", "192.0.0.192"),
        ("azure.example.com", "168.63.129.16"),
        ("azure.example.com", "2002:a83f:8110::"),
        ("aws.lan", "169.254.170.23"),
        ("rebind.example.com", "127.0.0.1"),
        ("rebind.example.com", "192.168.0.7"),
        ("rebind.example.com", "::1"),
        ("rebind.example.com", "::ffff:10.0.0.1"),
        ("rebind.example.com", "fd12::7"),
        ("rebind.example.com", "fec0::1"),
        ("rebind.example.com", "64:ff9b::a00:1"),
        ("2852039166", "169.254.169.254"),
        ("rebind.example.com", "100.64.0.1"),
    ],
)
def test_what_leads_elsewhere_is_refused_with_its_reason(host: str, found: str) -> None:
    with pytest.raises(EnvironmentFault, match="where nothing is sent to") as caught:
        address(host, found)
    assert caught.value.reason == "address_refused"


@pytest.mark.parametrize(
    ("found", "may_be_allowed"),
    [("10.1.2.3", True), ("127.0.0.1", True), ("100.64.0.1", True), ("169.254.169.254", False), ("fd00:ec2::254", False)],
)
def test_what_could_be_allowed_is_told_from_what_never_is(found: str, may_be_allowed: bool) -> None:
    async def resolver(name: str, port: int) -> Sequence[str]:
        return [found]

    with pytest.raises(AddressRefused) as caught:
        asyncio.run(allowed_address("maps.example.com", 443, resolver, InHouse.REFUSED))
    assert (caught.value.address, caught.value.may_be_allowed) == (found, may_be_allowed)


def test_of_several_the_first_good_one_is_taken() -> None:
    assert address("nas.local", "fe80::1%eth0", "192.168.0.7") == "192.168.0.7"


def test_a_name_without_address_may_have_one_later() -> None:
    async def unknown(name: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(EnvironmentFault) as caught:
        asyncio.run(allowed_address("hooks.example.com", 443, unknown))
    assert caught.value.reason == "no_address"
    with pytest.raises(EnvironmentFault) as caught:
        address("hooks.example.com")
    assert caught.value.reason == "no_address"
