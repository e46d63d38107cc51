"""The risk map in memory: a base from the past, and on it what incidents of late add around them, which halves with every half-life.

An incident adds `0.10 × (1 − d / 2 km) × weight × severity / 3` in cells with their middle `d` away, once, however many report it. Bumps
are kept as they would be at one reference time, `added × 2^((at − reference) / half-life)`: the sum of many that began at different times
then decays by one factor, so that neither reading nor adding ever walks through what was added before. They are seen in the hours
`hours_ahead` 0 to 3, all alike; the risk is `min(1, base + bumps)`. Where there is neither a base nor a bump there is no data.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.model.geometry import Floats
from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.risk import RiskBump, RiskSettings
from engine.risk.baseline import HOUR_NS, HOURS, Base
from engine.risk.cell_rows import CellRows
from engine.risk.grid import Grid, Numbers, Values, distance_m

REACH_M = 2000.0
IN_PLACE = 0.10  # of severity 3 and weight 1
OWN_M = REACH_M / 2  # an incident is no further from its own cell, however large that is
LAST_HOUR = 3  # of `hours_ahead` in which bumps are seen
NOTHING = 1e-5  # of an incident: it is forgotten. Risks are shown to a thousandth.
_SEEN = 1e-4  # of a cell, from where on it is data
_ROUNDED = 1e-10  # of an incident: so little is left over of rounding when others are taken back
_FURTHEST = 64.0  # half-lives from the reference time


def bump_of(
    incident_id: str, latitude: float, longitude: float, at_ns: int, category: IncidentCategory, severity: int, settings: RiskSettings
) -> RiskBump:
    weight = settings.weight(category)
    return RiskBump(incident_id, latitude, longitude, at_ns, category, severity, weight, IN_PLACE * weight * severity / 3)


class RiskSurface:
    """One thread at a time. Adding an incident costs a fraction of a millisecond, however many cells and incidents there are."""

    def __init__(self, grid: Grid, half_life_ns: int, base: Base | None = None) -> None:
        self.grid = grid
        self.half_life_ns = half_life_ns
        self._base = base or Base.none()
        self._rows = CellRows(grid, self._base.cells)
        self._bumps: dict[str, RiskBump] = {}
        self._reference_ns = 0

    @property
    def base(self) -> Base:
        return self._base

    @property
    def bumps(self) -> Mapping[str, RiskBump]:
        """By incident."""
        return self._bumps

    @property
    def cell_rows(self) -> CellRows:
        return self._rows

    @property
    def reference_ns(self) -> int:
        """Of the values that `stored` gives."""
        return self._reference_ns

    def put_bump(self, bump: RiskBump) -> Numbers:
        """An incident is new, or another now. Gives the cells that are changed by it; none where it is as it was."""
        known = self._bumps.get(bump.incident_id)
        if known == bump:
            return np.zeros(0, np.int64)
        before = self.take_back(bump.incident_id)
        if not self._bumps:
            self._reset_reference(bump.at_ns)
        self._bumps[bump.incident_id] = bump
        after = self._add_bump(bump, 1.0)
        return np.union1d(before, after) if len(before) else after

    def take_back(self, incident_id: str) -> Numbers:
        """It counts no more. Gives the cells that are changed by it."""
        known = self._bumps.pop(incident_id, None)
        return np.zeros(0, np.int64) if known is None else self._add_bump(known, -1.0)

    def load_bumps(self, bumps: Iterable[RiskBump], cells: Numbers, values: Values, reference_ns: Numbers) -> None:
        """What was kept, into a surface without bumps. `values`: of cells, each at its own reference time."""
        self._bumps = {bump.incident_id: bump for bump in bumps}
        self._reference_ns = int(reference_ns.max(initial=0))
        rows = self._rows.rows_for(cells)
        self._rows.bumps[rows] = values * np.exp2((reference_ns - self._reference_ns) / self.half_life_ns)

    def stored(self, cells: Numbers) -> Values:
        """Bumps of cells at the reference time."""
        rows, known = self._rows.find_rows(cells)
        return np.where(known, self._rows.bumps[rows], 0.0) if len(self._rows) else np.zeros(len(cells))

    def use_base(self, base: Base) -> None:
        """Another base, with the same bumps. Takes milliseconds for a hundred thousand cells."""
        before, bumped = self._rows, np.flatnonzero(self._rows.bumps > 0.0)
        cells, values = before.cells[bumped], before.bumps[bumped]
        self._base, self._rows = base, CellRows(self.grid, base.cells)
        rows = self._rows.rows_for(cells)
        self._rows.bumps[rows] = values

    def left(self, bump: RiskBump, now_ns: int) -> float:
        """Of its strength."""
        return bump.strength * self._decay(now_ns - bump.at_ns)

    def away(self, bumps: Sequence[RiskBump], cell: int) -> Values:
        """(K,) how far incidents are from a cell, metres."""
        latitudes, longitudes = np.array([bump.latitude for bump in bumps]), np.array([bump.longitude for bump in bumps])
        latitude, longitude = self.grid.centres(np.array([cell], np.int64))
        away = distance_m(float(latitude[0]), float(longitude[0]), latitudes, longitudes)
        return np.where(self.grid.cells(latitudes, longitudes) == cell, np.minimum(away, OWN_M), away)

    def risks(self, rows: Numbers, hours_ahead: int, now_ns: int) -> Floats:
        """(K,) risk of cells by row in the hour of the day that it is so many hours from now; NaN where there is no data."""
        risks = np.full(len(rows), np.nan, np.float32)
        based = rows < len(self._base.cells)
        risks[based] = self._base.risks[hour_of(hours_ahead, now_ns)][rows[based]]
        if hours_ahead <= LAST_HOUR:
            added = self._rows.bumps[rows] * self._factor(now_ns)
            has = added > _SEEN
            risks[has] = np.nan_to_num(risks[has]) + added[has]
        return np.minimum(risks, 1.0)

    def risk_at_row(self, row: int, hours_ahead: int, now_ns: int) -> tuple[float | None, float]:
        """Base and bumps of one row."""
        base = float(self._base.risks[hour_of(hours_ahead, now_ns), row]) if row < len(self._base.cells) else np.nan
        added = float(self._rows.bumps[row]) * self._factor(now_ns) if hours_ahead <= LAST_HOUR else 0.0
        return (None if np.isnan(base) else round(base, 6)), (added if added > _SEEN else 0.0)

    def _add_bump(self, bump: RiskBump, sign: float) -> Numbers:
        near, there = self._cells_around(bump)
        if abs(bump.at_ns - self._reference_ns) > _FURTHEST * self.half_life_ns:
            self._refer_to(bump.at_ns)
        strength = bump.strength * 2.0 ** ((bump.at_ns - self._reference_ns) / self.half_life_ns)
        rows = self._rows.rows_for(near)
        bumps = self._rows.bumps[rows] + sign * strength * (1.0 - there / REACH_M)
        self._rows.bumps[rows] = np.where(bumps > _ROUNDED * strength, bumps, 0.0)
        return near

    def _cells_around(self, bump: RiskBump) -> tuple[Numbers, Values]:
        near, there = self.grid.around(bump.latitude, bump.longitude, REACH_M)
        if not self.grid.cell_m > OWN_M:
            return near, there
        own = self.grid.cells(np.array([bump.latitude]), np.array([bump.longitude]))
        others = near != own[0]
        return np.append(near[others], own), np.append(there[others], self.away([bump], int(own[0])))

    def _reset_reference(self, at_ns: int) -> None:
        """Of the last ones, rounding may have left something, which would be more at another reference time."""
        self._rows.bumps[:] = 0.0
        self._reference_ns = at_ns

    def _refer_to(self, at_ns: int) -> None:
        """Only ever to a later time: what is older by so much is nothing beside it."""
        if at_ns > self._reference_ns:
            self._rows.bumps[:] *= 2.0 ** ((self._reference_ns - at_ns) / self.half_life_ns)
            self._reference_ns = at_ns

    def _factor(self, now_ns: int) -> float:
        return 2.0 ** ((self._reference_ns - now_ns) / self.half_life_ns)

    def _decay(self, age_ns: int) -> float:
        return 2.0 ** (-age_ns / self.half_life_ns)


def hour_of(hours_ahead: int, now_ns: int) -> int:
    """Of the day (UTC)."""
    return (now_ns // HOUR_NS + hours_ahead) % HOURS
