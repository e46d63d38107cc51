"""Whether a pack is what its maker signed: every byte by the manifest, the manifest by its signature."""

from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.recording.pack.manifest import MANIFEST, SIGNATURE, Manifest, PackedFile, Signed, is_signed, read_manifest, read_signature
from engine.recording.pack.opening import OpenPack, required_names

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """`manifest`, `signature`: None where it is not there, or cannot be read. `signed`: whether the signature fits the manifest.

    digest: SHA-256 of the manifest as it stands; empty without one.
    wrong: what is not as it was, sentences in the order of the manifest; without one, why there is none to go by. unread: why there is no
    signature, empty where there is.
    """

    manifest: Manifest | None
    signature: Signed | None
    signed: bool
    wrong: tuple[str, ...]
    unread: str = ""
    digest: str = ""


def check(pack: OpenPack, at: Callable[[float], None] = lambda _: None) -> Checked:
    """Reads every byte. `at`: told how much is done, 0–1.

    Raises InputError (field `pack`): it has neither manifest nor signature, so it is no pack. What is damaged is no error but told.
    """
    if pack.names.isdisjoint((MANIFEST, SIGNATURE)):
        raise InputError("pack", f"has no {MANIFEST}; this is no evidence pack")
    found, unlisted = _tried(lambda: _manifest(pack))
    signature, unread = _tried(lambda: read_signature(pack.small(SIGNATURE)))
    if found is None:
        return Checked(None, signature, False, (unlisted,), unread)
    raw, manifest = found
    wrong = [*_names(pack, manifest)]
    for done, file in enumerate(manifest.files):
        at(done / max(len(manifest.files), 1))
        wrong += _file(pack, file)
    fits = signature is not None and is_signed(raw, signature)
    return Checked(manifest, signature, fits, tuple(wrong), unread, sha256(raw).hexdigest())


def _manifest(pack: OpenPack) -> tuple[bytes, Manifest]:
    """As it stands, which is what is signed, and what it says. Raises InputError."""
    raw = pack.small(MANIFEST)
    return raw, read_manifest(raw)


def _tried(read: Callable[[], T]) -> tuple[T | None, str]:
    """What was read; or nothing, and why, a sentence."""
    try:
        return read(), ""
    except InputError as error:
        return None, f"The pack {error.message}."


def _names(pack: OpenPack, manifest: Manifest) -> list[str]:
    names = [file.path for file in manifest.files]
    known = frozenset(names)
    twice = ["The manifest lists a file twice."] if len(known) < len(names) else []
    missing = [f"{name} is missing." for name in names if name not in pack.names]
    added = [f"{name} was added: the manifest does not list it." for name in sorted(required_names(pack.names) - known)]
    return [*twice, *missing, *added]


def _file(pack: OpenPack, file: PackedFile) -> list[str]:
    if file.path not in pack.names:
        return []
    try:
        size, found = pack.measured(file.path)
    except InputError as error:  # a zip notices itself that a member is not what it was
        return [f"{file.path} was changed: the pack {error.message}."]
    if (size, found) == (file.size_bytes, file.sha256):
        return []
    return [f"{file.path} was changed: {size} bytes with SHA-256 {found}, not {file.size_bytes} with {file.sha256}."]
