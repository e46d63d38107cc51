"""Which cameras are on the networks of this machine: WS-Discovery, as ONVIF uses it (ONVIF Core 7; OASIS WS-Discovery, April 2005 draft).

Two datagrams are sent on each network, for cameras go by two names: one of profile S, one of the later profiles. A single one with both
would be answered only by who has both (WS-Discovery 5.1), one without a name by printers too, and not by every camera. Cameras answer with
the addresses of their device service. What they say is data: an answer names the camera that sent it and no other, so an address of another
host than the sender's is passed over.
"""

import ipaddress
import re
import selectors
import socket
import time
import uuid
from collections.abc import Iterable
from contextlib import ExitStack
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import psutil

from engine.model.errors import EnvironmentFault
from engine.model.history.finding import FoundCamera

GROUP = ("239.255.255.250", 3702)
WAIT_S = 3.0
_MOST_ANSWERS, _LONGEST_ANSWER, _LONGEST_NAME = 1_000, 1 << 16, 100
_PROBE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:{prefix}="{namespace}">'
    "<e:Header><w:MessageID>uuid:{id}</w:MessageID><w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
    "<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>"
    "<e:Body><d:Probe><d:Types>{prefix}:{name}</d:Types></d:Probe></e:Body></e:Envelope>"
)
_TYPES = (
    ("dn", "http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter"),
    ("tds", "http://www.onvif.org/ver10/device/wsdl", "Device"),
)
_DISCOVERY = "{http://schemas.xmlsoap.org/ws/2005/04/discovery}"


def find_cameras(wait_s: float = WAIT_S, group: tuple[str, int] = GROUP, networks: Iterable[str] | None = None) -> tuple[FoundCamera, ...]:
    """Those that answer within `wait_s`, by address. Blocks so long.

    Args:
        networks: addresses of this machine to ask from; None: all of IPv4.

    Raises:
        EnvironmentFault: this machine is in no network.
    """
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        sent = 0
        for own in networks if networks is not None else _own_addresses():
            asking = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            if _ask(asking, own, group):
                selector.register(asking, selectors.EVENT_READ)
                sent += 1
        if not sent:
            raise EnvironmentFault("no_network", "This machine is in no network that could be searched. Connect it, then try again.")
        found = _gather(selector, wait_s)
    return tuple(sorted(found.values(), key=lambda camera: (_order(camera.host), camera.address)))


def _own_addresses() -> list[str]:
    """IPv4 addresses of the networks that are up; not of this machine alone."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    told = (
        each.address for name, several in psutil.net_if_addrs().items() if name in up for each in several if each.family == socket.AF_INET
    )
    return sorted({address for address in told if not ipaddress.ip_address(address).is_loopback})


def _ask(asking: socket.socket, own: str, group: tuple[str, int]) -> bool:
    try:
        asking.setblocking(False)
        asking.bind((own, 0))
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 2)
        for prefix, namespace, name in _TYPES:
            asking.sendto(_PROBE.format(id=uuid.uuid4(), prefix=prefix, namespace=namespace, name=name).encode(), group)
    except OSError:  # a network that came and went, or has no multicast: the others are asked
        return False
    return True


def _gather(selector: selectors.BaseSelector, wait_s: float) -> dict[str, FoundCamera]:
    found: dict[str, FoundCamera] = {}
    until_s, answers = time.monotonic() + wait_s, 0
    while (left_s := until_s - time.monotonic()) > 0 and answers < _MOST_ANSWERS:
        for key, _ in selector.select(left_s):
            asking = key.fileobj
            assert isinstance(asking, socket.socket)
            try:
                data, sender = asking.recvfrom(_LONGEST_ANSWER)
            except OSError:
                continue
            answers += 1
            for camera in answered(data, sender[0]):
                found.setdefault(camera.address, camera)
    return found


def answered(data: bytes, sender: str) -> tuple[FoundCamera, ...]:
    """The cameras that a datagram tells of and that are its sender; none where it is nothing of the kind."""
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError):
        return ()
    matches = (_match(each, sender) for each in root.iter(f"{_DISCOVERY}ProbeMatch"))
    return tuple(camera for camera in matches if camera is not None)


def _match(match: ElementTree.Element, sender: str) -> FoundCamera | None:
    addresses = (match.findtext(f"{_DISCOVERY}XAddrs") or "").split()
    address = next((each for each in addresses if _is_of(each, sender)), None)
    if address is None:
        return None
    scopes = (match.findtext(f"{_DISCOVERY}Scopes") or "").split()
    return FoundCamera(address, sender, _scope(scopes, "name"), _scope(scopes, "hardware"))


def _is_of(address: str, sender: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and parts.hostname == sender and (parts.port or 80) > 0
    except ValueError:
        return False


def _scope(scopes: Iterable[str], kind: str) -> str:
    """What `onvif://www.onvif.org/<kind>/…` says, as one line."""
    begin = f"onvif://www.onvif.org/{kind}/"
    told = next((scope[len(begin) :] for scope in scopes if scope.lower().startswith(begin)), "")
    return re.sub(r"\s+", " ", "".join(each if each.isprintable() else " " for each in unquote(told))).strip()[:_LONGEST_NAME]


def _order(host: str) -> tuple[int, str]:
    try:
        return int(ipaddress.ip_address(host)), host
    except ValueError:
        return 0, host
