"""`bench correlate`: a new report among a million stored incidents: what it is held against and what becomes of it, on SQLite and on
PostgreSQL with PostGIS; beside the bare question to the spatial index, asked in the same run in turns.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.history import postgres_server
from benchmarks.incidents import correlate_rows
from benchmarks.incidents.correlate_rows import Past
from benchmarks.report import Case, at_most, case
from engine._geodesic import boxes_around
from engine.incidents.correlation import correlate
from engine.model.incidents.incident import Filed, IncidentStatus, Report
from engine.model.question import ListIncidents
from engine.model.time import SystemClock
from engine.store import open_store
from engine.store.database.postgres import open_incidents, postgres_engine
from engine.store.incidents.incidents import IncidentTable, around
from engine.store.incidents.places import time_axis

SQLITE_MS, POSTGIS_MS = 5.0, 10.0
LOOKS = 2_000
FILED_ALONE, FILED_TOGETHER, AT_ONCE = 500, 5_000, 50
LISTS = 50
WARM = 50

_Bare = Callable[[Report], int]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A full record. `bare`: how many the spatial index alone finds. `kept_s`: how long filling and opening took."""

    name: str
    table: IncidentTable
    bare: _Bare
    fill_s: float
    open_s: float


def run(incidents: int = 1_000_000, postgres: str | None = None) -> dict[str, Any]:
    """
    Args:
        postgres: an address of an empty database; "" starts a server for this bench; None leaves PostgreSQL out.

    Raises EnvironmentFault: PostgreSQL is not installed or does not answer; the disk is full.
    """
    past = correlate_rows.make_past(incidents, np.random.default_rng(1))
    cases, peers, targets = _measured(_sqlite(past), past, SQLITE_MS)
    if postgres is not None:
        more = _measured(_postgres(past, postgres), past, POSTGIS_MS)
        cases, peers, targets = cases + more[0], peers + more[1], targets + more[2]
    return {"bench": "correlate", "cases": cases, "peers": peers, "targets": targets}


def _measured(opened: AbstractContextManager[_Kept], past: Past, limit_ms: float) -> tuple[list[Case], list[Case], list[dict[str, Any]]]:
    with opened as kept:
        ours, bare = _looks(kept, past)
        cases = [ours, _filing(kept, past), _lists(kept, past)]
        target = at_most(f"{kept.name} correlation p99_ms", limit_ms, ours["metrics"]["p99_ms"])
        return cases, [bare], [target]


@contextmanager
def _sqlite(past: Past) -> Iterator[_Kept]:
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder:
        path = Path(folder) / "watchroom.db"
        open_store(path, SystemClock()).close()
        fill_s = _seconds(lambda: correlate_rows.fill_sqlite(path, past))
        begun_s = time.perf_counter()
        store = open_store(path, SystemClock())
        open_s = time.perf_counter() - begun_s
        with closing(store), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            yield _Kept("SQLite", store.incidents, partial(_in_tree, connection), fill_s, open_s)


@contextmanager
def _postgres(past: Past, url: str) -> Iterator[_Kept]:
    with _address(url) as address:
        reading, writing = postgres_engine(address, reading=True), postgres_engine(address)
        try:
            begun_s = time.perf_counter()
            table = open_incidents(reading, writing)
            open_s = time.perf_counter() - begun_s
            fill_s = _seconds(lambda: correlate_rows.fill_postgres(address, past))
            with closing(correlate_rows.connect(address)) as connection:
                yield _Kept("PostGIS", table, partial(_in_reach, connection.cursor()), fill_s, open_s)
        finally:
            reading.dispose()
            writing.dispose()


@contextmanager
def _address(url: str) -> Iterator[str]:
    if url:
        yield url
        return
    with postgres_server.running() as own:
        yield own


_TREE = "SELECT key FROM incident_places WHERE south <= ? AND north >= ? AND west <= ? AND east >= ? AND since <= ? AND until >= ?"
_REACH = (
    "SELECT key FROM incidents WHERE ST_DWithin(place, geography(ST_SetSRID(ST_MakePoint(%s, %s), 4326)), %s)"
    " AND occurred_ns BETWEEN %s AND %s"
)


def _in_tree(connection: sqlite3.Connection, report: Report) -> int:
    reach = around(report)
    (box,) = boxes_around(report.latitude, report.longitude, reach.radius_m)
    assert reach.since_ns is not None and reach.until_ns is not None
    times = time_axis(reach.until_ns), time_axis(reach.since_ns)
    return len(connection.execute(_TREE, (box.north, box.south, box.east, box.west, *times)).fetchall())


def _in_reach(cursor: Any, report: Report) -> int:
    reach = around(report)
    cursor.execute(_REACH, (report.longitude, report.latitude, reach.radius_m, reach.since_ns, reach.until_ns))
    return len(cursor.fetchall())


def _looks(kept: _Kept, past: Past) -> tuple[Case, Case]:
    """Half of the reports are of something that is there, the others anywhere and at busy places; nothing is kept."""
    wanted = _new_reports(past, LOOKS + WARM, np.random.default_rng(2), "q")
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    joined = 0
    for number, said in enumerate(wanted):
        steps = [(ours, partial(_correlated, kept.table, said)), (bare, partial(kept.bare, said))]
        for times, step in steps if number % 2 else steps[::-1]:  # in turns: whoever comes second finds the pages in memory
            begun_s, cpu_s = time.perf_counter(), time.thread_time()
            done = step()
            times.append((1e3 * (time.perf_counter() - begun_s), 1e3 * (time.thread_time() - cpu_s)))
            joined += done is IncidentStatus.CORROBORATED
    params = {"incidents": len(past), "reports": LOOKS, "fill_s": round(kept.fill_s, 1), "open_s": round(kept.open_s, 2)}
    mine, theirs = _times(ours[WARM:]), _times(bare[WARM:])
    ratio = {"ratio_to_bare": round(mine["p50_ms"] / theirs["p50_ms"], 2), "joined": joined}
    return case(f"correlate, {kept.name}", params, mine | ratio), case(f"bare index, {kept.name}", {"incidents": len(past)}, theirs)


def _correlated(table: IncidentTable, said: Report) -> IncidentStatus:
    return correlate(said, table.near(said)).status


def _filing(kept: _Kept, past: Past) -> Case:
    """Durable, through the rules: one commit a report, and fifty reports a commit as when fifty connections send at once."""
    draw = np.random.default_rng(3)
    alone, together = _new_reports(past, FILED_ALONE, draw, "a"), _new_reports(past, FILED_TOGETHER, draw, "t")
    alone_s = _seconds(lambda: [_filed(kept.table, [said]) for said in alone])
    groups = [together[begin : begin + AT_ONCE] for begin in range(0, len(together), AT_ONCE)]
    together_s = _seconds(lambda: [_filed(kept.table, group) for group in groups])
    metrics = {"alone_per_s": round(FILED_ALONE / alone_s), "together_per_s": round(FILED_TOGETHER / together_s)}
    return case(f"file, {kept.name}", {"incidents": len(past), "at_once": AT_ONCE}, metrics)


def _filed(table: IncidentTable, group: list[Report]) -> None:
    done = table.file(group, correlate).filed
    assert all(isinstance(each, Filed) for each in done)


def _lists(kept: _Kept, past: Past) -> Case:
    """The newest hundred of all, and within one and twenty kilometres of anywhere."""
    draw = np.random.default_rng(4)
    metrics: dict[str, float] = {}
    for name, radius_km in (("newest", None), ("1_km", 1.0), ("20_km", 20.0)):
        times: list[tuple[float, float]] = []
        for latitude, longitude in past.places[draw.integers(0, len(past), LISTS if radius_km != 20.0 else 5)].tolist():
            near = None if radius_km is None else (latitude, longitude, radius_km)
            begun_s = time.perf_counter()
            kept.table.answer(ListIncidents(near=near))
            times.append((1e3 * (time.perf_counter() - begun_s), 0.0))
        metrics[f"{name}_p50_ms"] = _times(times)["p50_ms"]
    return case(f"list 100, {kept.name}", {"incidents": len(past)}, metrics)


def _new_reports(past: Past, count: int, draw: np.random.Generator, prefix: str) -> list[Report]:
    chosen = draw.integers(0, len(past), count)
    same = draw.random(count) < 0.5
    at_s = np.where(same, past.at_s[chosen] + draw.uniform(-200, 200, count), draw.uniform(0, correlate_rows.YEAR_S, count))
    places = past.places[chosen] + np.where(same[:, None], draw.uniform(-0.0002, 0.0002, (count, 2)), 0.0)
    numbers = np.where(same, chosen, draw.integers(0, 1 << 30, count))  # the number gives the category, and that of the same is the same
    found: list[Report] = []
    for index, ((latitude, longitude), number) in enumerate(zip(places.tolist(), numbers.tolist(), strict=True)):
        kind = number % 12 + 12 * index
        found.append(correlate_rows.report(kind, latitude, longitude, max(0.0, float(at_s[index])), prefix))
    return found


def _times(pairs: list[tuple[float, float]]) -> dict[str, float]:
    """Of milliseconds that passed, and of CPU time of this process: without the turns of other programs and servers."""
    ms, cpu_ms = np.array(pairs).T
    quantiles = {"p50_ms": np.median(ms), "p99_ms": np.quantile(ms, 0.99), "p99_cpu_ms": np.quantile(cpu_ms, 0.99)}
    return {name: round(float(value), 3) for name, value in quantiles.items()}


def _seconds(act: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    act()
    return time.perf_counter() - begun_s
