"""Neighbourhoods from GeoJSON: what lies inside, what they expect, and what is refused by name."""

import json
from typing import Any

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.risk import neighbourhoods as limits
from engine.risk.neighbourhoods import Neighbourhoods, read_neighbourhoods


def square(west: float, south: float, side: float = 1.0) -> list[list[float]]:
    return [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]


def feature(name: object, *rings: Any, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": kind, "coordinates": list(rings)}}


def text(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def of(areas: Neighbourhoods, *places: tuple[float, float]) -> list[int]:
    return areas.find_numbers(np.array([lat for lat, _ in places]), np.array([lon for _, lon in places])).tolist()


def test_places_are_in_their_polygon_and_not_in_its_holes() -> None:
    areas = read_neighbourhoods(text(feature("Söder", square(0, 0, 4), square(1, 1)), feature("Norr", square(0, 4, 4))))
    assert areas.names == ("Söder", "Norr")
    assert of(areas, (0.5, 0.5), (1.5, 1.5), (5.0, 2.0), (9.0, 2.0), (2.5, 3.9)) == [0, -1, 1, -1, 0]


def test_several_polygons_of_one_name_and_a_concave_one() -> None:
    islands = feature("Islands", [square(0, 0)], [square(5, 5)], kind="MultiPolygon")
    horseshoe = feature("Bay", [[10, 0], [16, 0], [16, 6], [14, 6], [14, 2], [12, 2], [12, 6], [10, 6], [10, 0]])
    areas = read_neighbourhoods(text(islands, horseshoe))
    assert of(areas, (0.5, 0.5), (5.5, 5.5), (3.0, 3.0), (4.0, 11.0), (4.0, 13.0), (1.0, 13.0)) == [0, 0, -1, 1, -1, 1]


def test_a_place_on_a_shared_border_is_in_exactly_one() -> None:
    areas = read_neighbourhoods(text(feature("West", square(0, 0)), feature("East", square(1, 0))))
    assert sorted(of(areas, (0.5, 1.0))) in ([0], [1])
    draw = np.random.default_rng(1)
    lats, lons = draw.uniform(0.01, 0.99, 2000), draw.uniform(0.01, 1.99, 2000)
    assert areas.find_numbers(lats, lons).tolist() == (lons >= 1).astype(int).tolist()


def test_what_is_expected_adds_up_by_neighbourhood() -> None:
    areas = read_neighbourhoods(text(feature("A", square(0, 0)), feature("B", square(2, 0)), feature("Empty", square(50, 50))))
    expected = np.zeros((4, 24), np.float32)
    expected[:, 3] = [0.1, 0.2, 0.4, 0.8]
    found = areas.expected(np.full(4, 0.5), np.array([0.2, 0.8, 2.5, 9.0]), expected)
    assert [(area.name, area.cells) for area in found] == [("A", 2), ("B", 1)]
    assert found[0].incidents == pytest.approx(0.3)
    assert found[0].by_hour[3] == pytest.approx(0.3)
    assert sum(found[1].by_hour) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("{", "geojson"),
        ("[]", "geojson"),
        ('{"type": "Feature"}', "geojson"),
        ('{"type": "FeatureCollection", "features": 3}', "geojson"),
        (text(), "geojson"),
        (text(feature("", square(0, 0))), "geojson.features[0].properties.name"),
        (text(feature(7, square(0, 0))), "geojson.features[0].properties.name"),
        (text(feature("A", square(0, 0)), 5), "geojson.features[1].properties.name"),
        (text(feature("A", square(0, 0), kind="LineString")), "geojson.features[0].geometry"),
        (text({"type": "Feature", "properties": {"name": "A"}, "geometry": None}), "geojson.features[0].geometry"),
        (text(feature("A")), "geojson.features[0].geometry.coordinates"),
        (text(feature("A", [[0, 0], [1, 1], [0, 0]])), "geojson.features[0].geometry.coordinates"),
        (text(feature("A", "no ring")), "geojson.features[0].geometry.coordinates"),
        (text(feature("A", [[0, 0], [1, "x"], [1, 1], [0, 0]])), "geojson.features[0].geometry.coordinates"),
        (text(feature("A", square(59, 179.5))), "geojson.features[0].geometry.coordinates"),
        (text(feature("A", [[-179, 0], [179, 0], [179, 1], [-179, 0]])), "geojson.features[0].geometry.coordinates"),
        (text(feature("A", square(0, 0)), feature("A", square(1, 0))), "geojson"),
        ("[" * 100_000, "geojson"),
    ],
)
def test_what_is_wrong_is_named(given: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        read_neighbourhoods(given)
    assert refused.value.field == field


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    many = text(*(feature(f"A{n}", square(n / 100, 0)) for n in range(30)))
    for name, least in (("MOST_AREAS", 29), ("MOST_CORNERS", 149), ("MOST_BYTES", 1000)):
        with monkeypatch.context() as bounded:
            bounded.setattr(limits, name, least)
            with pytest.raises(InputError, match="geojson"):
                read_neighbourhoods(many)
    assert len(read_neighbourhoods(many).areas) == 30


def test_outlines_for_drawing_keep_their_shape_and_have_few_corners() -> None:
    turns = np.linspace(0, 2 * np.pi, 5_001)
    ring = [[18.0 + 0.1 * float(np.cos(turn)), 59.0 + 0.1 * float(np.sin(turn))] for turn in turns[:-1]]
    text = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"name": "Round"}, "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}
            ],
        }
    )
    (outline,) = read_neighbourhoods(text).outlines()
    (drawn,) = outline.rings
    assert outline.name == "Round" and drawn[0] == drawn[-1] and len(drawn) <= limits.DRAWN_CORNERS + 2
    assert max(abs(np.hypot(latitude - 59.0, longitude - 18.0) - 0.1) for latitude, longitude in drawn) < 1e-6
