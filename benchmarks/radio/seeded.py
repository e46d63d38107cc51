"""Radio figures over many seeds: made-up rooms in the manner of the recordings, and our own rooms with echoes, in two halves.

Constants may be chosen with the tuning half only. The held-out half is for the figures of a release.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.radio.captures import Run, reflected, room
from benchmarks.radio.reflection_world import ReflectionCase
from engine.model.value_class import dataclass

TUNING_SEEDS, HELD_OUT_SEEDS = range(1, 1001), range(1001, 2001)
_DURATION_S = 40.0
_DRAWS = 2000
_PER_SEED = (
    "presence",
    "recall",
    "count_error",
    "count_bias",
    "too_many",
    "median_m",
    "p90_m",
    "in_sigma",
    "switches_per_min",
    "swaps_per_min",
)


@dataclass(frozen=True, slots=True)
class SeededRow:
    """One row of the table: `world` is a room of bare reflections; without one it is our own room with `walkers` and `nodes`."""

    name: str
    limits: tuple[tuple[str, float], ...]
    world: ReflectionCase | None = None
    walkers: int = 1
    nodes: int = 4
    flat: bool = False

    def runs(self, seeds: range) -> Iterator[tuple[Run, bool]]:
        """Of each seed the run, and whether nodes tell RSSI."""
        for seed in seeds:
            if self.world is not None:
                yield reflected(self.world, seed, not self.flat), not self.flat
            else:
                name = f"{self.name}, seed {seed}"
                yield room(name, seed=seed, walkers=self.walkers, nodes=self.nodes, duration_s=_DURATION_S), True


_TWO = ReflectionCase("two people, 4 nodes, 30 Hz", 4, 2, rate_hz=30.0, duration_s=_DURATION_S)
ROWS = (
    SeededRow(_TWO.name, (("median_m", 0.5), ("p90_m", 1.0), ("switches_per_min", 1.0)), _TWO),
    SeededRow("two people, no RSSI", (("count_error", 0.2), ("median_m", 0.8)), _TWO, flat=True),
    SeededRow(
        "three people, 6 nodes, 8×6 m",
        (("count_error", 0.2),),
        ReflectionCase("three people, 6 nodes, 8×6 m", 6, 3, (8.0, 6.0), duration_s=_DURATION_S),
    ),
    SeededRow(
        "one person, 6 nodes, 8×6 m",
        (("too_many", 0.02),),
        ReflectionCase("one person, 6 nodes, 8×6 m", 6, 1, (8.0, 6.0), duration_s=_DURATION_S),
    ),
    SeededRow("one person, 2 nodes", (), ReflectionCase("one person, 2 nodes", 2, 1, duration_s=_DURATION_S)),
    SeededRow("our room, one person", (("median_m", 0.5),)),
    SeededRow("our room, two people, 6 nodes", (("recall", 0.8),), walkers=2, nodes=6),
)


def seeds_of(held_out: bool, count: int) -> range:
    """The first `count` seeds of one half."""
    return (HELD_OUT_SEEDS if held_out else TUNING_SEEDS)[:count]


def over_seeds(name: str, params: dict[str, Any], each: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A case with the mean over seeds of each metric, and the 95 % interval of that mean (bootstrap over seeds: Efron, 1979)."""
    metrics: dict[str, Any] = {}
    for metric in _PER_SEED:
        values = np.array([one[metric] for one in each if one[metric] is not None], float)
        low, high = _interval(values) if len(values) else (None, None)
        metrics[metric] = round(float(values.mean()), 3) if len(values) else None
        metrics[f"{metric}_low"], metrics[f"{metric}_high"] = low, high
    return report.case(name, {**params, "seeds": len(each)}, metrics)


def _interval(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float]:
    chance = np.random.default_rng(1)
    means = values[chance.integers(len(values), size=(_DRAWS, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975)).tolist()
    return round(low, 3), round(high, 3)


def targets_of(row: SeededRow, case: dict[str, Any], peer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the row has to reach; with two nodes, to be no worse than a point in mid-room."""
    for metric, limit in row.limits:
        told = report.at_least if metric == "recall" else report.at_most
        yield told(f"{row.name}: {metric}", limit, case["metrics"][metric])
    if not row.limits:
        for metric in ("median_m", "p90_m"):
            yield report.at_most(f"{row.name}: {metric}", peer["metrics"][metric], case["metrics"][metric])
