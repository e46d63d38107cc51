"""Firmware images for nodes, in a folder of their own: checked by content, named by version and hash, each with a small JSON beside it."""

import hashlib
import json
import os
import re
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.radio.radio import Firmware
from engine.model.time import Clock

LARGEST_IMAGE = 0x1F0000  # bytes of a slot in the nodes' flash memory
MAGIC = 0xE9  # first byte of every ESP32 application image
HEADER_BYTES = 24
MOST_IMAGES = 20

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,30}", re.ASCII)
_IN_NAME = re.compile(r"\d+\.\d+(?:\.\d+)*(?:-[0-9A-Za-z.]+)?", re.ASCII)
_DESCRIPTION_AT, _DESCRIPTION_MAGIC = 32, b"\x32\x54\xcd\xab"  # esp_app_desc_t, ESP-IDF "App Image Format"


class FirmwareStore:
    """Any thread. At most `MOST_IMAGES` are kept; the oldest goes first.

    Raises EnvironmentFault (constructor, `add`: `not_written`) when the folder cannot be written.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._lock = threading.Lock()
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise _not_written(folder, error) from error
        self._known = _stored_images(folder)

    def all(self) -> tuple[Firmware, ...]:
        """Newest first."""
        return tuple(sorted(self._known.values(), key=lambda firmware: firmware.uploaded_ns, reverse=True))

    def version(self, version: str = "") -> Firmware:
        """The one of this version; the newest where none is given. Raises NotFound."""
        found = next((firmware for firmware in self.all() if version in ("", firmware.version)), None)
        if found is None:
            raise NotFound(f"There is no firmware {version}." if version else "There is no firmware yet. Upload one first.")
        return found

    def add(self, data: bytes, version: str = "", name: str = "") -> Firmware:
        """Keep an image. Where no version is given, the image's own counts, then the one in the file's name.

        The same version again replaces what was there. Raises InputError (fields `firmware`, `version`), EnvironmentFault.
        """
        check_image(data)
        version = _checked_version(version or image_version(data) or _version_in(name))
        digest = hashlib.sha256(data).hexdigest()
        firmware = Firmware(version, f"{version}-{digest[:12]}.bin", digest, len(data), self._clock.now_ns())
        with self._lock:
            self._write_image(firmware, data)
            replaced = [other for other in self._known.values() if other.version == version and other.file != firmware.file]
            self._known = {file: known for file, known in self._known.items() if known not in replaced} | {firmware.file: firmware}
            for surplus in (*replaced, *self.all()[MOST_IMAGES:]):
                self._drop_image(surplus)
        return firmware

    def file(self, name: str) -> tuple[Firmware, Path]:
        """Raises NotFound; only names that are listed are ever looked at."""
        firmware = self._known.get(name)
        if firmware is None:
            raise NotFound(f"There is no firmware file {name[:80]}.")
        return firmware, self._folder / name

    def _write_image(self, firmware: Firmware, data: bytes) -> None:
        try:
            _write_whole(self._folder / firmware.file, data)
            _write_whole(self._folder / f"{firmware.file}.json", json.dumps(asdict(firmware)).encode())
        except OSError as error:
            raise _not_written(self._folder, error) from error

    def _drop_image(self, firmware: Firmware) -> None:
        self._known = {file: known for file, known in self._known.items() if file != firmware.file}
        for path in (self._folder / f"{firmware.file}.json", self._folder / firmware.file):
            path.unlink(missing_ok=True)


def check_image(data: bytes) -> None:
    """Raises InputError (field `firmware`) for what is no ESP32 image, or too large for a node."""
    if len(data) < HEADER_BYTES or data[0] != MAGIC:
        raise InputError("firmware", "is no ESP32 application image (those begin with the byte E9)")
    if len(data) > LARGEST_IMAGE:
        raise InputError("firmware", f"has {len(data)} bytes; nodes have room for {LARGEST_IMAGE}")


def image_version(data: bytes) -> str:
    """What the image says of itself; empty where it says nothing."""
    at = _DESCRIPTION_AT
    if data[at : at + 4] != _DESCRIPTION_MAGIC:
        return ""
    return data[at + 16 : at + 48].split(b"\0")[0].decode("ascii", "replace")


def _checked_version(version: str) -> str:
    if not _VERSION.fullmatch(version):
        raise InputError("version", f"{version[:40]!r} is no version; give 1 to 31 letters, digits, and . + - _")
    return version


def _version_in(name: str) -> str:
    found = _IN_NAME.search(name.removesuffix(".bin"))
    return found[0][:31] if found else ""


def _write_whole(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _stored_images(folder: Path) -> dict[str, Firmware]:
    """What is there and whole; a listing without its file, or the other way round, is left alone and not shown."""
    found = (_read_file(path) for path in sorted(folder.glob("*.bin.json")))
    return {firmware.file: firmware for firmware in found if firmware is not None}


def _read_file(path: Path) -> Firmware | None:
    try:
        plain: Any = json.loads(path.read_bytes())
        firmware = Firmware(**plain)
        whole = (path.parent / firmware.file).stat().st_size == firmware.size_bytes
    except (OSError, ValueError, TypeError):
        return None
    return firmware if whole and f"{firmware.file}.json" == path.name else None


def _not_written(folder: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault("not_written", f"The firmware folder {folder} cannot be written ({error.strerror}). Check free space.")
