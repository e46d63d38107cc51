"""How well blobs fit the truth: counted tick by tick, with global assignment, after some seconds to settle."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from engine.model.site import Position

SETTLE_S = 3.0
NEAR_M = 1.0
_FAR_M = 1e3  # no pair
_ONE_SIGMA_M2 = 2.296  # squared Mahalanobis distance that 68.3 % of two-dimensional normal errors keep
Away = npt.NDArray[np.float64]


@dataclass(slots=True)
class Seen:
    """One blob as published: id, position (m), and covariance on the floor (2 × 2) where it is told."""

    id: str
    position: Position
    covariance: Sequence[Sequence[float]] | None = None


@dataclass(slots=True)
class RadioScore:
    """Add ticks in order, then ask for the metrics. Distances are on the floor."""

    seconds: float = 0.0
    _present: list[bool] = field(default_factory=list[bool])
    _near: list[bool] = field(default_factory=list[bool])
    _counts: list[int] = field(default_factory=list[int])
    _beyond: list[int] = field(default_factory=list[int])
    _errors: list[float] = field(default_factory=list[float])
    _inside: list[bool] = field(default_factory=list[bool])
    _last: dict[int, str] = field(default_factory=dict[int, str])
    _switches: int = 0
    _held: dict[int, str] = field(default_factory=dict[int, str])
    _owner: dict[int, str] = field(default_factory=dict[int, str])
    _swaps: int = 0
    _false: set[str] = field(default_factory=set[str])

    def tick(self, t_s: float, blobs: Sequence[Seen], truth: Sequence[Position]) -> None:
        if t_s < SETTLE_S:
            return
        self.seconds += 0.1
        self._counts.append(abs(len(blobs) - len(truth)))
        self._beyond.append(len(blobs) - len(truth))
        if not truth:
            self._false |= {blob.id for blob in blobs}
            return
        self._present.append(bool(blobs))
        away = np.array([[np.hypot(b.position[0] - x, b.position[1] - y) for x, y, _ in truth] for b in blobs]).reshape(-1, len(truth))
        self._near += [bool((away[:, walker] < NEAR_M).any()) for walker in range(len(truth))]
        for row, walker in zip(*linear_sum_assignment(away), strict=True):
            self._matched(blobs[int(row)], int(walker), truth[int(walker)], float(away[row, walker]))
        self._hold([blob.id for blob in blobs], away)

    def _hold(self, names: list[str], away: Away) -> None:
        """Pairs as CLEAR keeps them: one that holds goes on while it is within a metre, and only the rest is assigned anew."""
        rows = {name: row for row, name in enumerate(names)}
        held = {walker: name for walker, name in self._held.items() if name in rows and away[rows[name], walker] < NEAR_M}
        kept = [rows[name] for name in held.values()]
        free = np.where(away < NEAR_M, away, _FAR_M)
        free[kept], free[:, list(held)] = _FAR_M, _FAR_M
        for row, walker in zip(*linear_sum_assignment(free), strict=True):
            if free[row, walker] < NEAR_M:
                held[int(walker)] = names[int(row)]
        self._swaps += sum(self._owner.get(walker, name) != name for walker, name in held.items())
        self._owner |= held
        self._held = held

    def _matched(self, blob: Seen, walker: int, there: Position, away: float) -> None:
        self._errors.append(away)
        self._switches += self._last.get(walker, blob.id) != blob.id
        self._last[walker] = blob.id
        if blob.covariance is not None:
            off = np.array([blob.position[0] - there[0], blob.position[1] - there[1]])
            spread = np.array(blob.covariance, float)[:2, :2] + 1e-4 * np.eye(2)
            self._inside.append(bool(off @ np.linalg.solve(spread, off) < _ONE_SIGMA_M2))

    def metrics(self, falls: int) -> dict[str, float | int | None]:
        """Of the contract. `count_error`: mean of |blobs − people|; `count_bias`: of blobs − people; `too_many`: share of ticks with more
        blobs than people; `recall`: share of walkers with a blob within a metre. Changes of identity are counted twice:
        `switches` by the best assignment of each tick, which changes where two people pass each other, and `swaps` in the manner of CLEAR
        (Bernardin & Stiefelhagen, 2008), where a pair holds while it is within a metre."""
        return {
            "presence": _share(self._present),
            "recall": _share(self._near),
            "count_error": _share(self._counts),
            "count_bias": _share(self._beyond),
            "too_many": _share([beyond > 0 for beyond in self._beyond]),
            "median_m": _quantile(self._errors, 0.5),
            "p90_m": _quantile(self._errors, 0.9),
            "in_sigma": _share(self._inside),
            "id_switches": self._switches,
            "switches_per_min": round(self._switches / max(self.seconds / 60, 1e-9), 3),
            "swaps_per_min": round(self._swaps / max(self.seconds / 60, 1e-9), 3),
            "false_blobs_per_min": round(len(self._false) / max(self.seconds / 60, 1e-9), 3),
            "falls": falls,
        }


def _share(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None


def _quantile(values: Sequence[float], share: float) -> float | None:
    return round(float(np.quantile(values, share)), 3) if values else None
