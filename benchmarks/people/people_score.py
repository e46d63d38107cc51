"""How well people on the floor fit the truth, tick by tick: where, who, how many, and how often one is taken for another.

Who is whom is decided as in CLEAR MOT (Bernardin & Stiefelhagen 2008): a pair of before holds while it is near, the others are paired by
global assignment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from benchmarks.people.people_peers import Placed

Array = npt.NDArray[np.float64]

SETTLE_S = 5.0
NEAR_M = 1.5
_ONE_SIGMA_M2 = 2.296  # squared Mahalanobis distance that 68.3 % of two-dimensional normal errors keep
_FAR = 1e6


@dataclass(slots=True)
class PlaceScore:
    """Of one method. Add ticks in order. `errors` (m) and `names` of the last tick, by walker."""

    errors: dict[int, float] = field(default_factory=dict[int, float])
    names: dict[int, str] = field(default_factory=dict[int, str])
    _all: list[float] = field(default_factory=list[float])
    _counts: list[int] = field(default_factory=list[int])
    _found: list[bool] = field(default_factory=list[bool])
    _inside: list[bool] = field(default_factory=list[bool])
    _pairs: dict[int, str] = field(default_factory=dict[int, str])
    _last: dict[int, str] = field(default_factory=dict[int, str])
    _ticks: int = 0
    switches: int = 0

    def tick(self, people: Sequence[Placed], truth: Array) -> None:
        away = np.array([np.hypot(*(truth - placed.xy).T) for placed in people]).reshape(-1, len(truth))
        pairs = self._paired(people, away)
        self._ticks += 1
        self._counts.append(abs(len(people) - len(truth)))
        self._found += [walker in pairs for walker in range(len(truth))]
        self.errors = {walker: float(away[row, walker]) for walker, row in pairs.items()}
        self.names = {walker: people[row].person_id for walker, row in pairs.items()}
        self._all += self.errors.values()
        for walker, row in pairs.items():
            self.switches += self._last.get(walker, people[row].id) != people[row].id
            self._last[walker] = people[row].id
            self._cover(people[row], truth[walker])
        self._pairs = {walker: people[row].id for walker, row in pairs.items()}

    def metrics(self) -> dict[str, float | None]:
        hours = self._ticks / 36_000
        return {
            "median_m": quantile(self._all, 0.5),
            "p90_m": quantile(self._all, 0.9),
            "recall": share(self._found),
            "count_error": share(self._counts),
            "switches_per_h": round(self.switches / hours, 1) if hours else None,
            "in_sigma": share(self._inside),
        }

    def _paired(self, people: Sequence[Placed], away: Array) -> dict[int, int]:
        """Rows by walker."""
        rows = {placed.id: row for row, placed in enumerate(people)}
        kept = {walker: rows[name] for walker, name in self._pairs.items() if name in rows and away[rows[name], walker] < NEAR_M}
        cost = np.where(away < NEAR_M, away, _FAR)
        cost[list(kept.values()), :] = _FAR
        cost[:, list(kept)] = _FAR
        new = {int(w): int(r) for r, w in zip(*linear_sum_assignment(cost), strict=True) if cost[r, w] < _FAR}
        return kept | new

    def _cover(self, placed: Placed, there: Array) -> None:
        if placed.covariance is not None:
            off = placed.xy - there
            self._inside.append(bool(off @ np.linalg.solve(placed.covariance + 1e-6 * np.eye(2), off) < _ONE_SIGMA_M2))


@dataclass(slots=True)
class Duel:
    """One method against another, on the same people at the same instants."""

    _ours: list[float] = field(default_factory=list[float])
    _theirs: list[float] = field(default_factory=list[float])

    def tick(self, ours: Mapping[int, float], theirs: Mapping[int, float]) -> None:
        for walker in ours.keys() & theirs.keys():
            self._ours.append(ours[walker])
            self._theirs.append(theirs[walker])

    def metrics(self) -> dict[str, float | None]:
        return {"fused_median_m": quantile(self._ours, 0.5), "alone_median_m": quantile(self._theirs, 0.5), "instants": len(self._ours)}

    @property
    def won(self) -> bool | None:
        """None where there was nothing to compare."""
        return float(np.median(self._ours)) < float(np.median(self._theirs)) if self._ours else None


@dataclass(slots=True)
class NameScore:
    """Names of walkers, tick by tick: `p0` is walker 0's right one."""

    first_s: dict[int, float] = field(default_factory=dict[int, float])
    _right: int = 0
    _wrong: int = 0
    _ticks: int = 0
    _before: dict[int, str] = field(default_factory=dict[int, str])
    episodes: int = 0

    def tick(self, t_s: float, names: Mapping[int, str], walkers: int) -> None:
        for walker in range(walkers):
            name, right = names.get(walker, ""), f"p{walker}"
            self._ticks += 1
            self._right += name == right
            self._wrong += name not in ("", right)
            self.episodes += name not in ("", right, self._before.get(walker, ""))
            if name == right:
                self.first_s.setdefault(walker, t_s)
        self._before = dict(names)

    def metrics(self) -> dict[str, Any]:
        return {
            "named": round(self._right / self._ticks, 3) if self._ticks else None,
            "misnamed": round(self._wrong / self._ticks, 3) if self._ticks else None,
            "false_names": self.episodes,
            "name_s": quantile(list(self.first_s.values()), 0.5),
        }


def share(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None


def quantile(values: Sequence[float], level: float) -> float | None:
    return round(float(np.quantile(values, level)), 3) if values else None
