"""The Risk page: its headline, and the cell where a click belongs."""

import numpy as np

from console.maps.from_site import from_site
from engine.model.risk.risk import RiskPicture, RiskState
from engine.model.site import SiteAnchor
from widgets.maps.heat.heat_raster import EARTH_M
from widgets.maps.highest_list import RankedPlace
from widgets.number_text import number_text
from widgets.translation import tr

MOST_PLACES = 6
_APART_CELLS = 3.5


def cell_at(picture: RiskPicture, latitude: float, longitude: float) -> int | None:
    """The index of the cell that holds a place; None where there is no data."""
    if not len(picture.cells):
        return None
    north_m = np.radians(picture.latitudes.astype(np.float64) - latitude) * EARTH_M
    turned = (picture.longitudes.astype(np.float64) - longitude + 540) % 360 - 180
    east_m = np.radians(turned) * EARTH_M * np.cos(np.radians(picture.latitudes.astype(np.float64)))
    nearest = int(np.argmin(np.maximum(np.abs(north_m), np.abs(east_m))))
    half = picture.cell_m / 2 * 1.02  # places are kept as float32
    return nearest if max(abs(float(north_m[nearest])), abs(float(east_m[nearest]))) <= half else None


def highest(picture: RiskPicture, anchor: SiteAnchor | None) -> tuple[RankedPlace, ...]:
    """Where it is highest, the highest first; cells beside one that is told are of the same place."""
    left = picture.risks > 0
    apart = _APART_CELLS * picture.cell_m / EARTH_M
    north, east = np.radians(picture.latitudes.astype(np.float64)), np.radians(picture.longitudes.astype(np.float64))
    found: list[RankedPlace] = []
    while len(found) < MOST_PLACES and left.any():
        index = int(np.argmax(np.where(left, picture.risks, -1.0)))
        latitude, longitude = float(picture.latitudes[index]), float(picture.longitudes[index])
        found.append(RankedPlace(latitude, longitude, float(picture.risks[index]), from_site(latitude, longitude, anchor)))
        turned = (east - east[index] + np.pi) % (2 * np.pi) - np.pi
        left &= np.hypot(north - north[index], turned * np.cos(north[index])) >= apart
    return tuple(found)


def headline(state: RiskState) -> str:
    if not state.enabled:
        return tr("Risk map is off")
    if not state.cells:
        return tr("No risk forecast yet")
    return tr("Risk forecast, 1 cell") if state.cells == 1 else tr("Risk forecast, {0} cells").format(number_text(state.cells))
