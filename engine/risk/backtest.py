"""Rolling origin, a day ahead: every day is forecast from the days before it only, beside peers, and compared with what it brought.

The study area is the box of cells around all incidents: its extent, and nothing else, is known beforehand, to all maps alike. The first
days (`burn_in`) are learnt from and not scored. Beside it stand two other areas: the box of the burn-in's incidents, with those that come
outside of it missed, which knows nothing beforehand; and only the cells that ever have an incident, which knows a lot.
"""

from collections.abc import Callable

import numpy as np

from engine.model.value_class import dataclass
from engine.risk.forecast_area import Area, Field
from engine.risk.forecast_density import DayOfIncidents, Kernel, RollingDensity
from engine.risk.forecast_peers import Peer, all_peers
from engine.risk.grid import Grid, Numbers, Values
from engine.risk.scoring import Compared, Measured, Tally

FORECAST = "forecast"
SHARES = (0.01, 0.05, 0.1)
BURN_IN_DAYS = 90
MOST_GROUPS = 4  # categories that are learnt apart; the rarer ones are one


@dataclass(frozen=True, slots=True, eq=False)
class DatedIncidents:
    """Incidents by day, in any order (N,): degrees, day from 0, category as a number ≥ 0. days: how many days there are in all."""

    latitudes: Values
    longitudes: Values
    day: Numbers
    category: Numbers
    days: int


@dataclass(frozen=True, slots=True)
class AreaResult:
    """One study area: its cells, what the forecast had of each share, and the peers by name, each by share."""

    cells: int
    shares: dict[float, Measured]
    peers: dict[str, dict[float, Compared]]


@dataclass(frozen=True, slots=True)
class Backtest:
    """`days` scored with `incidents`, after `burn_in` days; weights: of the forecast's kernels at the end (None: of all cells alike);
    smoothing: how far it is drawn towards a wide one, 0–1."""

    days: int
    incidents: int
    burn_in: int
    box: AreaResult
    box_of_burn_in: AreaResult
    cells_ever: AreaResult
    weights: tuple[tuple[Kernel | None, float], ...]
    smoothing: float


def burn_in_of(days: int) -> int:
    """How many of so many days are learnt from before the first one is scored."""
    return min(BURN_IN_DAYS, days // 4)


class Rolling:
    """The forecast and its peers, a day at a time. `maps` never knows the day that `learn_day` tells next. One thread."""

    def __init__(self, area: Area, past: DatedIncidents) -> None:
        self.area = area
        self._grouped = grouped(past.category)
        self._past = past
        self._places = area.find_positions(area.grid.cells(past.latitudes, past.longitudes))
        self._east, self._north = area.metres(past.latitudes, past.longitudes)
        self.density = RollingDensity(area, int(self._grouped.max(initial=0)) + 1)
        self._peers: dict[str, Peer] = all_peers(area)

    def maps(self) -> dict[str, Field]:
        return {FORECAST: self.density.density()} | {name: peer.risks() for name, peer in self._peers.items()}

    def places(self, day: int) -> Numbers:
        return self._places[self._past.day == day]

    def learn_day(self, day: int) -> None:
        now = (self._past.day == day) & (self._places >= 0)
        had = DayOfIncidents(self._places[now], self._east[now], self._north[now], self._grouped[now])
        self.density.learn_day(had)
        for peer in self._peers.values():
            peer.learn_day(had)


def grouped(category: Numbers) -> Numbers:
    """(N,) the commonest categories from 0 on, commonest first; the rest as one."""
    known, place, counts = np.unique(category, return_inverse=True, return_counts=True)
    rank = np.empty(len(known), np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(known))
    return np.minimum(rank, MOST_GROUPS - 1)[place]


def backtest(grid: Grid, past: DatedIncidents, progress: Callable[[int, int], None] = lambda done, total: None) -> Backtest:
    """Raises InputError (`cell_m`) where the area has too many cells. Needs incidents after the burn-in. `progress`: days done, of all."""
    burn_in = burn_in_of(past.days)
    rolling = Rolling(Area.around_places(grid, past.latitudes, past.longitudes), past)
    area = rolling.area
    first = past.day <= max(burn_in - 1, int(past.day.min()))
    early = Area.around_places(grid, past.latitudes[first], past.longitudes[first])
    ever = np.unique(area.find_positions(grid.cells(past.latitudes, past.longitudes)))
    areas = (np.arange(area.size), _rows_within(area, early), ever)
    tallies = tuple(Tally(SHARES) for _ in areas)
    for day in range(past.days):
        places = rolling.places(day)
        if day >= burn_in and len(places):
            maps = rolling.maps()
            for chosen, tally in zip(areas, tallies, strict=True):
                _score(tally, maps, chosen, places)
        rolling.learn_day(day)
        progress(day + 1, past.days)
    rolling.density.density()
    box, early_box, only_ever = (_result(tally, len(chosen)) for chosen, tally in zip(areas, tallies, strict=True))
    return Backtest(
        past.days - burn_in, tallies[0].incidents, burn_in, box, early_box, only_ever, rolling.density.weights, rolling.density.smoothing
    )


def _rows_within(area: Area, smaller: Area) -> Numbers:
    places = area.find_positions(smaller.cells)
    return np.sort(places[places >= 0])


def _score(tally: Tally, maps: dict[str, Field], chosen: Numbers, places: Numbers) -> None:
    """On the cells that were chosen (sorted) alone."""
    at = np.minimum(np.searchsorted(chosen, places), len(chosen) - 1)
    at = np.where(chosen[at] == places, at, -1)
    tally.add_day({name: risks[chosen] for name, risks in maps.items()}, at)


def _result(tally: Tally, cells: int) -> AreaResult:
    drawn = tally.drawn_days()
    shares = {share: tally.measured(FORECAST, share, drawn) for share in SHARES}
    names = [name for name in tally.names() if name != FORECAST]
    peers = {name: {share: tally.compared(FORECAST, name, share, drawn) for share in SHARES} for name in names}
    return AreaResult(cells, shares, peers)
