"""How long the disk lasts, from how fast each kind of what is kept has grown lately, and up to where it may grow at all."""

import json
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.model.errors import EnvironmentFault
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock
from engine.model.upkeep import DiskForecast, Growth
from engine.model.value_class import dataclass
from engine.runtime.atomic_file import write_atomically
from engine.runtime.ports import SettingsSource

log = logging.getLogger(__name__)

EVERY_NS = 600 * SECOND
LONGEST_NS = 7 * 86_400 * SECOND
LEAST_NS = 3600 * SECOND  # watched for less, nothing is said
DAY_S = 86_400.0
GIB = 1 << 30
FILE = "disk-growth.json"
CLIPS, SEGMENTS, JOURNAL, DATABASE, BACKUPS, OTHER = "clips", "continuous video", "log of observations", "database", "backups", "other"

Sizes = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sample:
    at_ns: int
    sizes: Sizes


class DiskWatch:
    """One thread samples; any thread asks.

    Args:
        sizes: bytes of each kind now. free: (free, all) bytes of the disk.
    """

    def __init__(
        self, folder: Path, clock: Clock, settings: SettingsSource, sizes: Callable[[], Sizes], free: Callable[[], tuple[int, int]]
    ) -> None:
        self._path, self._clock, self._settings, self._sizes, self._free = folder / FILE, clock, settings, sizes, free
        self._samples = _read_samples(self._path, clock.now_ns())

    def sample(self) -> None:
        """Now and then. Raises OSError, EnvironmentFault."""
        now_ns = self._clock.now_ns()
        if self._samples and now_ns - self._samples[-1].at_ns < EVERY_NS:
            return
        kept = [sample for sample in self._samples if sample.at_ns >= now_ns - LONGEST_NS]
        self._samples = (*kept, Sample(now_ns, dict(self._sizes())))
        try:
            write_atomically(self._path, json.dumps([[each.at_ns, each.sizes] for each in self._samples]).encode())
        except EnvironmentFault as fault:
            log.warning("how the disk fills is not kept: %s", fault)

    def forecast(self) -> DiskForecast:
        """Raises OSError."""
        free, total = self._free()
        return forecast(self._samples, caps(self._settings.now()), free, total)


def caps(settings: Settings) -> Mapping[str, int]:
    """Up to where each kind may grow; those that are left out have no bound."""
    recording, upkeep = settings.recording, settings.upkeep
    bounds = {CLIPS: recording.keep_clips_gib, SEGMENTS: recording.keep_segments_gib, JOURNAL: recording.keep_journal_gib}
    if not upkeep.backup_folder:
        bounds[BACKUPS] = upkeep.keep_backups_gib
    return {name: round(gib * GIB) for name, gib in bounds.items()}


def forecast(samples: Sequence[Sample], bounds: Mapping[str, int], free: int, total: int) -> DiskForecast:
    """Each kind goes on as it did on average (least squares over the samples), until its bound."""
    if not samples:
        return DiskForecast(free, total)
    now = samples[-1].sizes
    basis_ns = samples[-1].at_ns - samples[0].at_ns
    if basis_ns < LEAST_NS:
        return DiskForecast(free, total, tuple(Growth(name, size) for name, size in now.items()), basis_s=basis_ns / SECOND)
    growth = tuple(Growth(name, size, _slope(samples, name) * DAY_S) for name, size in now.items())
    rates = {each.name: max(0.0, each.bytes_a_day or 0.0) for each in growth}
    room = {name: max(0, bounds[name] - now[name]) for name in rates if name in bounds}
    days = _days(rates, room, free)
    return DiskForecast(free, total, growth, days, basis_ns / SECOND, bounded=days is None and any(rates.values()))


def _days(rates: Mapping[str, float], room: Mapping[str, int], free: float) -> float | None:
    """Days until `free` is used up; None: never, as everything that grows comes to its bound before."""
    ends = {name: room[name] / rate if name in room else math.inf for name, rate in rates.items() if rate > 0}
    passed = 0.0
    for end in sorted(set(ends.values())):
        speed = sum(rates[name] for name, at in ends.items() if at >= end)
        if free <= speed * (end - passed):
            return passed + free / speed
        free -= speed * (end - passed)
        passed = end
    return None


def _slope(samples: Sequence[Sample], name: str) -> float:
    """Bytes a second."""
    times = [(sample.at_ns - samples[0].at_ns) / SECOND for sample in samples]
    sizes = [sample.sizes.get(name, 0) for sample in samples]
    mean_t, mean_s = sum(times) / len(times), sum(sizes) / len(sizes)
    spread = sum((t - mean_t) ** 2 for t in times)
    return sum((t - mean_t) * (s - mean_s) for t, s in zip(times, sizes, strict=True)) / spread if spread else 0.0


def _read_samples(path: Path, now_ns: int) -> tuple[Sample, ...]:
    try:
        rows: list[Any] = json.loads(path.read_bytes())
        samples = [Sample(int(at_ns), {str(name): int(size) for name, size in sizes.items()}) for at_ns, sizes in rows]
    except (OSError, ValueError, TypeError, AttributeError):
        return ()
    return tuple(sample for sample in samples if now_ns - LONGEST_NS <= sample.at_ns <= now_ns)
