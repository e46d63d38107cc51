"""The automatic layout of a wall, as pure geometry."""

from itertools import pairwise

import pytest

from widgets.wall.arrangement.automatic import LEAST_TILE, WallRoom, arrangements, automatic_layout, least_tile, picture_area
from widgets.wall.arrangement.layouts import LAYOUTS, MOST_CELLS, WallLayout


def shape(layout: WallLayout) -> str:
    """`2×2`, or `1+3` with its grid."""
    sizes = [cell.width for cell in layout.cells]
    grid = f"{layout.columns}×{layout.rows}"
    return grid if max(sizes) == min(sizes) else f"1+{len(sizes) - 1} on {grid}"


@pytest.mark.parametrize(
    ("width", "height", "cameras", "expected"),
    [
        (860, 640, 1, "1×1"),
        (860, 640, 2, "1×2"),
        (1500, 640, 2, "2×1"),
        (860, 640, 4, "1+3 on 3×4"),  # 1280 × 800 with the events beside the wall
        (1500, 900, 4, "2×2"),  # 1920 × 1080 with the events beside the wall
        (1150, 640, 4, "2×2"),
        (1700, 640, 4, "1+3 on 4×3"),
        (1500, 900, 9, "3×3"),
        (1500, 900, 6, "1+5 on 3×3"),
    ],
)
def test_the_arrangement_with_the_most_picture_is_taken(width: int, height: int, cameras: int, expected: str) -> None:
    assert shape(automatic_layout(WallRoom(width, height), cameras)) == expected


def test_four_cameras_beside_the_events_show_a_third_more_picture_than_two_by_two() -> None:
    room = WallRoom(825, 661)
    assert picture_area(automatic_layout(room, 4), room) > 1.32 * picture_area(LAYOUTS["4"], room)


@pytest.mark.parametrize("aspect", [4 / 3, 16 / 9])
@pytest.mark.parametrize("cameras", [1, 2, 3, 4, 5, 7, 8, 12, 16, 25, 60])
def test_no_tile_is_smaller_than_it_may_be(cameras: int, aspect: float) -> None:
    for width in range(560, 2600, 170):
        for height in range(315, 1500, 130):
            room = WallRoom(width, height, aspect)
            layout = automatic_layout(room, cameras)
            least = least_tile(layout, room)
            assert len(layout.cells) <= min(cameras, MOST_CELLS)
            assert len(layout.cells) == 1 or (least[0] >= LEAST_TILE[0] and least[1] >= LEAST_TILE[1])


def test_more_cameras_than_fit_are_shared_evenly_among_pages() -> None:
    layout = automatic_layout(WallRoom(860, 640), 16)
    assert len(layout.cells) == 8  # nine would leave a second page of seven, sixteen would be too small


@pytest.mark.parametrize("cameras", [3, 4, 6, 9, 16])
def test_it_holds_still_while_a_window_is_dragged_to_and_fro_by_pixels(cameras: int) -> None:
    """At every width, one that trembles by three pixels changes the arrangement once at the most."""
    now: WallLayout | None = None
    for width in range(560, 2000, 3):
        seen = []
        for tremble in (0, 3, 0, 3, 0):
            now = automatic_layout(WallRoom(width + tremble, 640), cameras, now)
            seen.append(now)
        assert sum(before != after for before, after in pairwise(seen)) <= 1, width


def test_what_is_on_screen_gives_way_only_to_a_tenth_more_picture_or_where_it_gets_too_small() -> None:
    grid = next(each for each in arrangements(4) if shape(each) == "2×2")
    large = next(each for each in arrangements(4) if shape(each) == "1+3 on 3×4")
    between = WallRoom(940, 640)
    assert automatic_layout(between, 4, grid) == grid and automatic_layout(between, 4, large) == large
    assert automatic_layout(WallRoom(1150, 640), 4, large) == grid
    assert automatic_layout(WallRoom(760, 580), 4, large) == grid, "its small tiles would be 252 × 142"
