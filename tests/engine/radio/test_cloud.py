"""Guesses that walk, stop and start."""

import numpy as np

from engine.radio.location.cloud import Cloud

LIMITS = (0.0, 0.0, 50.0, 50.0)


def at_rest(count: int) -> Cloud:
    return Cloud(np.full((count, 3), [25.0, 25.0, 1.2]), np.zeros((count, 3)), np.full(count, 1 / count))


def test_who_stands_stays_and_some_walk_on() -> None:
    cloud = at_rest(2000)
    cloud.move(0.1, 0.1, LIMITS, np.random.default_rng(1), stops=True)
    standing = ~cloud.speeds.any(axis=1)
    assert 0.95 < standing.mean() < 0.995
    assert np.hypot(*(cloud.spots[standing, :2] - 25).T).max() < 0.15


def test_after_a_while_some_walk_and_some_stand_again() -> None:
    cloud, chance = at_rest(2000), np.random.default_rng(2)
    for _ in range(150):
        cloud.move(0.1, 0.1, LIMITS, chance, stops=True)
    walking = cloud.speeds.any(axis=1)
    assert 0.4 < walking.mean() < 0.6
    assert 0.5 < cloud.speeds[walking, 0].std() < 0.7


def test_nobody_starts_or_stops_while_no_time_passes() -> None:
    cloud, chance = at_rest(500), np.random.default_rng(3)
    cloud.speeds[:250, 0] = 0.8
    cloud.move(0.1, 0.0, LIMITS, chance, stops=True)
    assert (cloud.speeds[:, 0] == np.repeat([0.8, 0.0], 250)).all()


def test_the_median_does_not_mind_a_few_guesses_far_away() -> None:
    cloud = at_rest(100)
    cloud.spots[:20] = [1.0, 49.0, 0.5]
    assert (cloud.median() == [25.0, 25.0, 1.2]).all()
    cloud.share = np.array([0.9 / 20] * 20 + [0.1 / 80] * 80)
    assert (cloud.median() == [1.0, 49.0, 0.5]).all()


def test_where_nothing_tells_standing_from_walking_nobody_stops() -> None:
    cloud = Cloud.around(np.full((500, 2), 25.0), 0.2, np.random.default_rng(4))
    for _ in range(50):
        cloud.move(0.1, 0.1, LIMITS, np.random.default_rng(5))
    assert cloud.speeds[:, :2].any(axis=1).all()
