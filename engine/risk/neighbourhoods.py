"""Named neighbourhoods: polygons of a GeoJSON file (RFC 7946), which cells lie in them, and what each expects."""

import json
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.risk.risk import AreaOutline, NeighbourhoodRisk
from engine.model.value_class import dataclass
from engine.risk.grid import Numbers, Values

MOST_BYTES = 20 << 20
MOST_AREAS, MOST_CORNERS = 2_000, 200_000
LONGEST_NAME = 100
NAMES = ("name", "NAME", "Name", "namn", "NAMN", "neighborhood", "neighbourhood", "title")
FIELD = "geojson"
DRAWN_CORNERS = 400  # of a ring
Ring = npt.NDArray[np.float64]  # (N, 2) longitude, latitude; closed


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """`polygons`: each an outer ring and its holes."""

    name: str
    polygons: tuple[tuple[Ring, ...], ...]


class Neighbourhoods:
    """Immutable; any thread."""

    def __init__(self, areas: tuple[Neighbourhood, ...] = ()) -> None:
        self.areas = areas

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(area.name for area in self.areas)

    def find_numbers(self, latitudes: Values, longitudes: Values) -> Numbers:
        """(N,) which neighbourhood each place lies in, the first one where several hold it; −1: none."""
        found = np.full(len(latitudes), -1, np.int64)
        for number, area in enumerate(self.areas):
            for polygon in area.polygons:
                (west, south), (east, north) = polygon[0].min(axis=0), polygon[0].max(axis=0)
                near = (found < 0) & (longitudes >= west) & (longitudes <= east) & (latitudes >= south) & (latitudes <= north)
                at = np.flatnonzero(near)
                found[at[_points_inside(polygon, latitudes[at], longitudes[at])]] = number
        return found

    def outlines(self) -> tuple[AreaOutline, ...]:
        """For drawing."""
        return tuple(AreaOutline(area.name, tuple(_thinned(polygon[0]) for polygon in area.polygons)) for area in self.areas)

    def expected(self, latitudes: Values, longitudes: Values, expected: Floats) -> tuple[NeighbourhoodRisk, ...]:
        """What cells with their middles there expect, `expected` (N, 24), by neighbourhood; those without data are left out."""
        of = self.find_numbers(latitudes, longitudes)
        return tuple(
            NeighbourhoodRisk(area.name, float(hours.sum()), tuple(hours.tolist()), len(own))
            for number, area in enumerate(self.areas)
            if len(own := np.flatnonzero(of == number)) and (hours := expected[own].sum(axis=0, dtype=np.float64)) is not None
        )


def read_neighbourhoods(text: str) -> Neighbourhoods:
    """Raises InputError (`geojson`, or `geojson.features[3].…`): what is wrong and where."""
    if len(text.encode()) > MOST_BYTES:
        raise InputError(FIELD, f"is larger than {MOST_BYTES >> 20} MB; simplify the borders")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(FIELD, f"is no JSON ({error})") from error
    features = _features(document)
    areas = tuple(_area(feature, f"{FIELD}.features[{number}]") for number, feature in enumerate(features))
    corners = sum(len(ring) for area in areas for polygon in area.polygons for ring in polygon)
    if corners > MOST_CORNERS:
        raise InputError(FIELD, f"has {corners} corners, at most {MOST_CORNERS} are taken; simplify the borders")
    repeated = {area.name for number, area in enumerate(areas) if area.name in {other.name for other in areas[:number]}}
    if repeated:
        raise InputError(FIELD, f"names {sorted(repeated)[0]!r} more than once")
    return Neighbourhoods(areas)


def _features(document: Any) -> list[Any]:
    found = _get(document, "features") if _get(document, "type") == "FeatureCollection" else None
    if not isinstance(found, list):
        raise InputError(FIELD, "is no FeatureCollection")
    features = cast(list[Any], found)
    if not 0 < len(features) <= MOST_AREAS:
        raise InputError(FIELD, f"has {len(features)} features; 1 to {MOST_AREAS} are taken")
    return features


def _area(feature: Any, where: str) -> Neighbourhood:
    properties, geometry = _get(feature, "properties"), _get(feature, "geometry")
    name = next((value for key in NAMES if isinstance(value := _get(properties, key), str) and value.strip()), "")
    if not name:
        raise InputError(f"{where}.properties.name", "is missing")
    kind, coordinates = _get(geometry, "type"), _get(geometry, "coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise InputError(f"{where}.geometry", "is no Polygon or MultiPolygon")
    several = cast(list[Any], [coordinates] if kind == "Polygon" else coordinates)
    polygons = tuple(tuple(_rings(polygon, f"{where}.geometry.coordinates")) for polygon in several)
    if not polygons or not all(polygons):
        raise InputError(f"{where}.geometry.coordinates", "is empty")
    return Neighbourhood(name.strip()[:LONGEST_NAME], polygons)


def _get(value: Any, key: str) -> Any:
    return cast(dict[str, Any], value).get(key) if isinstance(value, dict) else None


def _rings(polygon: Any, where: str) -> Iterator[Ring]:
    if not isinstance(polygon, list):
        raise InputError(where, "is no list of rings")
    for given in cast(list[Any], polygon):
        yield _ring(given, where)


def _ring(given: Any, where: str) -> Ring:
    try:
        ring = np.array([corner[:2] for corner in given], np.float64)
    except (TypeError, ValueError, KeyError) as error:
        raise InputError(where, "has a ring that is no list of longitudes and latitudes") from error
    if ring.ndim != 2 or ring.shape[1:] != (2,) or len(ring) < 4 or not np.isfinite(ring).all():
        raise InputError(where, "has a ring with fewer than four corners, or with what is no pair of numbers")
    if (np.abs(ring) > (180.0, 90.0)).any():
        raise InputError(where, "has a corner outside ±180, ±90; a corner is longitude, then latitude")
    if np.ptp(ring[:, 0]) > 180.0:
        raise InputError(where, "crosses the 180th meridian; cut it there in two (RFC 7946, 3.1.9)")
    return ring if (ring[0] == ring[-1]).all() else np.concatenate([ring, ring[:1]])


def _points_inside(polygon: tuple[Ring, ...], latitudes: Values, longitudes: Values) -> npt.NDArray[np.bool_]:
    """(N,) by the even-odd rule over all rings, so that holes are outside."""
    inside = np.zeros(len(latitudes), bool)
    if not len(latitudes):
        return inside
    for ring in polygon:
        for (x0, y0), (x1, y1) in zip(ring[:-1].tolist(), ring[1:].tolist(), strict=True):
            if y0 != y1:
                crosses = (y0 > latitudes) != (y1 > latitudes)
                inside ^= crosses & (longitudes < (x1 - x0) * (latitudes - y0) / (y1 - y0) + x0)
    return inside


def _thinned(ring: Ring) -> tuple[tuple[float, float], ...]:
    """Every n-th corner where there are more than a screen can tell apart; closed, as (latitude, longitude)."""
    step = -(-len(ring) // DRAWN_CORNERS)
    kept = ring[::step] if (len(ring) - 1) % step == 0 else np.vstack((ring[::step], ring[-1:]))
    return tuple((float(latitude), float(longitude)) for longitude, latitude in kept)
