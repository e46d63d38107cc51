"""Faces between looks: hidden on their way, and where they are not found again, before and after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.geometry import Box
from engine.model.time import MILLISECOND
from engine.recording.clips.hidden_parts import CARRY_NS, LOOK_NS, Look, hidden_at
from engine.recording.clips.mosaic import EVERYWHERE, hide, hide_yuv420

SIDE = 0.1


def part(x: float, y: float = 0.4) -> Box:
    return x, y, x + SIDE, y + SIDE


def covers(hidden: tuple[Box, ...], box: Box) -> bool:
    return any(h[0] <= box[0] + 1e-9 and h[1] <= box[1] + 1e-9 and h[2] >= box[2] - 1e-9 and h[3] >= box[3] - 1e-9 for h in hidden)


@given(st.floats(0.0, 0.8), st.floats(-3.5, 3.5), st.floats(-3.5, 3.5), st.floats(0.0, 1.0))  # sizes of the face from one look to the next
def test_a_face_is_hidden_all_the_way_between_two_looks(start: float, across: float, down: float, when: float) -> None:
    before, after = part(start), part(start + across * SIDE, 0.4 + down * SIDE)
    hidden = hidden_at((Look(0, (before,)), Look(LOOK_NS, (after,))), round(when * (LOOK_NS - 1)))
    between = part(start + when * across * SIDE, 0.4 + when * down * SIDE)
    assert covers(hidden, between)


@pytest.mark.parametrize("found", [0, 1, 2, 3, 4, 5, 6])
def test_a_face_found_once_is_hidden_half_a_second_before_and_after(found: int) -> None:
    looks = [Look(n * LOOK_NS, (part(0.3),) if n == found else ()) for n in range(7)]
    for at_ns in range(0, 6 * LOOK_NS + 1, 20 * MILLISECOND):
        expected = abs(at_ns - found * LOOK_NS) <= CARRY_NS
        assert covers(hidden_at(looks, at_ns), part(0.3)) is expected, at_ns


def test_two_beside_each_other_do_not_become_one() -> None:
    one, other = part(0.1), part(0.5)
    hidden = hidden_at((Look(0, (one, other)), Look(LOOK_NS, (other, one))), LOOK_NS // 2)
    assert sorted(hidden) == [one, other]


def test_without_looks_there_is_nothing_to_hide() -> None:
    assert hidden_at((), 5) == ()


def test_what_is_hidden_is_averages_and_all_else_is_untouched() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (120, 160, 3), np.uint8)
    before = picture.copy()
    hide(picture, [(0.25, 0.25, 0.75, 0.75), (0.9, 0.9, 3.0, 3.0), (0.5, 0.5, 0.5, 0.9), (-2.0, 0.0, -1.0, 1.0)])
    part_of = picture[30:90, 40:120]
    assert len(np.unique(part_of.reshape(-1, 3), axis=0)) <= 30 and part_of.std() < before[30:90, 40:120].std() / 4
    untouched = np.ones((120, 160), bool)
    untouched[30:90, 40:120] = untouched[108:, 144:] = False
    assert (picture[untouched] == before[untouched]).all()
    hide(picture, [EVERYWHERE])
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) <= 16 * 9


def test_all_planes_of_video_are_hidden() -> None:
    planes = np.random.default_rng(5).integers(0, 256, (90, 64), np.uint8)  # 64 × 60
    before = planes.copy()
    hide_yuv420(planes, [(0.0, 0.0, 0.5, 1.0)])
    chroma = planes.reshape(-1)[64 * 60 :].reshape(2, 30, 32)
    plain = before.reshape(-1)[64 * 60 :].reshape(2, 30, 32)
    assert len(np.unique(planes[:60, :32])) <= 30 and (planes[:60, 32:] == before[:60, 32:]).all()
    assert all(len(np.unique(plane[:, :16])) <= 30 for plane in chroma) and (chroma[:, :, 16:] == plain[:, :, 16:]).all()
