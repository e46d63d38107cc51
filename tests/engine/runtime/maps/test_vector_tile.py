"""Vector tiles: read as the reference library writes them, and bounded."""

import base64

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.maps.vector_tile import MOST_FEATURES, Shape, features
from tests.fakes.map_files import vector_tile

BY_MAPBOX_VECTOR_TILE_2_2 = base64.b64decode(
    "GrMBCgVyb2FkcxIcEgoAAAEBAgIDAwQEGAIiDAkAABLQD+gHsDCYOBINEgIABRgBIgURFCgoKBIeGAMiGgkAABrIAQAAyAHHAQAPCSifARoAeHgAAHcPGgRuYW1lGgRr"
    "aW5kGgVsYW5lcxoGb25ld2F5GgV3aWR0aCIOCgxLw7ZwbWFuZ2F0YW4iDAoKbWFqb3Jfcm9hZCICIAIiAjgBIgkZAAAAAAAAHkAiBQoDdHdvKIAgeAI="
)


def test_what_the_reference_library_wrote_is_read() -> None:
    line, points, polygon = features(BY_MAPBOX_VECTOR_TILE_2_2)
    assert (line.layer, line.shape) == ("roads", Shape.LINE)
    assert line.tags == {"name": "Köpmangatan", "kind": "major_road", "lanes": 2, "oneway": True, "width": 7.5}
    assert (line.parts[0] * 4096).tolist() == [[0, 0], [1000, 500], [4096, 4096]]
    assert points.shape is Shape.POINT and [(part * 4096).tolist() for part in points.parts] == [[[10, 20]], [[30, 40]]]
    outer, inner = ((part * 4096).tolist() for part in polygon.parts)
    assert outer == [[0, 0], [100, 0], [100, 100], [0, 100]] and inner == [[20, 20], [20, 80], [80, 80], [80, 20]]


def test_too_much_is_cut_off() -> None:
    many = vector_tile({"place": [(1, {}, [[(1, 1)]])] * (MOST_FEATURES + 50)})
    assert sum(1 for _ in features(many)) == MOST_FEATURES


@given(st.binary(max_size=400))
def test_any_bytes_are_a_tile_or_refused(content: bytes) -> None:
    try:
        assert all(np.isfinite(part).all() for each in features(content) for part in each.parts)
    except ValueError:
        return
