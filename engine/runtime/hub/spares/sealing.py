"""How a site's settings travel to a spare: encrypted to the spare's key, signed by the site's. Whoever carries them reads nothing, changes
nothing and puts nothing in their place.

X25519 with a key of its own for each package, HKDF-SHA-256, ChaCha20-Poly1305 (RFC 7748, 5869, 8439); Ed25519 over all of it. A key in
writing is as NATS writes keys, so that a slip of the pen shows.
"""

import base64
import json
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.model.errors import EnvironmentFault, InputError
from engine.model.value_class import dataclass
from engine.runtime.atomic_file import leave_to_folder_owner
from engine.runtime.hub.nkeys import KeyKind, NKey, checked_public, encoded, is_signed, raw_public

KEY_FILE = "spare-key"
_NONCE = bytes(12)  # each key encrypts once
_INFO, _SIGNED = b"watchroom spare package 1\n", b"watchroom spare package signature 1\n"
_DAMAGED = "is no package of this site for this spare, or was changed on the way"


class SpareKey:
    """Of a spare: what is sealed to its public half only its holder reads."""

    def __init__(self, secret: bytes) -> None:
        """`secret`: 32 bytes."""
        self._private = X25519PrivateKey.from_private_bytes(secret)

    def __repr__(self) -> str:
        return f"SpareKey({self.public})"

    @classmethod
    def in_folder(cls, folder: Path) -> "SpareKey":
        """That which is there, or a new one, in a file for its owner only. Raises EnvironmentFault (`spare_key`)."""
        path = folder / KEY_FILE
        try:
            if not path.exists():
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(X25519PrivateKey.generate().private_bytes_raw().hex())
                leave_to_folder_owner(path)
            return cls(bytes.fromhex(path.read_text()))
        except (OSError, ValueError) as error:
            raise EnvironmentFault("spare_key", f"The spare's key {path} cannot be used ({error}). Restore it from a backup.") from None

    @property
    def public(self) -> str:
        return encoded(KeyKind.X25519, self._private.public_key().public_bytes_raw())

    def shared_with(self, public: bytes) -> bytes:
        return self._private.exchange(X25519PublicKey.from_public_bytes(public))


@dataclass(frozen=True, slots=True)
class SealedHead:
    """What everybody may read of a package, and nobody change. `signer`: the site's public key. to: the spare's. version: grows."""

    signer: str
    to: str
    version: int


def seal(text: bytes, signer: NKey, to: str, version: int) -> bytes:
    """`to`: the spare's public key. Raises InputError (`key`)."""
    public = raw_public(checked_public(to, KeyKind.X25519))
    once = X25519PrivateKey.generate()
    once_public = once.public_key().public_bytes_raw()
    head = json.dumps({"signer": signer.public, "to": to, "version": version, "once": once_public.hex()}, sort_keys=True).encode()
    key = _key(once.exchange(X25519PublicKey.from_public_bytes(public)), head)
    body = ChaCha20Poly1305(key).encrypt(_NONCE, text, head)
    return b"\n".join((head, base64.b64encode(body), base64.b64encode(signer.sign(_SIGNED + head + b"\n" + body))))


def read_head(sealed: bytes) -> SealedHead:
    """What it says of itself, which is not proved yet. Raises InputError (`package`)."""
    return _parts(sealed)[0]


def unseal(sealed: bytes, key: SpareKey, signer: str) -> tuple[SealedHead, bytes]:
    """`signer`: the public key of the site that it has to be of. Raises InputError (`package`): it is not, is for another spare, or was
    changed."""
    head, raw_head, once, body, signature = _parts(sealed)
    if head.signer != signer or head.to != key.public or not is_signed(signer, _SIGNED + raw_head + b"\n" + body, signature):
        raise InputError("package", _DAMAGED)
    try:
        return head, ChaCha20Poly1305(_key(key.shared_with(once), raw_head)).decrypt(_NONCE, body, raw_head)
    except (InvalidTag, ValueError):
        raise InputError("package", _DAMAGED) from None


def _key(shared: bytes, head: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=_INFO + head).derive(shared)


def _parts(sealed: bytes) -> tuple[SealedHead, bytes, bytes, bytes, bytes]:
    """Head, the same as it was written, the public key for once, what is encrypted, the signature."""
    try:
        raw_head, body, signature = sealed.split(b"\n")
        told = json.loads(raw_head)
        head = SealedHead(str(told["signer"]), str(told["to"]), int(told["version"]))
        checked_public(head.signer, KeyKind.USER)
        once = bytes.fromhex(told["once"])
        return head, raw_head, once, base64.b64decode(body, validate=True), base64.b64decode(signature, validate=True)
    except (ValueError, KeyError, TypeError, InputError):
        raise InputError("package", _DAMAGED) from None
