"""Kinds of Bluetooth addresses, and private ones resolved with their owner's identity key.

Source: Bluetooth Core Specification, Vol 6 Part B 1.3 (kinds of addresses) and Vol 3 Part H 2.2.2 (the hash `ah`). A resolvable private
address is prand ‖ ah(IRK, prand), most significant octet first, as addresses are written.
"""

from enum import StrEnum

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from engine.model.errors import InputError

KEY_BYTES = 16


class AddressKind(StrEnum):
    PUBLIC = "public"
    STATIC = "static"  # random, but stays until the device is reset
    RESOLVABLE = "resolvable"  # changes every quarter of an hour or so; resolved with the identity key
    TRANSIENT = "transient"  # changes too, and cannot be resolved
    UNKNOWN = "unknown"  # it was not said whether it is random, and its bits could mean either

    @property
    def rotates(self) -> bool:
        return self in (AddressKind.RESOLVABLE, AddressKind.TRANSIENT)


_RANDOM = {0b11: AddressKind.STATIC, 0b01: AddressKind.RESOLVABLE, 0b00: AddressKind.TRANSIENT}


def kind_of(address: str, random: bool | None) -> AddressKind:
    """By the two highest bits of a random address; `random` None: not said."""
    if random is None:
        return AddressKind.UNKNOWN if int(address[:2], 16) >> 6 == 0b01 else AddressKind.PUBLIC
    return _RANDOM.get(int(address[:2], 16) >> 6, AddressKind.PUBLIC) if random else AddressKind.PUBLIC


def read_key(text: str) -> bytes:
    """An identity resolving key of 32 hex digits. Raises InputError (field `irk`); the message never repeats the key."""
    try:
        key = bytes.fromhex(text.replace(":", "").replace(" ", ""))
    except ValueError:
        raise InputError("irk", "is not written in hex digits") from None
    if len(key) != KEY_BYTES:
        raise InputError("irk", f"has {2 * len(key)} hex digits; an identity key has 32")
    return key


def ah(key: bytes, prand: bytes) -> bytes:
    """The 24-bit hash of a 24-bit random part: AES-128 of the part, padded to the left with zeros, modulo 2²⁴."""
    # One block under a key of its own is what the specification asks for; there is nothing that a mode could chain.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return (encryptor.update(bytes(13) + prand) + encryptor.finalize())[-3:]


def resolves(address: str, key: bytes) -> bool:
    """Whether the owner of this key made this private address. Keys are tried in both byte orders: systems export either."""
    octets = bytes.fromhex(address.replace(":", ""))
    return any(ah(each, octets[:3]) == octets[3:] for each in (key, key[::-1]))
