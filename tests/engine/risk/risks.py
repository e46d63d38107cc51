"""Incidents and bases as the tests of the risk map want them."""

import numpy as np

from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.risk import CATEGORIES, PastIncidents, RiskBump, RiskSettings
from engine.model.time import SECOND
from engine.risk.baseline import Base, Facts
from engine.risk.grid import EARTH_M, Grid, Numbers
from engine.risk.surface import RiskSurface, bump_of

HOUR = 3600 * SECOND
NOW_NS = 1_790_000_000 * SECOND // HOUR * HOUR + 30 * 60 * SECOND
HALF_LIFE_NS = 12 * HOUR
STOCKHOLM = (59.3293, 18.0686)


def past(*incidents: tuple[float, float, int, int, IncidentCategory]) -> PastIncidents:
    """Of latitude, longitude, time, severity and category each."""
    latitudes, longitudes, times, severities, categories = zip(*incidents, strict=True) if incidents else ((), (), (), (), ())
    return PastIncidents(
        tuple(f"in-{number}" for number in range(len(incidents))),
        np.array(latitudes, np.float64),
        np.array(longitudes, np.float64),
        np.array(times, np.int64),
        np.array([CATEGORIES.index(category) for category in categories], np.int8),
        np.array(severities, np.int8),
    )


def base_of(cells: Numbers, risk: float, expires_ns: int = NOW_NS + HOUR) -> Base:
    """The same risk in every hour."""
    return Base(np.sort(cells), np.full((24, len(cells)), risk, np.float32), Facts.none(), NOW_NS, expires_ns)


def surface_of(risk: float | None, latitude: float = STOCKHOLM[0], longitude: float = STOCKHOLM[1]) -> RiskSurface:
    """With this base in every cell for 4 km around."""
    grid = Grid()
    cells, _ = grid.around(latitude, longitude, 4000.0)
    return RiskSurface(grid, HALF_LIFE_NS, None if risk is None else base_of(cells, risk))


def middle_of(surface: RiskSurface, latitude: float, longitude: float) -> tuple[int, float, float]:
    """The cell of a place: its number and middle."""
    cell = surface.grid.cells(np.array([latitude]), np.array([longitude]))
    lats, lons = surface.grid.centres(cell)
    return int(cell[0]), float(lats[0]), float(lons[0])


def north_of(latitude: float, metres: float) -> float:
    return latitude + float(np.degrees(metres / EARTH_M))


def bump(
    latitude: float,
    longitude: float,
    incident_id: str = "in-1",
    severity: int = 3,
    category: IncidentCategory = IncidentCategory.THEFT,
    at_ns: int = NOW_NS,
    settings: RiskSettings | None = None,
) -> RiskBump:
    return bump_of(incident_id, latitude, longitude, at_ns, category, severity, settings or RiskSettings())
