"""P14, P17: what edge devices send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fire.smoke.reading import read_boxes, read_time, write_boxes
from engine.model.errors import InputError
from engine.model.fire.smoke import SmokeBox

ONE = (SmokeBox((0.1, 0.2, 0.3, 0.4), 0.5),)


@pytest.mark.parametrize(
    "text",
    [
        "[(0.1,0.2,0.3,0.4,0.5)]",
        "[(0.100,0.200,0.300,0.400,0.500)]",
        " [ (0.1, 0.2, 0.3, 0.4, 0.5) ] ",
        "[(0.1,0.2,0.3,0.4,0.5),]",
        "[(.1,.2,.3,.4,.5)]",
        "[(0.1001,0.2,0.3,0.4,0.4999)]",
    ],
)
def test_p14_spaces_and_decimals_are_normalised(text: str) -> None:
    assert read_boxes(text) == ONE


def test_p14_whole_numbers_are_taken_at_the_edges() -> None:
    assert read_boxes("[(0,0.0,1.0,1,1.0)]") == (SmokeBox((0, 0, 1, 1), 1),)


def test_p14_no_box_is_a_picture_without_smoke() -> None:
    assert read_boxes("[]") == read_boxes(" [ ] ") == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "0.1,0.2,0.3,0.4,0.5",
        "[(0.3,0.2,0.3,0.4,0.5)]",
        "[(0.3,0.2,0.1,0.4,0.5)]",
        "[(0.1,0.4,0.3,0.2,0.5)]",
        "[(0.1,0.2,0.3,0.4,1.2)]",
        "[(0.1,0.2,1.3,0.4,0.5)]",
        "[(-0.1,0.2,0.3,0.4,0.5)]",
        "[(0.1,0.2,0.3,0.4)]",
        "[(0.1,0.2,0.3,0.4,nan)]",
        "[(0.1,0.2,0.3,0.4,5e-1)]",
        "[(0.1,0.2,0.3,0.4,0.5)(0.1,0.2,0.3,0.4,0.5)]",
        "[(0.1,0.2,0.1004,0.4,0.5)]",
        f"[{','.join(['(0.1,0.2,0.3,0.4,0.5)'] * 6)}]",
        "[" + "(" * 2_000 + "]",
        "[None]",
        "[[0.1,0.2,0.3,0.4,0.5]]",
    ],
)
def test_p14_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_boxes(text)
    assert refused.value.field == "boxes"


@given(st.lists(st.tuples(st.integers(0, 499), st.integers(500, 1000), st.integers(0, 1000)), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[int, int, int]]) -> None:
    boxes = tuple(SmokeBox((low / 1000, low / 1000, high / 1000, high / 1000), conf / 1000) for low, high, conf in rows)
    assert read_boxes(write_boxes(boxes)) == boxes


@given(st.text(max_size=60))
def test_nothing_else_than_a_refusal_comes_of_any_text(text: str) -> None:
    try:
        assert len(read_boxes(text)) <= 5
    except InputError as error:
        assert error.field == "boxes"


def test_p17_times_without_a_zone_are_utc() -> None:
    assert read_time("2026-07-01T14:00:00") == read_time("2026-07-01T16:00:00+02:00") == read_time("2026-07-01T14:00:00Z")
    assert read_time("2026-07-01T16:00:00+02:00") - read_time("2026-07-01T16:00:00") == -7_200_000_000_000


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00", "0001-01-01T00:00:00+23:59"])
def test_p17_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_time(text)
