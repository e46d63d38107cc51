import pytest
from PySide6.QtCore import QRect, Qt

from widgets.wall_grid import grid_cells, neighbour
from widgets.wall_state import WallState

AREA = QRect(0, 0, 1001, 703)


@pytest.mark.parametrize("tiles", [1, 4, 9, 16])
def test_cells_fill_the_area_without_overlap(tiles):
    cells = grid_cells(AREA, tiles, 2)
    assert len(cells) == tiles
    assert all(AREA.contains(cell) for cell in cells)
    assert not any(a.intersects(b) for i, a in enumerate(cells) for b in cells[i + 1 :])
    assert cells[-1].bottomRight() == AREA.bottomRight()
    assert max(c.width() for c in cells) - min(c.width() for c in cells) <= 1


def test_area_smaller_than_its_gaps_gives_empty_cells():
    assert all(cell.isEmpty() for cell in grid_cells(QRect(0, 0, 3, 3), 16, 2))


def test_arrows_move_by_row_and_column_and_stop_at_edges():
    assert neighbour(4, Qt.Key.Key_Up, 9) == 1
    assert neighbour(4, Qt.Key.Key_Right, 9) == 5
    assert neighbour(5, Qt.Key.Key_Right, 9) == 5
    assert neighbour(0, Qt.Key.Key_Left, 9) == 0


def state(count: int, tiles: int = 4) -> WallState:
    made = WallState()
    made.set_ids(tuple(f"c{i}" for i in range(count)))
    made.set_tiles(tiles)
    return made


def test_cameras_are_cut_into_pages():
    wall = state(9)
    assert (wall.pages(), wall.shown()) == (3, ("c0", "c1", "c2", "c3"))
    wall.set_page(99)
    assert wall.shown() == ("c8",)


def test_selecting_turns_to_the_page_of_the_camera():
    wall = state(9)
    wall.select("c5")
    assert (wall.page, wall.position(), wall.nth_on_page(0)) == (1, 1, "c4")


def test_another_layout_keeps_the_selected_camera_in_sight():
    wall = state(9)
    wall.select("c7")
    wall.set_tiles(1)
    assert wall.shown() == ("c7",)


def test_removed_camera_is_neither_selected_nor_maximised():
    wall = state(3)
    wall.maximise("c2")
    assert wall.shown() == ("c2",)
    wall.set_ids(("c0", "c1"))
    assert (wall.selected, wall.maximised, wall.shown()) == ("", "", ("c0", "c1"))


def test_unknown_camera_cannot_be_maximised():
    wall = state(3)
    wall.maximise("nobody")
    assert wall.maximised == ""


def test_layout_of_five_is_refused():
    with pytest.raises(ValueError, match="layout 5"):
        state(3).set_tiles(5)
