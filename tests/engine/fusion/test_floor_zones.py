"""A zone's number is that of the people drawn in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fusion.floor_zones import with_zones, zone_counts
from engine.model.radio.fused import FloorZoneCount, FusedStatus, FusedTrack
from engine.model.site import Zone

ZONES = (Zone("hall", "Hall", 0.0, 0.0, 5.0, 5.0), Zone("desk", "Desk", 4.0, 4.0, 6.0, 6.0, 0.7, 1.2))
FLAT = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.0))
place = st.floats(-2.0, 8.0)


def track(number: int, x: float, y: float) -> FusedTrack:
    return FusedTrack(f"p{number}", number, FusedStatus.CONFIRMED, (x, y, 0.0), FLAT, (0.0, 0.0, 0.0), 0, 0, ())


def sees_nothing(xy: np.ndarray) -> bool:
    return False


@given(st.lists(st.tuples(place, place), max_size=12))
def test_each_zone_counts_who_stands_in_its_outline(spots: list[tuple[float, float]]) -> None:
    tracks = with_zones([track(number, *spot) for number, spot in enumerate(spots)], ZONES)
    for zone, count in zip(ZONES, zone_counts(tracks, ZONES, {}, sees_nothing), strict=True):
        inside = {t.id for t in tracks if zone.x0 <= t.position[0] <= zone.x1 and zone.y0 <= t.position[1] <= zone.y1}
        assert set(count.track_ids) == inside and len(count.track_ids) == len(inside)
        assert count.people == (len(inside) or None)  # nothing watches: an empty zone is not known to be empty


@pytest.mark.parametrize(("radio", "camera_to_x", "people"), [(True, -1.0, 0), (False, 9.0, 0), (False, 3.0, None), (False, -1.0, None)])
def test_empty_is_known_only_where_something_watches_all_of_it(radio: bool, camera_to_x: float, people: int | None) -> None:
    count = zone_counts((), ZONES[:1], {"hall": radio}, lambda xy: bool(xy[0] <= camera_to_x))[0]
    assert count.people == people


def test_who_leaves_a_zone_is_no_longer_counted() -> None:
    inside, outside = with_zones([track(1, 1.0, 1.0)], ZONES), with_zones([track(1, 7.0, 1.0)], ZONES)
    assert zone_counts(inside, ZONES[:1], {"hall": True}, sees_nothing) == (FloorZoneCount("hall", ("p1",)),)
    assert zone_counts(with_zones(outside, ZONES), ZONES[:1], {"hall": True}, sees_nothing) == (FloorZoneCount("hall", ()),)
