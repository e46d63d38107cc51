"""The forecast of the next 24 hours from a window of the record: where (`forecast_density`), how many, and when (`forecast_hours`).

Only places, times and categories of incidents enter, never a person.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.risk.risk import MapScore, PastIncidents, RiskForecast
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.risk.backtest import FORECAST, DatedIncidents, Rolling, burn_in_of
from engine.risk.forecast_area import Area, Field
from engine.risk.forecast_hours import PLACE_M, learn_hours
from engine.risk.grid import Grid, Numbers, Values, distance_m
from engine.risk.scoring import Tally, map_score

DAY_NS = 86_400 * SECOND
LASTS_NS = 26 * 3600 * SECOND  # a day, an hour's grace and the time that learning takes
SCORED_DAYS = 90
SHARE = 0.05  # of the area, that scores are told for
SITE_M = 50_000.0  # incidents farther from the middle one belong to no site
REACH = 2.0  # times PLACE_M from an incident, where there is data
RISKIEST = 0.999  # of all cells' hours: what lies above is 1
RECENT_DAYS = 28.0
Told = Callable[[int, int], None]
Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """A forecast, how right such forecasts were of late (None: too few days to say), and `expected` (N, 24): how many incidents each of its
    cells expects in each hour of the day. `left_out`: incidents too far away to be the site's."""

    forecast: RiskForecast
    score: MapScore | None
    expected: Floats
    incidents: int
    left_out: int


def learn_forecast(grid: Grid, past: PastIncidents, now_ns: int, told: Told = lambda done, total: None) -> Learnt:
    """From incidents before `now_ns`. Takes seconds to a minute for a year of a city; `told` hears of the days done and may raise.

    Raises:
        InputError: `incidents`, there are none; `cell_m`, cells are too small for the area.
    """
    chosen = _near_site(past, now_ns)
    if not chosen.any():
        raise InputError("incidents", "there are none to learn from")
    latitudes, longitudes, occurred_ns = past.latitudes[chosen], past.longitudes[chosen], past.occurred_ns[chosen]
    dated = _dated(latitudes, longitudes, occurred_ns, past.categories[chosen].astype(np.int64), now_ns)
    area = Area.around_places(grid, latitudes, longitudes)
    rolling = Rolling(area, dated)
    score = _walk(rolling, dated, told)
    expected = _expected(rolling, area, dated, occurred_ns, now_ns)
    there = _has_data(area, latitudes, longitudes)
    forecast = RiskForecast(grid.cell_m, area.cells[there], _risks(expected[there]), now_ns, now_ns + LASTS_NS, past.simulated)
    return Learnt(forecast, score, expected[there], len(latitudes), int(len(past) - len(latitudes)))


def _near_site(past: PastIncidents, now_ns: int) -> Chosen:
    """Those of the site, and of the past."""
    before = past.occurred_ns < now_ns
    if not before.any():
        return before
    middle = float(np.median(past.latitudes[before])), float(np.median(past.longitudes[before]))
    away = np.where(before, distance_m(*middle, past.latitudes, past.longitudes), np.inf)
    first = int(away.argmin())  # an incident itself: where all lie around an empty middle, there is somebody's site all the same
    return before & (distance_m(float(past.latitudes[first]), float(past.longitudes[first]), past.latitudes, past.longitudes) <= SITE_M)


def _dated(latitudes: Values, longitudes: Values, occurred_ns: Numbers, category: Numbers, now_ns: int) -> DatedIncidents:
    """By days of 24 hours that end now."""
    back = (now_ns - 1 - occurred_ns) // DAY_NS
    days = int(back.max()) + 1
    return DatedIncidents(latitudes, longitudes, days - 1 - back, category, days)


def _walk(rolling: Rolling, dated: DatedIncidents, told: Told) -> MapScore | None:
    """Through the days, each forecast before it is learnt."""
    tally = Tally((SHARE,))
    first = max(burn_in_of(dated.days), dated.days - SCORED_DAYS)
    for day in range(dated.days):
        places = rolling.places(day)
        if day >= first and len(places):
            tally.add_day(rolling.maps(), places)
        rolling.learn_day(day)
        told(day + 1, dated.days)
    return map_score(tally, FORECAST, SHARE)


def _expected(rolling: Rolling, area: Area, dated: DatedIncidents, occurred_ns: Numbers, now_ns: int) -> Field:
    """(cells, 24) incidents by hour of the day."""
    east, north = area.metres(dated.latitudes, dated.longitudes)
    places = area.find_positions(area.grid.cells(dated.latitudes, dated.longitudes))
    hours = learn_hours(area, east, north, places, occurred_ns, now_ns)
    fresh = np.exp(-(dated.days - 1 - np.arange(dated.days)) / RECENT_DAYS)
    a_day = float(np.bincount(dated.day, minlength=dated.days) @ fresh / fresh.sum())
    return rolling.density.density()[:, None] * hours.shares * np.float32(a_day * hours.busy)


def _has_data(area: Area, latitudes: Values, longitudes: Values) -> Chosen:
    """Cells no farther from the next incident than `REACH`; of the rest nothing is known."""
    around = area.spread(*area.metres(latitudes, longitudes), PLACE_M)
    least = area.grid.cell_m**2 / (2 * np.pi * PLACE_M**2) * np.exp(-0.5 * REACH**2)
    return around >= least


def _risks(expected: Field) -> Floats:
    """What is expected, to what the riskiest thousandth of all cells' hours expects; 0–1."""
    return np.minimum(expected / max(float(np.quantile(expected, RISKIEST)), 1e-30), 1.0).astype(np.float32)
