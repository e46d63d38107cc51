"""Figures of the video wall: real files through capture, slots and the painted wall, beside bare decoding and beside the usual QLabels.

Every way plays the same H.264 files at 25 pictures per second, each camera at its own moment of the period, as real cameras do, with one
thread each that sleeps until its next picture is due; decoders have no threads of their own, except cv2's, which cannot be told. CPU is of
this process (the display server's is not in it). A picture counts as painted when the wall's paint call for it is done.

The ways do not do the same work. Bare decoding reads and throws away. Ours also copies and stamps every packet (for clips), watches for
stalls, scales in the capture thread, and paints name and state plates; `wall` adds three people with boxes, labels and trails to every
tile, `wall, no people` does not and is the one to hold against cv2 with labels, which paints pictures only.
"""

import gc
import sys
import tempfile
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize

from benchmarks.video.files import FPS, write_streams
from benchmarks.video.measure import Marks, measure, measure_cpu, spin
from benchmarks.video.players import LabelPlayer, WallPlayer, bare_decode
from console.app import make_application
from console.garbage import collected_here
from console.site import SWITCH_INTERVAL_S

TILES = (1, 4, 9, 16)
_GARBAGE = 10_000  # as the program sets it
_WARM_UP = 0.3  # of the measured time, before it
_Case = dict[str, Any]


def run(
    video: Path | None = None, seconds: float = 5.0, tiles: tuple[int, ...] = TILES, wall: tuple[int, int] = (1280, 720)
) -> dict[str, Any]:
    """Play every case for `seconds`.

    Args:
        video: pictures to show; None makes a scene.
        wall: size of the wall in pixels.

    Returns:
        `{"bench", "cases", "peers", "targets"}` of the bench contract.

    Raises:
        EnvironmentFault: no display.
    """
    make_application()
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    threshold = gc.get_threshold()
    gc.set_threshold(_GARBAGE)
    try:
        with collected_here(), tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder:
            return _all(write_streams(Path(folder), video), seconds, tiles, QSize(*wall))
    finally:
        gc.set_threshold(*threshold)
        sys.setswitchinterval(before_s)


def _all(streams: dict[str, Path], seconds: float, tiles: tuple[int, ...], size: QSize) -> dict[str, Any]:
    cases: list[_Case] = []
    peers: list[_Case] = []
    for kind, path in streams.items():
        for count in tiles:
            cases.append(_case("wall", kind, count, size, _wall(path, count, size, seconds)))
            cases.append(_case("wall, no people", kind, count, size, _wall(path, count, size, seconds, overlays=False)))
            peers.append(_case("bare decode", kind, count, size, _bare(path, count, seconds)))
            peers.append(_case("cv2 to QLabel", kind, count, size, _labels(path, count, size, seconds)))
    return {"bench": "video", "cases": cases, "peers": peers, "targets": _targets(cases, peers)}


def _case(way: str, kind: str, tiles: int, size: QSize, metrics: dict[str, Any]) -> _Case:
    params = {"way": way, "stream": kind, "tiles": tiles, "fps": FPS, "wall": [size.width(), size.height()]}
    return {"name": f"{way} {tiles} × {kind}", "params": params, "metrics": metrics}


def _wall(path: Path, tiles: int, size: QSize, seconds: float, overlays: bool = True) -> dict[str, Any]:
    marks = Marks()
    with WallPlayer(path, tiles, size, marks, overlays):
        return measure(marks, tiles * FPS, _WARM_UP * seconds, seconds)


def _bare(path: Path, tiles: int, seconds: float) -> dict[str, Any]:
    with bare_decode(path, tiles):
        return measure_cpu(_WARM_UP * seconds, seconds)


def _labels(path: Path, tiles: int, size: QSize, seconds: float) -> dict[str, Any]:
    marks = Marks()
    player = LabelPlayer(path, tiles, size, marks)
    with player.playing():
        result = measure(marks, tiles * FPS, _WARM_UP * seconds, seconds)
    spin(0.05)
    return result


def _targets(cases: list[_Case], peers: list[_Case]) -> list[dict[str, Any]]:
    worst_gap = max(case["metrics"]["ui_gap_p99_ms"] for case in cases)
    targets = [_at_most("UI thread gap p99, worst case (ms)", 50.0, worst_gap)]
    bare = {_key(peer): peer["metrics"]["cpu_percent"] for peer in peers if peer["params"]["way"] == "bare decode"}
    for case in cases:
        ratio = case["metrics"]["cpu_percent"] / max(bare[_key(case)], 0.1)
        targets.append(_at_most(f"CPU against bare decode, {case['name']}", _most_ratio(case), round(ratio, 2)))
        if _key(case) == ("sub", 16):
            way = case["params"]["way"]
            targets.append(_at_most(f"CPU at 16 sub-streams, {way} (cores)", 0.6, round(case["metrics"]["cpu_percent"] / 100, 2)))
            targets.append(_at_most(f"due to painted p95 at 16 sub-streams, {way} (ms)", 5.0, case["metrics"]["due_to_painted_p95_ms"]))
        if _key(case) == ("720p", 16):
            targets.append(_at_most(f"pictures dropped at 16 × 720p, {case['params']['way']}", 0, case["metrics"]["dropped"]))
    return targets


def _most_ratio(case: _Case) -> float:
    """One tile pays for the whole window alone."""
    return 2.0 if case["params"]["tiles"] == 1 else 1.6


def _key(case: _Case) -> tuple[str, int]:
    return case["params"]["stream"], case["params"]["tiles"]


def _at_most(metric: str, target: float, measured: float) -> dict[str, Any]:
    return {"metric": metric, "target": target, "measured": measured, "met": measured <= target}
