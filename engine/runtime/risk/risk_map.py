"""The risk surface and its place in the record, kept in step. One thread changes it; any thread reads it."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np

from engine.model.risk.risk import PastIncidents, RiskBump, RiskForecast, RiskSettings
from engine.risk.baseline import WINDOW_NS, Base, Facts, plain_base
from engine.risk.grid import Grid, Numbers
from engine.risk.recent import half_life_ns, recent_bumps, window_ns
from engine.risk.surface import RiskSurface
from engine.store.fire.risk import CellBumps, RiskTable

T = TypeVar("T")

MOST_DIRTY = 5_000  # incidents; beyond, everything is written anew


def kept_for(settings: RiskSettings, simulated: bool = False) -> str:
    """Names what bumps by cell depend on."""
    return f"cells of {settings.cell_m:g} m, half-life {settings.half_life_h:g} h{', simulated ones too' if simulated else ''}"


class RiskMap:
    """`read` on any thread, the rest on one. What raises EnvironmentFault changed nothing in the record and is to be done again."""

    def __init__(self, table: RiskTable, settings: RiskSettings, simulated: bool = False) -> None:
        """`simulated`: whether simulated incidents count."""
        self._table = table
        self._simulated = simulated
        self._drawn = False
        self._settings = settings
        self._lock = threading.Lock()  # held while the surface is read or changed: milliseconds
        self._surface = RiskSurface(Grid(settings.cell_m), half_life_ns(settings))
        self._forecast: RiskForecast | None = None
        self._read_ns = 0
        self._rewrite = False
        self._dirty: dict[str, RiskBump | None] = {}
        self._dirty_cells: list[Numbers] = []

    def read(self, of: Callable[[RiskSurface], T]) -> T:
        """`of` takes milliseconds and keeps nothing of the surface."""
        with self._lock:
            return of(self._surface)

    @property
    def read_ns(self) -> int:
        """When the record was read last; 0: never."""
        return self._read_ns

    @property
    def simulated(self) -> bool:
        """Whether there are simulated incidents on it, or behind its base."""
        return self._drawn or (self._forecast is not None and self._forecast.simulated)

    def open(self, settings: RiskSettings, now_ns: int) -> None:
        """As the record has it. Raises EnvironmentFault."""
        kept = self._table.load()
        self._begin_anew(settings)
        if kept.kept_for == self._kept_for(settings):
            with self._lock:
                self._surface.load_bumps(kept.bumps, kept.cells.cells, kept.cells.bumps, kept.cells.reference_ns)
            self._rewrite = False
        self.catch_up(now_ns)

    def configure(self, settings: RiskSettings, now_ns: int) -> None:
        """Raises EnvironmentFault; then to be done again."""
        if self._kept_for(self._settings) != self._kept_for(settings):
            self._begin_anew(settings)
        self._settings = settings
        self.catch_up(now_ns)

    def close(self) -> None:
        """Nothing is known from now on. The record keeps what it has."""
        self._begin_anew(self._settings)
        self._rewrite, self._dirty, self._dirty_cells = False, {}, []

    def put(self, bumps: Iterable[RiskBump], gone: Iterable[str] = (), simulated: bool = False) -> None:
        """Incidents as they are now, and those that count no more. `simulated`: some of them are."""
        self._drawn = self._drawn or simulated
        for incident_id in gone:
            with self._lock:
                self._note_bump(incident_id, None, self._surface.take_back(incident_id))
        for bump in bumps:
            with self._lock:
                self._note_bump(bump.incident_id, bump, self._surface.put_bump(bump))

    def catch_up(self, now_ns: int) -> None:
        """The base and every bump as the incidents of the record make them. Raises EnvironmentFault; then all is as before."""
        past = self._table.past(now_ns - max(WINDOW_NS, window_ns(self._settings)), simulated=self._simulated)
        base = self._base(past, now_ns)
        wanted = recent_bumps(past, self._settings, now_ns)
        with self._lock:
            self._surface.use_base(base)
            self._drawn = past.simulated
            known = dict(self._surface.bumps)
        self._read_ns = now_ns
        gone = [incident_id for incident_id in known if incident_id not in wanted]
        self.put((bump for bump in wanted.values() if known.get(bump.incident_id) != bump), gone)

    def use_forecast(self, forecast: RiskForecast) -> None:
        """In place of the plain base, until there is another; one of cells of another size, or of simulated incidents where these do
        not count, changes nothing."""
        if forecast.cell_m != self._settings.cell_m or (forecast.simulated and not self._simulated):
            return
        self._forecast = forecast
        with self._lock:
            self._surface.use_base(_learnt(forecast, self._surface.base.facts))

    def save(self) -> None:
        """What was changed since the last time, in one transaction. Raises EnvironmentFault."""
        if not (self._dirty or self._rewrite):
            return
        with self._lock:
            bumps = (
                tuple(self._surface.bumps.values()) if self._rewrite else tuple(bump for bump in self._dirty.values() if bump is not None)
            )
            cells = self._cells()
        if self._rewrite:
            self._table.replace(self._kept_for(self._settings), bumps, cells)
        else:
            self._table.put(bumps, [incident_id for incident_id, bump in self._dirty.items() if bump is None], cells)
        self._rewrite, self._dirty, self._dirty_cells = False, {}, []

    def _cells(self) -> CellBumps:
        """Those that were changed, or all."""
        surface = self._surface
        if self._rewrite:
            rows = np.flatnonzero(surface.cell_rows.bumps > 0.0)
            cells, values = surface.cell_rows.cells[rows], surface.cell_rows.bumps[rows]
        else:
            cells = np.unique(np.concatenate(self._dirty_cells)) if self._dirty_cells else np.zeros(0, np.int64)
            values = surface.stored(cells)
        return CellBumps(cells, values, np.full(len(cells), surface.reference_ns, np.int64))

    def _kept_for(self, settings: RiskSettings) -> str:
        return kept_for(settings, self._simulated)

    def _note_bump(self, incident_id: str, bump: RiskBump | None, cells: Numbers) -> None:
        if not len(cells):
            return
        self._dirty[incident_id] = bump
        self._dirty_cells.append(cells)
        if len(self._dirty) > MOST_DIRTY or len(self._dirty_cells) > 2 * MOST_DIRTY:
            self._rewrite, self._dirty, self._dirty_cells = True, {}, []

    def _base(self, past: PastIncidents, now_ns: int) -> Base:
        plain = plain_base(Grid(self._settings.cell_m), past, now_ns)
        return plain if self._forecast is None else _learnt(self._forecast, plain.facts)

    def _begin_anew(self, settings: RiskSettings) -> None:
        self._settings = settings
        fresh = RiskSurface(Grid(settings.cell_m), half_life_ns(settings))
        with self._lock:
            self._surface = fresh
        self._rewrite, self._dirty, self._dirty_cells = True, {}, []
        if self._forecast is not None and self._forecast.cell_m != settings.cell_m:
            self._forecast = None


def _learnt(forecast: RiskForecast, facts: Facts) -> Base:
    order = np.argsort(forecast.cells)
    risks = np.ascontiguousarray(forecast.risks[order].T)
    return Base(forecast.cells[order], risks, facts, forecast.computed_ns, forecast.expires_ns, learnt=True)
