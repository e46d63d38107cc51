"""The manifest of an evidence pack: every file with its size and SHA-256, what the pack is, and who made it.

`manifest.json` is signed byte for byte as it stands (`signature.json`, Ed25519, RFC 8032), so that nothing depends on how JSON is written.
"""

import base64
import hashlib
import json
from typing import Any, TypeVar

from engine.model.accounts.audit import AuditHead, AuditRow
from engine.model.errors import InputError
from engine.model.history.evidence import PackRequest
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain

FORMAT = "watchroom evidence 1"
_ALGORITHM = "Ed25519"
T = TypeVar("T")
MANIFEST, SIGNATURE = "manifest.json", "signature.json"


@dataclass(frozen=True, slots=True)
class PackedFile:
    """`path`: within the pack, with slashes. `what`: it is, in a few words. sha256: hex."""

    path: str
    size_bytes: int
    sha256: str
    what: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What ties the pack to the audit of the site: the row about this pack, the hash before it, and the signed head that it is.

    The row's detail names the digest of the record that can be run again, so nobody can put another record in without the site's key.
    """

    row: AuditRow
    before: str
    head: AuditHead


@dataclass(frozen=True, slots=True)
class Manifest:
    """`version`: of the program that made it. `inputs`: SHA-256 hex over the record that can be run again, empty where there is none.

    missing: what could not go in, as sentences.
    """

    id: str
    site_name: str
    time_zone: str
    by: str
    created_ns: int
    version: str
    request: PackRequest
    proof: Proof
    files: tuple[PackedFile, ...] = ()
    inputs: str = ""
    missing: tuple[str, ...] = ()
    simulated: bool = False
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Signed:
    """`key`, `signature`: base64 of the raw bytes."""

    key: str
    signature: str
    algorithm: str = _ALGORITHM


def manifest_bytes(manifest: Manifest) -> bytes:
    return json.dumps(to_plain(manifest), ensure_ascii=False, indent=1).encode()


def read_manifest(data: bytes) -> Manifest:
    """Raises InputError (field `pack`)."""
    manifest = _read_document(Manifest, data, MANIFEST)
    if manifest.format != FORMAT:
        raise InputError("pack", f"is of the form {manifest.format!r}; this version reads {FORMAT!r}")
    return manifest


def signature_bytes(signed: Signed) -> bytes:
    return json.dumps(to_plain(signed), indent=1).encode()


def read_signature(data: bytes) -> Signed:
    """Raises InputError (field `pack`)."""
    return _read_document(Signed, data, SIGNATURE)


def signed_message(manifest: bytes) -> bytes:
    """What is signed: a tag, so that a signature for something else can never serve here, and the manifest's digest."""
    return json.dumps([FORMAT, hashlib.sha256(manifest).hexdigest()], separators=(",", ":")).encode("ascii")


def is_signed(manifest: bytes, signed: Signed) -> bool:
    """Whether the signature is by the key that it names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(_bytes(signed.key))
        key.verify(_bytes(signed.signature), signed_message(manifest))
    except (ValueError, InvalidSignature):
        return False
    return signed.algorithm == _ALGORITHM


def _bytes(text: str) -> bytes:
    """Raises ValueError, also where it is written otherwise than these bytes are: base64 may end in bits that nobody reads."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode("ascii") != text:
        raise ValueError("is not base64 as it is written")
    return raw


def _read_document(kind: type[T], data: bytes, name: str) -> T:
    try:
        plain: Any = json.loads(data)
        return read_as(kind, plain)
    except (ValueError, OverflowError, RecursionError, InputError) as error:
        raise InputError("pack", f"has no {name} that can be read: {error}") from error
