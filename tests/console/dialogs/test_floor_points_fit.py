"""Whether clicked points go together, which is wrong where they do not, and taking changes back."""

from dataclasses import replace

import numpy as np
import pytest

from console.dialogs.floor.floor_points_draft import MOST, Draft, Pair, pairs_of, points_of
from console.dialogs.floor.floor_points_fit import Wrong, fit, floor_grid, grid_area, in_picture, numbered
from console.dialogs.floor.floor_points_typed import metres, share, with_axis
from console.dialogs.floor.floor_points_words import far_text, fit_notes, off_texts, wrong_text
from engine.fusion.projection import Rays
from engine.model.errors import InputError
from engine.model.geometry import Point
from engine.model.site import CameraPose, FloorPoint

SIZE = (1280, 720)
POSE = CameraPose("yard", (0.3, 0.3, 2.5), (4.6, 4.2, 0.4), 85.0)
RAYS = Rays(POSE, SIZE)
SPOTS = ((2.0, 2.0), (5.0, 2.0), (7.0, 4.0), (4.0, 7.0), (2.0, 5.0), (4.0, 4.0), (5.5, 5.5))


def clicked(count: int = len(SPOTS), off_px: float = 0.0, seed: int = 1) -> tuple[FloorPoint, ...]:
    hand = np.random.default_rng(seed)
    return tuple(FloorPoint(_share(spot, hand.normal(0, off_px, 2)), spot) for spot in SPOTS[:count])


def _share(spot: Point, off: np.ndarray | float = 0.0) -> Point:
    pixel = RAYS.pixel((*spot, 0.0))
    assert pixel is not None
    u, v = ((np.array(pixel) + off) / SIZE).tolist()
    return u, v


def swapped(points: tuple[FloorPoint, ...], one: int, other: int) -> tuple[FloorPoint, ...]:
    changed = list(points)
    changed[one], changed[other] = replace(points[one], floor=points[other].floor), replace(points[other], floor=points[one].floor)
    return tuple(changed)


def test_exact_points_have_no_error_and_a_hand_a_small_one() -> None:
    exact = fit(clicked(), SIZE)
    assert exact.wrong is None and max(exact.errors_m) < 1e-6 and exact.worst == 0 and exact.proves
    by_hand = fit(clicked(off_px=2.0), SIZE)
    assert by_hand.wrong is None and 0 < by_hand.mean_m < 0.1 and by_hand.worst == 0


def test_four_points_prove_nothing() -> None:
    found = fit(clicked(4, off_px=5.0), SIZE)
    assert not found.proves and off_texts(pairs_of(clicked(4)), found) == [""] * 4
    assert any("fifth" in text for text, _ in fit_notes(pairs_of(clicked(4)), found))


@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize("away", [(0.8, 0.0), (0.0, -0.9), (-1.5, 1.5)])
def test_the_point_that_is_wrong_is_the_one_that_is_named(number: int, away: Point) -> None:
    points = list(clicked(off_px=1.0))
    x, y = points[number - 1].floor
    points[number - 1] = replace(points[number - 1], floor=(x + away[0], y + away[1]))
    found = fit(tuple(points), SIZE)
    assert found.wrong is None and found.worst == number
    assert found.worst_m == pytest.approx(float(np.hypot(*away)), rel=0.35)
    assert f"Point {number} is" in far_text(found)


@pytest.mark.parametrize("seed", range(20))
def test_a_hand_that_is_two_pixels_off_makes_no_point_wrong(seed: int) -> None:
    found = fit(clicked(off_px=2.0, seed=seed), SIZE)
    assert found.wrong is None and found.worst == 0


def test_points_on_a_line_are_told_by_number() -> None:
    line = tuple(FloorPoint(_share((x, x)), (x, x)) for x in (2.0, 3.0, 4.0, 5.0))
    assert fit(line, SIZE).wrong is Wrong.LINE and "The points lie on one line" in wrong_text(fit(line, SIZE))
    beside = (*line[:3], FloorPoint(_share((5.0, 2.0)), (5.0, 2.0)))
    found = fit(beside, SIZE)
    assert found.wrong is Wrong.LINE and found.numbers == (1, 2, 3) and "Points 1, 2 and 3 lie on one line" in wrong_text(found)
    nearly = (*line[:3], FloorPoint((line[3].image[0], line[3].image[1] + 0.004), (5.0, 5.02)))
    assert fit(nearly, SIZE).wrong is Wrong.LINE
    one_spot = tuple(FloorPoint((0.5, 0.5), (1.0, 1.0)) for _ in range(4))
    assert fit(one_spot, SIZE).wrong is Wrong.LINE


def test_a_mirrored_plan_and_swapped_numbers_are_told() -> None:
    mirrored = tuple(replace(point, floor=(-point.floor[0], point.floor[1])) for point in clicked())
    found = fit(mirrored, SIZE)
    assert found.wrong is Wrong.MIRRORED and "mirror" in wrong_text(found) and found.to_floor is None
    for one, other in ((0, 1), (1, 3), (2, 4)):
        found = fit(swapped(clicked(), one, other), SIZE)
        told = found.numbers if found.wrong is not None else (found.worst,)
        assert found.wrong is not None or found.worst, "a swap never goes unnoticed"
        assert set(told) <= {one + 1, other + 1}
    found = fit(swapped(clicked(), 0, 1), SIZE)
    assert "Points 1 and 2 may be swapped" in wrong_text(found)


def test_numbers_are_those_on_screen() -> None:
    points = clicked()
    pairs = (Pair(image=(0.1, 0.1)), *pairs_of(points))
    found = numbered(fit(swapped(points, 0, 1), SIZE), range(2, 9))
    assert found.numbers == (2, 3)
    assert [text for text, _ in fit_notes(pairs, found)][1] == "Point 1: click the same point on the plan."


def test_the_grid_lies_where_the_camera_shows_the_floor_and_not_behind_it() -> None:
    found = fit(clicked(), SIZE)
    lines = in_picture(found, [((2.0, 2.0), (2.0, 6.0)), ((-5.0, -9.0), (-5.0, -1.0))])
    assert len(lines) == 1, "what is behind the camera is not drawn"
    assert lines[0][0] == pytest.approx(_share((2.0, 2.0)), abs=1e-6) and lines[0][-1] == pytest.approx(_share((2.0, 6.0)), abs=1e-6)
    assert len(floor_grid(0, 0, 12, 8)) == 13 + 9
    assert all(abs(v) < 3 for line in in_picture(found, floor_grid(-50, -50, 50, 50)) for point in line for v in point)


def test_the_grid_reaches_points_beside_the_floor_but_not_everywhere() -> None:
    assert grid_area((0, 0, 12, 8), ()) == (0, 0, 12, 8)
    assert grid_area((0, 10, 12, 18), clicked()) == (-1, -1, 12, 18)
    x0, y0, x1, y1 = grid_area((0, 0, 400, 300), clicked())
    assert x1 - x0 == y1 - y0 == 40 and x0 < 2 < 7 < x1 and y0 < 2 < 7 < y1
    far = tuple(replace(point, floor=(point.floor[0] + 300, point.floor[1])) for point in clicked())
    assert len(floor_grid(*grid_area((0, 0, 12, 8), far))) <= 82


def test_a_drag_is_taken_back_as_one_and_clicks_one_by_one() -> None:
    draft = Draft()
    assert [draft.place_image((0.1, 0.2)), draft.place_image((0.3, 0.2))] == [0, 1]
    assert [draft.place_floor((1.0, 2.0)), draft.place_floor((3.0, 4.0))] == [0, 1], "all in the picture first, then all on the plan"
    before = draft.pairs
    for step in range(5):
        draft.move_floor(0, (1.0 + step, 2.0), "hand")
    draft.settle()
    draft.move_floor(0, (9.0, 9.0), "hand")
    draft.undo()
    assert draft.pairs[0].floor == (5.0, 2.0)
    draft.undo()
    assert draft.pairs == before and draft.can_redo
    draft.redo()
    draft.remove(0)
    assert len(draft.pairs) == 1 and not draft.can_redo
    draft.clear()
    for _ in range(20):
        draft.undo()
    assert draft.pairs == () and not draft.can_undo


def test_there_are_at_most_fifty() -> None:
    draft = Draft()
    for number in range(MOST + 3):
        index = draft.place_image((number / 100, 0.5))
    assert index == -1 and len(draft.pairs) == MOST and points_of(draft.pairs) == ()


def test_typed_coordinates() -> None:
    assert share("12,5 ") == 0.125 and metres("−3.25") == -3.25
    assert with_axis((1.0, 2.0), 1, 5.0) == (1.0, 5.0) and with_axis(None, 0, 5.0) == (5.0, 0.0)
    for read, text in ((share, "101"), (share, "x"), (metres, "nan"), (metres, "501"), (metres, "")):
        with pytest.raises(InputError):
            read(text)
