"""Walls of the demo as radio waves meet them."""

import numpy as np
import pytest

from engine.sources.simulated import DEMO
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.waves.multipath import trace


@pytest.fixture(scope="module")
def around() -> Surroundings:
    return Surroundings.of_plan(DEMO)


def loss(around: Surroundings, a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    return float(around.loss_db(np.array([a]), np.array([b]))[0])


def test_walls_doors_windows_and_the_fence(around: Surroundings) -> None:
    assert loss(around, (7.0, 12.0, 1.5), (9.0, 16.0, 1.5)) == 0
    assert loss(around, (10.0, 12.0, 1.5), (12.0, 12.0, 1.5)) == pytest.approx(4.5)  # the wall of the office
    assert loss(around, (10.0, 13.7, 1.5), (12.0, 13.7, 1.5)) == pytest.approx(0)  # its door
    assert loss(around, (10.0, 13.7, 2.6), (12.0, 13.7, 2.6)) == pytest.approx(4.5)  # above the door
    assert loss(around, (13.0, 9.0, 1.5), (13.0, 11.0, 1.5)) == pytest.approx(2.5)  # a window
    assert loss(around, (13.0, 9.0, 0.5), (13.0, 11.0, 0.5)) == pytest.approx(11)  # below it
    assert loss(around, (18.5, 3.0, 1.0), (20.0, 3.0, 1.0)) == pytest.approx(1)  # the fence
    assert loss(around, (18.5, 3.0, 2.0), (20.0, 3.0, 2.0)) == 0  # over it
    assert loss(around, (4.0, 12.0, 1.5), (13.0, 12.0, 1.5)) == pytest.approx(9)


def test_the_edge_of_a_door_is_soft(around: Surroundings) -> None:
    course = [loss(around, (10.0, y, 1.5), (12.0, y, 1.5)) for y in np.arange(12.5, 13.5, 0.02)]
    assert max(course) == pytest.approx(4.5)
    assert min(course) == pytest.approx(0)
    assert np.abs(np.diff(course)).max() < 0.6


def test_it_is_the_same_both_ways(around: Surroundings) -> None:
    chance = np.random.default_rng(1)
    a, b = (np.stack([chance.uniform(0, 18, 50), chance.uniform(5, 18, 50), chance.uniform(0.2, 2.5, 50)], axis=1) for _ in range(2))
    assert np.allclose(around.loss_db(a, b), around.loss_db(b, a))


def test_the_straight_way_is_the_shortest_and_mostly_the_strongest() -> None:
    around = Surroundings.of_room(6, 5, 2.5, 1)
    a, b = np.array([[0.0, 0.0, 2.0], [6.0, 0.0, 1.1]]), np.array([[6.0, 5.0, 2.0], [0.0, 5.0, 1.1]])
    ways = trace(a, b, around)
    assert np.all(ways.length_m[:, 1:] >= ways.length_m[:, :1] - 1e-9)
    assert np.all(np.abs(ways.amplitude[:, 1:]) < ways.amplitude[:, :1])
    assert np.all(ways.amplitude[:, 1] != 0)


def test_no_walls_no_loss() -> None:
    assert Surroundings((), (), None).loss_db(np.zeros((3, 3)), np.ones((3, 3))).tolist() == [0, 0, 0]
