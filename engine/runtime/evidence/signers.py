"""Whose signature of an evidence pack is believed: keys that were given for it, and those that a data folder knows."""

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError
from engine.model.value_class import dataclass
from engine.runtime.audit.audit_heads import PUBLIC_KEY, fingerprint, read_public_keys

KNOWN_KEYS = "known-keys.pem"  # beside the site's own key: keys of other sites, put there by hand
_DIGITS = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{32})?")


class Signer(StrEnum):
    """Whose key signed a pack."""

    GIVEN = "given"  # the one that was given to hold against it
    KNOWN = "known"  # the site's own, or one of its list
    UNKNOWN = "unknown"  # anybody's


@dataclass(frozen=True, slots=True)
class Signers:
    """`given`, `known`: fingerprints, 32 hexadecimal digits. Where any is given, no other key is believed.

    made_as: SHA-256 of the manifest as the record of the site has it, where it is one of its own packs; empty: not known.
    """

    given: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    made_as: str = ""

    def of(self, key: str, manifest_sha256: str) -> Signer:
        """`key`: base64, of a signature that fits."""
        name = _plain(fingerprint(key))
        if self.given:
            return Signer.GIVEN if name in self.given else Signer.UNKNOWN
        return Signer.KNOWN if name in self.known or (self.made_as and self.made_as == manifest_sha256) else Signer.UNKNOWN


NOBODY = Signers()


def given_signers(texts: Iterable[str]) -> frozenset[str]:
    """Fingerprints (as `watchroom audit verify` prints them; blanks and colons do not matter), or PEM files with public keys.

    Raises InputError (`public_key`): it is neither.
    """
    return frozenset(name for text in texts for name in _fingerprints_of(text))


def known_signers(folder: Path) -> frozenset[str]:
    """Of a data folder: its own key, those it signed with before, and those of its list; none where there is no such folder.

    Raises InputError (`public_key`), EnvironmentFault: a file with keys is damaged or cannot be read.
    """
    return frozenset(_plain(fingerprint(key)) for name in (PUBLIC_KEY, KNOWN_KEYS) for key in read_public_keys(folder / name))


def is_fingerprint(text: str) -> bool:
    """The first 16 bytes of a key's SHA-256, or all 32, in hexadecimal."""
    return _DIGITS.fullmatch(_digits(text)) is not None


def _digits(text: str) -> str:
    return _plain(text.strip().casefold().removeprefix("sha256:"))


def _fingerprints_of(text: str) -> tuple[str, ...]:
    if is_fingerprint(text) and not Path(text).exists():
        return (_digits(text)[:32],)
    path = Path(text).expanduser()
    try:
        keys = read_public_keys(path)
    except EnvironmentFault as problem:
        raise InputError("public_key", str(problem)) from problem
    if not keys:
        raise InputError("public_key", f"{text[:200]!r} is neither a fingerprint (32 hexadecimal digits) nor a file that is there")
    return tuple(_plain(fingerprint(key)) for key in keys)


def _plain(text: str) -> str:
    return re.sub(r"[\s:-]", "", text)
