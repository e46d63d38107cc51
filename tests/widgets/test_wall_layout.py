from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, QRect

from engine.model.errors import InputError
from widgets.wall.arrangement.edits import Edges, move_cell, resized, shaped, with_room
from widgets.wall.arrangement.grid import cell_rects, edges_at, units_between
from widgets.wall.arrangement.layouts import FREE_SIDE, LAYOUTS, LEAST, MOST_CELLS, Cell, WallLayout, free_layout, freed, neighbour, without

AREA = QRect(0, 0, 1001, 703)
LEFT, RIGHT, UP, DOWN = (-1, 0), (1, 0), (0, -1), (0, 1)


@pytest.mark.parametrize("layout_id", LAYOUTS)
def test_cells_fill_the_area_without_overlap(layout_id):
    layout = LAYOUTS[layout_id]
    rects = cell_rects(AREA, layout, 2)
    assert len(rects) == len(layout.cells) == sum(int(part) for part in layout_id.split("+"))
    assert all(AREA.contains(rect) for rect in rects)
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[i + 1 :])
    assert sum(cell.width * cell.height for cell in layout.cells) == layout.columns * layout.rows
    assert max(rect.right() for rect in rects) == AREA.right() and max(rect.bottom() for rect in rects) == AREA.bottom()


@pytest.mark.parametrize("layout_id", ["4", "9", "16"])
def test_cells_of_a_square_differ_by_a_pixel_at_most(layout_id):
    rects = cell_rects(AREA, LAYOUTS[layout_id], 2)
    assert max(rect.width() for rect in rects) - min(rect.width() for rect in rects) <= 1
    assert max(rect.height() for rect in rects) - min(rect.height() for rect in rects) <= 1


def test_one_large_cell_stands_at_the_top_left_of_small_ones():
    large, *small = LAYOUTS["1+5"].cells
    assert large == Cell(0, 0, 2, 2)
    assert [(cell.x, cell.y) for cell in small] == [(2, 0), (2, 1), (0, 2), (1, 2), (2, 2)]
    assert LAYOUTS["1+7"].cells[0] == Cell(0, 0, 3, 3)


def test_area_smaller_than_its_gaps_gives_empty_cells():
    assert all(rect.isEmpty() for rect in cell_rects(QRect(0, 0, 3, 3), LAYOUTS["16"], 2))


def test_arrows_move_by_row_and_column_and_stop_at_edges():
    nine = LAYOUTS["9"]
    assert [neighbour(nine, 4, *way) for way in (UP, RIGHT, DOWN, LEFT)] == [1, 5, 7, 3]
    assert neighbour(nine, 5, *RIGHT) == 5
    assert neighbour(nine, 0, *LEFT) == 0


def test_arrows_pass_from_the_large_cell_to_the_small_ones_and_back():
    layout = LAYOUTS["1+5"]
    assert [neighbour(layout, 0, *way) for way in (RIGHT, DOWN)] == [1, 3]
    assert [neighbour(layout, cell, *LEFT) for cell in (1, 2, 5)] == [0, 0, 4]
    assert neighbour(layout, 4, *UP) == 0


@pytest.mark.parametrize(
    ("cells", "says"),
    [((), "none"), ((Cell(0, 0, 3, 3), Cell(2, 2, 3, 3)), "overlap"), ((Cell(20, 0, 6, 6),), "outside"), ((Cell(0, 0, 0, 3),), "outside")],
)
def test_a_layout_of_cells_that_meet_or_leave_the_wall_is_refused(cells, says):
    with pytest.raises(InputError, match=says):
        free_layout(cells)


def test_a_fixed_layout_becomes_a_free_one_that_looks_the_same():
    for layout in LAYOUTS.values():
        assert cell_rects(QRect(0, 0, 960, 480), freed(layout), 0) == cell_rects(QRect(0, 0, 960, 480), layout, 0)
    assert freed(freed(LAYOUTS["4"])) == freed(LAYOUTS["4"])


HALVES = free_layout((Cell(0, 0, 12, 24), Cell(12, 0, 12, 24)))


def test_an_edge_pushes_the_cell_behind_it_until_that_is_as_small_as_it_may_be():
    wider = resized(HALVES, 0, Edges(right=True), 4, 0)
    assert wider.cells == (Cell(0, 0, 16, 24), Cell(16, 0, 8, 24))
    assert resized(HALVES, 0, Edges(right=True), 99, 0).cells == (Cell(0, 0, 24 - LEAST, 24), Cell(24 - LEAST, 0, LEAST, 24))


def test_an_edge_that_is_pulled_back_leaves_its_place_empty():
    assert resized(HALVES, 1, Edges(left=True), 5, 0).cells == (Cell(0, 0, 12, 24), Cell(17, 0, 7, 24))
    assert resized(HALVES, 0, Edges(bottom=True), 0, -99).cells[0] == Cell(0, 0, 12, LEAST)


def test_a_corner_moves_two_edges_and_the_walls_edge_stops_it():
    lone = free_layout((Cell(6, 6, 6, 6),))
    assert resized(lone, 0, Edges(left=True, top=True), -99, -2).cells == (Cell(0, 4, 12, 8),)


def test_no_pull_makes_cells_that_overlap():
    layout = freed(LAYOUTS["1+7"])
    for cell in range(8):
        for edges in (
            Edges(left=True),
            Edges(top=True),
            Edges(right=True),
            Edges(bottom=True),
            Edges(True, True),
            Edges(False, False, True, True),
        ):
            for by in (-24, -5, 5, 24):
                pulled = resized(layout, cell, edges, by, by)
                assert len(pulled.cells) == 8 and all(each.width >= LEAST and each.height >= LEAST for each in pulled.cells)


def test_a_cell_moves_to_an_empty_place_and_not_onto_others():
    layout = free_layout((Cell(0, 0, 8, 8), Cell(16, 16, 8, 8)))
    assert move_cell(layout, 0, 8, 4).cells[0] == Cell(8, 4, 8, 8)
    assert move_cell(layout, 0, 12, 12) == layout
    assert move_cell(layout, 1, 99, -99).cells[1] == Cell(16, 0, 8, 8)


def test_a_cell_takes_the_shape_of_upright_pictures():
    upright = shaped(HALVES, 0, 9 / 16, 16 / 9).cells[0]
    assert (upright.height, upright.width) == (24, 8)  # 7.6 columns of the grid
    lying = shaped(free_layout((Cell(0, 0, 24, 24),)), 0, 32 / 9, 16 / 9).cells[0]
    assert (lying.width, lying.height) == (24, 12)


def test_one_more_cell_takes_the_largest_gap_else_half_of_the_largest_cell():
    gap = with_room(free_layout((Cell(0, 0, 24, 12), Cell(0, 12, 6, 12))))
    assert gap.cells[-1] == Cell(6, 12, 18, 12)
    split = with_room(free_layout((Cell(0, 0, 24, 24),)))
    assert split.cells == (Cell(0, 0, 12, 24), Cell(12, 0, 12, 24))


def test_cells_can_be_added_until_there_is_no_room():
    layout = free_layout((Cell(0, 0, 24, 24),))
    counts = [len((layout := with_room(layout)).cells) for _ in range(60)]
    assert counts[-1] == MOST_CELLS or counts[-1] == counts[-2]
    assert all(after - before in (0, 1) for before, after in pairwise(counts))


def test_the_last_cell_stays():
    assert without(HALVES, 0).cells == (Cell(12, 0, 12, 24),)
    assert without(without(HALVES, 0), 0).cells == (Cell(12, 0, 12, 24),)


def test_edges_are_held_near_them_and_two_at_a_corner():
    rect = QRect(100, 100, 200, 100)
    assert edges_at(rect, QPointF(200, 150)) == Edges()
    assert edges_at(rect, QPointF(298, 150)) == Edges(right=True)
    assert edges_at(rect, QPointF(101, 198)) == Edges(left=True, bottom=True)


def test_the_mouse_moves_by_whole_columns():
    assert units_between(QRect(0, 0, 960, 480), HALVES, QPointF(0, 0), QPointF(59, -31)) == (1, -2)
    assert WallLayout("x", FREE_SIDE, FREE_SIDE, (Cell(0, 0),)).free is False
