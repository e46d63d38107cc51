"""Shapes while they are drawn: what is taken, what is refused, and that every act can be undone."""

from collections.abc import Callable

import numpy as np

from engine.model.cameras.picture_zone import MOST_POINTS, LineDirection
from engine.model.geometry import Point
from widgets.drawing.shape_draft import Shape, ShapeKind, ShapesDraft, refusal

SQUARE = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
ZONE = Shape("a", ShapeKind.ZONE, SQUARE, "Yard")
LINE = Shape("b", ShapeKind.LINE, ((0.1, 0.9), (0.9, 0.9)), "Gate")


def draft(*shapes: Shape) -> ShapesDraft:
    keys = iter(f"new-{number}" for number in range(1000))
    return ShapesDraft(shapes, lambda kind: next(keys), lambda made, kind: f"{kind} {len(made.shapes) + 1}")


def draw(made: ShapesDraft, kind: ShapeKind, points: tuple[Point, ...]) -> None:
    made.begin_shape(kind)
    for at in points:
        assert made.add_point(at) is None


def near(one: Point, other: Point) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) < 1e-6


def test_an_area_is_drawn_closed_chosen_and_taken_back_in_one() -> None:
    made = draft(LINE)
    draw(made, ShapeKind.ZONE, SQUARE)
    assert made.close() is None and made.under_way is None
    assert made.selected_shape == Shape("new-0", ShapeKind.ZONE, SQUARE, "zone 2") and made.shapes[0] == LINE
    made.undo()
    assert made.shapes == (LINE,) and made.under_way is None and not made.can_undo
    made.redo()
    assert made.selected_shape is not None and made.selected_shape.points == SQUARE


def test_a_line_is_whole_with_its_second_end() -> None:
    made = draft()
    draw(made, ShapeKind.LINE, ((0.1, 0.1), (0.5, 0.5)))
    assert made.under_way is None and made.selected_shape is not None and made.selected_shape.kind is ShapeKind.LINE
    made.turn_round()
    assert made.selected_shape.points == ((0.5, 0.5), (0.1, 0.1))


def test_a_corner_whose_edge_would_cross_is_refused_where_it_would_and_nothing_changes() -> None:
    made = draft()
    draw(made, ShapeKind.ZONE, ((0.2, 0.2), (0.6, 0.6), (0.6, 0.2)))
    wrong = made.add_point((0.2, 0.6))
    assert wrong is not None and near(wrong.at, (0.4, 0.4)) and "cross" in wrong.text
    assert made.under_way is not None and len(made.under_way.points) == 3


def test_the_closing_edge_may_not_cross_either() -> None:
    made = draft()
    draw(made, ShapeKind.MASK, ((0.5, 0.5), (0.5, 0.3), (0.7, 0.3), (0.7, 0.7), (0.9, 0.5)))
    wrong = made.close()
    assert wrong is not None and near(wrong.at, (0.7, 0.5)) and made.under_way is not None and made.shapes == ()


def test_too_few_corners_and_no_area_at_all_are_refused() -> None:
    made = draft()
    draw(made, ShapeKind.PRIVACY, ((0.1, 0.1), (0.5, 0.5)))
    few = made.close()
    assert few is not None and "three corners" in few.text
    assert made.add_point((0.5, 0.5)) is None and made.under_way is not None and len(made.under_way.points) == 2, "one spot twice"
    small = refusal(Shape("x", ShapeKind.ZONE, ((0.1, 0.1), (0.101, 0.1), (0.1, 0.101))))
    assert small is not None and "small" in small.text


def test_dropping_a_shape_under_way_leaves_no_trace() -> None:
    made = draft(ZONE)
    made.choose_shape("a")
    made.move_point(0, (0.1, 0.1))
    draw(made, ShapeKind.LINE, ((0.3, 0.3),))
    made.cancel_shape()
    assert made.under_way is None and made.shapes[0].points[0] == (0.1, 0.1)
    made.undo()
    assert made.shapes == (ZONE,) and not made.can_undo


def test_undoing_takes_corners_under_way_back_one_by_one_and_then_the_shape() -> None:
    made = draft(ZONE)
    draw(made, ShapeKind.ZONE, SQUARE[:2])
    for left in (1, 0):
        made.undo()
        assert made.under_way is not None and len(made.under_way.points) == left
    made.undo()
    assert made.under_way is None and made.shapes == (ZONE,)


def test_moves_of_one_corner_are_undone_together_until_the_hand_lets_go() -> None:
    made = draft(ZONE)
    made.choose_shape("a")
    for x in (0.15, 0.14, 0.13):
        made.move_point(0, (x, 0.1))
    made.end_edit()
    made.move_point(0, (0.05, 0.1))
    made.undo()
    assert made.shapes[0].points[0] == (0.13, 0.1)
    made.undo()
    assert made.shapes == (ZONE,)


def test_a_corner_moved_over_an_edge_is_refused_and_stays() -> None:
    made = draft(ZONE)
    made.choose_shape("a")
    wrong = made.move_point(0, (0.9, 0.4))
    assert wrong is not None and made.shapes == (ZONE,) and made.point == 0


def test_what_was_saved_crossing_can_be_put_right_step_by_step() -> None:
    bow = Shape("bow", ShapeKind.ZONE, ((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6)), "Bow")
    made = draft(bow)
    made.choose_shape("bow")
    assert refusal(bow) is not None and made.move_point(1, (0.6, 0.19)) is None
    assert made.move_point(2, (0.6, 0.6)) is None and refusal(made.shapes[0]) is None


def test_corners_are_put_in_and_taken_out_down_to_three() -> None:
    made = draft(ZONE)
    made.choose_shape("a")
    assert made.insert_point(3, (0.1, 0.4)) is None and made.point == 4 and made.shapes[0].points[4] == (0.1, 0.4)
    for _ in range(2):
        assert made.remove_point(0) is None
    wrong = made.remove_point(0)
    assert wrong is not None and "three corners" in wrong.text and len(made.shapes[0].points) == 3


def test_no_more_corners_than_are_kept() -> None:
    turns = np.linspace(0, 2 * np.pi, MOST_POINTS, endpoint=False)
    round_one = Shape("r", ShapeKind.ZONE, tuple((0.5 + 0.4 * float(np.cos(t)), 0.5 + 0.4 * float(np.sin(t))) for t in turns), "Round")
    made = draft(round_one)
    made.choose_shape("r")
    wrong = made.insert_point(0, (0.95, 0.52))
    assert wrong is not None and str(MOST_POINTS) in wrong.text


def test_removing_chooses_the_next_and_can_be_undone() -> None:
    made = draft(ZONE, LINE)
    made.choose_shape("a")
    assert made.remove_shape() == ZONE and made.selected_shape == LINE
    made.undo()
    assert made.shapes == (ZONE, LINE) and made.selected_shape == ZONE


def test_typing_a_name_is_one_step_and_another_wish_the_next() -> None:
    made = draft(LINE)
    made.choose_shape("b")
    for name in ("G", "Ga", "Gat"):
        made.edit_shape(Shape("b", ShapeKind.LINE, LINE.points, name), "name")
    made.edit_shape(Shape("b", ShapeKind.LINE, LINE.points, "Gat", direction=LineDirection.TO_LEFT), "direction")
    made.undo()
    assert made.shapes[0].name == "Gat" and made.shapes[0].direction is LineDirection.BOTH
    made.undo()
    assert made.shapes == (LINE,)


def test_whatever_is_done_undoing_all_of_it_gives_back_what_there_was_and_redoing_what_there_is() -> None:
    chance = np.random.default_rng(8)
    for _ in range(30):
        made = draft(ZONE, LINE)
        for _ in range(40):
            _anything(made, chance)
        made.cancel_shape()
        end = made.shapes
        for shape in end:
            assert refusal(shape) is None
        steps = 0
        while made.can_undo:
            made.undo()
            steps += 1
        assert made.shapes == (ZONE, LINE)
        for _ in range(steps):
            made.redo()
        assert made.shapes == end


def _anything(made: ShapesDraft, chance: np.random.Generator) -> None:
    at = (float(chance.random()), float(chance.random()))
    index = int(chance.integers(0, 5))
    acts: tuple[Callable[[], object], ...] = (
        lambda: made.begin_shape(tuple(ShapeKind)[index % 4]),
        lambda: made.add_point(at),
        lambda: made.add_point(at),
        made.close,
        made.undo,
        made.redo,
        made.remove_shape,
        lambda: made.choose_shape(made.shapes[index % len(made.shapes)].key if made.shapes else ""),
        lambda: made.move_point(index, at),
        lambda: made.move(at[0] - 0.5, at[1] - 0.5),
        lambda: made.insert_point(index, at) if made.selected_shape and index < len(made.selected_shape.points) else None,
        lambda: made.remove_point(index),
        made.cancel_shape,
        made.turn_round,
    )
    acts[int(chance.integers(0, len(acts)))]()
