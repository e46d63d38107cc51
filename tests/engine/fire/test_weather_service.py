"""Noon weather out of hourly answers, and answers that make no sense."""

import json
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from engine.fire.fetching import Login, Reply
from engine.fire.weather_service import HOURLY, WeatherService, noon_ns, noon_utc_h
from engine.model.errors import EnvironmentFault, InputError

DAY = date(2026, 7, 14)
Plain = dict[str, Any]


def hourly(first: date, last: date) -> Plain:
    """As Open-Meteo answers: the hour of the epoch is in every value."""
    begin = datetime.fromisoformat(first.isoformat())
    times = [begin + timedelta(hours=hour) for hour in range(((last - first).days + 1) * 24)]
    return {
        "latitude": 45.99,
        "longitude": 5.0,
        "generationtime_ms": 0.1,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 230.0,
        "hourly_units": {"time": "iso8601", **HOURLY},
        "hourly": {
            "time": [at.strftime("%Y-%m-%dT%H:%M") for at in times],
            "temperature_2m": [at.hour + at.day / 100 for at in times],
            "relative_humidity_2m": [50 + at.hour for at in times],
            "wind_speed_10m": [at.hour / 2 for at in times],
            "precipitation": [1.0 if at.hour in (11, 12, 13) else 0.0 for at in times],
        },
    }


class Open:
    def __init__(self, change: Callable[[Plain], Any] = lambda plain: plain) -> None:
        self.change = change
        self.queries: list[dict[str, str]] = []

    def __call__(self, url: str, query: dict[str, str], login: Login | None) -> Reply:
        assert login is None
        self.queries.append(query)
        plain = hourly(date.fromisoformat(query["start_date"]), date.fromisoformat(query["end_date"]))
        changed = self.change(plain)
        return Reply(200, json.dumps(plain if changed is None else changed).encode())


def test_noon_is_that_of_the_meridian() -> None:
    assert [noon_utc_h(longitude) for longitude in (0, 7.4, 7.6, 15, -120, 180, -180)] == [12, 12, 11, 11, 20, 0, 24]
    assert noon_ns(date(1970, 1, 2), -180.0) == 48 * 3600 * 10**9


@pytest.mark.parametrize(("longitude", "hour", "day"), [(5.0, 12, 14), (15.0, 11, 14), (-120.0, 20, 14), (180.0, 0, 14), (-180.0, 0, 15)])
def test_weather_is_that_of_noon_there(longitude: float, hour: int, day: int) -> None:
    noon = WeatherService(Open(), "http://weather").noons(46.0, longitude, DAY, DAY)[0]
    assert noon.day == DAY
    assert noon.temperature == pytest.approx(hour + day / 100)
    assert (noon.humidity, noon.wind) == (50 + hour, hour / 2)


def test_rain_is_that_of_the_day_up_to_noon() -> None:
    """Each hour's value is of the hour before it: 13 h yesterday, 11 h and 12 h today."""

    def wetter(plain: Plain) -> None:
        plain["hourly"]["precipitation"][12] = 100.0  # noon of yesterday: belongs to yesterday

    assert WeatherService(Open(wetter), "http://weather").noons(46.0, 0.0, DAY, DAY)[0].rain == 3.0


def test_what_is_asked_for() -> None:
    there = Open()
    days = WeatherService(there, "http://weather").noons(46.123456, -5.0, DAY, DAY + timedelta(days=2))
    assert [noon.day for noon in days] == [DAY + timedelta(days=n) for n in range(3)]
    assert there.queries == [
        {
            "latitude": "46.12",
            "longitude": "-5.00",
            "hourly": "temperature_2m,relative_humidity_2m,wind_speed_10m,precipitation",
            "start_date": "2026-07-13",
            "end_date": "2026-07-17",
            "timezone": "GMT",
            "wind_speed_unit": "kmh",
            "temperature_unit": "celsius",
            "precipitation_unit": "mm",
        }
    ]


def test_what_it_does_not_know_is_no_number() -> None:
    def gap(plain: Plain) -> None:
        plain["hourly"]["relative_humidity_2m"][36] = None
        plain["hourly"]["precipitation"][30] = None

    noon = WeatherService(Open(gap), "http://weather").noons(46.0, 0.0, DAY, DAY)[0]
    assert math.isnan(noon.humidity)
    assert math.isnan(noon.rain)
    assert noon.wind == 6


def test_hours_that_are_not_there_are_no_numbers() -> None:
    def short(plain: Plain) -> None:
        plain["hourly"] = {name: values[:30] for name, values in plain["hourly"].items()}

    noon = WeatherService(Open(short), "http://weather").noons(46.0, 0.0, DAY, DAY)[0]
    assert math.isnan(noon.temperature)


def put(*path: Any, value: Any) -> Callable[[Plain], None]:
    def change(plain: Plain) -> None:
        at: Any = plain
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: [], "it has no hourly"),
        (lambda _: {"error": True, "reason": "limit"}, "it has no hourly"),
        (put("hourly", value=None), "it has no hourly"),
        (put("hourly_units", "temperature_2m", value="°F"), "its temperature_2m is in '°F', not in °C"),
        (put("hourly_units", "wind_speed_10m", value="m/s"), "not in km/h"),
        (put("hourly", "precipitation", value=[0.0]), "columns have"),
        (put("hourly", "precipitation", value="wet"), "it has no precipitation"),
        (put("hourly", "time", 3, value="later"), "'later' is no time"),
        (put("hourly", "time", 3, value=7), "'7' is no time"),
        (put("hourly", "time", 3, value="2026-07-14T12:00+02:00"), "zone"),
        (put("hourly", "temperature_2m", 3, value="warm"), "'warm' is no number"),
        (put("hourly", "temperature_2m", 3, value=True), "'True' is no number"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_failure(change: Callable[[Plain], Any], said: str) -> None:
    with pytest.raises(EnvironmentFault) as failed:
        WeatherService(Open(change), "http://weather").noons(46.0, 0.0, DAY, DAY)
    assert failed.value.reason == "malformed"
    assert said in str(failed.value)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 10**400])
def test_infinite_weather_is_no_number(value: float) -> None:
    noon = WeatherService(Open(put("hourly", "precipitation", 30, value=value)), "http://weather").noons(46.0, 0.0, DAY, DAY)[0]
    assert math.isnan(noon.rain)


@pytest.mark.parametrize("days", [-1, 92])
def test_the_service_looks_back_92_days(days: int) -> None:
    with pytest.raises(InputError, match="outside 1–92"):
        WeatherService(Open(), "http://weather").noons(46.0, 0.0, DAY, DAY + timedelta(days=days))
