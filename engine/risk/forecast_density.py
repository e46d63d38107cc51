"""Where the next day's incidents will be, learnt day by day: a self-exciting point process as a mixture of kernels.

Every incident so far adds kernels of several widths, some that stay (the long-term density; together they are a kernel of heavy tails,
whose weight moves to the narrow ones as incidents grow in number) and some that fade within days or months (near repeats: Mohler et al.
2011; Bowers, Johnson & Pease 2004). The narrowest is the cell itself. Their weights, and how much incidents of each category say of what
comes, are learnt from what they said of each day before it came.
"""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.risk.forecast_area import Area, Field
from engine.risk.forecast_mixture import learn_weights
from engine.risk.grid import Numbers, Values
from engine.risk.scoring import caught

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


WIDE = Kernel(500.0)
WIDE_EVEN = 0.02
POWERS = np.array([0.0, 0.25, 0.5, 1.0])
HANDICAP = 3.0  # catches that every choice but the mixture itself begins behind
CATCH_SHARES = np.array([0.02, 0.05, 0.1])  # of the area


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
        self._smoothing = Smoothing()

    @property
    def incidents(self) -> int:
        return int(self._counts.sum())

    @property
    def weights(self) -> tuple[tuple[Kernel | None, float], ...]:
        """Of each kernel; None: of all cells alike."""
        return tuple(zip((*self._kernels, None), self._weights.tolist(), strict=True))

    @property
    def smoothing(self) -> float:
        """How far the mixture is drawn towards one wide kernel, 0–1."""
        return self._smoothing.power

    def density(self) -> Field:
        """(cells,) share of the coming day's incidents in each cell; at most 1 in all (what kernels reach beyond the area is left out)."""
        return drawn_towards(*self._pair(), self._smoothing.power)

    def learn_day(self, day: DayOfIncidents) -> None:
        """The next day, with the incidents that it had, be it none."""
        if self._days >= LEAST_DAYS and len(day):
            self._told.append(self._part_densities(day.places))
            self._smoothing.score_powers(*self._pair(), day.places)
        for group in np.unique(day.groups):
            self._add_day(int(group), day, day.groups == group)
        self._fields *= self._fade.astype(np.float32)[:, None]
        self._sums *= self._fade
        self._days += 1

    def _pair(self) -> tuple[Field, Field]:
        """The mixture, and the wide kernel alone."""
        self._refit()
        share = (self._groups[:, None] * self._weights[:-1]) / np.maximum(self._sums, 1e-9)
        mixed = np.tensordot(share.astype(np.float32), self._fields, 2)
        silent = float(self._groups[self._counts == 0].sum())
        even = self._weights[-1] + float(self._weights[:-1].sum()) * silent
        wide = self._fields[:, self._kernels.index(WIDE)].sum(axis=0) / max(self.incidents, 1)
        return self._over(mixed, even), self._over(wide * np.float32(1 - WIDE_EVEN), WIDE_EVEN if self.incidents else 1.0)

    def _over(self, field: Field, even: float) -> Field:
        return field + np.float32(even / self._area.size)

    def _add_day(self, group: int, day: DayOfIncidents, own: Chosen) -> None:
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

    def _part_densities(self, places: Numbers) -> Values:
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


class Smoothing:
    """How far to draw the mixture towards one wide kernel (a geometric mean), by what each choice would have caught so far.

    Where incidents are few, or lie in smooth clusters on a thin even ground, narrow kernels make a spike of every single incident, which
    the likelihood forgives and a ranking of cells does not. Choices are weighed by their past catches (Hedge: Freund & Schapire 1997).
    """

    def __init__(self) -> None:
        self._caught = np.where(POWERS > 0, -HANDICAP, 0.0)

    @property
    def power(self) -> float:
        weights = np.exp(self._caught - self._caught.max())
        return float(weights @ POWERS / weights.sum())

    def score_powers(self, mixed: Field, wide: Field, places: Numbers) -> None:
        for number, power in enumerate(POWERS):
            self._caught[number] += caught(drawn_towards(mixed, wide, float(power)), places, CATCH_SHARES).mean(axis=0).sum()


def drawn_towards(mixed: Field, wide: Field, power: float) -> Field:
    """The geometric mean of two densities, `power` of it the second, with as much in all as the first."""
    drawn = np.exp((1 - power) * np.log(mixed) + power * np.log(wide))
    return drawn * np.float32(mixed.sum() / drawn.sum())


def _first_weights(kernels: tuple[Kernel, ...]) -> Values:
    """(K + 1,), the last one of all cells alike."""
    first = np.array([FIRST_FADING if kernel.fades else 1.0 for kernel in kernels] + [FIRST_EVEN])
    return first / first.sum()
