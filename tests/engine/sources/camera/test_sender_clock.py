"""How far a camera's own clock is off."""

from random import Random

import pytest

from engine.model.time import MILLISECOND, SECOND
from engine.sources.camera.sender_clock import SenderClock

START = 1_700_000_000 * SECOND
FRAME = 40 * MILLISECOND


def told(clock: SenderClock, ahead_ns: int, seconds: float, begin_ns: int = START, late_ns: int = 0) -> int:
    """Pictures that are under way for 0 to 300 ms; when the last one came."""
    chance = Random(5)
    at_ns = begin_ns
    for number in range(round(seconds * 25)):
        at_ns = begin_ns + number * FRAME
        clock.add_sample(at_ns + ahead_ns, at_ns + late_ns + round(chance.uniform(0, 300) * MILLISECOND))
    return at_ns


@pytest.mark.parametrize("ahead_s", [90, -90, 3600, -7200, 0])
def test_whatever_is_under_way_the_fastest_tells(ahead_s: int) -> None:
    clock = SenderClock()
    told(clock, ahead_s * SECOND, 4)
    assert clock.ahead_ns is not None and abs(clock.ahead_ns - ahead_s * SECOND) < 20 * MILLISECOND


def test_who_does_not_say_the_time_has_no_clock() -> None:
    assert SenderClock().ahead_ns is None


def test_a_count_from_the_start_is_no_time_of_day() -> None:
    clock = SenderClock()
    told(clock, -START, 4)
    assert clock.ahead_ns is None


@pytest.mark.parametrize(("before_s", "after_s"), [(90, 0), (0, 90), (-3600, 0)])
def test_a_clock_that_is_set_right_is_right_ten_seconds_later(before_s: int, after_s: int) -> None:
    clock = SenderClock()
    at_ns = told(clock, before_s * SECOND, 20)
    told(clock, after_s * SECOND, 12, at_ns + FRAME)
    assert clock.ahead_ns is not None and abs(clock.ahead_ns - after_s * SECOND) < 20 * MILLISECOND


def test_pictures_that_come_late_make_it_seem_behind() -> None:
    clock = SenderClock()
    told(clock, 0, 4, late_ns=5 * SECOND)
    assert clock.ahead_ns is not None and -5.1 * SECOND < clock.ahead_ns < -4.9 * SECOND
