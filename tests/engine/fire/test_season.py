"""Days that follow one another: gaps, senseless values, spin-up, classes."""

import math
from datetime import date, timedelta

import pytest

from engine.fire.season import Season, SeasonState
from engine.model.errors import InputError
from engine.model.fire.fire import ClassBounds, FireClass, FireDay, FireDayStatus, NoonWeather
from engine.model.wire import read_as, to_plain

BEGIN = date(2026, 4, 1)
SEASON = Season(46.0)


def noon(day: int, temperature: float = 20.0, humidity: float = 40.0, wind: float = 10.0, rain: float = 0.0) -> NoonWeather:
    return NoonWeather(BEGIN + timedelta(days=day), temperature, humidity, wind, rain)


def told(*days: NoonWeather, season: Season = SEASON) -> list[FireDay]:
    state, found = SeasonState(), list[FireDay]()
    for each in days:
        state, day = season.next(state, each)
        found.append(day)
    return found


@pytest.mark.parametrize(
    ("fwi", "expected"),
    [
        (0.0, FireClass.VERY_LOW),
        (5.19, FireClass.VERY_LOW),
        (5.2, FireClass.LOW),
        (11.2, FireClass.MODERATE),
        (21.3, FireClass.HIGH),
        (38.0, FireClass.VERY_HIGH),
        (50.0, FireClass.EXTREME),
        (1e6, FireClass.EXTREME),
    ],
)
def test_p29_the_bounds_of_effis(fwi: float, expected: FireClass) -> None:
    assert ClassBounds().class_of(fwi) is expected


def test_bounds_of_another_country() -> None:
    portugal = ClassBounds((4.0, 8.4, 17.2, 24.6, 38.3))
    days = told(noon(0, wind=40), season=Season(46.0, spin_up_days=0, bounds=portugal))
    assert days[0].fire_class is portugal.class_of(days[0].fwi or 0)
    assert days[0].fire_class is not told(noon(0, wind=40), season=Season(46.0, spin_up_days=0))[0].fire_class


def test_no_class_before_the_codes_have_spun_up() -> None:
    days = told(*(noon(day) for day in range(31)))
    assert [day.fire_class for day in days[:29]] == [None] * 29
    assert days[11].reason == "Unknown, 12 of 30 days of spin-up."
    assert days[29].fire_class is not None
    assert days[29].reason == ""
    assert [day.spun_up for day in days] == list(range(1, 32))


def test_p30_a_humidity_a_little_above_100_is_100_and_says_so() -> None:
    wet, full = told(noon(0, humidity=101))[0], told(noon(0, humidity=100))[0]
    assert wet.status is FireDayStatus.CORRECTED
    assert wet.reason.startswith("Humidity of 101 % was taken as 100 %.")
    assert (wet.ffmc, wet.dmc, wet.fwi) == (full.ffmc, full.dmc, full.fwi)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"humidity": -1.0}, "Humidity of -1 % is outside 0 to 100."),
        ({"humidity": 130.0}, "Humidity of 130 % is outside 0 to 100."),
        ({"wind": -0.1}, "Wind of -0.1 km/h is outside 0 to 300."),
        ({"rain": -3.0}, "Rain of -3 mm is outside 0 to 2000."),
        ({"temperature": 95.0}, "Temperature of 95 °C is outside -90 to 60."),
        ({"temperature": math.nan}, "Temperature is missing."),
        ({"rain": math.inf}, "Rain of inf mm is outside 0 to 2000."),
    ],
)
def test_p30_a_senseless_day_is_rejected_with_its_reason(wrong: dict[str, float], reason: str) -> None:
    days = told(noon(0), noon(1, **wrong), noon(2))
    assert (days[1].status, days[1].reason) == (FireDayStatus.REJECTED, reason)
    assert (days[1].fwi, days[1].ffmc, days[1].fire_class) == (None, None, None)
    assert days[2].status is FireDayStatus.GAP


def test_p30_codes_are_carried_over_two_missing_days_and_that_is_said() -> None:
    before, after = told(noon(0, rain=20.0), noon(3))
    assert after.status is FireDayStatus.GAP
    assert after.reason.startswith("2 days before it are missing: the codes of the last known day were carried over.")
    assert after.dc is not None and before.dc is not None
    assert after.spun_up == 2
    carried = told(noon(0, rain=20.0), noon(1))[1]
    assert after.dc == carried.dc


def test_p30_after_three_missing_days_the_codes_begin_anew() -> None:
    before, after = told(noon(0, temperature=35.0), noon(4))
    assert after.status is FireDayStatus.RESTARTED
    assert after.spun_up == 1
    assert after.reason.startswith("3 days before it are missing: the codes begin anew.")
    assert after.dc == told(noon(4))[0].dc != before.dc


def test_p30_rejected_days_are_missing_days() -> None:
    rejected = [noon(day, rain=-1.0) for day in range(1, 4)]
    assert told(noon(0), *rejected, noon(4))[-1].status is FireDayStatus.RESTARTED
    assert told(noon(0), *rejected[:2], noon(3))[-1].status is FireDayStatus.GAP


def test_p30_an_fwi_of_0_is_a_value() -> None:
    day = told(noon(0, temperature=-30.0, humidity=100.0, wind=0.0, rain=300.0), season=Season(46.0, spin_up_days=0))[0]
    assert day.status is FireDayStatus.OK
    assert day.fwi == pytest.approx(0, abs=1e-6)
    assert day.fire_class is FireClass.VERY_LOW


def test_a_day_that_is_not_later_is_refused() -> None:
    state, _ = SEASON.next(SeasonState(), noon(3))
    for day in (3, 2):
        with pytest.raises(InputError, match="does not come after"):
            SEASON.next(state, noon(day))


def test_a_season_goes_on_from_its_stored_state_to_the_bit() -> None:
    days = [noon(day, temperature=15 + day % 7, rain=float(day % 5 == 0) * 4) for day in range(40)]
    state = SeasonState()
    for each in days[:20]:
        state, _ = SEASON.next(state, each)
    state = read_as(SeasonState, to_plain(state))
    for each in days[20:]:
        state, last = SEASON.next(state, each)
    assert last == told(*days)[-1]
