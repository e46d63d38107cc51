"""Where privacy areas lie on pictures of other shapes: what any reading of them would cover is covered."""

import pytest

from engine.model.cameras.privacy import NOTHING, USUAL, WHOLE, Cover, areas_on, same_way
from engine.model.geometry import Point, Polygon, inside

AREA: Polygon = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
SIDE: Polygon = ((0.8, 0.1), (1.0, 0.1), (1.0, 0.9), (0.8, 0.9))


def covered(areas: tuple[Polygon, ...], point: Point) -> bool:
    return any(inside(point, area) for area in areas)


@pytest.mark.parametrize("other", [(1920, 1080), (640, 360), (1366, 768), (0, 0)])
def test_on_pictures_of_the_same_shape_they_are_what_was_drawn(other: tuple[int, int]) -> None:
    assert areas_on((AREA,), (1280, 720), (other,)) == (AREA,)


def test_without_areas_there_is_nothing_whatever_the_shapes() -> None:
    assert areas_on((), (720, 1280), ((1280, 720), *USUAL)) == ()


@pytest.mark.parametrize(("size", "drawn"), [((640, 480), (1920, 1080)), ((1920, 1080), (640, 480))])
def test_of_another_shape_squeezed_or_cut_off_the_same_thing_is_covered(size: tuple[int, int], drawn: tuple[int, int]) -> None:
    areas = areas_on((SIDE,), size, (drawn,))
    ratio = (drawn[0] / drawn[1]) / (size[0] / size[1])
    for x, y in ((0.85, 0.2), (0.99, 0.5), (0.81, 0.88)):
        assert covered(areas, (x, y))  # squeezed
        across, down = (0.5 + (x - 0.5) * ratio, y), (x, 0.5 + (y - 0.5) / ratio)
        for cut in (across, down):  # one picture is a part of the other
            assert not (0 <= cut[0] <= 1 and 0 <= cut[1] <= 1) or covered(areas, cut)


@pytest.mark.parametrize(("size", "drawn"), [((720, 1280), (1280, 720)), ((1280, 720), (1080, 1920))])
def test_a_camera_that_was_turned_shows_nothing_at_all(size: tuple[int, int], drawn: tuple[int, int]) -> None:
    assert areas_on((AREA,), size, (drawn,)) == (WHOLE,)


def test_the_usual_shapes_are_upright_for_a_camera_that_is() -> None:
    assert same_way(USUAL, (720, 1280)) == ((9, 16), (3, 4))
    assert same_way(USUAL, (1280, 720)) == USUAL


def test_nothing_to_cover_is_false() -> None:
    assert not NOTHING and Cover((AREA,)) and Cover((AREA,), ((720, 1280),)).on(1280, 720) == (WHOLE,)
