import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.regions import merged

BOX = st.tuples(st.floats(0, 90), st.floats(0, 90), st.floats(1, 30), st.floats(1, 30)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_touching_boxes_become_one_and_far_ones_stay() -> None:
    result = merged(boxes((0, 0, 10, 10), (9, 9, 20, 20), (50, 50, 60, 60)), 0, 100, 100)
    assert sorted(map(tuple, result.tolist())) == [(0, 0, 20, 20), (50, 50, 60, 60)]


def test_joined_boxes_may_touch_further_ones() -> None:
    # The hull of the first two reaches the third, which neither of them does.
    result = merged(boxes((0, 0, 10, 10), (8, 8, 40, 40), (30, 0, 38, 5)), 0, 100, 100)
    assert result.tolist() == [[0, 0, 40, 40]]


def test_margin_is_cut_at_the_picture() -> None:
    assert merged(boxes((0, 5, 98, 50)), 4, 100, 100).tolist() == [[0, 1, 100, 54]]


def test_nothing_stays_nothing() -> None:
    assert merged(boxes(), 3, 10, 10).shape == (0, 4)


@given(st.lists(BOX, max_size=12))
def test_every_box_is_covered_and_none_touch(given_boxes: list[tuple[float, float, float, float]]) -> None:
    result = merged(boxes(*given_boxes), 0, 200, 200)
    for box in boxes(*given_boxes):
        assert any((out[:2] <= box[:2]).all() and (out[2:] >= box[2:]).all() for out in result)
    for i, one in enumerate(result):
        for other in result[i + 1 :]:
            assert (one[:2] > other[2:]).any() or (other[:2] > one[2:]).any()
