"""The pictures: of one world, marked as simulated, hidden where something stands in front."""

import numpy as np
import pytest

from engine.sources.simulated import DEMO, SimulatedCamera, World
from engine.sources.simulated.pictures.backdrop import load_backdrop
from engine.sources.simulated.pictures.grain import GRAIN_HZ
from engine.sources.simulated.pictures.lens import Lens
from engine.sources.simulated.pictures.plate import plate, plate_window
from engine.sources.simulated.plan import CameraPlan
from tools.demo_rooms.studio import Studio

TIMES = np.arange(0.5, DEMO.period_s, 3.0)


def test_the_same_moment_gives_the_same_picture(cameras: dict[str, SimulatedCamera]) -> None:
    again = SimulatedCamera(World(), cameras["yard"].plan)
    for t in (0.0, 24.0, 1.7e7 + 0.2):
        assert np.array_equal(cameras["yard"].render(t), again.render(t))


def test_every_picture_says_simulated(cameras: dict[str, SimulatedCamera]) -> None:
    for camera in cameras.values():
        for t in (0.0, 31.0, 64.0):
            picture = camera.render(t)
            assert picture.shape == (360, 640, 3)
            assert picture.dtype == np.uint8
            assert np.array_equal(picture[plate_window(*picture.shape[:2])], plate())


def test_the_plate_can_be_read() -> None:
    contrast = int(plate().max()) - int(plate().min())
    assert contrast > 180
    assert plate().shape[0] >= 18


def test_cameras_agree_about_where_a_walker_stands(cameras: dict[str, SimulatedCamera], world: World) -> None:
    """Back from each picture's box to the floor gives the world's position, in every camera that sees the walker."""
    checked: dict[str, int] = {}
    for t in TIMES:
        places = dict(zip((walker.id for walker in DEMO.walkers), world.places(float(t)), strict=True))
        for name, camera in cameras.items():
            for seen in camera.truth(float(t)):
                if seen.well_visible:
                    assert np.hypot(*np.subtract(_on_floor(camera.lens, seen.box_xyxy), places[seen.id])) < 0.75
                    checked[name] = checked.get(name, 0) + 1
    assert set(checked) == set(cameras)


def _on_floor(lens: Lens, box: tuple[float, float, float, float]) -> np.ndarray:
    ray = lens.rays(np.array([(box[0] + box[2]) / 2]), np.array([box[3]]))[0]
    return (lens.at - ray * lens.at[2] / ray[2])[:2]


def test_two_cameras_see_one_walker_at_once(cameras: dict[str, SimulatedCamera]) -> None:
    """Through a door, a walker shows in the next room's camera too."""
    pairs = 0
    for t in TIMES:
        seen = [{walker.id for walker in camera.truth(float(t)) if walker.visible_share > 0.5} for camera in cameras.values()]
        pairs += sum(len(a & b) for i, a in enumerate(seen) for b in seen[i + 1 :])
    assert pairs >= 3


def test_truth_is_what_changed_in_the_picture(cameras: dict[str, SimulatedCamera]) -> None:
    """Pixels that differ from the empty room lie in a walker's box or in a shadow; a well visible box is full of them."""
    for name, camera in cameras.items():
        empty = load_backdrop(camera.plan).pixels.astype(int)
        for t in TIMES[::3]:
            changed = np.abs(camera.render(float(t)).astype(int) - empty).max(axis=2) > 40
            changed[plate_window(*changed.shape)] = False
            seen = camera.truth(float(t))
            for walker in seen:
                x0, y0, x1, y1 = (round(v) for v in walker.box_xyxy)
                if walker.well_visible:
                    assert changed[y0:y1, x0:x1].mean() > 0.15, (name, t, walker.id)
                changed[max(y0 - 3, 0) : y1 + 4, max(x0 - 3, 0) : x1 + 4] = False
            if not seen and name != "yard":
                assert changed.mean() < 0.003, (name, t)  # a shadow outside the door at most


def test_views_fill_and_empty(cameras: dict[str, SimulatedCamera]) -> None:
    for name, camera in cameras.items():
        counts = [sum(walker.well_visible for walker in camera.truth(float(t))) for t in TIMES]
        assert min(counts) == 0, f"{name} is never empty"
        assert max(counts) >= 2, f"nobody meets before {name}"


def test_walls_hide(cameras: dict[str, SimulatedCamera], world: World) -> None:
    """A walker in the office is not seen from the store, two walls away."""
    x0, y0, x1, y1 = DEMO.rooms["office"]
    for t in TIMES:
        hidden = {
            walker.id for walker, (x, y) in zip(DEMO.walkers, world.places(float(t)), strict=True) if x0 + 1 < x < x1 and y0 < y < y1 - 2
        }
        assert not any(seen.id in hidden and seen.visible_share > 0.05 for seen in cameras["store"].truth(float(t)))


def test_the_sensor_is_noisy_but_not_much(cameras: dict[str, SimulatedCamera]) -> None:
    empty = next(float(t) for t in np.arange(0, 150, 0.2) if not cameras["store"].truth(float(t)))
    first, second = (cameras["store"].render(empty + k / GRAIN_HZ).astype(float) for k in (0, 1))
    difference = np.abs(first - second)
    assert 0.5 < difference.mean() < 5


@pytest.mark.parametrize("camera", DEMO.cameras, ids=lambda camera: camera.id)
def test_backdrops_show_the_plan_as_it_is(camera: CameraPlan) -> None:
    """The stored depth is that of the plan: whoever moves a wall or a desk must have the studio paint again."""
    studio, stored = Studio(DEMO), load_backdrop(camera)
    depth, _ = studio.survey(Lens.of(camera))
    expected = np.where(depth >= 655.35, np.inf, depth)
    same = np.isclose(stored.depth_m, expected, atol=0.02) | (np.isinf(stored.depth_m) & np.isinf(expected))
    assert same.mean() > 0.999, "run python -m tools.demo_rooms.studio"
