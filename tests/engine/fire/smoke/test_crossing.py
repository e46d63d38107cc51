"""P18, P20, P22: where bearings cross, and how well that is known."""

import math
from dataclasses import replace
from statistics import median

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from engine._geodesic import distance_m
from engine.fire.smoke.bearings import Bearing, Planes, bearing_of, centre, overlap
from engine.fire.smoke.crossing import cross, sigma_rad
from engine.fire.smoke.plane import Plane
from engine.model.fire.smoke import Crossing
from tests.fakes.smoke import azimuth, lookout, place, sequence

A, B, FIRE = (45.0, 5.0), (44.99993, 5.126828), (45.050879, 5.071808)


def bearing(name: str, where: tuple[float, float], towards: float, cone: float = 3.0) -> Bearing:
    return Bearing(name, name, *where, towards % 360.0, cone, 0, 0)


def crossed(*bearings: Bearing) -> Crossing:
    found = cross(bearings)
    assert found is not None
    return found


def off_m(found: Crossing, fire: tuple[float, float]) -> float:
    return distance_m(found.latitude, found.longitude, *fire)


def in_ellipse(found: Crossing, fire: tuple[float, float]) -> bool:
    away = Geodesic.WGS84.Inverse(found.latitude, found.longitude, *fire)
    turn = math.radians(away["azi1"] - found.turn_deg)
    return math.hypot(away["s12"] * math.cos(turn) / found.major_m, away["s12"] * math.sin(turn) / found.minor_m) <= 1


@pytest.mark.parametrize(("cone", "within_m"), [(1, 25), (3, 25), (6, 50), (12, 100)])
def test_p18_two_cameras(cone: float, within_m: float) -> None:
    """The bearings are those of the specification, which are 0.1° and 0.09° off the fire: 20 m."""
    found = crossed(bearing("a", A, 44.90, cone), bearing("b", B, 322.67, cone))
    assert off_m(found, FIRE) < within_m
    assert (found.accurate, round(found.angle_deg)) == (True, 82)
    assert in_ellipse(found, FIRE)


def test_p18_exact_bearings_cross_at_the_fire() -> None:
    found = crossed(bearing("a", A, azimuth(FIRE, A)), bearing("b", B, azimuth(FIRE, B)))
    assert off_m(found, FIRE) < 0.01


def test_p22_bearings_that_hardly_cross_are_flagged_with_a_long_ellipse() -> None:
    fire = place(*A, 0, 10_000)
    found = crossed(*(bearing(f"{east}", place(*A, east), azimuth(fire, place(*A, east)), 1.0) for east in (-175.0, 175.0)))
    assert not found.accurate
    assert found.angle_deg == pytest.approx(2.0, abs=0.3)
    assert in_ellipse(found, fire)
    assert found.major_m > 10 * found.minor_m
    assert min(found.turn_deg, 180 - found.turn_deg) < 2
    assert found.cep_m > 2_000


def test_p20_cameras_50_m_apart_give_no_place() -> None:
    near, there = place(*A, 50), place(*A, 0, 5_000)
    assert cross([bearing("a", A, azimuth(there, A)), bearing("b", near, azimuth(there, near))]) is None


def test_bearings_that_part_or_cross_behind_cross_nowhere() -> None:
    assert cross([bearing("a", A, 315), bearing("b", B, 45)]) is None
    assert cross([bearing("a", A, 225), bearing("b", B, 135)]) is None
    assert cross([bearing("a", A, 45)]) is None
    assert cross([]) is None


def test_what_is_nearer_than_half_a_kilometre_or_further_than_35_km_is_out_of_reach() -> None:
    def crosses(north_m: float) -> bool:
        fire, beside = place(*A, 0, north_m), place(*A, 10_000, north_m)
        return cross([bearing("a", A, 0, 0.5), bearing("b", beside, azimuth(fire, beside), 0.5)]) is not None

    assert [crosses(north_m) for north_m in (400, 600, 34_700, 35_500)] == [False, True, True, False]


THREE = (
    bearing("1", (48.3792, 2.8208), 276.5, 3.0),
    bearing("2", (48.2605, 2.7064), 8.3, 0.8),
    bearing("3", (48.4267, 2.7109), 163.4, 1.0),
)


def test_the_references_example_of_three_cameras() -> None:
    """Its place is the median of the middles of the pairs' sectors: ours of those agree. The most likely place weighs near cameras more."""
    plane, rays = Planes().rays(*THREE)
    middles = [plane.off(centre(overlap(rays[one], rays[other]))) for one, other in ((0, 1), (0, 2), (1, 2))]
    assert distance_m(median(each[0] for each in middles), median(each[1] for each in middles), 48.385636, 2.732326) < 20
    found = crossed(*THREE)
    assert in_ellipse(found, (48.385636, 2.732326))
    assert off_m(found, (48.385636, 2.732326)) < 200


def test_the_order_of_bearings_does_not_matter() -> None:
    first, second = crossed(*THREE), crossed(*reversed(THREE))
    assert distance_m(first.latitude, first.longitude, second.latitude, second.longitude) < 1
    assert first.major_m == pytest.approx(second.major_m, rel=1e-3)


def test_a_third_camera_makes_the_ellipse_smaller_and_one_that_contradicts_makes_it_larger() -> None:
    c = place(*A, 4_000, 12_000)
    two = [bearing("a", A, azimuth(FIRE, A)), bearing("b", B, azimuth(FIRE, B))]
    agreeing, contradicting = (crossed(*two, bearing("c", c, azimuth(FIRE, c) + off)) for off in (0.0, 8.0))
    assert agreeing.major_m < crossed(*two).major_m < contradicting.major_m
    assert agreeing.cep_m < agreeing.major_m / 2


def test_95_of_100_fires_are_in_the_ellipse_and_half_in_the_circle() -> None:
    """Of 500 with three cameras whose bearings are off by normal errors of the stated spread."""
    chance = np.random.default_rng(1)
    cameras = A, place(*A, 12_000), place(*A, 5_000, 14_000)
    inside = near = 0
    for _ in range(500):
        fire = place(*A, float(chance.uniform(2_000, 9_000)), float(chance.uniform(3_000, 11_000)))
        exact = [bearing(str(index), where, azimuth(fire, where), 4.0) for index, where in enumerate(cameras)]
        found = crossed(*(replace(each, azimuth_deg=each.azimuth_deg + math.degrees(chance.normal(0, sigma_rad(each)))) for each in exact))
        inside += in_ellipse(found, fire)
        near += off_m(found, fire) <= found.cep_m
    assert 460 <= inside <= 495  # it only ever grows where bearings miss each other
    assert 215 <= near <= 305


@given(st.floats(-70, 70), st.floats(-180, 180), st.floats(0, 360), st.floats(1, 90_000))
def test_the_plane_gives_back_what_was_put_on_it(latitude: float, longitude: float, towards: float, away_m: float) -> None:
    there = Geodesic.WGS84.Direct(latitude, longitude, towards, away_m)
    plane = Plane(latitude, longitude)
    x, y = plane.on(there["lat2"], there["lon2"])
    assert math.hypot(x, y) == pytest.approx(away_m, rel=2e-4)
    assert distance_m(*plane.off((x, y)), there["lat2"], there["lon2"]) < 1e-5


@given(st.floats(-65, 65), st.floats(-180, 180), st.floats(0, 360), st.floats(20, 160), st.floats(2_000, 30_000), st.floats(2_000, 30_000))
def test_exact_bearings_cross_at_the_fire_anywhere_on_earth(
    latitude: float, longitude: float, towards: float, between: float, first_m: float, second_m: float
) -> None:
    where = [Geodesic.WGS84.Direct(latitude, longitude, *out) for out in ((towards, first_m), (towards + between, second_m))]
    cameras = [(each["lat2"], each["lon2"]) for each in where]
    found = crossed(*(bearing(str(index), each, azimuth((latitude, longitude), each)) for index, each in enumerate(cameras)))
    assert off_m(found, (latitude, longitude)) < 0.01 * found.major_m + 0.01
    assert found.angle_deg == pytest.approx(min(between, 180 - between), abs=0.1)


def test_half_of_all_lie_within_the_circle_of_any_ellipse() -> None:
    """Two equal bearings at a right angle, and others that hardly cross: checked by drawing from the ellipse."""
    chance = np.random.default_rng(2)
    for off_m in (200.0, 1_000.0, 4_000.0, 8_000.0):
        fire = place(*A, 0, 8_000)
        found = crossed(*(bearing(f"{east}", place(*A, east), azimuth(fire, place(*A, east)), 2.0) for east in (-off_m, off_m)))
        axes = np.array([found.major_m, found.minor_m]) / math.sqrt(-2 * math.log(0.05))
        drawn = np.hypot(*(chance.normal(size=(2, 200_000)) * axes[:, None]))
        assert found.cep_m == pytest.approx(float(np.median(drawn)), rel=0.025)


def test_smoke_that_fills_the_picture_has_no_bearing() -> None:
    assert bearing_of(sequence("a", 10.0, 121.0), lookout("a")) is None
    assert bearing_of(sequence("a", None, None), lookout("a")) is None
    assert bearing_of(sequence("a", 10.0, 3.0), None) is None
    assert bearing_of(sequence("a", 10.0, 3.0), lookout("a")) is not None
