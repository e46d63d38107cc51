"""What a node has to know to join: its Wi-Fi, its token, and where the engine is."""

import ipaddress
import json
import logging
import secrets
import uuid
from typing import Any

from engine.model.errors import InputError
from engine.sources.node.tokens import NodeTokens

log = logging.getLogger(__name__)

MDNS_NAME = "spaxel"
NTP_SERVER = "pool.ntp.org"
TLS_PORT = 443  # the one on which the nodes' firmware uses TLS
LONGEST_LINE = 768  # characters that the nodes' serial receiver takes
NO_MAC = "No MAC was given: this token is good for no node."


class Provisioner:
    """Makes provisioning documents. Any thread.

    `serves_at` is told by the gateway once it listens; `trouble` says why nodes could not reach it there, as a sentence.
    """

    def __init__(self, tokens: NodeTokens) -> None:
        self._tokens = tokens
        self._host, self._port, self._tls = "127.0.0.1", 0, False

    def serves_at(self, host: str, port: int, tls: bool = False) -> None:
        self._host, self._port, self._tls = host, port, tls

    @property
    def trouble(self) -> str:
        if not self._port:
            return "The engine serves no network: nodes cannot reach it. Start Watchroom again with a --bind whose port is free."
        if _is(self._host, "is_loopback"):
            return (
                "The engine listens on this machine only: nodes cannot reach it. Close Watchroom and start it with "
                f"--bind 0.0.0.0:{self._port} --insecure, best on a network of its own."
            )
        if self._tls and self._port != TLS_PORT:
            return (
                f"Nodes speak TLS on port {TLS_PORT} only. Serve HTTPS there, or start the engine with --insecure for a network of its own."
            )
        return ""

    def document(
        self, mac: str, wifi_ssid: str = "", wifi_password: str = "", ms_ip: str = "", port: int | None = None, debug: bool = False
    ) -> dict[str, Any]:
        """As the nodes' firmware and the simulators expect it. Without a MAC the token is random and will never be accepted.

        Raises InputError (fields `wifi_ssid`, `wifi_pass`, `ms_ip`).
        """
        _check_wifi(wifi_ssid, wifi_password)
        log.info("a provisioning document was made for node %s", mac or "without a MAC")
        address = _address(ms_ip) or ("" if _is(self._host, "is_loopback") or _is(self._host, "is_unspecified") else self._host)
        told = {
            "version": 1,
            "wifi_ssid": wifi_ssid,
            "wifi_pass": wifi_password,
            "node_id": str(uuid.uuid5(uuid.NAMESPACE_OID, mac) if mac else uuid.uuid4()),
            "node_token": self._tokens.token(mac) if mac else secrets.token_hex(32),
            "ms_mdns": MDNS_NAME,
            "ms_port": port or self._port,
            "ntp_server": NTP_SERVER,
            "debug": debug,
        }
        return told | ({"ms_ip": address} if address else {}) | ({} if mac else {"warning": NO_MAC})

    def line(self, mac: str, wifi_ssid: str, wifi_password: str, ms_ip: str = "") -> str:
        """The one line that is sent over serial. Raises InputError."""
        if not wifi_ssid:
            raise InputError("wifi_ssid", "is empty; a node needs the name of the Wi-Fi it joins")
        line = json.dumps({"provision": self.document(mac, wifi_ssid, wifi_password, ms_ip)}, separators=(",", ":"), ensure_ascii=False)
        if len(line.encode()) > LONGEST_LINE:
            raise InputError("wifi_pass", f"makes the line longer than the {LONGEST_LINE} characters that a node takes")
        return line


def _check_wifi(ssid: str, password: str) -> None:
    """IEEE 802.11: an SSID has up to 32 octets; WPA: a passphrase 8 to 63 characters, or 64 hex digits."""
    if len(ssid.encode("utf-8", "replace")) > 32 or not ssid.isprintable():
        raise InputError("wifi_ssid", "is no name of a Wi-Fi; those have at most 32 bytes")
    if len(password) > 64 or not password.isprintable():
        raise InputError("wifi_pass", "is longer than 64 characters, or holds some that cannot be typed")


def _address(text: str) -> str:
    if not text:
        return ""
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise InputError("ms_ip", f"{text[:40]!r} is no IPv4 address, and nodes know no other") from None


def _is(host: str, what: str) -> bool:
    try:
        return bool(getattr(ipaddress.ip_address(host), what))
    except ValueError:
        return host == "localhost" and what == "is_loopback"
