"""Certificates of engines that no authority vouches for: shown, confirmed by a person, and from then on the only ones taken."""

import hashlib
import socket
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.gateway.remote.calls import REQUEST_S, checked_with, engine_address, unreachable
from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import seconds_to_ns
from engine.model.value_class import dataclass

if TYPE_CHECKING:
    from cryptography import x509

_HTTPS_PORT = 443
_PAIR = 2  # hexadecimal digits of a byte


@dataclass(frozen=True, slots=True)
class SeenCertificate:
    """What an engine showed. `trusted`: an authority of this machine vouches for it, and for the address it was seen at.

    names: that it is for. from_ns, until_ns: when it is valid.
    """

    pem: str
    fingerprint: str
    names: tuple[str, ...]
    from_ns: int
    until_ns: int
    trusted: bool = False


def see_certificate(url: str, timeout_s: float = REQUEST_S) -> SeenCertificate | None:
    """Ask the engine at `url` for its certificate; nothing else is sent. None for plain HTTP.

    Raises:
        InputError: field `connect`, no address of an engine.
        EnvironmentFault: `unreachable`.
    """
    parts = urlsplit(engine_address(url))
    if parts.scheme == "http":
        return None
    host, port = parts.hostname or "", parts.port or _HTTPS_PORT
    seen = describe(ssl.DER_cert_to_PEM_cert(_certificate_of(url, host, port, timeout_s)))
    return replace(seen, trusted=_is_trusted(url, host, port, timeout_s))


def _certificate_of(url: str, host: str, port: int, timeout_s: float) -> bytes:
    anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE  # to look at what is shown; nothing is said over it
    try:
        with socket.create_connection((host, port), timeout_s) as line, anyone.wrap_socket(line, server_hostname=host) as secured:
            shown = secured.getpeercert(binary_form=True)
    except OSError as error:
        raise unreachable(url, error) from None
    if not shown:
        raise EnvironmentFault("unreachable", f"What answers at {url} shows no certificate.")
    return shown


def _is_trusted(url: str, host: str, port: int, timeout_s: float) -> bool:
    proof = checked_with(url, True)
    if not isinstance(proof, ssl.SSLContext):
        return False
    try:
        with socket.create_connection((host, port), timeout_s) as line, proof.wrap_socket(line, server_hostname=host):
            return True
    except OSError:
        return False


def describe(pem: str) -> SeenCertificate:
    """A certificate as a person confirms it. Raises InputError (field `certificate`): it is none."""
    from cryptography import x509  # some 50 ms, for whoever looks at a certificate

    try:
        certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
        der = ssl.PEM_cert_to_DER_cert(pem)
    except ValueError:
        raise InputError("certificate", "is no certificate in PEM form") from None
    return SeenCertificate(
        ssl.DER_cert_to_PEM_cert(der),
        _fingerprint(der),
        _names(certificate),
        seconds_to_ns(certificate.not_valid_before_utc.timestamp()),
        seconds_to_ns(certificate.not_valid_after_utc.timestamp()),
    )


def _fingerprint(der: bytes) -> str:
    """SHA-256 as `openssl x509 -fingerprint -sha256` writes it."""
    digits = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digits[at : at + _PAIR] for at in range(0, len(digits), _PAIR))


def _names(certificate: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509

    try:
        other = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        found = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return tuple(str(each.value) for each in found)
    return (*other.get_values_for_type(x509.DNSName), *map(str, other.get_values_for_type(x509.IPAddress)))


def pinned(pem: str) -> ssl.SSLContext:
    """Takes this certificate, whatever the address, and no other: not even of an authority that this machine trusts.

    Raises InputError (field `certificate`).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the certificate is known; it may be for a name that nobody resolves here
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError, TypeError):  # the last: of what is not ASCII
        raise InputError("certificate", "is no certificate in PEM form") from None
    return context
