"""A fall that was asked for comes when sensors can tell it."""

import math

import pytest

from engine.model.errors import InputError
from engine.sources.simulated.camera import SimulatedCamera
from engine.sources.simulated.demo import COVERED
from engine.sources.simulated.falls import Fall, FallScript
from engine.sources.simulated.plan import DEMO, XY
from engine.sources.simulated.staging import staged_fall
from engine.sources.simulated.world import World

ROUND_S = 150_000.0  # a multiple of the period


def among_nodes(place: XY) -> bool:
    rooms = (DEMO.rooms[name] for name in COVERED)
    return any(x0 <= place[0] <= x1 and y0 <= place[1] <= y1 for x0, y0, x1, y1 in rooms)


def assert_shows(script: FallScript, fall: Fall) -> None:
    """Whoever falls walks among the nodes, in the room that is told, and a camera sees all of them: on their feet, then on the floor."""
    world, number = World(falls=script), [walker.id for walker in DEMO.walkers].index(fall.walker_id)
    before, at = (world.places(fall.at_s - back_s)[number] for back_s in (0.5, 0.0))
    assert among_nodes(at) and math.dist(before, at) > 0.3
    x0, y0, x1, y1 = DEMO.rooms[fall.room]
    assert x0 <= at[0] <= x1 and y0 <= at[1] <= y1
    fallen = World(falls=lambda: (*script(), fall))
    assert any(min(shares(SimulatedCamera(fallen, camera), fall)) > 0.9 for camera in DEMO.cameras)


def shares(camera: SimulatedCamera, fall: Fall) -> list[float]:
    """How much of whoever falls a camera sees, before and after."""
    seen = [{each.id: each.visible_share for each in camera.truth(fall.at_s + after_s)} for after_s in (-1.5, -0.5, 2.0, 5.0)]
    return [each.get(fall.walker_id, 0.0) for each in seen]


def test_soon_enough_nobody_else_moves_there_so_that_radio_can_tell_as_well() -> None:
    fall = staged_fall(FallScript(), ROUND_S + 90, 30.0)
    world, number = World(), [walker.id for walker in DEMO.walkers].index(fall.walker_id)
    assert fall.at_s < ROUND_S + 90 + 30
    for step in range(-19, 70):
        earlier, later = (world.places(fall.at_s + (step + more) / 10) for more in (0, 1))
        for other in range(len(DEMO.walkers)):
            assert other == number or not among_nodes(later[other]) or math.dist(earlier[other], later[other]) < 0.05


@pytest.mark.parametrize("after_s", range(0, 150, 30))
def test_whenever_it_is_asked_for_it_can_be_told(after_s: int) -> None:
    script = FallScript()
    fall = staged_fall(script, ROUND_S + after_s, 30.0)
    assert 1.0 <= fall.at_s - ROUND_S - after_s <= 90
    assert_shows(script, fall)
    assert staged_fall(script, ROUND_S + after_s, 30.0) == fall and script() == ()


def test_one_after_the_other() -> None:
    """Each fall holds its walker up, so the rounds shift; the next one is found all the same."""
    script, now_s = FallScript(), ROUND_S
    for _ in range(5):
        fall = staged_fall(script, now_s, 30.0)
        assert fall.at_s > now_s
        assert_shows(script, fall)
        script.add(fall)
        now_s = fall.at_s + fall.lasts_s + 5
    assert len({fall.walker_id for fall in script()}) > 1


def test_no_time_to_lie_is_refused() -> None:
    with pytest.raises(InputError):
        staged_fall(FallScript(), ROUND_S, float("nan"))
