"""What a forecast has to beat: maps that are plain to see, each learning day by day as the forecast does."""

from collections import deque
from typing import Protocol

import numpy as np

from engine.risk.forecast_area import Area, Field
from engine.risk.forecast_density import DayOfIncidents
from engine.risk.grid import Numbers, Values

NEAR_REPEAT_M, NEAR_REPEAT_WEEKS = 400.0, 8  # Bowers, Johnson & Pease 2004: 400 m and two months


class Peer(Protocol):
    def risks(self) -> Field:
        """(cells,) of the day to come."""
        ...

    def learn_day(self, day: DayOfIncidents) -> None: ...


class Uniform:
    """Every cell alike."""

    def __init__(self, area: Area) -> None:
        self._even = np.ones(area.size, np.float32)

    def risks(self) -> Field:
        return self._even

    def learn_day(self, day: DayOfIncidents) -> None:
        del day


class LastDays:
    """How many incidents the cell had in the last `days` days; None: ever."""

    def __init__(self, area: Area, days: int | None) -> None:
        self._sum = np.zeros(area.size, np.float32)
        self._kept: deque[Numbers] | None = None if days is None else deque([np.zeros(0, np.int64)] * days)

    def risks(self) -> Field:
        return self._sum

    def learn_day(self, day: DayOfIncidents) -> None:
        np.add.at(self._sum, day.places, np.float32(1))
        if self._kept is not None:
            self._kept.append(day.places)
            np.subtract.at(self._sum, self._kept.popleft(), np.float32(1))


class KernelDensity:
    """Gaussian kernels of one width over all history, in the middles of cells."""

    def __init__(self, area: Area, bandwidth_m: float) -> None:
        self._area, self._bandwidth_m = area, bandwidth_m
        self._sum = np.zeros(area.size, np.float32)

    def risks(self) -> Field:
        return self._sum

    def learn_day(self, day: DayOfIncidents) -> None:
        self._sum += self._area.density(day.east, day.north, self._bandwidth_m)


class NearRepeat:
    """ProMap: incidents within 400 m and eight weeks, each counting 1 / (1 + distance in half cells) / (1 + whole weeks)."""

    def __init__(self, area: Area) -> None:
        self._area = area
        self._middles = np.stack([values.reshape(area.rows, area.columns) for values in area.middles()])
        none: tuple[Numbers, Values] = (np.zeros(0, np.int64), np.zeros(0))
        self._kept: deque[tuple[Numbers, Values]] = deque([none] * (7 * NEAR_REPEAT_WEEKS), maxlen=7 * NEAR_REPEAT_WEEKS)

    def risks(self) -> Field:
        total = np.zeros(self._area.size)
        for age, (places, weights) in enumerate(reversed(self._kept)):
            total += np.bincount(places, weights / (1 + (age + 1) // 7), self._area.size) if len(places) else 0.0
        return total.astype(np.float32)

    def learn_day(self, day: DayOfIncidents) -> None:
        found = [self._cells_in_reach(float(east), float(north)) for east, north in zip(day.east, day.north, strict=True)]
        places = np.concatenate([np.zeros(0, np.int64), *(places for places, _ in found)])
        self._kept.append((places, np.concatenate([np.zeros(0), *(weights for _, weights in found)])))

    def _cells_in_reach(self, east: float, north: float) -> tuple[Numbers, Values]:
        """Cells within reach, and what the incident counts there."""
        area, edge = self._area, self._area.grid.cell_m
        reach = int(NEAR_REPEAT_M / edge) + 2
        row, column = int(north // edge), int(east // edge) + area.west
        rows = slice(max(row - reach, 0), row + reach + 1)
        columns = slice(max(column - reach, 0), max(column + reach + 1, 0))
        away = np.hypot(self._middles[0, rows, columns] - east, self._middles[1, rows, columns] - north)
        at = np.nonzero(away <= NEAR_REPEAT_M)
        places = (at[0] + rows.start) * area.columns + at[1] + columns.start
        return places, 1.0 / (1.0 + away[at] / (edge / 2))


def all_peers(area: Area) -> dict[str, Peer]:
    return {
        "uniform": Uniform(area),
        "last_week": LastDays(area, 7),
        "promap": NearRepeat(area),
        "kde_500m": KernelDensity(area, 500.0),
        "same_cell": LastDays(area, None),
        "kde_250m": KernelDensity(area, 250.0),
    }
