"""Radio figures over many seeds: made-up rooms in the manner of the recordings, and our own rooms with echoes, in two halves.

Constants may be chosen with the tuning half only. The held-out half is for the figures of a release. Seeds from 2001 on settle questions
between two versions, a stretch for each question: 2001–2300 the second blob in our room (decision 329), 2301–2330 decision 351.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.radio.captures import Run, reflected, room
from benchmarks.radio.reflection_world import ReflectionCase
from engine.model.errors import InputError
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


def seeds_of(held_out: bool, count: int, first: int | None = None) -> range:
    """The first `count` seeds of one half, or `count` from `first` on."""
    if first is not None:
        return range(first, first + count)
    return (HELD_OUT_SEEDS if held_out else TUNING_SEEDS)[:count]


def rows_of(words: str | None) -> Sequence[SeededRow]:
    """Rows whose names begin so. Raises InputError (`row`) where none does."""
    found = [row for row in ROWS if row.name.startswith(words or "")]
    if not found:
        raise InputError("row", f"no row begins with {words!r}; there are: {'; '.join(row.name for row in ROWS)}")
    return found


def over_seeds(name: str, params: dict[str, Any], each: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A case with the mean over seeds of each metric, and the 95 % interval of that mean (bootstrap over seeds: Efron, 1979).

    Each seed's own values are among its params.
    """
    values = {metric: [one[metric] for one in each] for metric in _PER_SEED}
    return report.case(name, {**params, "seeds": len(each), "each": values}, _means(values))


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """A case of what `now` adds to each metric of `before`, seed by seed, with the interval of the mean difference.

    Args:
        before, now: cases of `over_seeds`. Raises InputError (`against`) where they are not of the same seeds.
    """
    params = [{key: value for key, value in case["params"].items() if key != "each"} for case in (before, now)]
    if params[0] != params[1] or "each" not in before["params"]:
        raise InputError("against", f"{now['name']}: measured over {params[0]}, here over {params[1]}")
    pairs = {metric: zip(before["params"]["each"][metric], now["params"]["each"][metric], strict=True) for metric in _PER_SEED}
    added = {metric: [None if None in pair else round(pair[1] - pair[0], 3) for pair in both] for metric, both in pairs.items()}
    return report.case(f"{now['name']}, now less before", {**params[1], "each": added}, _means(added))


def _means(each: Mapping[str, Sequence[float | None]]) -> dict[str, Any]:
    metrics: dict[str, Any] = {}
    for metric, measured in each.items():
        values = np.array([value for value in measured if value is not None], float)
        low, high = _interval(values) if len(values) else (None, None)
        metrics[metric] = round(float(values.mean()), 3) if len(values) else None
        metrics[f"{metric}_low"], metrics[f"{metric}_high"] = low, high
    return metrics


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
