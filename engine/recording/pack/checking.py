"""Whether a pack is what its maker signed: every byte by the manifest, the manifest by its signature."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.model.errors import InputError
from engine.recording.pack.manifest import MANIFEST, SIGNATURE, Manifest, PackedFile, Signed, is_signed, read_manifest, read_signature
from engine.recording.pack.opening import OpenPack, listed


@dataclass(frozen=True, slots=True)
class Checked:
    """`wrong`: what is not as it was, sentences in the order of the manifest; `signed` whether the signature fits the manifest."""

    manifest: Manifest
    signature: Signed
    signed: bool
    wrong: tuple[str, ...]


def check(pack: OpenPack, at: Callable[[float], None] = lambda _: None) -> Checked:
    """Reads every byte. `at`: told how much is done, 0–1. Raises InputError (field `pack`): it has no manifest or signature to read."""
    raw = pack.small(MANIFEST)
    manifest, signature = read_manifest(raw), read_signature(pack.small(SIGNATURE))
    wrong = [*_names(pack, manifest)]
    for done, file in enumerate(manifest.files):
        at(done / max(len(manifest.files), 1))
        wrong += _file(pack, file)
    return Checked(manifest, signature, is_signed(raw, signature), tuple(wrong))


def _names(pack: OpenPack, manifest: Manifest) -> list[str]:
    names = [file.path for file in manifest.files]
    known = frozenset(names)
    twice = ["The manifest lists a file twice."] if len(known) < len(names) else []
    missing = [f"{name} is missing." for name in names if name not in pack.names]
    added = [f"{name} was added: the manifest does not list it." for name in sorted(listed(pack.names) - known)]
    return [*twice, *missing, *added]


def _file(pack: OpenPack, file: PackedFile) -> list[str]:
    if file.path not in pack.names:
        return []
    try:
        size, found = pack.measured(file.path)
    except InputError as error:  # a zip notices itself that a member is not what it was
        return [f"{file.path} was changed: {error.message}"]
    if (size, found) == (file.size_bytes, file.sha256):
        return []
    return [f"{file.path} was changed: {size} bytes with SHA-256 {found}, not {file.size_bytes} with {file.sha256}."]
