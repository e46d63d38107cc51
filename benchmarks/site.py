"""A larger site on one machine: many sub-streams at once, and what a camera of each size costs, by which a machine is chosen.

The engine is the real one in a process of its own, on H.264 files of a street where something always moves, played at their pace. What a
camera costs is the difference between several and one, so that the engine's own share is told apart; the detector, which searches as
often as there is time, is counted by the run.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.history.journal_figures import CameraFigures, journal_figures
from benchmarks.loaded_engine import Load, Loaded, run_load
from benchmarks.report import Case, at_least, case, usable_cores
from benchmarks.tracking.street_files import write_cameras
from engine.model.errors import InputError

_SUB_STREAM, _SUB_FPS = (640, 360), 10
_WARM_UP_S = 10.0
_KEPT_UP = 0.98  # of the frames that a camera sends
_OFTEN, _SELDOM = 5.0, 1.0  # searches a second of a camera in which something moves: with time to spare, and without

Size = tuple[int, int]

# Width and height, pictures a second, cameras beside the one: few enough that two cores keep up.
_SIZES: tuple[tuple[Size, int, int], ...] = (
    ((640, 360), 10, 6),
    ((640, 360), 25, 4),
    ((1280, 720), 10, 4),
    ((1280, 720), 25, 3),
    ((1920, 1080), 10, 3),
    ((1920, 1080), 25, 2),
)


def run(video: Path, seconds: float, cameras: int, sizes: Sequence[tuple[Size, int, int]] = _SIZES) -> dict[str, Any]:
    """Measure.

    Args:
        seconds: length of each case. cameras: sub-streams at once. sizes: of the table; none leaves it out.

    Raises:
        InputError, EnvironmentFault: the video cannot be used, or the engine did not start.
    """
    if not 1 <= cameras <= 256 or seconds <= 0:
        raise InputError("cameras", "takes 1 to 256 cameras, and seconds above zero")
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as made:
        folder = Path(made)
        many = _many(video, folder, cameras, seconds)
        table = [_size(video, folder, *each, seconds) for each in sizes]
    slowest = many["metrics"]["fps_least"]
    return {
        "bench": "site",
        "cases": [many, *table],
        "peers": [],
        "targets": [at_least(f"{many['name']}: fps of the slowest camera", _KEPT_UP * _SUB_FPS, slowest)],
    }


def _many(video: Path, folder: Path, cameras: int, seconds: float) -> Case:
    loaded, figures = _loaded(video, folder, cameras, _SUB_STREAM, _SUB_FPS, seconds)
    rows = [each.metrics(loaded.seconds) for each in figures.values()]
    runs = sum(row["detector_hz"] for row in rows)
    params = {"cameras": cameras, "size": list(_SUB_STREAM), "fps": _SUB_FPS, "cores": usable_cores(), "detector": loaded.detector}
    metrics = {
        "cameras_seen": len(rows),
        "fps_least": min((row["fps"] for row in rows), default=0.0),
        "moving_share": min((row["moving_share"] for row in rows), default=0.0),
        "frame_wait_p95_ms": max((row["frame_wait_p95_ms"] or 0.0 for row in rows), default=0.0),
        "detector_runs_per_s": round(runs, 2),
        "detector_hz_least": min((row["detector_hz"] for row in rows), default=0.0),
        "detector_gap_s": max((row["longest_gap_s"] or seconds for row in rows), default=seconds),
        "cores_used": round(_cpu_s(loaded) / loaded.seconds, 2),
        "cpu_percent_per_camera": round(100 * _watching_s(loaded) / loaded.seconds / cameras, 2),
        **{f"cpu_{kind}": round(100 * spent / loaded.seconds, 1) for kind, spent in sorted(loaded.cpu_s.items()) if spent > 0.05},
        "memory_mib": loaded.memory_mib,
        "growth_mib": loaded.growth_mib,
        "threads": loaded.threads,
        "troubles": len(loaded.troubles),
    }
    return case(f"{cameras} cameras, {_named(_SUB_STREAM)} at {_SUB_FPS} fps", params, metrics)


def _size(video: Path, folder: Path, size: Size, fps: int, more: int, seconds: float) -> Case:
    """What one camera of this size and rate costs: of those beside the first."""
    one, _ = _loaded(video, folder, 1, size, fps, seconds)
    several, figures = _loaded(video, folder, 1 + more, size, fps, seconds)
    rows = [each.metrics(several.seconds) for each in figures.values()]
    runs = sum(len(each.run_times_ns) for each in figures.values())
    watching = (_watching_s(several) / several.seconds - _watching_s(one) / one.seconds) / more
    searching = several.cpu_s.get("infer", 0.0) / max(runs, 1)
    metrics = {
        "fps_least": min((row["fps"] for row in rows), default=0.0),
        "cpu_percent_per_camera": round(100 * watching, 2),
        "cpu_ms_per_search": round(1_000 * searching, 1),
        "cameras_per_core": round(1 / max(1e-6, watching + _OFTEN * searching), 1),
        "cameras_per_core_at_1_hz": round(1 / max(1e-6, watching + _SELDOM * searching), 1),
        "memory_mib_per_camera": round((several.memory_mib - one.memory_mib) / more, 1),
    }
    return case(f"a camera, {_named(size)} at {fps} fps", {"cameras": [1, 1 + more]}, metrics)


def _loaded(video: Path, folder: Path, cameras: int, size: Size, fps: int, seconds: float) -> tuple[Loaded, dict[str, CameraFigures]]:
    data = folder / f"data-{cameras}-{size[1]}-{fps}"
    files = write_cameras(video, folder, cameras, fps, size)
    names = tuple((f"Street {number}", f"file:{path}") for number, path in enumerate(files, start=1))
    loaded = run_load(Load(str(data), names, _WARM_UP_S, seconds))
    return loaded, journal_figures(data / "journal", loaded.from_ns, loaded.to_ns)


def _cpu_s(loaded: Loaded) -> float:
    return sum(loaded.cpu_s.values())


def _watching_s(loaded: Loaded) -> float:
    """All but the detector: reading, motion, following, recording what was decided."""
    return _cpu_s(loaded) - loaded.cpu_s.get("infer", 0.0)


def _named(size: Size) -> str:
    return f"{size[0]}×{size[1]}"
