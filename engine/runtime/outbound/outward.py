"""Where a message to the outside may go: addresses are judged after they were resolved, and the judged address is the one connected to.

Refused always: link-local addresses, metadata services of cloud hosts, multicast, broadcast, unspecified, reserved, and IPv6 addresses that
carry one of these. Loopback and private addresses are the house. Messages go there only where the admin allows it: for webhooks as they are
typed, which means a literal address or a name that is local by its form (`localhost`, no dot, `.local`, `.lan`, `.home.arpa`, `.internal`),
for whoever owns a public name could point it at anything in the house; for mail servers, brokers and map services, whose names certificates
carry, by any name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import TypeAlias

from engine.model.address import Address, destinations, is_metadata_service, is_translated, parse_address
from engine.model.errors import EnvironmentFault

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

_LOCAL_ENDINGS = (".local", ".lan", ".home.arpa", ".internal", ".localhost")


class InHouse(Enum):
    """Whether a message may go to this machine or its own network."""

    REFUSED = 0
    AS_TYPED = 1
    ALLOWED = 2


class AddressRefused(EnvironmentFault):
    """`address_refused`: a name leads where nothing is sent to. `may_be_allowed`: that is the house, which the admin may open to it."""

    def __init__(self, host: str, address: Address, in_house: InHouse) -> None:
        super().__init__("address_refused", f"{host} leads to {address}, where nothing is sent to. {_advice(address, in_house)}")
        self.address = str(address)
        self.may_be_allowed = not is_refused(address, host, InHouse.ALLOWED)


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def allowed_address(host: str, port: int, resolver: Resolver = resolve, in_house: InHouse = InHouse.AS_TYPED) -> str:
    """The address to connect to for a host as the admin typed it.

    Raises:
        EnvironmentFault: `no_address`: the name is not known now.
        AddressRefused: it leads where messages must not go.
    """
    try:
        found = [parse_address(text) for text in await resolver(host, port)]
    except (OSError, ValueError) as error:
        raise EnvironmentFault("no_address", f"{host} has no address now ({error}).") from error
    good = [address for address in found if not is_refused(address, host, in_house)]
    if good:
        return str(good[0])
    if not found:
        raise EnvironmentFault("no_address", f"{host} has no address now.")
    raise AddressRefused(host, found[0], in_house)


def is_refused(address: Address, host: str, in_house: InHouse = InHouse.AS_TYPED) -> bool:
    """Judged by the address and by every IPv4 address that it carries."""
    return is_metadata_service(address) or any(_is_refused(each, host, in_house) for each in destinations(address))


def _is_refused(address: Address, host: str, in_house: InHouse) -> bool:
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    if is_translated(address):
        return False  # Judged by the IPv4 address it is translated to, which `destinations` gives too.
    if address.is_reserved and not address.is_loopback:  # ::1 lies in a reserved block
        return True
    inside = not address.is_global or (isinstance(address, ipaddress.IPv6Address) and address.is_site_local)  # fec0::/10, RFC 3879
    return inside and (in_house is InHouse.REFUSED or (in_house is InHouse.AS_TYPED and not is_local_name(host)))


def is_local_name(host: str) -> bool:
    """Whether a host's form says that it is meant to be in the house: a literal address, or a name that no public DNS serves."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
        return True
    except ValueError:
        return "." not in name or name.endswith(_LOCAL_ENDINGS)


def _advice(address: Address, in_house: InHouse) -> str:
    if address.is_private and not address.is_link_local and not address.is_unspecified:
        if in_house is InHouse.REFUSED:
            return "If it is meant to be in your own network, allow that where the address is entered."
        return "If the receiver is in your own network, enter its address instead of its name."
    return "Enter another address."
