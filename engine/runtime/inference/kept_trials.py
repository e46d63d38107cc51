"""What was measured on this machine, on the disk: the next start does not measure again."""

import json
import os
import platform
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.inference.provider import versions
from engine.inference.trial import Trial
from engine.model.errors import EnvironmentFault, InputError
from engine.model.value_class import dataclass
from engine.model.wire import from_plain, to_plain
from engine.runtime.atomic_file import write_atomically

FILE = "inference.json"
_DRIVERS = ("/proc/driver/nvidia/version", "/sys/module/i915/version", "/sys/module/amdgpu/version")


@dataclass(frozen=True, slots=True)
class TrialsOfModel:
    """`file`: its name without the ending, which holds the digest."""

    file: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class TrialFile:
    """`machine`, `versions`: what the figures hold for. `here`: names of providers besides the CPU."""

    machine: str = ""
    versions: str = ""
    here: tuple[str, ...] = ()
    models: tuple[TrialsOfModel, ...] = ()

    def of(self, file: str) -> tuple[Trial, ...]:
        return next((each.trials for each in self.models if each.file == file), ())

    def with_trial(self, file: str, trial: Trial) -> "TrialFile":
        """Instead of an older one of the same provider."""
        others = tuple(each for each in self.models if each.file != file)
        trials = tuple(each for each in self.of(file) if each.provider != trial.provider)
        return replace(self, models=(*others, TrialsOfModel(file, (*trials, trial))))


def read_kept(folder: Path) -> TrialFile:
    """An empty one where there is none, where it cannot be read, or where it is of another machine or of other libraries."""
    try:
        kept = from_plain(TrialFile, json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError, InputError):
        return TrialFile()
    return kept if (kept.machine, kept.versions) == (machine(), versions()) else TrialFile()


def write_kept(folder: Path, kept: TrialFile) -> None:
    """As of this machine and its libraries. Measured again at the next start where it cannot be written."""
    kept = replace(kept, machine=machine(), versions=versions())
    with suppress(EnvironmentFault):
        write_atomically(folder / FILE, json.dumps(to_plain(kept), ensure_ascii=False, indent=1).encode())


def machine() -> str:
    """Changes with the processor, the number of cores, graphics cards and their drivers."""
    cards = sorted(entry.name for entry in _entries(Path("/dev/dri"))) + sorted(entry.name for entry in _entries(Path("/dev/accel")))
    drivers = [_first_line(Path(path)) for path in _DRIVERS]
    parts = (platform.system(), platform.machine(), processor_name(), f"{os.cpu_count()} cores", *cards, *drivers)
    return ", ".join(part for part in parts if part)


def processor_name() -> str:
    """Empty where the system does not tell it."""
    for line in _text(Path("/proc/cpuinfo")).splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _first_line(path: Path) -> str:
    return _text(path).partition("\n")[0].strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _entries(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(folder.iterdir())
    except OSError:
        return ()
