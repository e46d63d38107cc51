"""Figures of waiting: from the start of the process to the first live picture, and from an event to its row on screen.

Every start is a new process, imports and all, on the same data folder (the first makes the database). With Qt the whole console is
started and what counts is what its painters have painted; the engine alone, seen through its port, stands beside it.
"""

import importlib.util
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.history.journal_figures import percentile
from benchmarks.probe import Probe, Shown, run_probe
from benchmarks.report import Case, at_most, case
from benchmarks.tracking.street_files import write_cameras
from engine.model.errors import InputError

_FPS, _CAMERAS = 15, 4
_MOST_START_S, _MOST_TILE_S, _MOST_WINDOW_S, _MOST_ROW_MS = 2.0, 2.5, 1.0, 500.0
_SCREEN, _ENGINE = "console", "engine alone"


def run(video: Path, rtsp: list[str], starts: int, seconds: float) -> dict[str, Any]:
    """Measure.

    Args:
        rtsp: addresses of further cameras to start on. starts: per camera and way. seconds: how long events are followed.

    Returns:
        `{"bench", "cases", "peers", "targets"}` of the bench contract. Without Qt the console's cases are missing.

    Raises:
        InputError, EnvironmentFault: the video cannot be used, or a start failed.
    """
    if starts < 1 or seconds <= 0:
        raise InputError("starts", "starts and seconds must be above zero")
    ways = [_ENGINE, *([_SCREEN] if importlib.util.find_spec("PySide6") else [])]
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as made:
        folder = Path(made)
        files = [f"file:{path}" for path in write_cameras(video, folder, _CAMERAS, _FPS)]
        started = [_starts(way, kind, url, starts, folder) for way in ways for kind, url in _sources(files[0], rtsp)]
        rows = [_rows(way, files, seconds, folder) for way in ways]
    return {"bench": "latency", "cases": [*started, *rows], "targets": _targets(started, rows)}


def _sources(file: str, rtsp: list[str]) -> list[tuple[str, str]]:
    return [("file", file), *((f"rtsp {number}", url) for number, url in enumerate(rtsp, start=1))]


def _starts(way: str, kind: str, url: str, starts: int, folder: Path) -> Case:
    data = folder / f"{way} {kind}".replace(" ", "-")
    probe = Probe(str(data), (("Street", url),), way == _SCREEN)
    return case(f"start, {way}, {kind} camera", {"way": way, "camera": kind, "starts": starts}, _start_metrics(run_probe, probe, starts))


def _start_metrics(start: Any, probe: Probe, starts: int) -> dict[str, Any]:
    shown: list[Shown] = [start(probe) for _ in range(starts)]
    pictures = [one.picture_s for one in shown if one.picture_s is not None]
    return {
        "first_start_s": _rounded(shown[0].picture_s),
        "median_s": _rounded(statistics.median(pictures)) if pictures else None,
        "worst_s": _rounded(max(pictures, default=None)),
        "ready_median_s": _rounded(statistics.median(one.ready_s for one in shown)),
        "without_picture": starts - len(pictures),
        **_window_metrics(shown),
    }


def _window_metrics(shown: list[Shown]) -> dict[str, Any]:
    """Of a console."""
    windows = [one.window_s for one in shown if one.window_s is not None]
    gaps = [one.longest_gap_s for one in shown if one.longest_gap_s is not None]
    if not windows or not gaps:
        return {}
    return {"window_median_s": _rounded(statistics.median(windows)), "longest_gap_median_s": _rounded(statistics.median(gaps))}


def _rows(way: str, files: list[str], seconds: float, folder: Path) -> Case:
    cameras = tuple((f"Street {number}", url) for number, url in enumerate(files, start=1))
    data = folder / f"rows-{way}".replace(" ", "-")
    shown = run_probe(Probe(str(data), cameras, way == _SCREEN, seconds))
    metrics = {
        "events": len(shown.rows_ms),
        "received_to_shown_p50_ms": percentile(shown.rows_ms, 50),
        "received_to_shown_p95_ms": percentile(shown.rows_ms, 95),
        "captured_to_shown_p50_ms": percentile(shown.captured_ms, 50),
        "captured_to_shown_p95_ms": percentile(shown.captured_ms, 95),
    }
    return case(f"event to {'row' if way == _SCREEN else 'snapshot'}, {way}", {"way": way, "cameras": len(files), "fps": _FPS}, metrics)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _most_s(start: Case) -> float:
    return _MOST_TILE_S if "window_median_s" in start["metrics"] else _MOST_START_S


def _targets(started: list[Case], rows: list[Case]) -> list[dict[str, Any]]:
    """Of the console where there is one; without Qt, of the engine, which the target's name then says."""
    targets = [at_most(f"{c['name']}: to the first picture, median (s)", _most_s(c), c["metrics"]["median_s"]) for c in started]
    for c in started:
        if "window_median_s" in c["metrics"]:
            targets.append(at_most(f"{c['name']}: to the window, median (s)", _MOST_WINDOW_S, c["metrics"]["window_median_s"]))
    for c in rows:
        targets.append(at_most(f"{c['name']}: from received, p95 (ms)", _MOST_ROW_MS, c["metrics"]["received_to_shown_p95_ms"]))
        targets.append(at_most(f"{c['name']}: from capture, p95 (ms)", _MOST_ROW_MS, c["metrics"]["captured_to_shown_p95_ms"]))
    return targets
