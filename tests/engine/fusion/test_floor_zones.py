"""A zone's number is that of the people drawn in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fusion.floor_zones import with_zones, zone_counts
from engine.model.radio.blob import Covariance
from engine.model.radio.fused import FloorZoneCount, FusedStatus, FusedTrack
from engine.model.radio.place import PLACE_M, TWO_OF_THREE, has_place, is_near, reach_m
from engine.model.site import Zone

ZONES = (Zone("hall", "Hall", 0.0, 0.0, 5.0, 5.0), Zone("desk", "Desk", 4.0, 4.0, 6.0, 6.0, 0.7, 1.2))
FLAT = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.0))
place = st.floats(-2.0, 8.0)


def track(number: int, x: float, y: float, covariance: Covariance = FLAT) -> FusedTrack:
    return FusedTrack(f"p{number}", number, FusedStatus.CONFIRMED, (x, y, 0.0), covariance, (0.0, 0.0, 0.0), 0, 0, ())


def sees_nothing(xy: np.ndarray) -> bool:
    return False


@given(st.lists(st.tuples(place, place), max_size=12))
def test_each_zone_counts_who_stands_in_its_outline(spots: list[tuple[float, float]]) -> None:
    tracks = with_zones([track(number, *spot) for number, spot in enumerate(spots)], ZONES)
    for zone, count in zip(ZONES, zone_counts(tracks, ZONES, False, sees_nothing), strict=True):
        inside = {t.id for t in tracks if zone.x0 <= t.position[0] <= zone.x1 and zone.y0 <= t.position[1] <= zone.y1}
        assert set(count.track_ids) == inside and len(count.track_ids) == len(inside)
        assert count.people == (len(inside) or None)  # nothing watches: an empty zone is not known to be empty


@pytest.mark.parametrize(("radio", "camera_to_x", "people"), [(True, -1.0, 0), (False, 9.0, 0), (False, 3.0, None), (False, -1.0, None)])
def test_empty_is_known_only_where_something_watches_all_of_it(radio: bool, camera_to_x: float, people: int | None) -> None:
    count = zone_counts((), ZONES[:1], radio, lambda xy: bool(xy[0] <= camera_to_x))[0]
    assert count.people == people


def test_who_leaves_a_zone_is_no_longer_counted() -> None:
    inside, outside = with_zones([track(1, 1.0, 1.0)], ZONES), with_zones([track(1, 7.0, 1.0)], ZONES)
    assert zone_counts(inside, ZONES[:1], True, sees_nothing) == (FloorZoneCount("hall", ("p1",)),)
    assert zone_counts(with_zones(outside, ZONES), ZONES[:1], True, sees_nothing) == (FloorZoneCount("hall", ()),)


def reaching(reach: float) -> Covariance:
    """Of somebody who is known as far along X, and well across."""
    return ((reach / TWO_OF_THREE) ** 2, 0.0, 0.0), (0.0, 0.01, 0.0), (0.0, 0.0, 0.0)


def test_whoever_has_no_place_is_in_no_zone_and_none_near_is_known_to_be_empty() -> None:
    zones = (ZONES[0], Zone("yard", "Yard", 20.0, 0.0, 25.0, 5.0))
    lost = with_zones([track(1, 2.0, 2.0, reaching(PLACE_M + 0.1))], zones)
    assert [(count.people, count.track_ids) for count in zone_counts(lost, zones, True, sees_nothing)] == [(None, ()), (0, ())]
    placed = with_zones([track(2, 2.0, 2.0, reaching(PLACE_M - 0.1))], zones)
    assert [count.people for count in zone_counts((*lost, *placed), zones, True, sees_nothing)] == [1, 0], "who has a place is counted"
    assert [count.people for count in zone_counts(lost, zones, True, lambda xy: True)] == [0, 0], "a camera that sees all of it knows"


def test_reach_is_along_the_longest_way_however_it_lies() -> None:
    turned = ((2.0, 1.0, 0.0), (1.0, 2.0, 0.0), (0.0, 0.0, 9.0))  # variances 3 and 1 along the diagonals
    assert reach_m(turned) == pytest.approx(TWO_OF_THREE * 3**0.5)
    assert has_place(reaching(PLACE_M - 0.001)) and not has_place(reaching(PLACE_M + 0.001))
    unknown = ((float("nan"), 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    assert not has_place(unknown) and is_near(ZONES[0], (90.0, 90.0, 0.0), unknown)
