"""What is left out of playback, and how many pictures a second are counted."""

from console.playback.rate import PictureRate
from console.playback.relief import LEVELS, Relief, Thinning


def levels(relief: Relief, looks: list[tuple[float, bool]], too_fast: bool = False) -> list[int]:
    found: list[int] = []
    for steady_s, behind in looks:
        relief.look(steady_s, behind, too_fast)
        found.append(LEVELS.index(relief.thinning))
    return found


def test_each_fall_leaves_out_more_and_all_comes_back_one_by_one() -> None:
    relief = Relief(2.0)
    relief.begin(False)
    assert relief.thinning == Thinning()
    assert levels(relief, [(0, True), (0.5, True), (1, True), (1.5, True)]) == [1, 2, 3, 3]
    assert levels(relief, [(8, False), (9.5, False), (20, False), (25, False), (26, False), (80, False)]) == [3, 2, 2, 2, 1, 0]


def test_who_falls_again_waits_longer() -> None:
    relief = Relief(2.0)
    assert levels(relief, [(0, True), (2.1, False), (6.2, False)]) == [1, 0, 0]
    assert levels(relief, [(7, True), (10.9, False), (11.1, False)]) == [1, 1, 0]
    relief.begin(False)
    assert levels(relief, [(20, True), (22.1, False)]) == [1, 0]


def test_what_is_too_fast_stays_at_keyframes() -> None:
    relief = Relief(2.0)
    relief.begin(True)
    assert relief.thinning.keyframes
    assert levels(relief, [(0, False), (100, False)], too_fast=True) == [3, 3]


def test_pictures_are_counted_per_camera_that_shows_any() -> None:
    rate = PictureRate()
    rate.look(10.0)
    for _ in range(12):
        rate.count("yard")
        rate.count("gate")
    rate.look(10.5)
    assert rate.pictures_s == 0.0
    rate.look(11.0)
    assert rate.pictures_s == 12.0
    rate.look(12.0)
    assert rate.pictures_s == 0.0
    rate.restart()
    rate.count("yard")
    rate.look(20.0)
    assert rate.pictures_s == 0.0
