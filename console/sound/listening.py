"""Where an engine listens, and which engine elsewhere is trusted: the options that the console and `watchroom engine` share."""

import argparse
import ssl
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.model.errors import InputError

if TYPE_CHECKING:  # `watchroom --help` should not wait for a web server to load
    from engine.gateway.border.bind import Bind
    from engine.runtime.command_line_settings import CommandLineSettings

DEFAULT_BIND = "127.0.0.1:8740"
_ELSEWHERE = {"connect": "one", "sites": "several"}


def add_listening(parser: argparse.ArgumentParser) -> None:
    """Nothing is given as None, so that `check_not_remote` can tell."""
    parser.add_argument("--bind", metavar="HOST:PORT", help=f"where the engine serves HTTP (default {DEFAULT_BIND})")
    parser.add_argument("--insecure", action="store_true", help="serve plain HTTP beyond this machine")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="serve HTTPS with this certificate")
    parser.add_argument("--key", type=Path, metavar="PEM", help="the certificate's private key")
    parser.add_argument("--host-name", action="append", default=[], metavar="NAME", help="a further name this engine is addressed by")
    parser.add_argument("--models", type=Path, metavar="DIR", help="install missing models from this folder first")
    parser.add_argument("--pairing", choices=("open", "closed"), default="closed", help="whether nodes without a token may pair")


def bind_of(parsed: argparse.Namespace) -> "Bind":
    """Raises InputError, also where pairing is to be open for good beyond this machine."""
    from engine.gateway.border.bind import Bind

    bind = Bind.parse(parsed.bind or DEFAULT_BIND, parsed.insecure, parsed.certificate, parsed.key, tuple(parsed.host_name))
    if parsed.pairing == "open" and not bind.loopback:
        raise InputError("pairing", "can be left open on loopback only; elsewhere open it for some minutes on the Devices page")
    return bind


def with_pairing(added: "CommandLineSettings", parsed: argparse.Namespace) -> "CommandLineSettings":
    return replace(added, pairing_open=True) if parsed.pairing == "open" else added


def check_not_remote(parsed: argparse.Namespace, way: str = "connect") -> None:
    """With `--connect` or `--sites` (`way`) nothing of an own engine can be meant. Raises InputError naming the option."""
    given = {
        "bind": parsed.bind,
        "insecure": parsed.insecure,
        "certificate": parsed.certificate,
        "key": parsed.key,
        "host-name": parsed.host_name,
        "pairing": parsed.pairing == "open",
        "models": parsed.models,
        "demo": parsed.demo,
    }
    option = next((name for name, value in given.items() if value), "")
    if option:
        other = f"--{way} opens {_ELSEWHERE[way]} elsewhere"
        raise InputError(option, f"is about an engine of this machine, while {other}; leave one of them out")


def trusted(ca: Path | None) -> ssl.SSLContext | bool:
    """What verifies an engine's certificate: the system's authorities, or those of a PEM file alone. Raises InputError (field `ca`)."""
    if ca is None:
        return True
    try:
        text = ca.read_text("ascii")
    except OSError as error:
        raise InputError("ca", f"{ca} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError("ca", f"{ca} is no PEM file; convert it with: openssl x509 -inform der -in FILE -out ca.pem") from None
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # `create_default_context` would add the system's for an empty file
        context.load_verify_locations(cadata=text)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the file may hold the engine's own certificate instead of its authority's
        return context
    except (ssl.SSLError, ValueError):
        raise InputError("ca", f"{ca} holds no certificate; it has to be a PEM file with a line BEGIN CERTIFICATE") from None
