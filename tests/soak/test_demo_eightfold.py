"""The demo site with eight times its events for an hour (`WATCHROOM_SOAK_MINUTES`), engine and console in one process, as
`watchroom --demo` runs them: memory, threads and open files stay what they were, and the screen stays quick.

All that the demo has is at work: its cameras, nodes, phones and people. Seven more towns report beside its own, and people walk past
cameras that are told of as a detector would tell of them, seven times as often as the demo's own sensors say anything; both are counted in
the record. On screen another page is shown every half minute; the tour is left at the first.

Memory is compared between the medians of two spans, the first tenth after the warm-up and the last. Figures are printed and, where
`WATCHROOM_FIGURES` names a folder, written there as `eightfold.json` every minute, so that a run which was ended early has some too.
"""

import gc
import json
import multiprocessing
import os
import re
import sqlite3
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from console.app import make_application, run_console
from console.site import demo_added, running
from console.window import MainWindow
from engine.gateway.border.bind import Bind
from engine.model.cameras.detection import Detections
from engine.model.cameras.picture_zone import PictureLine, PictureZone
from engine.model.incidents.incident import Report
from engine.model.observation import DetectionsMade, FrameSeen, Motion
from engine.model.settings import CameraSettings, Settings
from engine.runtime.engine import Engine
from engine.runtime.local import demo_port
from engine.sources.simulated import SimulatedTown
from engine.vision.models import ModelStore
from tests.fakes.observations import SIZE, Walk
from tests.soak.figures import keep_figures

MINUTES = float(os.environ.get("WATCHROOM_SOAK_MINUTES", "60"))
TIMES = 8
WARM_UP_SHARE = 0.1
SAMPLES = 240
PAGE_S = min(30.0, 5 * MINUTES)  # each page at least once
PROBE_MS = 10
MOST_GROWTH = 0.05
MOST_GAP_MS = 50.0
QUIET_CORES = 0.1  # of other programs: only then what the screen did is this program's doing
MODELS = ("yolox-nano",)
WALKS = (Walk(0.0, 3.0, x=150.0), Walk(0.0, 3.0, x=520.0, y=260.0, height=100.0, speed=-60.0))  # two pass at a time
BUSY = 8  # cameras that people walk past
PAUSE_S = 4.0
pytestmark = [pytest.mark.soak, pytest.mark.timeout(MINUTES * 60 + 900)]


class EightTowns(SimulatedTown):
    """The demo's own, and seven that report at the same places."""

    def __init__(self) -> None:
        super().__init__()
        self._others = tuple(SimulatedTown(seed=f"Granby more {number}") for number in range(1, TIMES))

    def live(self, since_ns: int, until_ns: int) -> list[Report]:
        reports = super().live(since_ns, until_ns) + [each for town in self._others for each in town.live(since_ns, until_ns)]
        return sorted(reports, key=lambda report: report.received_ns)


class Passers:
    """People who walk past cameras, one after the other, whenever fewer events than wanted are there. `run` is the body of a thread."""

    STEP_S = 0.2

    def __init__(self, engine: Engine, data: Path) -> None:
        self.cameras = tuple(CameraSettings(f"busy-{n}", f"Busy {n}", "simulated:yard", enabled=False, **_places(n)) for n in range(BUSY))
        self.own = self.more = self.incidents = 0
        self.walks = 0
        self._engine, self._record = engine, data / "watchroom.db"
        self._began_s: dict[str, float] = {}
        self._index = 0

    def added(self, now: Settings) -> Settings:
        for camera in self.cameras:
            now = now.with_camera(camera)
        return now

    def run(self, stopping: threading.Event) -> None:
        while not stopping.wait(self.STEP_S):
            self._index += 1
            if self._index % 10 == 1:
                self.count()
            for camera in self.cameras:
                self._show(camera.id, time.monotonic())

    def count(self) -> None:
        """Events in the record: of the demo's own sensors, of these cameras, of the towns."""
        with sqlite3.connect(f"file:{self._record}?mode=ro", uri=True) as record:
            rows = record.execute("SELECT camera_id, kind, count(*) FROM events GROUP BY 1, 2").fetchall()
        record.close()
        busy = {camera.id for camera in self.cameras}
        self.incidents = sum(count for _, kind, count in rows if kind == "incident")
        self.more = sum(count for camera_id, _, count in rows if camera_id in busy)
        self.own = sum(count for _, _, count in rows) - self.more - self.incidents

    def _show(self, camera_id: str, now_s: float) -> None:
        since_s = now_s - self._began_s.get(camera_id, -1e9)
        if since_s > PAUSE_S and self.more < (TIMES - 1) * self.own:
            self._began_s[camera_id], since_s = now_s, 0.0
            self.walks += 1
        boxes = [box for walk in WALKS if (box := walk.box(since_s)) is not None]
        regions = np.array(boxes, np.float32).reshape(-1, 4)
        at_ns, post = self._engine.clock.now_ns(), self._engine.mailbox.post
        post(FrameSeen(camera_id, at_ns, self._index, *SIZE, Motion(0.01 * len(regions), regions)))
        post(DetectionsMade(camera_id, at_ns, self._index, *SIZE, Detections.people(regions, [0.8] * len(regions)), "test"))


def _places(number: int) -> dict[str, Any]:
    """A zone in the way of one of them, a line in that of the other."""
    zone = PictureZone(f"zone-{number}", f"Gate {number}", ((0.29, 0.6), (0.45, 0.6), (0.45, 1.0), (0.29, 1.0)))
    return {"zones": (zone,), "lines": (PictureLine(f"line-{number}", f"Kerb {number}", (0.7, 0.5), (0.7, 1.0)),)}


class Gaps:
    """How long the screen's thread was busy with something else, beyond the probe's own period: counts by the millisecond, page by page."""

    def __init__(self) -> None:
        self.page = ""
        self._pages: dict[str, Any] = {}
        self._before_s = 0.0
        self._probe = QTimer(interval=PROBE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._probe.timeout.connect(self._tick)
        self._probe.start()

    def clear(self) -> None:
        self._pages.clear()

    def stop(self) -> None:
        self._probe.stop()

    def by_page(self) -> dict[str, int]:
        """99 % of the gaps while a page was on screen are not longer."""
        return {page: _share_ms(counts, 0.99) for page, counts in self._pages.items()}

    def share_ms(self, share: float) -> int:
        """The gap that so many of all are not longer than."""
        return _share_ms(self._all(), share)

    def longest_ms(self) -> int:
        counts = self._all()
        return int(np.flatnonzero(counts)[-1]) if counts.any() else 0

    def _all(self) -> Any:
        return sum(self._pages.values(), np.zeros(5_000, np.int64))

    def _tick(self) -> None:
        now_s = time.perf_counter()
        if self._before_s:
            counts = self._pages.setdefault(self.page, np.zeros(5_000, np.int64))
            counts[min(max(0, int((now_s - self._before_s) * 1000 - PROBE_MS)), len(counts) - 1)] += 1
        self._before_s = now_s


def _share_ms(counts: Any, share: float) -> int:
    total = np.cumsum(counts)
    return int(np.searchsorted(total, share * total[-1]))


class Watch:
    """Looks at the process from its own screen's thread, and turns the pages."""

    def __init__(self, engine: Engine, passers: Passers) -> None:
        self.samples: list[dict[str, Any]] = []
        self.gaps = Gaps()
        self.grown: list[tuple[str, int]] = []
        self._engine, self._passers = engine, passers
        self._process = psutil.Process()
        self._began_s = time.monotonic()
        self._census: Counter[str] = Counter()
        self._timers = [self._every(MINUTES * 60 / SAMPLES, self._look), self._every(PAGE_S, self._turn)]
        psutil.cpu_percent()

    def stop(self) -> None:
        self.gaps.stop()
        for timer in self._timers:
            timer.stop()

    def _every(self, seconds: float, do: Any) -> QTimer:
        timer = QTimer(interval=round(seconds * 1000))
        timer.timeout.connect(do)
        timer.start()
        return timer

    def _turn(self) -> None:
        window = next((it for it in QApplication.topLevelWidgets() if isinstance(it, MainWindow)), None)
        if window is not None:
            window.tour.leave()  # as whoever works with it does
            pages = window.page_ids()
            self.gaps.page = pages[(pages.index(window.current_page_id()) + 1) % len(pages)]
            window.show_page(self.gaps.page)

    def _look(self) -> None:
        if time.monotonic() - self._began_s < WARM_UP_SHARE * MINUTES * 60:
            return
        if not self.samples:
            self._census = census()
            self.gaps.clear()
        self.samples.append(self._sample())
        if not self.grown and time.monotonic() - self._began_s > 0.97 * MINUTES * 60:
            self.grown = (census() - self._census).most_common(12)
        if len(self.samples) % 4 == 0:
            self.write()

    def _sample(self) -> dict[str, Any]:
        snapshot = self._engine.snapshot(with_users=False)
        demo = [view for view in snapshot.cameras if view.settings.enabled]
        family = (self._process, *(psutil.Process(child.pid) for child in multiprocessing.active_children()))  # the demo's world
        return {
            "at_s": round(time.monotonic() - self._began_s, 1),
            "memory": sum(each.memory_info().rss for each in family),
            "blocks": sys.getallocatedblocks(),
            "threads": self._process.num_threads(),
            "files": self._process.num_fds(),
            "cpu_s": sum(sum(each.cpu_times()[:2]) for each in family),
            "all_cores": psutil.cpu_percent() / 100 * (psutil.cpu_count() or 1),
            "load": os.getloadavg()[0],
            "fps": min(view.health.fps for view in demo),
            "waiting": len(self._engine.mailbox),
            "own": self._passers.own,
            "more": self._passers.more,
            "incidents": self._passers.incidents,
            "troubles": snapshot.health.troubles,
        }

    def write(self) -> None:
        figures = self.report()
        keep_figures("eightfold", figures)

    def end(self) -> dict[str, Any]:
        self.write()
        return self.report()

    def report(self) -> dict[str, Any]:
        tenth = max(1, len(self.samples) // 10)
        first, last = self.samples[:tenth], self.samples[-tenth:]
        seconds = self.samples[-1]["at_s"] - self.samples[0]["at_s"]
        cores = (self.samples[-1]["cpu_s"] - self.samples[0]["cpu_s"]) / max(1.0, seconds)
        return {
            "minutes": round(self.samples[-1]["at_s"] / 60, 1),
            "measured_minutes": round(seconds / 60, 1),
            "memory_first_mib": round(median(first, "memory") / 1024**2, 1),
            "memory_last_mib": round(median(last, "memory") / 1024**2, 1),
            "memory_most_mib": round(max(row["memory"] for row in self.samples) / 1024**2, 1),
            "memory_growth": round(median(last, "memory") / median(first, "memory") - 1, 4),
            "memory_by_tenths_mib": [round(median(self.samples[n : n + tenth], "memory") / 1024**2) for n in self._tenths(tenth)],
            "blocks_by_tenths": [round(median(self.samples[n : n + tenth], "blocks")) for n in self._tenths(tenth)],
            "threads_by_tenths": [round(median(self.samples[n : n + tenth], "threads")) for n in self._tenths(tenth)],
            "files_by_tenths": [round(median(self.samples[n : n + tenth], "files")) for n in self._tenths(tenth)],
            "threads_first": max(row["threads"] for row in first),
            "threads_last": median(last, "threads"),
            "files_first": max(row["files"] for row in first),
            "files_last": median(last, "files"),
            "ui_gap_p50_ms": self.gaps.share_ms(0.5),
            "ui_gap_p99_ms": self.gaps.share_ms(0.99),
            "ui_gap_longest_ms": self.gaps.longest_ms(),
            "ui_gap_p99_ms_by_page": self.gaps.by_page(),
            "own_cores": round(cores, 2),
            "cores_of_others": round(statistics.fmean(row["all_cores"] for row in self.samples[1:] or self.samples) - cores, 2),
            "load_mean": round(statistics.fmean(row["load"] for row in self.samples), 1),
            "fps_median": round(median(self.samples, "fps"), 1),
            "waiting_most": max(row["waiting"] for row in self.samples),
            "events": {name: self.samples[-1][name] - self.samples[0][name] for name in ("own", "more", "incidents")},
            "walks": self._passers.walks,
            "times": round(1 + self.samples[-1]["more"] / max(1, self.samples[-1]["own"]), 1),
            "troubles": dict(Counter(re.sub(r"[0-9,]+", "N", sentence) for row in self.samples for sentence in row["troubles"])),
            "grown": self.grown,
        }

    def _tenths(self, tenth: int) -> range:
        return range(0, len(self.samples) - tenth + 1, tenth)


def median(samples: list[dict[str, Any]], name: str) -> float:
    return statistics.median(row[name] for row in samples)


def census() -> Counter[str]:
    """Objects by kind that were made since the start."""
    gc.collect()
    return Counter(type(it).__qualname__ for it in gc.get_objects())


@pytest.fixture
def eightfold(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    models = tmp_path / "models"
    ModelStore(models).install(MODELS, shared / "data" / "models")
    monkeypatch.setenv("WATCHROOM_MODELS", str(models))
    make_application()
    data = tmp_path / "demo"
    with running(data, Bind.parse("127.0.0.1:0"), replace(demo_added(), town=EightTowns()), gateway_needed=False) as site:
        passers, stopping = Passers(site.engine, data), threading.Event()
        site.engine.update_settings(passers.added, "test")
        walking = threading.Thread(target=passers.run, args=(stopping,), name="passers")
        walking.start()
        watch = Watch(site.engine, passers)
        try:
            run_console(site.door, data_folder=data, demo_port=demo_port(site.engine), seconds=MINUTES * 60)
            yield watch
        finally:
            watch.stop()
            stopping.set()
            walking.join()


def test_memory_threads_and_files_stay_and_the_screen_is_quick(eightfold: Watch) -> None:
    figures = eightfold.end()
    print(f"\n{json.dumps(figures, indent=1)}")
    assert figures["times"] >= TIMES - 0.5, "as many events as were wanted"
    assert figures["memory_growth"] <= MOST_GROWTH
    assert figures["threads_last"] <= figures["threads_first"]
    assert figures["files_last"] <= figures["files_first"]
    if figures["cores_of_others"] <= QUIET_CORES:
        assert figures["ui_gap_p99_ms"] <= MOST_GAP_MS
