"""Zones of links: the formulas against their own definition."""

import numpy as np
import pytest

from engine.radio.fresnel import excess_m, semi_axes_m, zone_numbers

A, B = np.array([[0.0, 0.0, 2.0]]), np.array([[5.0, 0.0, 2.0]])
WAVE = 0.123


def test_on_the_line_nothing_is_longer():
    assert excess_m(np.array([[2.0, 0.0, 2.0], [0.0, 0.0, 2.0]]), A, B) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("zone", [1, 2, 7])
def test_the_tips_of_the_ellipsoid_have_the_zones_excess(zone: int):
    across, along = semi_axes_m(5.0, WAVE, zone)
    tips = np.array([[2.5, across, 2.0], [2.5, 0.0, 2.0 + across], [2.5 + along, 0.0, 2.0]])
    assert excess_m(tips, A, B)[:, 0] == pytest.approx(zone * WAVE / 2)


def test_the_first_zone_is_that_of_the_textbook():
    across, along = semi_axes_m(5.0, WAVE, 1)
    assert along == pytest.approx((5.0 + WAVE / 2) / 2)
    assert across == pytest.approx(np.sqrt(along**2 - 25 / 4))


def test_zones_are_counted_from_one():
    half = WAVE / 2
    excess = np.array([[0.0, 0.99 * half, 1.01 * half, 4.5 * half]])
    assert zone_numbers(excess, np.array([WAVE])).tolist() == [[1, 1, 2, 5]]
