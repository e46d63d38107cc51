"""Where the gateway listens. Known without a web server, which takes a while to load."""

import ipaddress
import ssl
from pathlib import Path

from engine.model.errors import InputError
from engine.model.value_class import dataclass

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Bind:
    """Where to listen. Beyond loopback either a certificate or `insecure` is needed, and it is announced by mDNS; on loopback only when
    `announce` asks for it.

    Raises InputError (field `bind`).
    """

    host: str = "127.0.0.1"
    port: int = 0
    insecure: bool = False
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()
    announce: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InputError("bind", f"port {self.port} is outside 0–65535")
        if self.key is not None and self.certificate is None:
            raise InputError("key", "is of use only together with --certificate")
        if self.certificate is not None:
            _check_certificate(self.certificate, self.key)
        if not self.loopback and not self.insecure and self.certificate is None:
            raise InputError("bind", f"{self.host} is reachable from other machines: give --certificate and --key, or --insecure")

    @property
    def loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def hosts(self) -> frozenset[str]:
        """Names a request may use in its Host header."""
        shown = f"[{self.host}]" if ":" in self.host else self.host.lower()
        return LOOPBACK_NAMES | {shown} | {name.lower() for name in self.names}

    @classmethod
    def parse(
        cls, text: str, insecure: bool = False, certificate: Path | None = None, key: Path | None = None, names: tuple[str, ...] = ()
    ) -> "Bind":
        """From `HOST:PORT` or `[IPV6]:PORT`."""
        host, colon, port = text.rpartition(":")
        if not colon or not (port.isascii() and port.isdigit()) or not host:
            raise InputError("bind", f"{text!r} is not HOST:PORT")
        return cls(host.strip("[]"), int(port), insecure, certificate, key, names)


def _check_certificate(certificate: Path, key: Path | None) -> None:
    """Read the pair once, for a message that names what is wrong. Raises InputError."""
    for field, path in (("certificate", certificate), ("key", key)):
        try:
            if path is not None:
                path.read_bytes()
        except OSError as error:
            raise InputError(field, f"{path} cannot be read ({error.strerror})") from None
    try:  # a key with a passphrase would make OpenSSL ask for it on the terminal
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: b"")
    except (ssl.SSLError, ValueError) as error:
        message = f"{certificate} and its key are no usable pair of PEM files without a passphrase ({error})"
        raise InputError("certificate", message) from None
