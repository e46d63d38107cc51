"""`bench alike`: the most alike among many looks of a year, from the question to hits, beside a plain comparison of all in memory."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import Case, at_most, case
from engine.model.cameras.look import StayLook
from engine.model.geometry import Floats
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store
from engine.store.search.looks_scan import Sought

TARGET_MS = 1_000.0
QUESTIONS = 12
CAMERAS = 8
DIMENSIONS = 512
BATCH = 8_192
FACTORS = 24  # that most of what differs between people comes from
YEAR_NS = 365 * 86_400 * SECOND
MODEL = "made"


class MadeLooks:
    """Looks of unit length; two of them are 0.4–0.9 alike, as those of people are."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        made = np.random.default_rng(0)
        self._mean = np.asarray(2.0 * made.normal(size=DIMENSIONS), np.float32)
        self._factors = np.asarray(0.35 * made.normal(size=(FACTORS, DIMENSIONS)), np.float32)

    def next(self, count: int) -> Floats:
        """(count, 512)"""
        of_factors = self._random.standard_normal((count, FACTORS), np.float32) @ self._factors
        looks = self._mean + of_factors + 0.5 * self._random.standard_normal((count, DIMENSIONS), np.float32)
        return np.asarray(looks / np.linalg.norm(looks, axis=1, keepdims=True), np.float32)


def run(looks: int = 1_000_000) -> dict[str, Any]:
    """Raises EnvironmentFault: the disk is full."""
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder:
        path = Path(folder) / "alike.db"
        with closing(open_store(path, ManualClock(YEAR_NS))) as store:
            kept = _kept(store, looks)
            week_ns = 7 * 86_400 * SECOND
            cases = [
                _asked(store, "all of a year", looks, (0, YEAR_NS + SECOND), ()),
                _asked(store, "one camera", looks, (0, YEAR_NS + SECOND), ("cam-3",)),
                _asked(store, "a week", looks, (YEAR_NS // 2, YEAR_NS // 2 + week_ns), ()),
            ]
    return {
        "bench": "alike",
        "cases": [kept, *cases],
        "peers": [_plain(looks)],
        "targets": [at_most("all of a year p50_ms", TARGET_MS, cases[0]["metrics"]["p50_ms"])],
    }


def _stays(looks: int) -> Iterator[list[StayLook]]:
    made = MadeLooks()
    for begin in range(0, looks, BATCH):
        vectors = made.next(min(BATCH, looks - begin))
        yield [_stay(begin + offset, vector, looks) for offset, vector in enumerate(vectors)]


def _stay(number: int, vector: Floats, of: int) -> StayLook:
    at_ns = number * (YEAR_NS // of)
    camera_id = f"cam-{number % CAMERAS}"
    return StayLook(f"t-{number}", camera_id, at_ns, at_ns + 10 * SECOND, at_ns, (0.0, 0.0, 9.0, 9.0), 5, MODEL, vector, closed=True)


def _kept(store: Store, looks: int) -> Case:
    taken = 0.0
    for several in _stays(looks):
        began = time.perf_counter()
        store.looks.put(several)
        taken += time.perf_counter() - began
    metrics = {"stays_per_s": round(looks / taken), "bytes_per_stay": round(store.size_bytes() / looks)}
    return case("kept and packed", {"stays": looks}, metrics)


def _asked(store: Store, name: str, looks: int, span: tuple[int, int], cameras: tuple[str, ...]) -> Case:
    queries = MadeLooks(2).next(QUESTIONS)
    compared: list[int] = []

    def ask(query: Floats) -> None:
        compared.append(store.looks.alike(Sought(query, MODEL, *span, cameras, 20))[1])

    metrics = _times(ask, queries)
    return case(name, {"stays": looks, "compared": compared[0]}, metrics)


def _plain(looks: int) -> Case:
    """One product with all looks in memory as they are, 2 KiB each: fast, and more memory than there is room for. At most 200,000."""
    count = min(looks, 200_000)
    made = MadeLooks()
    everything = np.concatenate([made.next(min(BATCH, count - begin)) for begin in range(0, count, BATCH)])
    metrics = _times(lambda query: np.argsort(everything @ query)[-20:], MadeLooks(2).next(QUESTIONS))
    return case("NumPy, all in memory", {"stays": count, "memory_mib": everything.nbytes >> 20}, metrics)


def _times(ask: Callable[[Floats], object], queries: Floats) -> dict[str, float]:
    taken: list[float] = []
    for query in queries:
        began = time.perf_counter()
        ask(query)
        taken.append((time.perf_counter() - began) * 1e3)
    return {
        "p50_ms": round(float(np.percentile(taken, 50)), 1),
        "p95_ms": round(float(np.percentile(taken, 95)), 1),
        "longest_ms": round(max(taken), 1),
    }
