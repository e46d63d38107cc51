"""Putting model files in place, from the network or from a folder; whole and checked, or not at all."""

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from shutil import disk_usage

from engine.model.errors import EnvironmentFault, InputError
from engine.model.value_class import dataclass
from engine.vision.disk import disk_faults
from engine.vision.download import Cancelled, Downloader, DownloadRequest, digest_of
from engine.vision.manifest import ModelFile, ModelSpec

OnProgress = Callable[[str, int, int], None]
_CHUNK = 1 << 18
_OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Installation:
    """What became of one model. `fault` is why it is not in place; without one and not `new` it was there already, or was skipped.

    Attributes:
        variant: of the file in place, empty when there is none. note: a sentence about what was done.
    """

    id: str
    variant: str = ""
    new: bool = False
    note: str = ""
    fault: EnvironmentFault | None = None


def never() -> bool:
    return False


def place(folder: Path, spec: ModelSpec, file: ModelFile) -> Path:
    """Where a file of a model belongs: its name says which model it is and which of its files."""
    return folder / f"{spec.id}-{file.sha256[:12]}.onnx"


def install_from_network(
    folder: Path, specs: Iterable[ModelSpec], named: bool, downloader: Downloader, on_progress: OnProgress, cancelled: Callable[[], bool]
) -> tuple[Installation, ...]:
    """Official files only. `named`: the models were asked for by id, so one that cannot be downloaded is a fault, not skipped."""

    def install(spec: ModelSpec) -> Installation:
        if not spec.downloadable:
            return _not_to_be_had(spec, named)
        file = spec.files[0]
        target = place(folder, spec, file)
        if _is_in_place(target, file):
            return Installation(spec.id, file.variant, note="is installed already")
        part = folder / f"{spec.id}.part"
        _require_space(folder, file.size_bytes)
        wanted = DownloadRequest(spec.url, file.sha256, file.size_bytes)
        downloader.fetch(wanted, part, lambda done: on_progress(spec.id, done, file.size_bytes), cancelled)
        _put_in_place(part, target, folder, spec)
        return Installation(spec.id, file.variant, new=True, note="installed")

    return _each(folder, specs, install, cancelled)


def install_from_folder(
    folder: Path, specs: Iterable[ModelSpec], source: Path, named: bool, on_progress: OnProgress, cancelled: Callable[[], bool]
) -> tuple[Installation, ...]:
    """Official files and stand-ins from a folder, found by name or by size and always checked by digest.

    Raises:
        InputError: `source` is no folder that can be read.
    """
    offered = _offered(source)

    def install(spec: ModelSpec) -> Installation:
        refused: list[str] = []
        for file in spec.files:
            target = place(folder, spec, file)
            if _is_in_place(target, file):
                return Installation(spec.id, file.variant, note="is installed already")
            for path in _candidates(offered, file):
                actual = digest_of(path)
                if actual == file.sha256:
                    _require_space(folder, file.size_bytes)
                    _copy(path, folder / f"{spec.id}.copy", file, lambda done: on_progress(spec.id, done, file.size_bytes), cancelled)  # noqa: B023  (called at once)
                    _put_in_place(folder / f"{spec.id}.copy", target, folder, spec)
                    return Installation(spec.id, file.variant, new=True, note=f"installed from {path.name}")
                if path.name == file.name:
                    refused.append(f"{path.name}: expected SHA-256 {file.sha256}, got {actual}")
        return _digest_failure(spec, refused) if refused else _absent(spec, source, named)

    return _each(folder, specs, install, cancelled)


def _each(
    folder: Path, specs: Iterable[ModelSpec], install: Callable[[ModelSpec], Installation], cancelled: Callable[[], bool]
) -> tuple[Installation, ...]:
    results: list[Installation] = []
    for spec in specs:
        if cancelled():
            break
        try:
            with disk_faults(folder):
                folder.mkdir(parents=True, exist_ok=True)
            results.append(install(spec))
        except Cancelled:
            break
        except EnvironmentFault as fault:
            results.append(Installation(spec.id, fault=EnvironmentFault(fault.reason, f"{spec.id}: {fault}")))
    return tuple(results)


def _not_to_be_had(spec: ModelSpec, named: bool) -> Installation:
    why = f"cannot be downloaded, only installed from a folder. {spec.digest_source}"
    return Installation(spec.id, fault=EnvironmentFault("no_download", f"{spec.id}: {why}")) if named else Installation(spec.id, note=why)


def _digest_failure(spec: ModelSpec, refused: list[str]) -> Installation:
    message = f"{spec.id}: wrong digest, so the file was not installed. {'; '.join(refused)}"
    return Installation(spec.id, fault=EnvironmentFault("digest_mismatch", message))


def _absent(spec: ModelSpec, source: Path, named: bool) -> Installation:
    names = " or ".join(file.name for file in spec.files)
    why = f"no file for it in {source} ({names})"
    return Installation(spec.id, fault=EnvironmentFault("not_found", f"{spec.id}: {why}")) if named else Installation(spec.id, note=why)


def _offered(source: Path) -> tuple[Path, ...]:
    try:
        return tuple(sorted(path for path in source.iterdir() if path.is_file()))
    except OSError as error:
        raise InputError("from", f"{source} is no folder that can be read ({os.strerror(error.errno or 0)})") from error


def _candidates(offered: tuple[Path, ...], file: ModelFile) -> list[Path]:
    """Files that may be the one, those of its name first; a renamed one is known by its size."""
    named = [path for path in offered if path.name == file.name]
    return named + [path for path in offered if path.name != file.name and path.stat().st_size == file.size_bytes]


def _is_in_place(target: Path, file: ModelFile) -> bool:
    return target.is_file() and digest_of(target) == file.sha256


def _require_space(folder: Path, size_bytes: int) -> None:
    free = disk_usage(folder).free
    if free < size_bytes:
        raise EnvironmentFault("disk_full", f"{folder} has {free} bytes free and {size_bytes} are needed. Free some space and try again.")


def _copy(source: Path, target: Path, file: ModelFile, on_bytes: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
    """Copy and check what was copied, in one go; a copy that is wrong or was cancelled is removed."""
    digest, done = hashlib.sha256(), 0
    try:
        with disk_faults(target.parent), source.open("rb") as reader, target.open("wb") as writer:
            while chunk := reader.read(_CHUNK):
                writer.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                on_bytes(done)
                if cancelled():
                    raise Cancelled
        if digest.hexdigest() != file.sha256:
            raise EnvironmentFault("digest_mismatch", f"{source} changed while it was copied. Try again.")
    except (Cancelled, EnvironmentFault):
        target.unlink(missing_ok=True)
        raise


def _put_in_place(part: Path, target: Path, folder: Path, spec: ModelSpec) -> None:
    """Rename a checked file to its place, surviving a power cut, and remove the model's other files."""
    with disk_faults(folder):
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
        for other in folder.glob(f"{spec.id}-*.onnx"):
            if other != target:
                other.unlink()
