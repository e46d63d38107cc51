"""What is done with the file of an evidence pack. On worker threads: reading one takes as long as it is large."""

import os
import shutil
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.recording.files import fault
from engine.recording.pack.manifest import MANIFEST
from engine.runtime.evidence.signers import Signers, given_signers, known_signers
from engine.runtime.evidence.verify import PackVerdict, verify_pack

_folders: list[Path] = []


def know_keys_of(folder: Path) -> None:
    """From now on packs are believed that were signed with a key of this data folder; one value a process."""
    _folders[:] = [folder]


def check_pack(path: Path, key: str = "", made_as: str = "") -> PackVerdict:
    """Every byte, the signature, and its record run again where it holds one.

    Args:
        key: a fingerprint, or a PEM file with the site's public key, which alone is believed; empty: the keys that are known here.
        made_as: SHA-256 of the manifest as the engine's record has it, of a pack of its own.

    Raises InputError (`pack`, `public_key`): it is no pack, or no key; EnvironmentFault.
    """
    given = given_signers((key,)) if key.strip() else frozenset[str]()
    return verify_pack(path, again=True, signers=Signers(given, _all_known_signers(), made_as))


def _all_known_signers() -> frozenset[str]:
    try:
        return frozenset(name for folder in _folders for name in known_signers(folder))
    except EnvironmentFault:  # what cannot be read is not known
        return frozenset()


def pack_of(chosen: Path) -> Path:
    """What somebody pointed at: a zip, a folder, or the manifest in a folder."""
    return chosen.parent if chosen.name == MANIFEST else chosen


def copy_pack(path: Path, target: Path) -> Path:
    """A zip as a file, in place of one that is there; a folder as a folder, which may not be there. Gives `target`.

    Raises EnvironmentFault; then nothing new is there.
    """
    if path.is_dir() and target.exists():
        raise EnvironmentFault("exists", f"There is {target} already. Choose another folder.")
    part = target.with_name(f"{target.name}.part")
    try:
        if path.is_dir():
            shutil.copytree(path, part)
        else:
            shutil.copyfile(path, part)
        os.replace(part, target)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)
        raise fault(error, f"Could not copy the evidence pack to {target}") from error
    return target
