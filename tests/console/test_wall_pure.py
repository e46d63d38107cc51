"""Shifts, screens and the book of walls: what is kept, and what comes back of it."""

import json
from pathlib import Path

import pytest

from console.wall.book import MOST_NAMED, NamedWall, WallBook, WallWindow
from console.wall.screens import Area, Place, landing, next_screen, place_json, place_of
from console.wall.shift import Shift, shift_of, wall_now
from engine.model.errors import InputError
from widgets.wall.arrangement.assignment import Assignment
from widgets.wall.arrangement.layouts import LAYOUTS, Cell, free_layout
from widgets.wall.arrangement.plan import WallPlan

NIGHT, DAY = Shift(22 * 60, 6 * 60), Shift(6 * 60, 14 * 60)
PLAN = WallPlan(free_layout((Cell(0, 0, 7, 24), Cell(7, 0, 17, 24))), Assignment(("gate", "yard")), 1, 20)
SCREENS = {"left": Area(0, 0, 1920, 1080), "right": Area(1920, 0, 2560, 1400)}


def test_a_shift_over_midnight_runs_on_both_sides_of_it() -> None:
    assert [NIGHT.minutes_in(minute) for minute in (22 * 60, 23 * 60, 0, 5 * 60 + 59)] == [0, 60, 120, 479]
    assert [NIGHT.minutes_in(minute) for minute in (6 * 60, 12 * 60, 22 * 60 - 1)] == [None, None, None]
    assert NIGHT.text == "22:00–06:00"


def test_of_two_shifts_the_one_that_began_last_counts() -> None:
    walls = (("Night", NIGHT), ("Day", DAY), ("Handover", Shift(5 * 60 + 30, 6 * 60 + 30)), ("Plain", None))
    assert [wall_now(walls, minute) for minute in (5 * 60, 5 * 60 + 45, 6 * 60 + 5, 7 * 60, 15 * 60)] == [
        "Night",
        "Handover",
        "Day",
        "Day",
        "",
    ]


@pytest.mark.parametrize("value", [[22 * 60], [0, 0], [0, 1440], [-1, 5], ["a", "b"], [True, 5], None, 4])
def test_what_is_no_shift_is_refused(value: object) -> None:
    with pytest.raises(InputError):
        shift_of(value)


def test_a_window_returns_to_its_screen_wherever_that_is_now() -> None:
    place = Place("right", Area(100, 50, 1200, 800))
    assert landing(place, SCREENS, "left") == Area(2020, 50, 1200, 800)
    moved = {"left": SCREENS["left"], "right": Area(-2560, 0, 2560, 1400)}
    assert landing(place, moved, "left") == Area(-2460, 50, 1200, 800)


def test_a_window_is_never_off_the_screens_there_are() -> None:
    far = Place("right", Area(2400, 1300, 4000, 3000))
    assert landing(far, SCREENS, "left") == SCREENS["right"]
    assert landing(Place("right", Area(-900, -900, 600, 400)), SCREENS, "left") == Area(1920, 0, 600, 400)
    gone = landing(Place("gone", Area(2000, 900, 1200, 800)), SCREENS, "left")
    assert gone == Area(40, 40, 1200, 800)
    small = landing(Place("gone", Area(0, 0, 5000, 5000)), {"only": Area(0, 0, 1024, 640)}, "only")
    assert small == Area(0, 0, 1024, 640)


def test_another_wall_goes_to_a_screen_without_one() -> None:
    assert next_screen(SCREENS, ("left",), "left") == "right"
    assert next_screen(SCREENS, ("left", "right"), "left") == "left"


def test_places_come_back_and_damaged_ones_are_refused() -> None:
    place = Place("HDMI-1", Area(1, -2, 300, 400), True)
    assert place_of(json.loads(json.dumps(place_json(place)))) == place
    for damage in ({}, {"area": [1, 2, 3]}, {"area": [0, 0, 10**9, 1]}, None):
        with pytest.raises(InputError):
            place_of(damage)


def test_the_book_comes_back_as_it_was(tmp_path: Path) -> None:
    book = WallBook(tmp_path, "us-1")
    book.put(NamedWall("Night", PLAN, NIGHT))
    book.put(NamedWall("alle", WallPlan(LAYOUTS["16"])))
    book.keep_window("live", WallWindow(PLAN, "Night"))
    book.keep_place("wall-2", Place("right", Area(1, 2, 500, 400)))
    again = WallBook(tmp_path, "us-1")
    assert again.named_walls == book.named_walls == (NamedWall("alle", WallPlan(LAYOUTS["16"])), NamedWall("Night", PLAN, NIGHT))
    assert again.windows == book.windows and again.window("live") == WallWindow(PLAN, "Night")
    again.remove("alle")
    again.forget_window("wall-2")
    last = WallBook(tmp_path, "us-1")
    assert [wall.name for wall in last.named_walls] == ["Night"] and list(last.windows) == ["live"]


def test_every_user_has_a_book_of_their_own_and_no_name_leaves_the_folder(tmp_path: Path) -> None:
    WallBook(tmp_path, "us-1").put(NamedWall("Mine", PLAN))
    assert WallBook(tmp_path, "us-2").named_walls == ()
    WallBook(tmp_path, "../../etc/x").put(NamedWall("Mine", PLAN))
    assert sorted(path.parent for path in tmp_path.rglob("*")) == [tmp_path, tmp_path]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 2}', '{"version": 1, "walls": [{"name": "x", "plan": {"layout": "17"}}], "windows": {}}', "[" * 100_000],
)
def test_a_damaged_book_is_set_aside_and_a_new_one_begun(tmp_path: Path, text: str) -> None:
    file = tmp_path / "walls-us-1.json"
    file.write_text(text)
    book = WallBook(tmp_path, "us-1")
    assert book.named_walls == () and (tmp_path / "walls-us-1.damaged").read_text() == text
    book.put(NamedWall("Night", PLAN))
    assert WallBook(tmp_path, "us-1").wall("Night") is not None


def test_there_is_an_end_to_walls_and_to_names(tmp_path: Path) -> None:
    book = WallBook(tmp_path, "us-1")
    for number in range(MOST_NAMED):
        book.put(NamedWall(str(number), WallPlan()))
    with pytest.raises(InputError, match="delete one"):
        book.put(NamedWall("one more", WallPlan()))
    book.put(NamedWall("0", PLAN))
    for name in ("", "  ", "x" * 61):
        with pytest.raises(InputError):
            NamedWall(name, PLAN)


def test_a_folder_that_cannot_be_written_costs_the_arrangement_only(tmp_path: Path) -> None:
    book = WallBook(tmp_path / "missing", "us-1")
    book.put(NamedWall("Night", PLAN))
    assert book.wall("Night") is not None
