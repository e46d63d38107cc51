"""What is done with the file of an evidence pack. On worker threads: reading one takes as long as it is large."""

import os
import re
import shutil
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.recording.files import fault
from engine.recording.pack.combined import FRONT_PAGE, INDEX
from engine.recording.pack.manifest import MANIFEST
from engine.runtime.evidence.signers import Signers, given_signers, known_signers
from engine.runtime.evidence.verify import PackVerdict
from engine.runtime.evidence.verify_combined import CombinedVerdict, verify_file

_folders: list[Path] = []
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_LONGEST_NAME = 80  # characters


def know_keys_of(folder: Path) -> None:
    """From now on packs are believed that were signed with a key of this data folder; one value a process."""
    _folders[:] = [folder]


def check_pack(path: Path, key: str = "", made_as: str = "", also: tuple[str, ...] = ()) -> PackVerdict | CombinedVerdict:
    """Every byte, the signature, and its record run again where it holds one; of a combined pack, those of each part.

    Args:
        key: a fingerprint, or a PEM file with the site's public key, which alone is believed; empty: the keys that are known here.
        made_as: SHA-256 of the manifest as the engine's record has it, of a pack of its own.
        also: fingerprints of keys that are known besides: those that sites used while this console was signed in to them.

    Raises InputError (`pack`, `public_key`): it is no pack, or no key; EnvironmentFault.
    """
    given = given_signers((key,)) if key.strip() else frozenset[str]()
    return verify_file(path, again=True, signers=Signers(given, _all_known_signers() | given_signers(also), made_as))


def _all_known_signers() -> frozenset[str]:
    try:
        return frozenset(name for folder in _folders for name in known_signers(folder))
    except EnvironmentFault:  # what cannot be read is not known
        return frozenset()


def pack_of(chosen: Path) -> Path:
    """What somebody pointed at: a zip, a folder, or the manifest or the index in a folder."""
    return chosen.parent if chosen.name in (MANIFEST, INDEX, FRONT_PAGE) else chosen


def file_name(title: str) -> str:
    """Of a pack of this title: what every file system takes."""
    return f"{_NOT_IN_NAMES.sub('-', title).strip(' .-')[:_LONGEST_NAME] or 'pack'}.zip"


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
