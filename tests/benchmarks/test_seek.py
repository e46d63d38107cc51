"""The day of video that seeking is measured on: its rows leave no gap, and its pictures can be read at any size."""

import itertools

import av
import numpy as np
import pytest

from benchmarks.video.seek_films import (
    DAY_S,
    ENCODED_S,
    FPS,
    FRAME_NS,
    HEIGHT,
    SEGMENT_S,
    START_NS,
    WIDTH,
    _pictures,
    day_of,
    expected,
    number_in,
)
from engine.model.time import SECOND


def test_a_day_has_a_segment_for_every_moment() -> None:
    stretches = day_of("yard").stretches
    assert len(stretches) == DAY_S // SEGMENT_S
    assert (stretches[0].since_ns, stretches[-1].until_ns) == (START_NS, START_NS + DAY_S * SECOND)
    assert all(before.until_ns == after.since_ns for before, after in itertools.pairwise(stretches))


def test_a_camera_may_begin_later() -> None:
    stretches = day_of("yard", 3 * SECOND).stretches
    assert (stretches[0].since_ns, stretches[1].since_ns) == (START_NS + 3 * SECOND, START_NS + (3 + SEGMENT_S) * SECOND)


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (960, 540), (640, 360)])
def test_the_number_in_a_picture_is_read_at_any_size(size: tuple[int, int]) -> None:
    for number, picture in itertools.islice(enumerate(_pictures()), 0, 12, 11):
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        assert number_in(np.asarray(frame.to_ndarray(format="bgra", width=size[0], height=size[1]))) == number


def test_what_is_expected_repeats_with_the_film() -> None:
    assert expected(START_NS + 3 * ENCODED_S * SECOND + 7 * FRAME_NS) == 7
    assert expected(START_NS + ENCODED_S * SECOND - 1) == ENCODED_S * FPS - 1
