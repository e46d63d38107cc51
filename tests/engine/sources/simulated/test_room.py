"""The empty room: people walk like people, fall when told, drop a bag when told; the same every time."""

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.sources.simulated.waves.batches import room_batches, room_positions
from engine.sources.simulated.waves.room import Room, Scenario, Space

SPACE = Space(6.0, 5.0, 2.5)
TIMES = np.arange(0.0, 240.0, 0.5)


def places(room: Room, walker: int = 0, times: np.ndarray = TIMES) -> np.ndarray:
    return np.array([room.at(float(t))[walker].mass_m for t in times])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("space", [SPACE, Space(1.5, 1.5, 2.4), Space(40.0, 12.0, 4.0)], ids=["room", "closet", "hall"])
def test_walkers_stay_inside_and_walk_like_people(seed: int, space: Space) -> None:
    room = Room(space, 2, seed)
    for walker in range(2):
        course = places(room, walker, TIMES)
        assert course[:, 0].min() > 0.1
        assert course[:, 1].min() > 0.1
        assert course[:, 0].max() < space.width_m - 0.1
        assert course[:, 1].max() < space.depth_m - 0.1
        assert 0.7 < course[:, 2].min() <= course[:, 2].max() < 1.4
        speed = np.hypot(*np.diff(course[:, :2], axis=0).T) / 0.5
        assert speed.max() < 1.6
        assert 0.2 < (speed > 0.15).mean() < 1.0


def test_a_seed_is_a_world() -> None:
    one, same, other = Room(SPACE, 2, 5), Room(SPACE, 2, 5), Room(SPACE, 2, 6)
    assert np.array_equal(places(one, times=TIMES[::10]), places(same, times=TIMES[::10]))
    assert np.abs(places(one, times=TIMES[::10]) - places(other, times=TIMES[::10])).max() > 1


def test_walkers_keep_apart() -> None:
    room = Room(SPACE, 2, 3)
    apart = np.hypot(*(places(room, 0) - places(room, 1))[:, :2].T)
    assert apart.min() > 0.4


def test_a_fall_takes_less_than_a_second_and_then_nothing_moves() -> None:
    room = Room(SPACE, 1, 4, Scenario.FALL, event_at_s=12.0)
    before, during, after = room.truth(11.9)[0], room.truth(12.5)[0], room.truth(12.85)[0]
    assert before.position[2] > 0.9
    assert 0.25 < during.position[2] < 0.95
    assert after.position[2] < 0.3
    assert after.fallen
    assert not before.fallen
    lowest = min(room.truth(12 + t)[0].velocity[2] for t in np.arange(0, 0.9, 0.05))
    assert -5 < lowest < -1.5
    still = np.array([room.at(t)[0].mass_m for t in np.arange(13, 40, 0.5)])
    assert np.ptp(still, axis=0).max() < 1e-9
    assert np.hypot(*np.subtract(after.position, before.position)[:2]) < 1.5


def test_who_gets_up_walks_on_from_there() -> None:
    room = Room(SPACE, 1, 4, Scenario.FALL, event_at_s=12.0, lies_s=10.0)
    course = places(room, times=np.arange(11.5, 40, 0.05))
    assert np.linalg.norm(np.diff(course, axis=0), axis=1).max() < 0.3
    assert room.truth(30.0)[0].position[2] > 0.9
    assert not room.truth(30.0)[0].fallen
    untouched = Room(SPACE, 1, 4)
    assert np.allclose(room.at(40.0)[0].mass_m[:2], untouched.at(40.0 - 13.8)[0].mass_m[:2], atol=0.1)


def test_a_bag_falls_half_a_metre_and_stays_while_its_owner_walks_on() -> None:
    room = Room(SPACE, 1, 4, Scenario.BAG, event_at_s=10.0)
    walker, bag = room.at(9.99)
    assert np.linalg.norm(walker.mass_m[:2] - bag.mass_m[:2]) < 0.9
    drop = [room.at(10 + t)[1].mass_m[2] for t in (0.0, 0.1, 0.2, 0.4, 20.0)]
    assert drop[0] == pytest.approx(0.95)
    assert drop[0] > drop[1] > drop[2] > drop[3] == drop[4] == pytest.approx(0.45)
    assert min(room.truth(t)[0].position[2] for t in np.arange(0, 60, 0.5)) > 0.8
    moved = [np.linalg.norm(room.at(float(t))[0].mass_m - walker.mass_m) for t in np.arange(10, 40, 0.5)]
    assert max(moved) > 1.5
    carried = np.array([room.at(float(t))[1].mass_m for t in np.arange(0, 11, 0.05)])
    assert np.linalg.norm(np.diff(carried, axis=0), axis=1).max() < 0.35


def test_nobody_is_in_the_empty_room() -> None:
    room = Room(SPACE, 3, 4, Scenario.EMPTY)
    assert room.at(5.0) == ()
    assert room.truth(5.0) == ()


@pytest.mark.parametrize("text", ["", "5x5", "5x5x2x1", "axbxc", "0x5x2", "5x5x0.5", "nanx5x2", "infx5x2", "500x5x2"])
def test_rooms_that_cannot_be(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Space.parse(text)
    assert caught.value.field == "space"


def test_numbers_of_walkers_that_cannot_be() -> None:
    for walkers, scenario in ((-1, Scenario.WALK), (21, Scenario.WALK), (0, Scenario.FALL), (0, Scenario.BAG)):
        with pytest.raises(InputError):
            Room(SPACE, walkers, 1, scenario)


def test_nodes_stand_on_the_perimeter() -> None:
    for count in (1, 2, 3, 4, 7, 16):
        for x, y, z in SPACE.perimeter(count, (2.0, 1.1)):
            assert min(x, y, SPACE.width_m - x, SPACE.depth_m - y) == pytest.approx(0, abs=1e-9)
            assert z in (2.0, 1.1)
    assert [place[:2] for place in Space(5, 5, 2.5).perimeter(4, (2.0,))] == [(0, 0), (5, 0), (5, 5), (0, 5)]


def test_batches_are_the_same_every_time_and_come_in_order() -> None:
    one, other = (list(room_batches(3, nodes=3, walkers=1, duration_s=2.0)) for _ in range(2))
    assert len(one) == 20
    macs = set(room_positions(nodes=3))
    for first, second in zip(one, other, strict=True):
        assert np.array_equal(first.batch.iq, second.batch.iq)
        assert first.truth == second.truth
        assert np.all(np.diff(first.batch.arrival_ns) >= 0)
        assert np.all(first.batch.arrival_ns < first.now_ns)
        assert np.all(first.batch.arrival_ns > first.now_ns - 110_000_000)
        assert first.batch.simulated
        assert {mac for index in first.batch.link for mac in first.batch.links[index]} <= macs
        assert len(set(first.batch.links)) == len(first.batch.links) == 6
        assert all(reader != sender for reader, sender in first.batch.links)
    assert 0.93 < sum(len(step.batch) for step in one) / (3 * 2 * 20 * 2) <= 1
