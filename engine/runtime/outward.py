"""Where a message to the outside may go: addresses are judged after they were resolved, and the judged address is the one connected to.

Refused always: link-local addresses (cloud machines' metadata lives there), multicast, broadcast, unspecified, reserved. Loopback and
private addresses are allowed only as the admin typed them: as a literal address or as a name that is local by its form (`localhost`, no
dot, `.local`, `.lan`, `.home.arpa`, `.internal`). A public name that resolves to one is refused: whoever owns that name could point it at
anything in the house.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from engine.model.errors import EnvironmentFault

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

_LOCAL_ENDINGS = (".local", ".lan", ".home.arpa", ".internal", ".localhost")
_METADATA = (ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200"))


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def allowed_address(host: str, port: int, resolver: Resolver = resolve) -> str:
    """The address to connect to for a host as the admin typed it.

    Raises:
        EnvironmentFault: `no_address`: the name is not known now. `address_refused`: it leads where messages must not go.
    """
    try:
        found = [_plain(text) for text in await resolver(host, port)]
    except (OSError, ValueError) as error:
        raise EnvironmentFault("no_address", f"{host} has no address now ({error}).") from error
    good = [address for address in found if not is_refused(address, host)]
    if good:
        return str(good[0])
    if not found:
        raise EnvironmentFault("no_address", f"{host} has no address now.")
    raise EnvironmentFault("address_refused", f"{host} leads to {found[0]}, where nothing is sent to. {_advice(found[0])}")


def is_refused(address: Address, host: str) -> bool:
    if address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA:
        return True
    if address.is_reserved and not address.is_loopback:  # ::1 lies in a reserved block
        return True
    in_house = not address.is_global or (isinstance(address, ipaddress.IPv6Address) and address.is_site_local)  # fec0::/10, RFC 3879
    return in_house and not is_local_name(host)


def is_local_name(host: str) -> bool:
    """Whether a host's form says that it is meant to be in the house: a literal address, or a name that no public DNS serves."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
        return True
    except ValueError:
        return "." not in name or name.endswith(_LOCAL_ENDINGS)


def _plain(text: str) -> Address:
    """Without a scope; an IPv4 address in IPv6 clothes is judged as what it is."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _advice(address: Address) -> str:
    if address.is_private and not address.is_link_local and not address.is_unspecified:
        return "If the receiver is in your own network, enter its address instead of its name."
    return "Enter another address."
