"""Geometry of drawn shapes: what crosses, what holds, where a pointer snaps."""

import math

import numpy as np
import pytest

from engine.model.geometry import Polygon, inside
from widgets.drawing.shape_geometry import away, crossing, inner_point, left_of, meeting, size_of, snapped, translate_points

SQUARE: Polygon = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
BOW: Polygon = ((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6))


def test_a_bow_tie_crosses_in_its_middle_and_a_square_nowhere() -> None:
    assert crossing(SQUARE, closed=True) is None
    assert crossing(BOW, closed=True) == pytest.approx((0.4, 0.4))


def test_the_closing_edge_counts_only_for_what_is_closed() -> None:
    way: Polygon = ((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.3, 0.6))
    assert crossing(way[:3], closed=False) is None
    assert crossing(way, closed=False) is not None
    hook: Polygon = ((0.1, 0.5), (0.5, 0.1), (0.9, 0.5), (0.5, 0.9), (0.5, 0.3), (0.45, 0.0))
    assert crossing(hook[:5], closed=False) is None and crossing(hook, closed=False) is not None
    dart: Polygon = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.5, 0.05))
    assert crossing(dart[:3], closed=True) is None and crossing(dart, closed=True) is not None


def test_an_edge_that_turns_straight_back_or_touches_another_is_refused() -> None:
    assert crossing(((0.1, 0.1), (0.5, 0.1), (0.3, 0.1)), closed=False) == (0.5, 0.1)
    assert crossing(((0.1, 0.1), (0.5, 0.1), (0.9, 0.1)), closed=False) is None
    touching: Polygon = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.5, 0.1))
    assert crossing(touching, closed=True) == (0.5, 0.1)


def test_crossing_agrees_with_trying_many_random_shapes() -> None:
    """Against the definition: some two edges that share no end meet."""
    chance = np.random.default_rng(5)
    for _ in range(200):
        points = tuple((float(u), float(v)) for u, v in chance.random((5, 2)))
        edges = [(points[n], points[(n + 1) % 5]) for n in range(5)]
        apart = [(n, m) for n in range(5) for m in range(n + 2, 5) if (n, m) != (0, 4)]
        assert (crossing(points, closed=True) is not None) is any(meeting(*edges[n], *edges[m]) is not None for n, m in apart)


def test_the_size_and_a_point_inside_are_known_also_of_a_horseshoe() -> None:
    assert size_of(SQUARE) == pytest.approx(0.16) and inner_point(SQUARE) == pytest.approx((0.4, 0.4))
    horseshoe: Polygon = ((0.0, 0.0), (0.1, 0.0), (0.1, 0.8), (0.9, 0.8), (0.9, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    at = inner_point(horseshoe)
    assert inside(at, horseshoe) or at in horseshoe


def test_a_pointer_snaps_to_edges_of_the_picture_and_before_that_to_corners() -> None:
    reach = (0.02, 0.03)
    assert snapped((0.015, 0.5), reach) == (0.0, 0.5) and snapped((0.99, 0.98), reach) == (1.0, 1.0)
    assert snapped((0.5, 0.5), reach) == (0.5, 0.5)
    assert snapped((0.51, 0.52), reach, [(0.5, 0.5), (0.52, 0.49)]) == (0.5, 0.5)


def test_a_shape_is_moved_as_far_as_the_picture_goes_and_keeps_its_form() -> None:
    assert translate_points(SQUARE, 0.9, -0.1) == ((0.6, 0.1), (1.0, 0.1), (1.0, 0.5), (0.6, 0.5))


def test_left_is_above_for_whoever_goes_to_the_right_in_a_picture() -> None:
    assert left_of((0, 0), (10, 0)) == (0, -1) and left_of((0, 0), (0, -3)) == (-1, 0)
    assert math.hypot(*left_of((1, 2), (4, 6))) == pytest.approx(1)


def test_distance_from_a_segment_ends_at_its_ends() -> None:
    assert away((0, 1), (0, 0), (4, 0)) == 1 and away((7, 4), (0, 0), (4, 0)) == 5 and away((1, 0), (1, 1), (1, 1)) == 1
