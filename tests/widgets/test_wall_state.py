import json

import pytest

from engine.model.errors import InputError
from widgets.wall.arrangement.assignment import Assignment
from widgets.wall.arrangement.carousel import IDLE_S, Carousel
from widgets.wall.arrangement.layouts import LAYOUTS, Cell, free_layout
from widgets.wall.arrangement.plan import WallPlan, plan_json, plan_of
from widgets.wall.arrangement.state import HotTile, WallState


def state(count: int, layout: str = "4") -> WallState:
    made = WallState()
    made.set_ids(tuple(f"c{i}" for i in range(count)))
    made.set_layout(LAYOUTS[layout])
    return made


def test_cameras_are_cut_into_pages():
    wall = state(9)
    assert (wall.pages(), wall.visible_ids()) == (3, ("c0", "c1", "c2", "c3"))
    wall.set_page(99)
    assert wall.visible_ids() == ("c8",)
    assert wall.on_page() == ("c8", "", "", "")


def test_selecting_turns_to_the_page_of_the_camera():
    wall = state(9)
    wall.select_camera("c5")
    assert (wall.page, wall.position(), wall.nth_on_page(0)) == (1, 1, "c4")


def test_another_layout_keeps_the_selected_camera_in_sight():
    wall = state(9)
    wall.select_camera("c7")
    wall.set_layout(LAYOUTS["1"])
    assert wall.visible_ids() == ("c7",)


def test_removed_camera_is_neither_selected_nor_maximised():
    wall = state(3)
    wall.maximise("c2")
    assert wall.visible_ids() == ("c2",)
    wall.set_ids(("c0", "c1"))
    assert (wall.selected, wall.maximised, wall.visible_ids()) == ("", "", ("c0", "c1"))


def test_unknown_camera_cannot_be_maximised():
    wall = state(3)
    wall.maximise("nobody")
    assert wall.maximised == ""


def test_a_camera_that_was_taken_off_can_fill_the_wall_and_leaves_no_trace():
    wall = state(3)
    wall.take_off("c1")
    wall.maximise("c1")
    assert (wall.visible_ids(), wall.selected) == (("c1",), "c1")
    wall.maximise("")
    assert (wall.on_page(), wall.selected) == (("c0", "", "c2", ""), "")


# who is where


def test_nobody_arranged_cameras_close_up_when_one_goes():
    wall = state(3)
    wall.set_ids(("c0", "c2"))
    assert wall.on_page() == ("c0", "c2", "", "")


def test_swapped_cameras_stay_swapped_when_others_come_and_go():
    wall = state(3)
    wall.swap(0, 2)
    assert wall.on_page() == ("c2", "c1", "c0", "")
    wall.set_ids(("c0", "c1", "c2", "c3"))
    assert wall.on_page() == ("c2", "c1", "c0", "c3")


def test_a_camera_that_comes_back_takes_its_old_place():
    wall = state(4)
    wall.swap(0, 3)
    wall.set_ids(("c0", "c1", "c2"))
    assert wall.on_page() == ("", "c1", "c2", "c0")
    wall.set_ids(("c0", "c1", "c2", "c3"))
    assert wall.on_page() == ("c3", "c1", "c2", "c0")


def test_an_arrangement_outlives_a_time_without_any_camera():
    wall = state(4)
    wall.swap(1, 2)
    wall.set_ids(())
    assert wall.visible_ids() == ()
    wall.set_ids(("c0", "c1", "c2", "c3"))
    assert wall.on_page() == ("c0", "c2", "c1", "c3")


def test_a_camera_can_be_carried_to_an_empty_cell():
    wall = state(2)
    wall.swap(0, 3)
    assert wall.on_page() == ("", "c1", "", "c0")


def test_taken_off_leaves_an_empty_place_and_put_back_loses_nobody():
    wall = state(5)
    wall.take_off("c1")
    assert wall.on_page() == ("c0", "", "c2", "c3")
    wall.put_camera("c1", 0)
    assert wall.on_page() == ("c1", "c0", "c2", "c3")
    assert sorted(wall.shown_anywhere()) == ["c0", "c1", "c2", "c3", "c4"]


def test_a_new_camera_takes_the_first_empty_place():
    wall = state(4)
    wall.take_off("c1")
    wall.set_ids(("c0", "c1", "c2", "c3", "new"))
    assert wall.on_page() == ("c0", "new", "c2", "c3")


def test_only_the_cameras_of_a_page_can_be_kept_and_new_ones_still_come():
    wall = state(9)
    wall.set_page(1)
    wall.keep_only_page()
    assert (wall.pages(), wall.on_page()) == (1, ("c4", "c5", "c6", "c7"))
    wall.set_ids((*wall.ids, "new"))
    assert wall.pages() == 2


# the hot tile


def hot_wall() -> WallState:
    wall = state(5, "1+5")
    wall.set_hot(HotTile(0))
    return wall


def test_the_hot_tile_has_a_cell_of_its_own():
    wall = hot_wall()
    assert wall.on_page() == ("", "c0", "c1", "c2", "c3", "c4")
    assert wall.heat("c3")
    assert wall.on_page() == ("c3", "c0", "c1", "c2", "c3", "c4")
    assert wall.visible_ids() == ("c3", "c0", "c1", "c2", "c4")


def test_a_locked_hot_tile_changes_by_hand_only():
    wall = hot_wall()
    wall.heat("c1")
    assert wall.hot is not None
    wall.hot.locked = True
    assert not wall.heat("c2") and wall.hot_camera() == "c1"
    wall.put_camera("c2", 0)
    assert wall.hot_camera() == "c2"


def test_a_removed_camera_leaves_the_hot_tile_empty():
    wall = hot_wall()
    wall.heat("c4")
    wall.set_ids(("c0", "c1"))
    assert wall.hot_camera() == "" and wall.on_page()[0] == ""


def test_what_is_selected_in_the_hot_tile_is_told_from_the_cameras_own_place():
    wall = hot_wall()
    wall.heat("c3")
    wall.select_camera("c3", hot=True)
    assert wall.position() == 0
    wall.select_camera("c3")
    assert wall.position() == 4
    wall.select_camera("c3", hot=True)
    wall.heat("c1")
    assert (wall.selected, wall.position()) == ("c1", 0)


def test_a_layout_of_one_cell_has_no_hot_tile():
    wall = hot_wall()
    wall.set_layout(LAYOUTS["1"])
    assert wall.hot is None and wall.visible_ids() == ("c0",)


def test_arrows_pass_over_empty_cells():
    wall = state(2)
    wall.swap(1, 3)
    wall.select_camera("c0")
    assert wall.towards(1, 0) == 0
    wall.set_layout(LAYOUTS["9"])
    assert wall.on_page()[:4] == ("c0", "", "", "c1")
    assert wall.towards(0, 1) == 3


# what is kept


def test_a_plan_comes_back_from_its_json():
    plan = WallPlan(free_layout((Cell(0, 0, 8, 24), Cell(8, 0, 16, 12))), Assignment(("a", "", "b"), frozenset({"c"})), 1, 20, 2)
    assert plan_of(json.loads(json.dumps(plan_json(plan)))) == plan
    assert plan_of(json.loads(json.dumps(plan_json(WallPlan())))) == WallPlan()


@pytest.mark.parametrize(
    "damage",
    [
        {"layout": "17"},
        {"layout": "free", "cells": [[0, 0, 9, 9], [3, 3, 9, 9]]},
        {"layout": "free", "cells": [[0, 0, 9]]},
        {"layout": "free", "cells": []},
        {"slots": ["a", "a"]},
        {"slots": [1]},
        {"slots": "a"},
        {"left_out": None},
        {"hot_cell": True},
        {"carousel_s": -1},
        {"page": "1"},
    ],
)
def test_a_damaged_plan_is_refused(damage):
    with pytest.raises(InputError):
        plan_of({**plan_json(WallPlan()), **damage})


def test_what_is_no_plan_is_refused():
    for value in (None, [], "4", 4):
        with pytest.raises(InputError):
            plan_of(value)


# the carousel


def test_pages_turn_after_their_time_and_only_where_there_are_several():
    carousel = Carousel()
    carousel.start(10, 100.0)
    assert not carousel.take_turn(109.9, alarm=False, pages=3)
    assert not carousel.take_turn(110.0, alarm=False, pages=1)
    assert carousel.take_turn(110.0, alarm=False, pages=3)
    assert not carousel.take_turn(115.0, alarm=False, pages=3)
    assert carousel.take_turn(120.0, alarm=False, pages=3)


def test_pages_wait_while_somebody_works_or_an_alarm_is_on_the_wall():
    carousel = Carousel()
    carousel.start(10, 0.0)
    carousel.used(8.0)
    assert not carousel.take_turn(12.0, alarm=False, pages=3)
    assert not carousel.take_turn(8.0 + IDLE_S - 0.1, alarm=False, pages=3)
    assert not carousel.take_turn(27.8, alarm=False, pages=3)
    assert carousel.take_turn(27.95, alarm=False, pages=3)
    assert not carousel.take_turn(60.0, alarm=True, pages=3)
    assert not carousel.take_turn(69.0, alarm=False, pages=3)
    assert carousel.take_turn(70.0, alarm=False, pages=3)


def test_a_carousel_that_is_off_never_turns():
    carousel = Carousel()
    assert not carousel.take_turn(1e6, alarm=False, pages=9)
