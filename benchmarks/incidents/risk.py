"""`bench risk`: one incident's update of a risk map of a hundred thousand cells by 24 hours, in memory and in the record, hot-spot queries
on it, and the heat map on screen while it is panned. Times that passed, and beside them those of this thread's processor, without the turns
of other programs.
"""

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from math import pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.incidents import risk_repaint
from benchmarks.report import Case, at_most, case
from engine.model.errors import EnvironmentFault
from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.questions import GetRiskPicture, ListHotspots
from engine.model.risk.risk import CATEGORIES, PastIncidents, RiskBump, RiskForecast, RiskSettings
from engine.model.time import SECOND, SystemClock
from engine.risk.baseline import plain_base
from engine.risk.grid import EARTH_M, Grid, Numbers
from engine.risk.hotspots import hotspots, risk_picture
from engine.risk.surface import bump_of
from engine.runtime.risk.risk_map import RiskMap, kept_for
from engine.store import open_store
from engine.store.fire.risk import CellBumps, RiskTable

MEMORY_MS, STORED_MS, QUERY_MS = 5.0, 20.0, 10.0
PLACE = (59.33, 18.07)
UPDATES, STORED, QUERIES, MAPS, PAST, FRAMES = 2_000, 300, 1_000, 20, 20_000, 300
WARM = 20
_SETTINGS = RiskSettings()
_DAY_NS = 86_400 * SECOND


def run(cells: int = 100_000, repainted: int = risk_repaint.CELLS) -> dict[str, Any]:
    """Raises EnvironmentFault: the disk is full."""
    now_ns = SystemClock().now_ns()
    draw = np.random.default_rng(1)
    radius_m = _SETTINGS.cell_m * sqrt(cells / pi)
    grid = Grid(_SETTINGS.cell_m)
    wanted = grid.around(*PLACE, 1.01 * radius_m + 2 * _SETTINGS.cell_m)[0][:cells]
    with (
        tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder,
        closing(open_store(Path(folder) / "risk.db", SystemClock())) as store,
    ):
        kept = _full_map(store.risk, wanted, now_ns, draw)
        memory = _updates(kept, radius_m, now_ns, draw)
        stored = _stored(kept, radius_m, now_ns, draw)
        asked = [_queries(kept, radius_m, radius_km, now_ns, draw) for radius_km in (1.0, 10.0, 100.0)]
        cases = [memory, stored, *asked, _maps(kept, now_ns), _baseline(grid, radius_m, now_ns, draw)]
    for each in cases[:5]:
        each["params"] = {"cells": len(wanted), "hours": 24} | each["params"]
    slowest = max(each["metrics"]["p99_ms"] for each in asked)
    targets = [
        at_most("update in memory p99_ms", MEMORY_MS, memory["metrics"]["p99_ms"]),
        at_most("update stored p99_ms", STORED_MS, stored["metrics"]["p99_ms"]),
        at_most("hot spots p99_ms", QUERY_MS, slowest),
    ]
    try:
        painted = risk_repaint.measured(repainted, FRAMES)
    except EnvironmentFault as fault:
        cases.append(case("repaint while panning", {"not_measured": str(fault)}, {}))
    else:
        cases.append(painted)
        targets.append(at_most("repaint p99_ms", risk_repaint.FRAME_MS, painted["metrics"]["p99_ms"]))
    return {"bench": "risk", "cases": cases, "peers": [], "targets": targets}


def _full_map(table: RiskTable, cells: Numbers, now_ns: int, draw: np.random.Generator) -> RiskMap:
    """Every cell has a base for each hour, and a bump, in memory and in the record."""
    risks = draw.random((len(cells), 24)).astype(np.float32)
    bumps = CellBumps(cells, draw.uniform(0.01, 0.1, len(cells)), np.full(len(cells), now_ns, np.int64))
    table.replace(kept_for(_SETTINGS), (), bumps)
    full = RiskMap(table, _SETTINGS)
    full.open(_SETTINGS, now_ns)
    full.use_forecast(RiskForecast(_SETTINGS.cell_m, cells, risks, now_ns, now_ns + _DAY_NS))
    return full


def _updates(full: RiskMap, radius_m: float, now_ns: int, draw: np.random.Generator) -> Case:
    """A new incident; every fourth is then another than it was said to be, which takes the old one back and adds the new."""
    touched = 0

    def put(bump: RiskBump) -> None:
        nonlocal touched
        touched += full.read(lambda surface: len(surface.put_bump(bump)))

    told = [_incident(number, "m", radius_m, now_ns, draw) for number in range(UPDATES)]
    told = [told[number - 1] if number % 4 == 3 else bump for number, bump in enumerate(told)]
    told = [_worse(bump, now_ns) if number % 4 == 3 else bump for number, bump in enumerate(told)]
    metrics = _times([_timed(lambda bump=bump: put(bump)) for bump in told])
    return case("update in memory", {"incidents": len(told)}, metrics | {"cells_touched": round(touched / len(told), 1)})


def _stored(full: RiskMap, radius_m: float, now_ns: int, draw: np.random.Generator) -> Case:
    """The same, and durable: all its cells in one transaction."""

    def keep(bump: RiskBump) -> None:
        full.put([bump])
        full.save()

    full.save()
    told = [_incident(number, "s", radius_m, now_ns, draw) for number in range(STORED + WARM)]
    return case("update stored", {"incidents": STORED}, _times([_timed(lambda bump=bump: keep(bump)) for bump in told][WARM:]))


def _queries(full: RiskMap, within_m: float, radius_km: float, now_ns: int, draw: np.random.Generator) -> Case:
    """Around anywhere, for any hour, the 50 highest."""
    asked: list[ListHotspots] = []
    for _ in range(QUERIES + WARM):
        latitude, longitude = _somewhere(within_m, draw)
        asked.append(ListHotspots(latitude, longitude, radius_km, int(draw.integers(0, 24)), limit=50))
    times = [_timed(lambda ask=ask: full.read(lambda surface: hotspots(surface, ask, now_ns))) for ask in asked]
    return case("hot spots", {"radius_km": radius_km, "queries": QUERIES}, _times(times[WARM:]))


def _maps(full: RiskMap, now_ns: int) -> Case:
    times = [
        _timed(lambda h=h: full.read(lambda surface: risk_picture(surface, GetRiskPicture(hours_ahead=h), now_ns, False)))
        for h in range(MAPS)
    ]
    return case("whole map of an hour", {}, _times(times))


def _baseline(grid: Grid, radius_m: float, now_ns: int, draw: np.random.Generator) -> Case:
    """The plain base anew out of a month of a large city."""
    count = PAST
    places = np.array([_somewhere(radius_m, draw) for _ in range(count)])
    past = PastIncidents(
        tuple(f"in-{number}" for number in range(count)),
        places[:, 0],
        places[:, 1],
        np.sort(now_ns - draw.integers(0, 30 * _DAY_NS, count)),
        draw.integers(0, len(CATEGORIES), count).astype(np.int8),
        draw.integers(1, 6, count).astype(np.int8),
    )
    return case("plain base anew", {"incidents": count}, _times([_timed(lambda: plain_base(grid, past, now_ns)) for _ in range(MAPS)]))


def _incident(number: int, prefix: str, radius_m: float, now_ns: int, draw: np.random.Generator) -> RiskBump:
    """Within the last days, so that times differ as they do."""
    latitude, longitude = _somewhere(radius_m - 2_000.0, draw)
    category = CATEGORIES[int(draw.integers(0, len(CATEGORIES)))]
    at_ns = now_ns - int(draw.integers(0, 5 * _DAY_NS))
    return bump_of(f"in-{prefix}{number}", latitude, longitude, at_ns, category, int(draw.integers(1, 6)), _SETTINGS)


def _worse(bump: RiskBump, now_ns: int) -> RiskBump:
    return bump_of(bump.incident_id, bump.latitude, bump.longitude, now_ns, IncidentCategory.WEAPONS, 5, _SETTINGS)


def _somewhere(radius_m: float, draw: np.random.Generator) -> tuple[float, float]:
    bearing, away = draw.uniform(0, 2 * pi), max(radius_m, 0.0) * sqrt(draw.random()) / EARTH_M
    narrow = np.cos(np.radians(PLACE[0]))
    return PLACE[0] + float(np.degrees(away * np.sin(bearing))), PLACE[1] + float(np.degrees(away * np.cos(bearing) / narrow))


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    begun_s, cpu_s = time.perf_counter(), time.thread_time()
    act()
    return 1e3 * (time.perf_counter() - begun_s), 1e3 * (time.thread_time() - cpu_s)


def _times(pairs: list[tuple[float, float]]) -> dict[str, float]:
    ms, cpu_ms = np.array(pairs).T
    quantiles = {"p50_ms": np.median(ms), "p99_ms": np.quantile(ms, 0.99), "worst_ms": ms.max(), "p99_cpu_ms": np.quantile(cpu_ms, 0.99)}
    return {name: round(float(value), 3) for name, value in quantiles.items()}
