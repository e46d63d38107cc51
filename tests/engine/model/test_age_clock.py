"""Nothing goes by its age because a clock was wrong."""

from dataclasses import dataclass

from engine.model.time import SECOND, AgeClock

DAY = 86_400 * SECOND
NOW = 20_000 * DAY


@dataclass
class Machine:
    """Our clock, how far the wall's stands from it, and the monotonic counter."""

    now: int = NOW
    skew: int = 0
    steady_s: float = 0.0

    def now_ns(self) -> int:
        return self.now

    def skew_ns(self) -> int:
        return self.skew


def test_where_ours_followed_a_wall_clock_that_was_ahead_the_walls_counts() -> None:
    machine = Machine()
    ages = AgeClock(machine, 0, lambda: machine.steady_s)
    assert ages.now_ns() == NOW
    machine.now, machine.skew = NOW + 800 * DAY, -800 * DAY
    assert ages.now_ns() == NOW
    machine.skew = 5 * SECOND  # ahead of ours by less than is followed
    assert ages.now_ns() == machine.now


def test_days_after_all_that_is_known_a_start_waits_before_it_believes_the_clock() -> None:
    machine = Machine()
    ages = AgeClock(machine, NOW - 400 * DAY, lambda: machine.steady_s)
    assert ages.now_ns() == NOW - 400 * DAY
    machine.steady_s = AgeClock.SETTLES_S + 1
    assert ages.now_ns() == NOW


def test_a_start_soon_after_the_last_one_and_a_new_site_do_not_wait() -> None:
    machine = Machine()
    assert AgeClock(machine, NOW - DAY // 2, lambda: machine.steady_s).now_ns() == NOW
    assert AgeClock(machine, 0, lambda: machine.steady_s).now_ns() == NOW
