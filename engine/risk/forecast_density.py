"""Where the next day's incidents will be, learnt day by day: a self-exciting point process as a mixture of kernels.

Every incident so far adds kernels of several widths, some that stay (the long-term density; together they are a kernel of heavy tails,
whose weight moves to the narrow ones as incidents grow in number) and some that fade within days or months (near repeats: Mohler et al.
2011; Bowers, Johnson & Pease 2004). The narrowest is the cell itself. Their weights, and how much incidents of each category say of what
comes, are learnt from what they said of each day before it came.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.risk.forecast_area import Area, Field
from engine.risk.forecast_mixture import learn_weights
from engine.risk.grid import Numbers, Values

Chosen = npt.NDArray[np.bool_]

STAYS = float("inf")
REFIT_DAYS = 7
LEAST_DAYS = 7  # before that, what parts say of a day is not learnt from
FIRST_FADING = 0.02  # weight that a fading kernel begins with, to 1 of one that stays
FIRST_EVEN = 0.05  # and of no kernel at all


@dataclass(frozen=True, slots=True)
class Kernel:
    """bandwidth_m: of the Gaussian; 0: the cell itself. days: after which it has faded to 1/e."""

    bandwidth_m: float
    days: float = STAYS

    @property
    def fades(self) -> bool:
        return self.days < STAYS


KERNELS = (
    *(Kernel(bandwidth_m) for bandwidth_m in (0.0, 125.0, 250.0, 500.0, 1000.0, 2000.0)),
    *(Kernel(bandwidth_m, days) for bandwidth_m, days in ((0.0, 4.0), (250.0, 4.0), (0.0, 30.0), (250.0, 30.0), (1000.0, 30.0))),
    *(Kernel(bandwidth_m, 120.0) for bandwidth_m in (250.0, 1000.0)),
)


@dataclass(frozen=True, slots=True, eq=False)
class DayOfIncidents:
    """Incidents of one day (N,): where they are in the area's cells (never −1), metres east and north, and which group they are of."""

    places: Numbers
    east: Values
    north: Values
    groups: Numbers

    def __len__(self) -> int:
        return len(self.places)


class RollingDensity:
    """`learn` one day after another; `density` is of the day to come and knows nothing of it. One thread.

    Args:
        groups: how many groups of categories there are.
    """

    def __init__(self, area: Area, groups: int = 1, kernels: tuple[Kernel, ...] = KERNELS) -> None:
        self._area = area
        self._kernels = kernels
        self._fields = np.zeros((groups, len(kernels), area.size), np.float32)
        self._sums = np.zeros((groups, len(kernels)))
        self._fade = np.array([np.exp(-1.0 / kernel.days) for kernel in kernels])
        self._first = _first_weights(kernels)
        self._weights = self._first
        self._counts = np.zeros(groups)
        self._groups = np.full(groups, 1.0 / groups)
        self._told: list[Values] = []
        self._days = 0
        self._fitted = -REFIT_DAYS

    @property
    def incidents(self) -> int:
        return int(self._counts.sum())

    @property
    def weights(self) -> tuple[tuple[Kernel | None, float], ...]:
        """Of each kernel; None: of all cells alike."""
        return tuple(zip((*self._kernels, None), self._weights.tolist(), strict=True))

    def density(self) -> Field:
        """(cells,) share of the coming day's incidents in each cell; at most 1 in all (what kernels reach beyond the area is left out)."""
        self._refit()
        share = (self._groups[:, None] * self._weights[:-1]) / np.maximum(self._sums, 1e-9)
        density = np.tensordot(share.astype(np.float32), self._fields, 2)
        even = self._weights[-1] + float(self._weights[:-1].sum()) * float(self._groups[self._counts == 0].sum())
        return density + np.float32(even / self._area.size)

    def learn(self, day: DayOfIncidents) -> None:
        """The next day, with the incidents that it had, be it none."""
        if self._days >= LEAST_DAYS and len(day):
            self._told.append(self._say(day.places))
        for group in np.unique(day.groups):
            self._add(int(group), day, day.groups == group)
        self._fields *= self._fade.astype(np.float32)[:, None]
        self._sums *= self._fade
        self._days += 1

    def _add(self, group: int, day: DayOfIncidents, own: Chosen) -> None:
        by_width: dict[float, Field] = {}
        for number, kernel in enumerate(self._kernels):
            width = kernel.bandwidth_m
            if width not in by_width:
                by_width[width] = self._spread(width, day, own)
            self._fields[group, number] += by_width[width]
        self._sums[group] += own.sum()
        self._counts[group] += own.sum()

    def _spread(self, width: float, day: DayOfIncidents, own: Chosen) -> Field:
        if width == 0.0:
            return np.bincount(day.places[own], minlength=self._area.size).astype(np.float32)
        return self._area.spread(day.east[own], day.north[own], width)

    def _say(self, places: Numbers) -> Values:
        """(N, G, K + 1) what each part says of cells."""
        said = self._fields[:, :, places].transpose(2, 0, 1) / np.maximum(self._sums, 1e-9)
        even = np.full((*said.shape[:2], 1), 1.0 / self._area.size)
        return np.concatenate([said, even], axis=2)

    def _refit(self) -> None:
        if self._days - self._fitted < REFIT_DAYS:
            return
        self._fitted = self._days
        if self._counts.any():
            self._groups = np.asarray(self._counts / self._counts.sum())
        if self._told:
            told = np.concatenate(self._told)
            self._told = [told]
            self._weights, self._groups = learn_weights(told, self._first, self._groups)


def _first_weights(kernels: tuple[Kernel, ...]) -> Values:
    """(K + 1,), the last one of all cells alike."""
    first = np.array([FIRST_FADING if kernel.fades else 1.0 for kernel in kernels] + [FIRST_EVEN])
    return first / first.sum()
