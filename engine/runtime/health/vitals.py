"""How the engine itself is doing: processor, memory, disk, backlog, clock; and the worst of it in words."""

import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import psutil

from engine.model.health import CameraState, DetectorHealth, EngineHealth, ModelRun
from engine.model.time import MILLISECOND, SystemClock
from engine.runtime.cameras.camera import CameraUnit
from engine.runtime.supervisor import ErrorBook
from engine.runtime.troubles import Troubles

SAMPLE_S = 1.0
FOLDER_EVERY = 10  # samples between two walks over the recordings
RECORDINGS = ("clips", "thumbnails", "journal")
LOW_DISK_BYTES = 2 * 1024**3
LOW_DISK_SHARE = 0.05
BACKLOG_TROUBLE = 5_000
SKEW_TROUBLE_MS = 2_000


def folder_bytes(folder: Path) -> int:
    """Size of all files below a folder; what vanishes meanwhile, or never was, counts as nothing. Links are not followed."""
    try:
        with os.scandir(folder) as entries:
            return sum(_entry_bytes(entry) for entry in entries)
    except OSError:
        return 0


def _entry_bytes(entry: os.DirEntry[str]) -> int:
    try:
        if entry.is_dir(follow_symlinks=False):
            return folder_bytes(Path(entry.path))
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


class Measured(Protocol):
    """What is looked at."""

    def cameras(self) -> Iterable[CameraUnit]: ...

    def backlog(self) -> int:
        """Entries that wait to be written."""
        ...

    def database_bytes(self) -> int: ...

    def detector(self) -> DetectorHealth: ...

    def models(self) -> tuple[ModelRun, ...]:
        """Where they run."""
        ...

    def providers(self) -> tuple[str, ...]:
        """That are there besides the CPU."""
        ...

    def complaints(self) -> Iterable[str]:
        """Sentences about what is late or was left out."""
        ...


class Vitals:
    """Samples once a second on its own thread (`run`); `health` may be read from any thread.

    Args:
        measured: asked at each sample.
    """

    def __init__(self, folder: Path, clock: SystemClock, errors: ErrorBook, troubles: Troubles, measured: Measured) -> None:
        self._folder = folder
        self._clock = clock
        self._errors = errors
        self._troubles = troubles
        self._measured = measured
        self._process = psutil.Process()
        self._started_ns = clock.now_ns()
        self._recordings_bytes = 0
        self._samples = 0
        self.health = EngineHealth(started_ns=self._started_ns)

    def run(self, stopping: threading.Event) -> None:
        self._process.cpu_percent()
        while not stopping.wait(SAMPLE_S):
            self.sample()

    def sample(self) -> None:
        if self._samples % FOLDER_EVERY == 0:
            self._recordings_bytes = sum(folder_bytes(self._folder / name) for name in RECORDINGS)
        self._samples += 1
        disk = psutil.disk_usage(str(self._folder))
        skew_ms = self._clock.skew_ns() / MILLISECOND
        self.health = EngineHealth(
            started_ns=self._started_ns,
            cpu_percent=self._process.cpu_percent(),
            memory_bytes=self._process.memory_info().rss,
            threads=self._process.num_threads(),
            database_bytes=self._measured.database_bytes(),
            recordings_bytes=self._recordings_bytes,
            disk_free_bytes=disk.free,
            writer_backlog=self._measured.backlog(),
            clock_skew_ms=skew_ms,
            detector=self._measured.detector(),
            radio_kernels=_radio_kernels(),
            errors=self._errors.newest_first(),
            models=self._measured.models(),
            providers=self._measured.providers(),
            troubles=tuple(self._sentences(disk.free, disk.total, skew_ms)),
        )

    def _sentences(self, free_bytes: int, total_bytes: int, skew_ms: float) -> Iterable[str]:
        """Worst first: what loses data, then what is not seen, then what is seen less well."""
        yield from self._troubles.sentences()
        if free_bytes < min(LOW_DISK_BYTES, LOW_DISK_SHARE * total_bytes):
            yield f"The disk is nearly full: {free_bytes / 1024**3:.1f} GiB left. Recording stops when nothing is left."
        if self._measured.backlog() > BACKLOG_TROUBLE:
            yield f"The database is behind: {self._measured.backlog()} entries wait to be written."
        yield from self._measured.complaints()
        for unit in self._measured.cameras():
            health = unit.health()
            if health.state is CameraState.LOST:
                yield f"{unit.settings.name} is lost. {health.reason}"
            elif health.clock_ahead_s is not None and health.clock_wrong:
                yield _wrong_clock(unit.settings.name, health.clock_ahead_s)
        if abs(skew_ms) > SKEW_TROUBLE_MS:
            yield f"The machine's clock was set back by {-skew_ms / 1000:.0f} s; recorded time goes on without repeating."
        if self._measured.detector().degraded_reason:
            yield self._measured.detector().degraded_reason


def _wrong_clock(name: str, ahead_s: float) -> str:
    span = f"{abs(ahead_s):.0f} s" if abs(ahead_s) < 600 else f"{abs(ahead_s) / 60:.0f} min"
    what = f"clock is {span} ahead" if ahead_s > 0 else f"clock is {span} behind, or its pictures come that late"
    shown = "Watchroom uses this computer's clock; the time written into the camera's picture is wrong."
    rest = shown if ahead_s > 0 else "Then events are late too."
    return f"{name}: its {what}. {rest} Give it the same time server as this machine."


def _radio_kernels() -> str:
    """Which run; empty where radio sensing is left out, of which nothing is loaded then."""
    loaded: Any = sys.modules.get("engine.radio.kernels")
    return "" if loaded is None else loaded.KERNELS
