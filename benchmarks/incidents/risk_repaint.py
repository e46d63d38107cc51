"""The heat map on screen: how long a paint takes while the map is panned. A process of its own, as it needs Qt and perhaps no display.

`python -m benchmarks.incidents.risk_repaint CELLS FRAMES` prints one JSON object.
"""

import json
import os
import subprocess
import sys
import time
from math import pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.report import Case, case
from engine.model.errors import EnvironmentFault
from engine.model.event import Severity
from engine.risk.grid import Grid

if TYPE_CHECKING:
    from widgets.maps.site_map import SiteMap

CELLS = 250_000
FRAME_MS = 1000 / 30
_PLACE = (59.33, 18.07)
_SIZE = (1280, 800)
_WARM, _ZOOMS_AT = 10, 20
_INCIDENTS = 200


def measured(cells: int, frames: int) -> Case:
    """Raises EnvironmentFault: `no_qt`, Qt is not installed, or gives no screen."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "benchmarks.incidents.risk_repaint", str(cells), str(frames)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2] or "it ended without a word"
        raise EnvironmentFault("no_qt", f"The map could not be painted: {last}")
    return case("repaint while panning", {"cells": cells, "pixels": list(_SIZE), "incidents": _INCIDENTS}, json.loads(done.stdout))


def _paint(cells: int, frames: int) -> dict[str, float]:
    from console.app import make_application
    from widgets.maps.heat.heat_raster import rasterised
    from widgets.maps.incident_layer import MapMark
    from widgets.maps.site_map import SiteMap

    app = make_application()
    draw = np.random.default_rng(1)
    grid = Grid()
    radius_m = grid.cell_m * sqrt(cells / pi)
    wanted = grid.around(*_PLACE, 1.01 * radius_m)[0][:cells]
    begun_s = time.perf_counter()
    raster = rasterised(*grid.centres(wanted), draw.random(len(wanted)), grid.cell_m)
    raster_ms = 1e3 * (time.perf_counter() - begun_s)
    shown = SiteMap()
    shown.resize(*_SIZE)
    shown.set_middle(_PLACE[1])
    shown.set_heat(raster)
    spread = np.degrees(radius_m / 6_371_000) * draw.uniform(-0.7, 0.7, (_INCIDENTS, 2)) * (1, 2)
    shown.set_incidents(MapMark(f"in-{n}", _PLACE[0] + y, _PLACE[1] + x, Severity(1 + n % 5)) for n, (y, x) in enumerate(spread))
    shown.show()
    app.processEvents()
    times = [_frame(shown, number) for number in range(-_WARM, frames)][_WARM:]
    p50, p99 = np.quantile(times, (0.5, 0.99))
    figures = {"p50_ms": p50, "p99_ms": p99, "worst_ms": max(times), "fps": 1000 / np.mean(times), "raster_ms": raster_ms}
    return {name: round(float(value), 2) for name, value in figures.items()}


def _frame(shown: "SiteMap", number: int) -> float:
    """Pans in a circle, and zooms in once."""
    begun_s = time.perf_counter()
    angle = number / 20
    shown.pan(8 * np.cos(angle), 8 * np.sin(angle))
    if number == _ZOOMS_AT:
        shown.zoom(3.0)
    shown.repaint()
    return 1e3 * (time.perf_counter() - begun_s)


if __name__ == "__main__":
    print(json.dumps(_paint(int(sys.argv[1]), int(sys.argv[2]))))
