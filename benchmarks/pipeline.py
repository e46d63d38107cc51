"""Figures of the engine under several cameras: rates, latencies, memory, processor time, and the cost of each stage.

The engine is the real one with its gateway, in a process of its own, on H.264 files played at their pace; rates and latencies are counted
in the journal it has written. Beside it: bare decoding of the same files, and the detector alone.
"""

import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av

from benchmarks.history.journal_figures import journal_figures
from benchmarks.loaded_engine import Load, Loaded, run_load
from benchmarks.report import Case, at_least, at_most, case, usable_cores
from benchmarks.stages import DETECTOR, stage_cases
from benchmarks.tracking.street_files import HEIGHT, WIDTH, write_cameras
from engine.model.errors import InputError

_WARM_UP_S = 5.0
_STAGES_FPS = 25
_LEAST_FPS, _LEAST_HZ, _MOST_MEMORY_MIB, _MOST_FRAME_MS = 15.0, 5.0, 600.0, 5.0


def run(video: Path, seconds: float, cameras: int, rates: Sequence[int]) -> dict[str, Any]:
    """Measure.

    Args:
        seconds: length of each case. cameras: how many play at once. rates: their frame rates, a case each.

    Returns:
        `{"bench", "cases", "peers", "targets"}` of the bench contract.

    Raises:
        InputError, EnvironmentFault: the video cannot be used, or the engine did not start.
    """
    if cameras < 1 or seconds <= 0 or min(rates) < 1:
        raise InputError("cameras", "cameras, seconds and fps must be above zero")
    cases: list[Case] = []
    peers: list[Case] = []
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as made:
        folder = Path(made)
        stages = _stages(video, folder)
        for fps in rates:
            files = write_cameras(video, folder, cameras, fps)
            cases.append(_engine(files, fps, seconds, folder / f"data-{fps}"))
            peers.append(_bare(files, fps, min(seconds, 10.0)))
    detector = next(row for row in stages if row["name"] == f"stage {DETECTOR}")
    peers.append(_detector_alone(detector))
    return {"bench": "pipeline", "cases": [*cases, *stages], "peers": peers, "targets": _targets(cases, stages)}


def _stages(video: Path, folder: Path) -> list[Case]:
    (folder / "stages").mkdir()
    file = write_cameras(video, folder / "stages", 1, _STAGES_FPS)[0]
    return stage_cases(file, _STAGES_FPS, folder / "stages")


def _engine(files: list[Path], fps: int, seconds: float, data: Path) -> Case:
    names = tuple((f"Street {number}", f"file:{path}") for number, path in enumerate(files, start=1))
    loaded = run_load(Load(str(data), names, _WARM_UP_S, seconds))
    params = {"cameras": len(files), "fps": fps, "size": [WIDTH, HEIGHT], "cores": usable_cores(), "detector": loaded.detector}
    return case(f"engine, {len(files)} cameras at {fps} fps", params, _metrics(loaded, data))


def _metrics(loaded: Loaded, data: Path) -> dict[str, Any]:
    figures = journal_figures(data / "journal", loaded.from_ns, loaded.to_ns)
    each = [camera.metrics(loaded.seconds) for camera in figures.values()]
    frames = sum(camera.frames for camera in figures.values())
    total_s, inferred_s = sum(loaded.cpu_s.values()), loaded.cpu_s.get("infer", 0.0)
    return {
        "fps_least": _least(each, "fps"),
        "detector_hz_least": _least(each, "detector_hz"),
        "detector_gap_s": _most(each, "longest_gap_s"),
        "moving_share": _least(each, "moving_share"),
        "frame_wait_p95_ms": _most(each, "frame_wait_p95_ms"),
        "detection_wait_p50_ms": _most(each, "detection_wait_p50_ms"),
        "detection_wait_p95_ms": _most(each, "detection_wait_p95_ms"),
        "inference_ms": loaded.inference_ms,
        "cpu_percent": round(100 * total_s / loaded.seconds, 1),
        "cpu_percent_per_camera": round(100 * total_s / loaded.seconds / max(len(each), 1), 1),
        "cpu_ms_per_frame_but_detector": round(1000 * (total_s - inferred_s) / max(frames, 1), 2),
        **{f"cpu_{kind}": round(100 * spent / loaded.seconds, 1) for kind, spent in sorted(loaded.cpu_s.items()) if spent > 0.05},
        "memory_mib": loaded.memory_mib,
        "growth_mib": loaded.growth_mib,
        "threads": loaded.threads,
        "backlog": loaded.backlog,
        "troubles": len(loaded.troubles),
    }


def _least(each: list[dict[str, Any]], metric: str) -> float | None:
    return min((row[metric] for row in each if row[metric] is not None), default=None)


def _most(each: list[dict[str, Any]], metric: str) -> float | None:
    return max((row[metric] for row in each if row[metric] is not None), default=None)


def _bare(files: list[Path], fps: int, seconds: float) -> Case:
    stopping = threading.Event()
    counts = [0] * len(files)
    threads = [threading.Thread(target=_decode, args=(path, fps, stopping, counts, i)) for i, path in enumerate(files)]
    cpu, wall = time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stopping.set()
    for thread in threads:
        thread.join()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    metrics = {
        "fps_least": round(min(counts) / wall, 2),
        "cpu_percent": round(100 * cpu / wall, 1),
        "cpu_percent_per_camera": round(100 * cpu / wall / len(files), 1),
        "cpu_ms_per_frame": round(1000 * cpu / max(sum(counts), 1), 3),
    }
    return case(f"bare decode, {len(files)} cameras at {fps} fps", {"cameras": len(files), "fps": fps, "size": [WIDTH, HEIGHT]}, metrics)


def _decode(path: Path, fps: int, stopping: threading.Event, counts: list[int], place: int) -> None:
    """Decode in a loop, a picture each period, and do nothing with it."""
    due_s = time.perf_counter()
    while not stopping.is_set():
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            for _ in container.decode(stream):
                counts[place] += 1
                due_s += 1 / fps
                if stopping.wait(max(due_s - time.perf_counter(), 0.0)):
                    return


def _detector_alone(stage: Case) -> Case:
    figures = stage["metrics"]
    metrics = {"mean_ms": figures["mean_ms"], "p95_ms": figures["p95_ms"], "most_hz": round(1000 / max(figures["mean_ms"], 1e-6), 1)}
    return case("detector alone, one thread", {"detector": stage["params"]["detector"]}, metrics)


def _targets(engines: list[Case], stages: list[Case]) -> list[dict[str, Any]]:
    own = stages[-1]["metrics"]
    written = [row["metrics"]["per_frame_ms"] for row in stages if row["name"] in ("stage journal", "stage record")]
    targets = [
        at_most("all but the detector per frame, mean (ms)", _MOST_FRAME_MS, round(own["per_frame_ms"] + sum(written), 2)),
        at_most("a frame's own work, p95 (ms)", _MOST_FRAME_MS, own["p95_ms"]),
    ]
    for engine in engines:
        name, figures = engine["name"], engine["metrics"]
        targets += [
            at_least(f"{name}: fps of the slowest camera", _LEAST_FPS - 0.1, figures["fps_least"]),
            at_least(f"{name}: detector runs per second of the least searched camera", _LEAST_HZ, figures["detector_hz_least"]),
            at_most(f"{name}: CPU per frame without the detector (ms)", _MOST_FRAME_MS, figures["cpu_ms_per_frame_but_detector"]),
            at_most(f"{name}: memory (MiB)", _MOST_MEMORY_MIB, figures["memory_mib"]),
        ]
    return targets
