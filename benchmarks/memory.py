"""Memory of the engine and of the console with it: four cameras, all models, each way in a process of its own on a new data folder.

What counts is what the system has given the process (resident set). Pages of libraries are in it, although other processes share them.
"""

import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from benchmarks.probe import Probe, environment
from benchmarks.report import ROOT, Case, at_most, case
from benchmarks.tracking.street_files import write_cameras
from console.progress import step
from engine.model.errors import EnvironmentFault, InputError
from engine.vision.models import ModelStore

_FPS, _CAMERAS = 15, 4
_EVERY_S = 2.0
_SETTLED_S = 60.0  # after the start: libraries and networks are loaded, rings are full
_LONGEST_START_S = 60.0
_MIB = 1024**2
_MOST_MIB = {"engine alone": 300.0, "console": 500.0}
Sample = tuple[float, float]
"""Seconds since the start, MiB."""


def run(video: Path, models: Path, minutes: float) -> dict[str, Any]:
    """
    Raises:
        InputError, EnvironmentFault: the video or the models cannot be used, or a process did not run.
    """
    if minutes * 60 <= _SETTLED_S:
        raise InputError("minutes", "must be more than one: the first minute is not counted")
    ways = [way for way in _MOST_MIB if way != "console" or importlib.util.find_spec("PySide6")]
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as made:
        folder = Path(made)
        store = ModelStore(folder / "models")
        store.install(source=models)
        files = write_cameras(video, folder, _CAMERAS, _FPS)
        cases = [_measured(way, files, minutes, folder, done) for done, way in enumerate(ways)]
    targets = [at_most(f"{c['name']}: after a minute (MiB)", _MOST_MIB[c["name"]], c["metrics"]["after_a_minute_mib"]) for c in cases]
    return {"bench": "memory", "cases": cases, "targets": targets}


def _measured(way: str, files: Sequence[Path], minutes: float, folder: Path, done: int) -> Case:
    step(f"{way} runs for {minutes:g} minutes", done, len(_MOST_MIB))
    cameras = tuple((f"Street {number}", f"file:{path}") for number, path in enumerate(files, start=1))
    probe = Probe(str(folder / way.replace(" ", "-")), cameras, way == "console", minutes * 60)
    command = [sys.executable, "-m", "benchmarks.probe", json.dumps(asdict(probe))]
    place = {**environment(probe), "WATCHROOM_MODELS": str(folder / "models")}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, env=place) as process:
        samples = _samples(process, minutes * 60 + _LONGEST_START_S)
    if process.returncode:
        raise EnvironmentFault("probe_failed", f"The process to be measured ({way}) ended with {process.returncode}.")
    return case(way, {"cameras": len(files), "fps": _FPS, "minutes": minutes}, metrics(samples))


def _samples(process: subprocess.Popen[bytes], most_s: float) -> list[Sample]:
    """Until the process ends by itself."""
    measured, start_s, samples = psutil.Process(process.pid), time.monotonic(), list[Sample]()
    while process.poll() is None and time.monotonic() - start_s < most_s + _LONGEST_START_S:
        try:
            samples.append((time.monotonic() - start_s, measured.memory_info().rss / _MIB))
        except psutil.Error:
            break
        time.sleep(_EVERY_S)
    process.terminate()
    return samples


def metrics(samples: Sequence[Sample]) -> dict[str, float | None]:
    """After a minute: the median of the ten seconds around it. Growth: from the second third of the time to the last, a minute."""
    about = [mib for at_s, mib in samples if abs(at_s - _SETTLED_S) <= 5]
    end_s = samples[-1][0] if samples else 0.0
    middle = [mib for at_s, mib in samples if end_s / 3 <= at_s < 2 * end_s / 3]
    last = [mib for at_s, mib in samples if at_s >= 2 * end_s / 3]
    growth = (statistics.median(last) - statistics.median(middle)) / (end_s / 3 / 60) if middle and last and end_s else None
    return {
        "after_a_minute_mib": round(statistics.median(about), 1) if about else None,
        "last_third_mib": round(statistics.median(last), 1) if last else None,
        "most_mib": round(max(mib for _, mib in samples), 1) if samples else None,
        "growth_mib_per_minute": None if growth is None else round(growth, 2),
    }
