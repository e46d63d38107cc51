"""Internet addresses as they are judged before anything connects to them: what an address stands for, and where cloud hosts answer.

An IPv6 address can carry an IPv4 address. Whatever forwards it (the kernel, a relay, a translator) delivers to the IPv4 address, so that
one is judged as well.
"""

import ipaddress
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# Metadata services hand out the credentials of a machine to whoever asks from it. They answer on these addresses besides 169.254.0.0/16.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",  # Amazon EC2, Azure, Google Cloud, OpenStack and most others
        "169.254.170.2",  # Amazon ECS tasks
        "169.254.170.23",  # Amazon EKS pod identity
        "169.254.42.42",  # Scaleway
        "169.254.0.23",  # Tencent Cloud
        "100.100.100.200",  # Alibaba Cloud
        "168.63.129.16",  # Azure's platform address (WireServer)
        "192.0.0.192",  # Oracle Cloud (classic)
        "fd00:ec2::254",  # Amazon EC2
        "fd00:ec2::23",  # Amazon EKS pod identity
        "fd20:ce::254",  # Google Cloud
        "fd00:42::42",  # Scaleway
    )
)

# NAT64: RFC 6052 (well-known prefix) and RFC 8215 (local use). The last 32 bits are the IPv4 address.
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, 2.5.5.1, deprecated
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214, 6.1: the upper half of the interface identifier


def parse_address(text: str) -> Address:
    """An address as a resolver gives it, without its scope (`fe80::1%eth0`); an IPv4-mapped one as IPv4, since it is connected to as that.

    Raises:
        ValueError: it is no address.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def destinations(address: Address) -> tuple[Address, ...]:
    """The address, and every IPv4 address that it carries: mapped, compatible, 6to4, Teredo (server and client), NAT64, ISATAP."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    carried = (
        address.ipv4_mapped,
        address.sixtofour,
        *(address.teredo or ()),
        _translated(address),
        _compatible(address),
        _isatap(address),
    )
    return (address, *(each for each in carried if each is not None))


def is_translated(address: Address) -> bool:
    """Whether a NAT64 translator stands for this address: how machines without IPv4 reach IPv4 hosts."""
    return any(address in network for network in _TRANSLATED)


def is_public(address: Address) -> bool:
    """Whether this address, and every IPv4 address that it carries, is one of the Internet."""
    return all(each.is_global for each in destinations(address))


def is_metadata_service(address: Address) -> bool:
    """Whether a cloud host's metadata service answers here, or where this address is delivered to."""
    return any(each in _METADATA for each in destinations(address))


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return _last_bits(address) if is_translated(address) else None


def _compatible(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return _last_bits(address) if address in _COMPATIBLE and int(address) > 1 else None


def _isatap(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return _last_bits(address) if int(address) >> 32 & 0xFFFFFFFF in _ISATAP else None


def _last_bits(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
