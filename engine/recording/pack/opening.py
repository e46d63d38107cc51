"""Reading a pack that somebody hands over: a folder or a zip, of which nothing is believed before it is checked."""

import hashlib
import re
import shutil
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from engine.model.errors import InputError
from engine.recording.files import fault
from engine.recording.pack.manifest import MANIFEST, SIGNATURE

PACK_MARKS = (MANIFEST, SIGNATURE)
MOST_FILES = 100_000
LARGEST = 1 << 40  # bytes of one file
_LARGEST_TEXT = 64 << 20  # of the manifest and its signature, which are read whole
_MOST_TIMES = 100  # that all files together are larger than their zip; deflate itself gives a thousand, for nothing but zeros
_CHUNK = 1 << 20
_ENCRYPTED = 1
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OverflowError, ValueError)  # of damaged zips
_NAMED = re.compile(rb"PK\x03\x04.{22}(..)..((?:[^/\0]{1,255}/)?" + re.escape(MANIFEST).encode() + rb")", re.DOTALL)  # length, name
_LONGEST_NAMED = 512


class BrokenPack(InputError):
    """It names a manifest, so it is a pack, or was one; but in the state it is in nothing of it can be checked."""


class OpenPack:
    """The files of a pack by their names. One thread."""

    def __init__(self, names: dict[str, int], open_file: "_Opener") -> None:
        self._names = names
        self._open = open_file

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._names)

    def small(self, name: str) -> bytes:
        """A whole file that is read at once. Raises InputError (field `pack`): it is not there, damaged, or too large."""
        if name not in self._names:
            raise InputError("pack", f"has no {name}")
        if self._names[name] > _LARGEST_TEXT:
            raise InputError("pack", f"has a {name} of {self._names[name]} bytes, which no pack has")
        with self._reading(name) as file:
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
        except _UNREADABLE as error:
            raise InputError("pack", f"has a {name} that cannot be read from the zip: {error}") from error


class _Opener:
    """`within`: the folder that all files are in, with its slash; empty where there is none."""

    def __init__(self, place: "Path | zipfile.ZipFile", within: str) -> None:
        self._place = place
        self._within = within

    @contextmanager
    def __call__(self, name: str) -> Generator[BinaryIO]:
        if isinstance(self._place, Path):
            with (self._place / self._within / name).open("rb") as file:
                yield file
        else:
            with self._place.open(self._within + name) as member:
                yield member  # pyright: ignore[reportReturnType] - a ZipExtFile reads as a file does


@contextmanager
def open_pack(path: Path, marks: tuple[str, ...] = PACK_MARKS) -> Generator[OpenPack]:
    """A pack may also be all that a folder or a zip holds, as it is after a folder was zipped.

    `marks`: names of which a pack has one or more; others for what holds packs.

    Raises InputError (field `pack`): not there, or no pack. BrokenPack: a pack that is damaged, or holds what no pack holds.
    EnvironmentFault: it cannot be read.
    """
    try:
        if path.is_dir():
            yield _open_pack(_of_folder(path, marks), path, marks)
            return
        with _archive(path) as archive:
            yield _open_pack(_of_zip(archive, path, marks), archive, marks)
    except FileNotFoundError:
        raise InputError("pack", f"there is no {path}") from None
    except OSError as error:
        raise fault(error, f"Could not read the evidence pack {path}") from error


def required_names(names: frozenset[str]) -> frozenset[str]:
    """The names that a manifest has to list."""
    return names - {MANIFEST, SIGNATURE}


def _open_pack(found: dict[str, int], place: Path | zipfile.ZipFile, marks: tuple[str, ...]) -> OpenPack:
    within = _within(found, marks)
    return OpenPack({name.removeprefix(within): size for name, size in found.items()}, _Opener(place, within))


def _within(names: Collection[str], marks: tuple[str, ...]) -> str:
    """`folder/` where a pack is in one that holds everything, else nothing."""
    tops = {name.partition("/")[0] for name in names}
    folder = f"{tops.pop()}/" if len(tops) == 1 else ""
    return folder if any(f"{folder}{name}" in names for name in marks) else ""


def _is_pack(names: Collection[str], marks: tuple[str, ...]) -> bool:
    within = _within(names, marks)
    return any(within + mark in names for mark in marks)


def _pack_error(names: Collection[str], marks: tuple[str, ...], message: str) -> InputError:
    """Why what holds these names is not looked into."""
    return (BrokenPack if _is_pack(names, marks) else InputError)("pack", message)


def _of_folder(folder: Path, marks: tuple[str, ...]) -> dict[str, int]:
    found = {path.relative_to(folder).as_posix(): path for path in _walk(folder)}
    for name, path in found.items():
        if path.is_symlink():
            raise _pack_error(found, marks, f"holds a link, {name}; packs hold files only")
    return _checked({name: path.stat().st_size for name, path in found.items()}, marks)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _UNREADABLE as error:
        if _names_manifest(path):
            raise BrokenPack("pack", f"is a damaged zip: {error}") from error
        raise InputError("pack", f"{path.name} is neither a folder nor a zip that can be read: {error}") from error


def _names_manifest(path: Path, known: Collection[str] = ()) -> bool:
    """Whether a file began as a zip and has a manifest somewhere that its directory does not name. Reads all of it at worst."""
    last = b""
    with path.open("rb") as file:
        for piece in _pieces(file):
            if not last and not piece.startswith(b"PK"):
                return False
            found = (name.decode("utf-8", "replace") for length, name in _NAMED.findall(last + piece) if _is_long(name, length))
            if any(name not in known for name in found):
                return True
            last = piece[-_LONGEST_NAMED:]
    return False


def _begins_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _is_long(name: bytes, length: bytes) -> bool:
    """Whether a name ends where its length (little-endian) says."""
    return len(name) == int.from_bytes(length, "little")


def _of_zip(archive: zipfile.ZipFile, path: Path, marks: tuple[str, ...]) -> dict[str, int]:
    """What it says it holds is bounded by its own size, so that a small zip cannot come to more than anybody has."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    names, size = [member.filename for member in members], path.stat().st_size
    if marks == PACK_MARKS and not _is_pack(names, marks) and _names_manifest(path, names):
        raise BrokenPack("pack", "is a damaged zip: its directory does not name its manifest")
    if min((each.header_offset for each in archive.infolist()), default=0) > 0 and _begins_as_zip(path):
        raise _pack_error(names, marks, "is a damaged zip: its directory is that of a zip within it")
    for member in members:
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _READ:
            raise _pack_error(names, marks, f"holds {member.filename} encrypted, or compressed in another way than by deflate")
        if not 0 <= member.header_offset < size:
            raise _pack_error(names, marks, f"is a damaged zip: {member.filename} is said to be outside of it")
    found = {member.filename: member.file_size for member in members}
    if len(found) < len(names):
        raise _pack_error(names, marks, f"holds {Counter(names).most_common(1)[0][0]} more than once")
    total = sum(found.values())
    if total > max(_MOST_TIMES * size, _LARGEST_TEXT):
        raise _pack_error(names, marks, f"is a zip of {size} bytes that would come to {total}, which no pack does")
    return _checked(found, marks)


def _checked(found: dict[str, int], marks: tuple[str, ...]) -> dict[str, int]:
    if len(found) > MOST_FILES:
        raise _pack_error(found, marks, f"holds {len(found)} files; at most {MOST_FILES} are looked at")
    for name, size in found.items():
        if not is_inside(name) or size > LARGEST:
            raise _pack_error(found, marks, f"holds a file {name!r} that no pack has")
    return found


def is_inside(name: str) -> bool:
    """Whether a name stays within the folder it is put into, on any system."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and "\\" not in name and ":" not in name and "\0" not in name and ".." not in parts


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece
