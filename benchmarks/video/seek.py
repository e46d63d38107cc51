"""`bench seek`: from a click on the timeline to the right picture, stepping back beside stepping on, and nine cameras in step.

Every picture that is shown is read: a wrong one is counted, and no target is met with one.
"""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks import report
from benchmarks.video.seek_films import DAY_S, FRAME_NS, SEGMENT_S, START_NS, Film, day_of, expected, make_film, number_in
from console.site import SWITCH_INTERVAL_S
from engine.model.time import SECOND
from engine.recording.footage.cache import PictureCache
from engine.recording.footage.footage import Footage, FootagePicture
from engine.recording.footage.pace import Pace
from engine.recording.footage.turns import Turns, decoding_threads
from engine.recording.footage.worker import FootageWorker

CAMERAS = 4
FIT = (960, 540)  # of one of four tiles on a full HD screen
_STEPS = 200
_MIB = 1024 * 1024


def run(seeks: int = 100, seconds: float = 10.0) -> dict[str, Any]:
    """`seeks`: of each kind; `seconds`: of playing nine in step, forwards and backwards."""
    from benchmarks.video import seek_wall
    from console.app import make_application

    make_application()  # that there is no display is said now, not after minutes
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)  # as the console does
    try:
        with tempfile.TemporaryDirectory() as folder:
            films = [make_film(Path(folder), gop_s) for gop_s in (2, 10)]
            cases = [_seeks(film, seeks) for film in films]
            cases += [_together(film, seeks, apart_ns) for film in films for apart_ns in (0, film.gop_s * SECOND // CAMERAS)]
            cases += [_steps(film) for film in films]
            cases += [seek_wall.run(films[0], seconds, speed) for speed in (1.0, -1.0, 4.0)]
            peers = [_peer(film, seeks) for film in films]
    finally:
        sys.setswitchinterval(before_s)
    return {"bench": "seek", "cases": cases, "peers": peers, "targets": _targets(cases)}


def _targets(cases: list[report.Case]) -> list[dict[str, Any]]:
    by_name = {case["name"]: case["metrics"] for case in cases}
    wrong = sum(case["metrics"].get("wrong", 0) for case in cases)
    return [
        report.at_most("seek p95 ms, four cameras together, keyframe every 2 s", 200.0, by_name["seek, 4 together, 2 s"]["p95_ms"]),
        report.at_most("seek p95 ms, keyframe every 2 s", 100.0, by_name["seek, 2 s"]["p95_ms"]),
        report.at_most("nine in step, most pictures behind", 1.0, by_name["nine in step, 1×"]["most_behind"]),
        report.at_most("nine in step, share of looks at a tile without its picture", 0.01, by_name["nine in step, 1×"]["loading_share"]),
        report.at_most("back / on, keyframe every 2 s", 3.0, by_name["step, 2 s"]["back_by_on"]),
        report.at_most("cache MiB", 512.0, max(case["metrics"].get("cache_mib", 0.0) for case in cases)),
        report.at_most("wrong pictures", 0, wrong),
    ]


def _footage(film: Film, cache: PictureCache, camera: str, turns: Turns | None = None) -> Footage:
    made = Footage(lambda _: film.path, cache, turns)
    made.plan = day_of(camera)
    return made


def _moments(count: int) -> list[int]:
    """Anywhere in the day, but for its first minute, in which not every camera has begun."""
    return [START_NS + int(at) for at in np.random.default_rng(3).integers(SEGMENT_S * SECOND, DAY_S * SECOND, count)]


def _seeks(film: Film, count: int) -> report.Case:
    """One camera after the other, each as if shown alone, by all cores: opening, reading the index, decoding, pixels for the screen."""
    cache = PictureCache()
    footages = [_footage(film, cache, f"camera{n}") for n in range(CAMERAS)]
    watch, wrong = _Watch(), 0
    for footage in footages:
        footage.threads = decoding_threads(os.cpu_count() or 1, 1)
    for at_ns in _moments(count):
        for footage in footages:
            with watch:
                picture = footage.at(at_ns, FIT)
                pixels = picture.bgra() if isinstance(picture, FootagePicture) else None
            wrong += pixels is None or number_in(pixels) != expected(at_ns)
    for footage in footages:
        footage.close()
    return _case(f"seek, {film.gop_s} s", film, watch, wrong, cache)


def _together(film: Film, count: int, apart_ns: int) -> report.Case:
    """As the screen does it: all cameras at once, each on its thread, until the last one has its picture.

    apart_ns: how much later each camera has its keyframes than the one before; 0: all at once, so that a jump is far for all or none.
    """
    cache, bell, turns = PictureCache(), threading.Semaphore(0), Turns(os.cpu_count() or 1)
    workers = [FootageWorker(f"{n}", _footage(film, cache, f"camera{n}", turns), bell.release) for n in range(CAMERAS)]
    watch, first, wrong = _Watch(), list[float](), 0
    for camera, worker in enumerate(workers):
        worker.set_plan(day_of(f"camera{camera}", camera * apart_ns))
        worker.set_fit(FIT)
    for number, at_ns in enumerate(_moments(count)):
        with watch:
            for worker in workers:
                worker.set_pace(Pace(at_ns, number=number + 1))
            began_s, first_s = time.perf_counter(), 0.0
            while not all(shots := [worker.take(at_ns) for worker in workers]):
                first_s = first_s or (any(shots) and time.perf_counter())
                bell.acquire()
            first.append(((first_s or time.perf_counter()) - began_s) * 1000)
        for camera, shot in enumerate(shots):
            wrong += shot is None or shot.pixels is None or number_in(shot.pixels) != expected(at_ns - camera * apart_ns)
    for worker in workers:
        worker.close()
    keys = ", keyframes apart" if apart_ns else ""
    made = _case(f"seek, {CAMERAS} together, {film.gop_s} s{keys}", film, watch, wrong, cache)
    made["metrics"]["first_camera_p95_ms"] = round(float(np.percentile(first, 95)), 1)
    return made


class _Watch:
    """Times what is done within it, in ms: by the clock, and by the processor, which other programs slow down less."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.cost: list[float] = []
        self._began = self._spent = 0.0

    def __enter__(self) -> None:
        self._began, self._spent = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.took.append((time.perf_counter() - self._began) * 1000)
        self.cost.append((time.process_time() - self._spent) * 1000)


def _case(name: str, film: Film, watch: _Watch, wrong: int, cache: PictureCache) -> report.Case:
    p50, p95, worst = (round(float(value), 1) for value in np.percentile(watch.took, [50, 95, 100]))
    cpu = round(float(np.median(watch.cost)), 1)
    cache_mib = round(cache.most_bytes / _MIB, 1)
    metrics = {"p50_ms": p50, "p95_ms": p95, "max_ms": worst, "cpu_p50_ms": cpu, "wrong": wrong, "cache_mib": cache_mib}
    return report.case(name, _params(film), metrics)


def _params(film: Film) -> dict[str, Any]:
    return {"gop_s": film.gop_s, "mbit_s": round(film.mbit_s, 1), "hours": DAY_S // 3600, "segment_s": SEGMENT_S, "size": "1280×720"}


def _steps(film: Film) -> report.Case:
    """Picture by picture over a keyframe and more, from a cold start each way; as large as recorded, as one camera on the screen."""
    on_ms, wrong_on, _ = _walk(film, True)
    back_ms, wrong_back, cache = _walk(film, False)
    metrics = {
        "on_ms": round(on_ms, 2),
        "back_ms": round(back_ms, 2),
        "back_by_on": round(back_ms / on_ms, 2),
        "wrong": wrong_on + wrong_back,
        "cache_mib": round(cache.most_bytes / _MIB, 1),
    }
    return report.case(f"step, {film.gop_s} s", _params(film) | {"pictures": _STEPS}, metrics)


def _walk(film: Film, forward: bool) -> tuple[float, int, PictureCache]:
    cache = PictureCache()
    footage = _footage(film, cache, "camera")
    at_ns = START_NS + 3600 * SECOND + 30 * SECOND + FRAME_NS // 2
    wrong = 0
    began = time.perf_counter()
    for _ in range(_STEPS):
        shown = footage.at(at_ns, backwards=not forward)
        wrong += not isinstance(shown, FootagePicture) or number_in(shown.bgra()) != expected(at_ns)
        at_ns = shown.until_ns if forward else shown.since_ns - 1
    took_ms = (time.perf_counter() - began) * 1000 / _STEPS
    footage.close()
    return took_ms, wrong, cache


def _peer(film: Film, count: int) -> report.Case:
    """PyAV by its manual: open, seek, decode until the picture is there, convert. It is told which file and where in it."""
    watch, wrong = _Watch(), 0
    for at_ns in _moments(count):
        with watch:
            pixels = _plainly(film.path, (at_ns - START_NS) % (SEGMENT_S * SECOND))
        wrong += pixels is None or number_in(pixels) != expected(at_ns)
    return _case(f"PyAV, {film.gop_s} s", film, watch, wrong, PictureCache())


def _plainly(path: Path, inside_ns: int) -> Any:
    last = None
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base
        assert base is not None
        container.seek(int(inside_ns / SECOND / base), stream=stream)
        for frame in container.decode(stream):
            if frame.pts is not None and frame.pts * base * SECOND > inside_ns:
                break
            last = frame
    return None if last is None else last.to_ndarray(format="bgra", width=FIT[0], height=FIT[1])
