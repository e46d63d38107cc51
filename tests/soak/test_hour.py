"""The engine on four file cameras for an hour (`WATCHROOM_SOAK_MINUTES`): its memory, threads and open files stay what they were.

The engine is a process of its own. Memory is compared between the medians of two spans: the first tenth after the warm-up (rings fill,
caches settle) and the last tenth. Figures are printed and, where `WATCHROOM_FIGURES` names a folder, written there as `hour.json`.
"""

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.tracking.street_files import write_cameras
from engine.vision.models import ModelStore
from tests.fakes.engine_process import EngineProcess
from tests.soak.figures import report_figures

MINUTES = float(os.environ.get("WATCHROOM_SOAK_MINUTES", "60"))
CAMERAS, FPS = 4, 15
SAMPLES = 240
WARM_UP_SHARE = 0.1  # of the whole, and no less than a full ring needs
LEAST_WARM_UP_S = 60.0
MOST_GROWTH = 0.05
pytestmark = [pytest.mark.soak, pytest.mark.timeout(MINUTES * 60 + 600)]


@pytest.fixture
def engine(shared: Path, tmp_path: Path) -> Iterator[EngineProcess]:
    models = tmp_path / "models"
    ModelStore(models).install(("yolox-nano",), shared / "data" / "models")
    files = write_cameras(shared / "data" / "video" / "vtest_480x360.avi", tmp_path, CAMERAS, FPS)
    cameras = [f"--camera=Street {number}=file:{path}" for number, path in enumerate(files, start=1)]
    process = EngineProcess(tmp_path / "site", *cameras, models=models)
    yield process
    assert process.stop() == 0


def sample(process: psutil.Process, engine: EngineProcess) -> dict[str, Any]:
    """One look from outside. Asking over HTTP also keeps the gateway at work."""
    snapshot = engine.get("/api/v1/snapshot")
    return {
        "at_s": time.monotonic(),
        "memory": process.memory_info().rss,
        "threads": process.num_threads(),
        "files": process.num_fds(),
        "cpu_s": sum(process.cpu_times()[:2]),
        "number": snapshot["number"],
        "fps": min(camera["fps"] for camera in snapshot["cameras"]),
        "live": all(camera["state"] == "live" for camera in snapshot["cameras"]),
        "troubles": snapshot["troubles"],
    }


def span(samples: list[dict[str, Any]], name: str) -> float:
    return statistics.median(row[name] for row in samples)


def test_memory_threads_and_files_stay(engine: EngineProcess) -> None:
    warm_up_s = max(LEAST_WARM_UP_S, WARM_UP_SHARE * MINUTES * 60)
    time.sleep(warm_up_s)
    process = psutil.Process(engine.pid)
    samples = [sample(process, engine)]
    for _ in range(SAMPLES - 1):
        time.sleep(MINUTES * 60 / SAMPLES)
        samples.append(sample(process, engine))
    figures = report(samples, warm_up_s)
    report_figures("hour", figures)
    assert all(row["live"] for row in samples)
    assert figures["troubles"] == []
    assert figures["memory_growth"] <= MOST_GROWTH
    assert figures["threads_last"] <= figures["threads_first"]
    assert figures["files_last"] <= figures["files_first"]


def report(samples: list[dict[str, Any]], warm_up_s: float) -> dict[str, Any]:
    tenth = max(1, len(samples) // 10)
    first, last = samples[:tenth], samples[-tenth:]
    seconds = samples[-1]["at_s"] - samples[0]["at_s"]
    memory_first, memory_last = span(first, "memory"), span(last, "memory")
    return {
        "minutes": round(seconds / 60, 1),
        "warm_up_s": warm_up_s,
        "memory_first_mib": round(memory_first / 1024**2, 1),
        "memory_last_mib": round(memory_last / 1024**2, 1),
        "memory_most_mib": round(max(row["memory"] for row in samples) / 1024**2, 1),
        "memory_growth": round(memory_last / memory_first - 1, 4),
        "threads_first": max(row["threads"] for row in first),
        "threads_last": span(last, "threads"),
        "files_first": max(row["files"] for row in first),
        "files_last": span(last, "files"),
        "cpu_percent": round(100 * (samples[-1]["cpu_s"] - samples[0]["cpu_s"]) / seconds, 1),
        "observations_per_s": round((samples[-1]["number"] - samples[0]["number"]) / seconds, 1),
        "fps_least": min(row["fps"] for row in samples),
        "troubles": sorted({sentence for row in samples for sentence in row["troubles"]}),
    }
