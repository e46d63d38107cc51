"""Figures of the fusion tick: from the features of all links to tracks, blobs, their evidence and the voxels that are shown.

Two people walk among nodes on the walls; levels follow the engine's own law with noise, so that the tick has real work (this bench is about
time, accuracy is `bench radio`'s). A copy of the table that a plain fusion would read (links × voxels, float32) is timed in the same
run, between the ticks; `accumulate_ms` is the part that adds links up over the floor and over the voxels that stand out.
"""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import report
from engine.model.radio.radio import LinkFeatures, link_id, wavelength_m
from engine.model.site import Floor, Position, RadioSettings
from engine.radio.fresnel import excess_m
from engine.radio.location.fusion import BlobFusion

_SMALL, _LARGE = (50, 50, 13), (100, 100, 30)
_CELL_M = 0.2
_WARM_UP = 60
_TARGETS = {(12, 32_500): 1.0, (120, 300_000): 3.0}
_NODES = {12: 5, 30: 8, 120: 16}  # the fewest with so many pairs


def run(ticks: int = 300) -> dict[str, Any]:
    """`{"bench", "cases", "targets"}` of the bench contract; a minute."""
    cases = [_case(links, shape, ticks) for shape in (_SMALL, _LARGE) for links in _NODES]
    return {"bench": "fusion", "cases": cases, "targets": list(_targets(cases))}


def _case(links: int, shape: tuple[int, int, int], ticks: int) -> dict[str, Any]:
    voxels, world = int(np.prod(shape)), _World(links, shape)
    fusion = BlobFusion()
    fusion.place(world.places, Floor((0.0, 0.0, shape[0] * _CELL_M, shape[1] * _CELL_M), shape[2] * _CELL_M), RadioSettings(cell_m=_CELL_M))
    table = np.ones((links, voxels), np.float32)
    copy = np.empty_like(table)
    spent: dict[str, list[float]] = {"tick": [], "copy": [], "accumulate": []}
    for number, features in enumerate(world.features(ticks + _WARM_UP)):
        spent["tick"].append(_timed(lambda f=features, n=number: fusion.step((n + 1) * 100_000_000, f, lambda kind: f"{kind}-{n}")))
        spent["accumulate"].append(_timed(fusion.accumulate))
        if number % 10 == 0:
            spent["copy"].append(_timed(lambda: np.copyto(copy, table)))
    median = {name: float(np.median(values[_WARM_UP if name != "copy" else 1 :])) for name, values in spent.items()}
    metrics = {
        "median_ms": round(median["tick"], 3),
        "p99_ms": round(float(np.quantile(spent["tick"][_WARM_UP:], 0.99)), 3),
        "copy_ms": round(median["copy"], 3),
        "accumulate_ms": round(median["accumulate"], 3),
        "accumulate_by_copy": round(median["accumulate"] / median["copy"], 3),
    }
    return report.case(f"{links} links, {voxels:,} voxels", {"links": links, "voxels": voxels}, metrics)


def _timed(work: Any) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _targets(cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for case in cases:
        params, metrics = case["params"], case["metrics"]
        limit = _TARGETS.get((params["links"], params["voxels"]))
        if limit is not None:
            yield report.at_most(f"{case['name']}: median_ms", limit, metrics["median_ms"])
            yield report.at_most(f"{case['name']}: accumulate_by_copy", 0.5, metrics["accumulate_by_copy"])


class _World:
    """Nodes on the walls of a box, the first so many of their pairs as links, and two people who walk in circles."""

    def __init__(self, links: int, shape: tuple[int, int, int]) -> None:
        self._size = np.array(shape) * _CELL_M
        count = _NODES[links]
        angle = 2 * np.pi * (np.arange(count) + 0.3) / count
        around = np.clip(0.5 + 0.72 * np.column_stack([np.cos(angle), np.sin(angle)]), 0, 1) * self._size[:2]
        spots = np.column_stack([around, np.where(np.arange(count) % 2, 1.1, 2.0)])
        self.places: dict[str, Position] = {f"02:00:00:00:00:{n:02X}": (float(x), float(y), float(z)) for n, (x, y, z) in enumerate(spots)}
        one, other = (part[:links] for part in np.triu_indices(count, 1))
        macs = list(self.places)
        self._links = tuple(link_id(macs[a], macs[b]) for a, b in zip(one, other, strict=True))
        self._a, self._b = spots[one], spots[other]

    def features(self, ticks: int) -> Iterator[LinkFeatures]:
        chance, ones = np.random.default_rng(5), np.ones(len(self._links))
        for number in range(ticks):
            turn = np.array([0.0, 2.5]) + number * 0.1 * 0.8 / (self._size[0] * 0.3)
            people = np.column_stack([self._size[:2] * (0.5 + 0.3 * np.column_stack([np.cos(turn), np.sin(turn)])), np.full(2, 1.3)])
            excess = excess_m(people, self._a, self._b).min(axis=0)
            scatter = -40 - 30 * np.log10(1 + excess / 0.06) + chance.normal(0, 2, len(excess))
            seen = scatter > -85
            yield LinkFeatures(
                links=self._links,
                activity=np.where(seen, 10.0, 0.0),
                change=np.where(seen, 0.2, 0.0),
                strength=np.where(seen, 0.5, 0.0),
                motion=seen,
                still=0 * ones,
                health=ones,
                rate_hz=20 * ones,
                age_s=0.02 * ones,
                wavelength_m=wavelength_m(6) * ones,
                scatter_db=np.where(seen, scatter, -200.0),
            )
