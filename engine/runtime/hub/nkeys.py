"""Keys of NATS: Ed25519, written as NATS writes them, so that a letter says what a key is for.

Source: NATS, "NKeys" (https://docs.nats.io/using-nats/nats-tools/nk; ADR-14). A text is base32 of a byte for the kind, 32 bytes of key and
a CRC-16 (XMODEM) of both, the least byte first.
"""

import base64
import binascii
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.model.errors import InputError

_KEY_BYTES, _CRC_BYTES = 32, 2


class KeyKind(IntEnum):
    """The five highest bits of the first byte, which make the first letter."""

    ACCOUNT = 0 << 3  # A
    X25519 = 23 << 3  # X; of a spare, for encryption
    OPERATOR = 14 << 3  # O
    USER = 20 << 3  # U


_NO_KEY = {kind: "is no public key of a site" for kind in KeyKind} | {KeyKind.X25519: "is no key of a spare"}


class NKey:
    """One pair of keys."""

    def __init__(self, kind: KeyKind, secret: bytes) -> None:
        """`secret`: 32 bytes."""
        self._kind = kind
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self.secret = secret

    @classmethod
    def new(cls, kind: KeyKind) -> "NKey":
        return cls(kind, Ed25519PrivateKey.generate().private_bytes_raw())

    def __repr__(self) -> str:
        return f"NKey({self.public})"

    @property
    def public(self) -> str:
        return encoded(self._kind, self._private.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)

    def answer(self, nonce: str) -> bytes:
        """What a NATS server is answered that asks who this is."""
        return unpadded(self.sign(nonce.encode()))


def unpadded(data: bytes) -> bytes:
    """Base64 for addresses, without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def of_unpadded(text: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def encoded(kind: KeyKind, key: bytes) -> str:
    body = bytes([kind]) + key
    return base64.b32encode(body + binascii.crc_hqx(body, 0).to_bytes(_CRC_BYTES, "little")).rstrip(b"=").decode()


def checked_public(text: str, kind: KeyKind) -> str:
    """Itself. Raises InputError (`key`): it is no public key of that kind."""
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        data = b""
    body, crc = data[: 1 + _KEY_BYTES], data[1 + _KEY_BYTES :]
    whole = len(data) == 1 + _KEY_BYTES + _CRC_BYTES and binascii.crc_hqx(body, 0) == int.from_bytes(crc, "little")
    if not whole or body[0] != kind:
        raise InputError("key", _NO_KEY[kind])
    return text


def raw_public(text: str) -> bytes:
    """The 32 bytes of a checked public key."""
    return base64.b32decode(text + "=" * (-len(text) % 8))[1 : 1 + _KEY_BYTES]


def is_signed(public: str, data: bytes, signature: bytes) -> bool:
    """By the holder of that public key."""
    try:
        Ed25519PublicKey.from_public_bytes(raw_public(public)).verify(signature, data)
    except InvalidSignature:
        return False
    return True
