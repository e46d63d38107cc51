"""The plane of web maps (EPSG:3857): what their tiles are cut from. Lengths in it grow with latitude, by 1/cos."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.model.base_map.world import LAST_LATITUDE, RADIUS_M, ROUND_M, to_plane
from engine.model.value_class import dataclass
from widgets.maps.map_view import MapView

TILE = 256
MOST_ZOOM = 19


@dataclass(frozen=True, slots=True)
class Mercator:
    """`longitude`: in the middle of the map, degrees; every place is shown on the turn of the Earth that is nearest to it."""

    longitude: float = 0.0

    def to_plane(self, latitude: float, longitude: float) -> tuple[float, float]:
        x, y = self.to_plane_many([latitude], [longitude])[0]
        return float(x), float(y)

    def to_plane_many(self, latitudes: ArrayLike, longitudes: ArrayLike) -> NDArray[np.float64]:
        """(n, 2), metres. Latitudes beyond ±85.05° lie on the edge."""
        turned = (np.asarray(longitudes, np.float64) - self.longitude + 540) % 360 - 180
        return to_plane(turned + self.longitude, latitudes)

    def to_earth(self, x: float, y: float) -> tuple[float, float]:
        """Latitude, longitude in degrees."""
        return math.degrees(math.atan(math.sinh(y / RADIUS_M))), (math.degrees(x / RADIUS_M) + 540) % 360 - 180

    def radii(self, latitude: float, metres: float) -> tuple[float, float]:
        """How wide and how high a small circle of that radius at that latitude is in this plane."""
        stretched = metres * stretch(latitude)
        return stretched, stretched


def stretch(latitude: float) -> float:
    """By how much lengths at a latitude (degrees) are longer in the plane than on Earth."""
    return 1 / math.cos(math.radians(min(abs(latitude), LAST_LATITUDE)))


@dataclass(frozen=True, slots=True)
class TileAt:
    """A tile and where its upper left corner and edge are on screen, pixels."""

    zoom: int
    column: int
    row: int
    left: float
    top: float
    size: float


def tiles(view: MapView, most_zoom: int = MOST_ZOOM) -> tuple[TileAt, ...]:
    """Those that cover what is shown, from the middle outwards; the zoom whose pixels are nearest to those of the screen."""
    zoom = min(most_zoom, max(0, round(math.log2(ROUND_M / TILE / view.scale))))
    count, edge = 1 << zoom, ROUND_M / (1 << zoom)
    (west, north), (east, south) = view.to_plane(0, 0), view.to_plane(view.width, view.height)
    columns = range(math.floor((west + ROUND_M / 2) / edge), math.floor((east + ROUND_M / 2) / edge) + 1)
    rows = range(max(0, math.floor((ROUND_M / 2 - north) / edge)), min(count - 1, math.floor((ROUND_M / 2 - south) / edge)) + 1)
    found = [_tile(view, zoom, column, row, edge) for row in rows for column in columns]
    middle_x, middle_y = view.width / 2, view.height / 2
    return tuple(sorted(found, key=lambda t: math.hypot(t.left + t.size / 2 - middle_x, t.top + t.size / 2 - middle_y)))


def _tile(view: MapView, zoom: int, column: int, row: int, edge: float) -> TileAt:
    left, top = view.to_screen(column * edge - ROUND_M / 2, ROUND_M / 2 - row * edge)
    return TileAt(zoom, column % (1 << zoom), row, left, top, edge / view.scale)
