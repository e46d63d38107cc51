"""A risk map for elsewhere: as a picture, or as GeoJSON (RFC 7946) with a polygon for each cell."""

import json
import math

from engine.model.risk.risk import RiskPicture
from engine.model.time import to_iso
from widgets.maps.heat.heat_raster import EARTH_M


def as_geojson(picture: RiskPicture, beats: bool | None, simulated: bool = False) -> str:
    """One feature for each cell that has data, with its number and risk; when it was computed and for which hour beside them.

    `beats`: it is a forecast that beats what is plain to see; None: it is no learnt forecast, or was not scored yet.
    """
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [_ring(float(latitude), float(longitude), picture.cell_m)]},
            "properties": {"cell": int(cell), "risk": round(float(risk), 4)},
        }
        for latitude, longitude, risk, cell in zip(picture.latitudes, picture.longitudes, picture.risks, picture.cells, strict=True)
    ]
    about = {
        "at": to_iso(picture.at_ns),
        "hours_ahead": picture.hours_ahead,
        "computed_at": to_iso(picture.computed_ns) if picture.computed_ns else None,
        "stale": picture.stale,
        "beats_plain_forecasts": beats,
        "unit": "risk of an incident in the hour, 0 to 1",
        "simulated": simulated,
    }
    return json.dumps({"type": "FeatureCollection", "watchroom": about, "features": features}, ensure_ascii=False)


def _ring(latitude: float, longitude: float, cell_m: float) -> list[list[float]]:
    """Against the clock, closed."""
    up = math.degrees(cell_m / EARTH_M) / 2
    right = up / max(math.cos(math.radians(latitude)), 1e-9)
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [[round(longitude + dx * right, 7), round(latitude + dy * up, 7)] for dx, dy in corners]
