"""Passwords as argon2id hashes, by the parameters that RFC 9106 recommends for machines without memory to spare (t=3, 64 MiB, p=4)."""

import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Passwords that are hashed at once, of 64 MiB each, however many wait."""

_LONGEST = 1024  # characters hashed; what is longer is no password


class Passwords:
    """Hashes and checks. Any thread: a few at once, the others wait. About 100 ms and 64 MiB each, by design; frees the GIL."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        with self._turns:
            return self._hasher.hash(_prepared(password))

    def check(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the one. None (no such account) takes as long as a wrong password does."""
        with self._turns:
            try:
                return self._hasher.verify(password_hash or self._nobodys, _prepared(password)) and password_hash is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, password_hash: str) -> bool:
        """Made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def warm_up(self) -> None:
        """So that the first check takes no longer than the next."""
        if "_nobodys" not in self.__dict__:
            with self._turns:
                _ = self._nobodys

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("no account has this password")


def _prepared(password: str) -> str:
    """The same characters, however the keyboard composed them (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password[:_LONGEST])
