"""Reading a pack that somebody hands over: a folder or a zip, of which nothing is believed before it is checked."""

import hashlib
import shutil
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from engine.model.errors import InputError
from engine.recording.files import fault
from engine.recording.pack.manifest import MANIFEST, SIGNATURE

MOST_FILES = 100_000
LARGEST = 1 << 40  # bytes of one file
_LARGEST_TEXT = 64 << 20  # of the manifest and its signature, which are read whole
_CHUNK = 1 << 20
_ENCRYPTED = 1


class OpenPack:
    """The files of a pack by their names. One thread."""

    def __init__(self, names: dict[str, int], open_file: "_Opener") -> None:
        self._names = names
        self._open = open_file

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._names)

    def small(self, name: str) -> bytes:
        """A whole file that is read at once. Raises InputError (field `pack`): it is not there, or too large."""
        if name not in self._names:
            raise InputError("pack", f"has no {name}; this is no evidence pack")
        if self._names[name] > _LARGEST_TEXT:
            raise InputError("pack", f"has a {name} of {self._names[name]} bytes, which no pack has")
        with self._open(name) as file:
            return file.read(_LARGEST_TEXT + 1)

    def measured(self, name: str) -> tuple[int, str]:
        """Size in bytes and SHA-256 hex of a file as it is. Raises InputError."""
        digest, size = hashlib.sha256(), 0
        with self._reading(name) as file:
            for piece in _pieces(file):
                digest.update(piece)
                size += len(piece)
        return size, digest.hexdigest()

    def extract(self, name: str, target: Path) -> None:
        """Raises InputError; OSError where the target cannot be written."""
        with self._reading(name) as file, target.open("wb") as out:
            shutil.copyfileobj(file, out, _CHUNK)

    @contextmanager
    def _reading(self, name: str) -> Generator[BinaryIO]:
        try:
            with self._open(name) as file:
                yield file
        except (zipfile.BadZipFile, EOFError) as error:
            raise InputError("pack", f"{name} cannot be read from the zip: {error}") from error


class _Opener:
    def __init__(self, place: "Path | zipfile.ZipFile") -> None:
        self._place = place

    @contextmanager
    def __call__(self, name: str) -> Generator[BinaryIO]:
        if isinstance(self._place, Path):
            with (self._place / name).open("rb") as file:
                yield file
        else:
            with self._place.open(name) as member:
                yield member  # pyright: ignore[reportReturnType] - a ZipExtFile reads as a file does


@contextmanager
def open_pack(path: Path) -> Generator[OpenPack]:
    """Raises InputError (field `pack`): not there, no pack, or names that lead out of it. EnvironmentFault: it cannot be read."""
    try:
        if path.is_dir():
            yield OpenPack(_of_folder(path), _Opener(path))
            return
        with zipfile.ZipFile(path) as archive:
            yield OpenPack(_of_zip(archive), _Opener(archive))
    except FileNotFoundError:
        raise InputError("pack", f"there is no {path}") from None
    except zipfile.BadZipFile as error:
        raise InputError("pack", f"{path.name} is neither a folder nor a zip that can be read: {error}") from error
    except OSError as error:
        raise fault(error, f"Could not read the evidence pack {path}") from error


def listed(names: frozenset[str]) -> frozenset[str]:
    """The names that a manifest has to list."""
    return names - {MANIFEST, SIGNATURE}


def _of_folder(folder: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for path in _walk(folder):
        if path.is_symlink():
            raise InputError("pack", f"holds a link, {path.name}; packs hold files only")
        found[path.relative_to(folder).as_posix()] = path.stat().st_size
    return _checked(found)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path


def _of_zip(archive: zipfile.ZipFile) -> dict[str, int]:
    found: dict[str, int] = {}
    for member in archive.infolist():
        if member.is_dir():
            continue
        if member.filename in found:
            raise InputError("pack", f"holds {member.filename} twice")
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & _ENCRYPTED:
            raise InputError("pack", f"{member.filename} is compressed or encrypted; packs are zipped as they are")
        found[member.filename] = member.file_size
    return _checked(found)


def _checked(found: dict[str, int]) -> dict[str, int]:
    if len(found) > MOST_FILES:
        raise InputError("pack", f"holds {len(found)} files; at most {MOST_FILES} are looked at")
    for name, size in found.items():
        if not is_inside(name) or size > LARGEST:
            raise InputError("pack", f"holds a file {name!r} that no pack has")
    return found


def is_inside(name: str) -> bool:
    """Whether a name stays within the folder it is put into, on any system."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and "\\" not in name and ":" not in name and "\0" not in name and ".." not in parts


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece
