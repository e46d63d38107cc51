"""The vectorised warping gives what the textbook's double loop gives."""

import numpy as np
import pytest

from engine.model.geometry import Floats
from engine.vision.gestures.features import ENERGY, FRAMES, Movement
from engine.vision.gestures.matching import distances, distances_of_all, ranks, stacked

BAND = 10


def _random(dice: np.random.Generator, size: int = 12) -> Movement:
    frames, postures, places = (dice.normal(size=(FRAMES, width)).astype(np.float32) for width in (size, 6, 9))
    return Movement(frames, 5.0, postures, places)


def _textbook(first: Floats, second: Floats) -> float:
    best = np.full((FRAMES + 1, FRAMES + 1), np.inf)
    best[0, 0] = 0
    for i in range(FRAMES):
        for j in range(FRAMES):
            if abs(i - j) <= BAND:
                cost = float(np.square(first[i].astype(np.float64) - second[j]).sum())
                best[i + 1, j + 1] = cost + min(best[i, j + 1], best[i + 1, j], best[i, j])
    return best[-1, -1] / (FRAMES * 2 * ENERGY)


@pytest.mark.parametrize("count", [1, 7])
def test_equals_the_double_loop(count: int):
    dice = np.random.default_rng(count)
    templates, query = [_random(dice) for _ in range(count)], _random(dice)
    wanted = [_textbook(query.frames, template.frames) for template in templates]
    assert distances(query, stacked(templates)) == pytest.approx(wanted, rel=1e-4)


def test_the_same_movement_is_at_no_distance():
    query = _random(np.random.default_rng(0))
    assert distances(query, stacked([query]))[0] == pytest.approx(0, abs=1e-5)


def test_limits_only_spare_templates_that_are_too_far():
    """The bound never hides one that is near enough, and what it lets through has its true distance."""
    dice = np.random.default_rng(1)
    templates, query = stacked([_random(dice) for _ in range(60)]), _random(dice)
    true = distances(query, templates)
    limits = np.full(60, np.median(true), np.float32)
    found = distances(query, templates, limits)
    assert np.isfinite(found[true <= limits]).all()
    assert found[np.isfinite(found)] == pytest.approx(true[np.isfinite(found)], rel=1e-5)
    assert not np.isfinite(distances(query, templates, np.full(60, 1e-6, np.float32))).any()


def test_several_queries_at_once_come_to_what_each_comes_to_alone():
    dice = np.random.default_rng(6)
    templates, queries = stacked([_random(dice) for _ in range(20)]), [_random(dice) for _ in range(4)]
    still = Movement(np.zeros((FRAMES, 12), np.float32), 0.0, *(np.zeros((FRAMES, width), np.float32) for width in (6, 9)))
    near = np.full(20, np.median(distances(queries[1], templates)), np.float32)
    asked, limits = [*queries, still], [None, near, np.full(20, -1, np.float32), None, None]
    together = distances_of_all(asked, templates, limits)
    for row, (query, limit) in enumerate(zip(asked, limits, strict=True)):
        assert together[row] == pytest.approx(distances(query, templates, limit), rel=1e-5)
    assert np.isfinite(together[1]).any() and np.isinf(together[[2, 4]]).all()
    assert distances_of_all([], templates, []).shape == (0, 20)


def test_what_does_not_move_is_near_nothing():
    still = Movement(np.zeros((FRAMES, 12), np.float32), 0.0, *(np.zeros((FRAMES, width), np.float32) for width in (6, 9)))
    query = _random(np.random.default_rng(2))
    assert np.isinf(distances(still, stacked([query]))[0]) and np.isinf(distances(query, stacked([still]))[0])


def test_the_nearest_are_ranked_by_all_three_distances():
    dice = np.random.default_rng(4)
    templates, query = [_random(dice) for _ in range(40)], _random(dice)
    found = distances(query, stacked(templates))
    rank = ranks(query, stacked(templates), found)
    near = np.argsort(found, kind="stable")[:16]
    postures = np.array([_textbook(query.postures, templates[row].postures) * FRAMES * 2 * ENERGY for row in near])
    places = np.array([_textbook(query.places, templates[row].places) * FRAMES * 2 * ENERGY for row in near])
    assert rank[near] == pytest.approx((found[near] * postures * np.sqrt(places)) ** 0.4, rel=1e-3)
    assert np.isinf(np.delete(rank, near)).all()


def test_nothing_near_has_no_rank():
    dice = np.random.default_rng(5)
    assert np.isinf(ranks(_random(dice), stacked([_random(dice)]), np.array([np.inf], np.float32))).all()
