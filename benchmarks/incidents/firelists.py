"""`bench firelists`: pages of sequences of smoke and of plumes that fire weather filters, among a million: how long they take, and whether
every page is as full as what passes allows.

A record is filled past the rules (by hand it would take hours): a year of some cameras, about two sequences to a plume, confidences evenly
between 0.05 and 0.95. Half of the cameras have a very low class, so that a third of all sequences is left out; in the hard case one in a
hundred passes.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import Case, at_least, at_most, case
from engine.model.fire.fire import FireClass, FireRiskPolicy
from engine.model.fire.smoke import ListedPlume, Plume, SmokePage, SmokeSequence
from engine.model.time import SECOND, SystemClock
from engine.store import open_store
from engine.store.fire.smoke import SmokeTable

P99_MS = 20.0
PAGES, WARM = 1_500, 30
CAMERAS = 60
BEGIN_NS, DAY_NS, DAYS = 1_760_000_000 * SECOND, 86_400 * SECOND, 365
_BOX = "[0.4, 0.4, 0.5, 0.5]"


@dataclass(frozen=True, slots=True)
class _Past:
    """Sequences in order of time: when, by which camera, how sure, and of which plume."""

    started_ns: np.ndarray[Any, np.dtype[np.int64]]
    camera: np.ndarray[Any, np.dtype[np.int64]]
    confidence: np.ndarray[Any, np.dtype[np.float64]]
    plume: np.ndarray[Any, np.dtype[np.int64]]

    def passing(self, page: SmokePage) -> int:
        """How many sequences of a page's times its policy keeps, counted without the database."""
        least = np.array([page.policy.threshold(f"c{number}") for number in range(CAMERAS)])
        within = (self.started_ns >= (page.since_ns or 0)) & (self.started_ns < (page.until_ns or 2**62))
        return int(np.count_nonzero(within & (self.confidence >= least[self.camera])))


def run(sequences: int = 1_000_000) -> dict[str, Any]:
    """Raises EnvironmentFault: the disk is full."""
    past = _make_past(sequences, np.random.default_rng(1))
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder:
        path = Path(folder) / "watchroom.db"
        open_store(path, SystemClock()).close()
        fill_s = _filled(path, past)
        with closing(open_store(path, SystemClock())) as store:
            cases = [_case(name, ask, store.smoke, past, fill_s) for name, ask in _QUESTIONS.items()]
    pages = [each for each in cases if "full_share" in each["metrics"]]
    slowest = max(each["metrics"]["p99_ms"] for each in pages)
    fullest = min(each["metrics"]["full_share"] for each in pages)
    targets = [at_most("page p99_ms, the slowest list", P99_MS, slowest), at_least("pages exactly full", 1.0, fullest)]
    return {"bench": "firelists", "cases": cases, "peers": [], "targets": targets}


def usual_policy() -> FireRiskPolicy:
    """Half of the cameras very low, a fourth low, a fourth high."""
    classes = (FireClass.VERY_LOW, FireClass.LOW, FireClass.VERY_LOW, FireClass.HIGH)
    return FireRiskPolicy(tuple((f"c{number}", classes[number % 4]) for number in range(CAMERAS)))


def hard_policy() -> FireRiskPolicy:
    """One in a hundred passes."""
    return FireRiskPolicy(override=FireClass.VERY_LOW, thresholds=((FireClass.VERY_LOW, 0.941),))


def _make_past(count: int, draw: np.random.Generator) -> _Past:
    started = BEGIN_NS + np.sort(draw.integers(0, DAYS * 86_400, count)).astype(np.int64) * SECOND
    plume = np.cumsum(draw.random(count) < 0.5).astype(np.int64)
    return _Past(started, draw.integers(0, CAMERAS, count), draw.uniform(0.05, 0.95, count).round(3), plume)


def _filled(path: Path, past: _Past) -> float:
    begun_s = time.perf_counter()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement, rows in ((_SEQUENCE, _sequences(past)), (_PLUME, _plumes(past)), (_LINK, _links(past))):
            connection.executemany(statement, rows)
        connection.execute("ANALYZE")
    return time.perf_counter() - begun_s


_SEQUENCE = f"INSERT INTO smoke_sequences VALUES ({','.join('?' * 19)})"
_PLUME = "INSERT INTO smoke_plumes VALUES (?, ?, ?, NULL, '', 0)"
_LINK = "INSERT INTO smoke_links VALUES (?, ?)"


def _sequences(past: _Past) -> Iterator[tuple[Any, ...]]:
    columns = past.started_ns.tolist(), past.camera.tolist(), past.confidence.tolist(), past.plume.tolist()
    for number, (at_ns, camera, confidence, plume) in enumerate(zip(*columns, strict=True)):
        seen = at_ns, at_ns + 60 * SECOND, confidence, 6, _BOX, 120.0, 3.0, "bench", 0
        yield f"sq-{number:07}", f"c{camera}", "0", *seen, "validated", 0.6, 0, None, "", f"pl-{plume:07}", 0


def _plumes(past: _Past) -> Iterator[tuple[Any, ...]]:
    first = np.flatnonzero(np.diff(past.plume, prepend=past.plume[0] - 1))
    last = np.append(first[1:], len(past.plume)) - 1
    for plume, since, until in zip(
        past.plume[first].tolist(), past.started_ns[first].tolist(), past.started_ns[last].tolist(), strict=True
    ):
        yield f"pl-{plume:07}", since, until + 60 * SECOND


def _links(past: _Past) -> Iterator[tuple[str, str]]:
    return ((f"pl-{plume:07}", f"sq-{number:07}") for number, plume in enumerate(past.plume.tolist()))


def _shown(plume: Plume, sequences: tuple[SmokeSequence, ...], shown_ids: frozenset[str]) -> ListedPlume:
    """Without the geometry: this bench is about the record."""
    shown = tuple(each for each in sequences if each.id in shown_ids)
    return ListedPlume(replace(plume, sequence_ids=tuple(each.id for each in shown)), shown, len(sequences) - len(shown))


_Times = tuple[float, float]
"""Milliseconds that passed, and of CPU time of this thread: without the turns of other programs."""
_Ask = Callable[[SmokeTable, _Past, np.random.Generator], tuple[_Times, float | None]]
"""How long, and how full the page was: 1 as full as it can be; None where none was asked for."""


def _case(name: str, ask: _Ask, table: SmokeTable, past: _Past, fill_s: float) -> Case:
    draw = np.random.default_rng(2)
    done = [ask(table, past, draw) for _ in range(PAGES + WARM)][WARM:]
    ms, cpu_ms = np.array([each[0] for each in done]).T
    quantiles = {"p50_ms": np.median(ms), "p99_ms": np.quantile(ms, 0.99), "p99_cpu_ms": np.quantile(cpu_ms, 0.99)}
    metrics: dict[str, Any] = {name: round(float(value), 3) for name, value in quantiles.items()}
    full = [each[1] for each in done if each[1] is not None]
    if full:
        metrics["full_share"] = float(np.mean(full))
    return case(name, {"sequences": len(past.started_ns), "pages": PAGES, "fill_s": round(fill_s, 1)}, metrics)


def _timed(act: Callable[[], Any]) -> tuple[Any, _Times]:
    begun_s, cpu_s = time.perf_counter(), time.thread_time()
    done = act()
    return done, (1e3 * (time.perf_counter() - begun_s), 1e3 * (time.thread_time() - cpu_s))


def _day(draw: np.random.Generator, policy: FireRiskPolicy) -> SmokePage:
    since_ns = BEGIN_NS + int(draw.integers(0, DAYS)) * DAY_NS
    return SmokePage(since_ns, since_ns + DAY_NS, policy=policy)


def _of_a_date(table: SmokeTable, past: _Past, draw: np.random.Generator, policy: FireRiskPolicy) -> tuple[_Times, float | None]:
    page = _day(draw, policy)
    found, ms = _timed(lambda: table.sequences(page))
    return ms, float(len(found) == min(page.limit, past.passing(page)))


def _further_page(table: SmokeTable, past: _Past, draw: np.random.Generator) -> tuple[_Times, float | None]:
    page = replace(_day(draw, usual_policy()), offset=int(draw.integers(0, 100)) * 15)
    found, ms = _timed(lambda: table.sequences(page))
    return ms, float(len(found) == max(0, min(page.limit, past.passing(page) - page.offset)))


def _latest(table: SmokeTable, past: _Past, draw: np.random.Generator, policy: FireRiskPolicy) -> tuple[_Times, float | None]:
    del draw
    page = SmokePage(int(past.started_ns[-1]) - DAY_NS, unlabelled=True, policy=policy)
    found, ms = _timed(lambda: table.sequences(page))
    return ms, float(len(found) == min(page.limit, past.passing(page)))


def _plumes_of_a_date(table: SmokeTable, past: _Past, draw: np.random.Generator, policy: FireRiskPolicy) -> tuple[_Times, float | None]:
    del past
    page = _day(draw, policy)
    found, ms = _timed(lambda: table.plumes(page, _shown))
    return ms, float(len(found) == min(page.limit, table.count_plumes(page)) and all(each.sequences for each in found))


def _latest_plumes(table: SmokeTable, past: _Past, draw: np.random.Generator) -> tuple[_Times, float | None]:
    del draw
    page = SmokePage(int(past.started_ns[-1]) - DAY_NS, unlabelled=True, policy=usual_policy())
    found, ms = _timed(lambda: table.plumes(page, _shown))
    return ms, float(len(found) == min(page.limit, table.count_plumes(page)))


def _count_of_a_date(table: SmokeTable, past: _Past, draw: np.random.Generator) -> tuple[_Times, float | None]:
    del past
    return _timed(lambda: table.count_sequences(_day(draw, usual_policy())))[1], None


_QUESTIONS: dict[str, _Ask] = {
    "sequences of a date": partial(_of_a_date, policy=usual_policy()),
    "sequences of a date, one in a hundred passes": partial(_of_a_date, policy=hard_policy()),
    "sequences of a date, further pages": _further_page,
    "latest sequences without a label": partial(_latest, policy=usual_policy()),
    "latest sequences, one in a hundred passes": partial(_latest, policy=hard_policy()),
    "plumes of a date": partial(_plumes_of_a_date, policy=usual_policy()),
    "plumes of a date, one in a hundred passes": partial(_plumes_of_a_date, policy=hard_policy()),
    "latest plumes without a label": _latest_plumes,
    "how many sequences of a date": _count_of_a_date,
}
