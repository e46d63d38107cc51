"""Which addresses a camera may have. Checked on what the name resolves to, so that a name cannot hide another address.

Plain HTTP then goes to the very address that was judged. RTSP goes by its name once more: an RTSP server can send FFmpeg elsewhere in its
answers anyway, and cameras get the address in every request as it was typed. With TLS the name is what the camera proves.

Cameras live on private networks, so private addresses are the usual case. Refused are addresses that no camera has and that other
services answer on: the link-local metadata services of cloud hosts above all.
"""

import socket
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from engine.model.address import Address, destinations, is_metadata_service, is_translated, parse_address
from engine.model.errors import EnvironmentFault, InputError

_MOST_TRIED, _TRY_S = 4, 1.0


def check_reach(url: str) -> tuple[str, ...]:
    """Resolve the URL's host, refuse what is no camera's address, and give what was judged. Blocks as long as name lookup does.

    Raises:
        InputError: an address that no camera has (field `url`).
        EnvironmentFault: `unknown_host`.
    """
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise EnvironmentFault("unknown_host", f"The name {host} is not known here. Check the address and the name server.") from None
    for entry in found:
        address = parse_address(str(entry[4][0]))
        if _is_forbidden(address):
            raise InputError("url", f"{host} leads to {address}, which is no camera's address")
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def first_answering(addresses: Sequence[str], port: int) -> str:
    """Of several the first at which somebody listens, or the first of all. Blocks for up to a second each."""
    if len(addresses) == 1:
        return addresses[0]
    for address in addresses[:_MOST_TRIED]:
        with suppress(OSError), socket.create_connection((address, port), _TRY_S):
            return address
    return addresses[0]


def _is_forbidden(address: Address) -> bool:
    return is_metadata_service(address) or any(_is_no_host(each) for each in destinations(address))


def _is_no_host(address: Address) -> bool:
    reserved = address.is_reserved and not (address.is_loopback or is_translated(address))  # ::1 and NAT64 lie in a reserved block
    return address.is_unspecified or address.is_multicast or reserved
