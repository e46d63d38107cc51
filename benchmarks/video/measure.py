"""What the video bench measures while a window shows pictures."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer

_PROBE_MS = 10


@dataclass(slots=True)
class Marks:
    """Times noted during one case, on the UI thread. `painted`: (due, painted) of each picture, ns of one clock."""

    painted: list[tuple[int, int]] = field(default_factory=list)
    ticks_s: list[float] = field(default_factory=list)

    def clear(self) -> None:
        self.painted.clear()
        self.ticks_s.clear()


def measure(marks: Marks, due_per_s: float, warm_up_s: float, seconds: float) -> dict[str, Any]:
    """Run Qt's event loop and report: CPU of this process in percent of one core, due → painted in ms, pictures dropped, UI gaps in ms."""
    probe = QTimer(interval=_PROBE_MS, timerType=Qt.TimerType.PreciseTimer)
    probe.timeout.connect(lambda: marks.ticks_s.append(time.perf_counter()))
    probe.start()
    spin(warm_up_s)
    marks.clear()
    cpu, wall = time.process_time(), time.perf_counter()
    spin(seconds)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    probe.stop()
    return {"cpu_percent": round(100 * cpu / wall, 1), **_delays(marks), **_drops(marks, due_per_s * wall), **_gaps(marks)}


def measure_cpu(warm_up_s: float, seconds: float, wait: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """CPU alone, for peers that show nothing."""
    wait(warm_up_s)
    cpu, wall = time.process_time(), time.perf_counter()
    wait(seconds)
    return {"cpu_percent": round(100 * (time.process_time() - cpu) / (time.perf_counter() - wall), 1)}


def spin(seconds: float) -> None:
    """Let Qt work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _delays(marks: Marks) -> dict[str, Any]:
    if not marks.painted:
        return {"due_to_painted_p50_ms": None, "due_to_painted_p95_ms": None}
    delays = [(painted - due) / 1e6 for due, painted in marks.painted]
    p50, p95 = np.percentile(delays, (50, 95))
    return {"due_to_painted_p50_ms": round(float(p50), 2), "due_to_painted_p95_ms": round(float(p95), 2)}


def _drops(marks: Marks, due: float) -> dict[str, Any]:
    return {"painted": len(marks.painted), "dropped": max(0, round(due) - len(marks.painted))}


def _gaps(marks: Marks) -> dict[str, Any]:
    """How long the UI thread was busy with something else, beyond the probe's own period."""
    gaps = np.diff(np.asarray(marks.ticks_s)) * 1000 - _PROBE_MS
    return {"ui_gap_p99_ms": round(float(np.percentile(gaps, 99)), 2) if len(gaps) else None}
