"""A pack in the making: files go into a folder of its own, are hashed as they lie there, and become the pack in one step."""

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from engine.recording.files import PART, fault, make_folder, publish, remove_quietly, sha256_of, sync_file, sync_folder
from engine.recording.pack.manifest import PackedFile

CHUNK = 1 << 20


class PackFolder:
    """`<name>.part/` until `finish` gives it its name, or makes a zip of it. One thread."""

    def __init__(self, target: Path) -> None:
        """Raises EnvironmentFault."""
        self._target = target
        self._folder = target.with_name(target.name + PART)
        self._files: list[PackedFile] = []
        shutil.rmtree(self._folder, ignore_errors=True)
        make_folder(self._folder)

    @property
    def files(self) -> tuple[PackedFile, ...]:
        return tuple(self._files)

    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self._files)

    def place(self, path: str) -> Path:
        """Where a file of this name has to be written, for `took` afterwards. Raises EnvironmentFault."""
        place = self._folder / path
        make_folder(place.parent)
        return place

    def took(self, path: str, what: str) -> PackedFile:
        """Count a file that was written to its place. Raises EnvironmentFault."""
        place = self._folder / path
        if any(file.path == path for file in self._files):
            raise ValueError(f"{path} is in the pack already")
        try:
            file = PackedFile(path, place.stat().st_size, sha256_of(place), what)
            sync_file(place)
        except OSError as error:
            raise fault(error, f"Could not read {path} of the evidence pack") from error
        self._files.append(file)
        return file

    def add(self, path: str, data: bytes, what: str) -> PackedFile:
        """Raises EnvironmentFault."""
        try:
            self.place(path).write_bytes(data)
        except OSError as error:
            raise fault(error, f"Could not write {path} of the evidence pack") from error
        return self.took(path, what)

    def copy(self, path: str, source: Path, what: str) -> PackedFile:
        """Raises EnvironmentFault."""
        try:
            shutil.copyfile(source, self.place(path))
        except OSError as error:
            raise fault(error, f"Could not copy {source.name} into the evidence pack") from error
        return self.took(path, what)

    def seal(self, path: str, data: bytes) -> None:
        """Write what lists or signs the others, and is not listed itself. Raises EnvironmentFault."""
        try:
            self.place(path).write_bytes(data)
        except OSError as error:
            raise fault(error, f"Could not write {path} of the evidence pack") from error

    def finish(self, zipped: bool, at: Callable[[float], None] = lambda _: None) -> Path:
        """The pack, there as a whole from now on. Raises EnvironmentFault; then nothing of it is left."""
        try:
            return self._zip(at) if zipped else self._rename()
        except OSError as error:
            self.abandon()
            raise fault(error, "Could not finish the evidence pack") from error
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        remove_quietly(self._zip_part())

    def _rename(self) -> Path:
        os.replace(self._folder, self._target)
        sync_folder(self._target.parent)
        return self._target

    def _zip(self, at: Callable[[float], None]) -> Path:
        """Stored, not deflated: videos and pictures do not shrink, and of a damaged zip the rest can still be read."""
        final, part = self._target.with_name(self._target.name + ".zip"), self._zip_part()
        paths = sorted(path for path in self._folder.rglob("*") if path.is_file())
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as out:
            for done, path in enumerate(paths):
                at(done / len(paths))
                out.write(path, path.relative_to(self._folder).as_posix())
        publish(part, final)
        shutil.rmtree(self._folder, ignore_errors=True)
        return final

    def _zip_part(self) -> Path:
        return self._target.with_name(self._target.name + ".zip" + PART)
