"""Signed heads of the audit: the newest row's number and hash, signed (Ed25519, RFC 8032) and kept in a file beside the record.

Who changes the record and makes its hashes anew cannot make the heads anew, as the private key is with the secrets: in the system's
keyring, or where there is none in `secrets.json`. There it protects from those only who get at the record or a copy of it, but not at that
file.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from pathlib import Path
from typing import Any

from engine.model.accounts.audit import AuditHead, AuditRow
from engine.model.errors import InputError
from engine.model.wire import read_as, to_plain
from engine.recording.files import fault
from engine.runtime.atomic_file import write_atomically
from engine.runtime.audit.heads_file import append_head, last_lines, mend_heads
from engine.runtime.secrets.secrets import SecretStore

HEADS, PUBLIC_KEY = "audit-heads.jsonl", "audit-key.pem"
_SIGNING, _PSEUDONYMS = "audit/signing", "audit/pseudonyms"
_TAG = "watchroom audit head 1"


class AuditHeads:
    """Any thread. Only one process signs: the one that holds the data folder."""

    def __init__(self, folder: Path, store: SecretStore) -> None:
        self._path, self._public = folder / HEADS, folder / PUBLIC_KEY
        self._secrets = store
        self._lock = threading.Lock()  # guards the files and _keys
        self._keys: dict[str, bytes] = {}

    def newest(self) -> AuditHead | None:
        """The last one that was written whole. Raises EnvironmentFault."""
        with self._lock:
            try:
                return next((head for head in map(read_head, reversed(last_lines(self._path))) if head is not None), None)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise fault(error, f"The audit's heads in {self._path} cannot be read") from error

    def mend(self) -> bool:
        """Whether heads were missing and are there again from the copy. Raises EnvironmentFault."""
        with self._lock:
            try:
                return mend_heads(self._path)
            except OSError as error:
                raise fault(error, f"The audit's heads in {self._path} cannot be read") from error

    def were_lost(self) -> bool:
        """Something was signed before, as the public key is there, and no head of it is left. Raises EnvironmentFault."""
        return self._public.exists() and self.newest() is None

    def lost_key(self) -> str:
        """The public key, base64, where a new one had to be made because the one that signed before is not among the secrets any more;
        empty where all is well. Raises EnvironmentFault; InputError: the file with the public key is damaged."""
        with self._lock:
            known = read_public_keys(self._public)
            ours = self._public_key()
            if ours in known:
                return ""
            write_atomically(self._public, b"".join(_pem(key) for key in (*known, ours)))
            return ours if known else ""

    def sign(self, end: AuditRow, now_ns: int) -> AuditHead:
        """Sign the newest row and keep that, on the disk when this returns. Raises as `lost_key`."""
        self.lost_key()
        with self._lock:
            head = signed_head(end.seq, end.hash, now_ns, self._head_key(_SIGNING))
            try:
                append_head(self._path, _line(head) + b"\n")
            except OSError as error:
                raise fault(error, f"The audit's heads in {self._path} cannot be written") from error
        return head

    def sign_message(self, message: bytes) -> tuple[str, str]:
        """The public key and its signature of a message that names what it is for, base64. Raises as `lost_key`."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.lost_key()
        with self._lock:
            return self._public_key(), _base64_text(Ed25519PrivateKey.from_private_bytes(self._head_key(_SIGNING)).sign(message))

    def pseudonym(self, thing_id: str) -> str:
        """Always the same for one id, and nobody can find the id from it without this site's key. Raises EnvironmentFault."""
        with self._lock:
            return "who-" + hmac.digest(self._head_key(_PSEUDONYMS), thing_id.encode("utf-8", "replace"), "sha256").hex()[:16]

    def _head_key(self, name: str) -> bytes:
        """32 random bytes, made when first needed."""
        if name not in self._keys:
            kept = self._secrets.get(name)
            key = secrets.token_bytes(32) if kept is None else base64.b64decode(kept)
            if kept is None:
                self._secrets.put(name, base64.b64encode(key).decode("ascii"))
            self._keys[name] = key
        return self._keys[name]

    def _public_key(self) -> str:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return _base64_text(Ed25519PrivateKey.from_private_bytes(self._head_key(_SIGNING)).public_key().public_bytes_raw())


def signed_head(seq: int, digest: str, at_ns: int, private_key: bytes) -> AuditHead:
    """`private_key`: 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(private_key)
    signature = key.sign(_message(seq, digest, at_ns))
    return AuditHead(seq, digest, at_ns, _base64_text(key.public_key().public_bytes_raw()), _base64_text(signature))


def is_genuine(head: AuditHead) -> bool:
    """Whether its signature is by the key that it names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(head.key, validate=True))
        key.verify(base64.b64decode(head.signature, validate=True), _message(head.seq, head.hash, head.at_ns))
    except (ValueError, InvalidSignature):
        return False
    return True


def read_head(line: bytes) -> AuditHead | None:
    """None where the line is no head, to the letter as it is written: JSON may be spaced in many ways."""
    try:
        plain: Any = json.loads(line)
        head = read_as(AuditHead, plain)
    except (ValueError, RecursionError, InputError):
        return None
    return head if _line(head) == line else None


def _line(head: AuditHead) -> bytes:
    return json.dumps(to_plain(head), separators=(",", ":")).encode("ascii")


def read_public_keys(path: Path) -> tuple[str, ...]:
    """Base64 of each key of a PEM file; none where there is no such file.

    Raises InputError (field `public_key`): it holds something else. EnvironmentFault: it cannot be read.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise fault(error, f"The public key {path} cannot be read") from error
    end = b"-----END PUBLIC KEY-----"
    try:
        keys = [load_pem_public_key(part + end) for part in content.split(end)[:-1]]
    except (ValueError, TypeError):
        keys = []
    found = tuple(_base64_text(key.public_bytes_raw()) for key in keys if isinstance(key, Ed25519PublicKey))
    if not found or len(found) != len(keys):
        raise InputError("public_key", f"{path} holds no Ed25519 public key in PEM form")
    return found


def fingerprint(key: str) -> str:
    """Of a public key (base64), short enough to be read aloud: the first 16 bytes of its SHA-256 in groups of four."""
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


def _message(seq: int, digest: str, at_ns: int) -> bytes:
    return json.dumps([_TAG, seq, digest, at_ns], separators=(",", ":")).encode("ascii")


def _pem(key: str) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _base64_text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
