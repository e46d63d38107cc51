"""Noon weather of a place from an open weather service that speaks like Open-Meteo (hourly values, no key).

`GET URL?latitude=&longitude=&hourly=…&start_date=&end_date=&timezone=GMT` gives `{"hourly_units": {…}, "hourly": {"time": […], …}}`. Noon
is that of the local standard time by the meridian of the place: 12 h UTC less a whole hour for every 15° of longitude, all the year, which
keeps it near the sun's (Van Wagner 1987 asks for standard time). Rain of 24 hours is the sum of those up to noon, each of which the service
gives for the hour before.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias, cast

from engine.fire.fetching import MALFORMED, Fetch, read_json
from engine.model.errors import EnvironmentFault, InputError
from engine.model.fire.fire import NoonWeather
from engine.model.time import SECOND

HOURLY = {"temperature_2m": "°C", "relative_humidity_2m": "%", "wind_speed_10m": "km/h", "precipitation": "mm"}
MOST_DAYS = 92  # that the service looks back
WHO = "The weather service"
_DEGREES_AN_HOUR = 15.0
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - all times of this room are UTC, as the service writes them
Plain: TypeAlias = Mapping[str, Any]
Hours: TypeAlias = Mapping[datetime, tuple[float, float, float, float]]


def noon_utc_h(longitude: float) -> int:
    """Hours after midnight UTC, at which it is noon by local standard time; of the same date, so it may be 0 or 24."""
    return 12 - round(longitude / _DEGREES_AN_HOUR)


def noon_ns(day: date, longitude: float) -> int:
    """When it is noon on a day there, nanoseconds since 1970."""
    at = datetime(day.year, day.month, day.day) + timedelta(hours=noon_utc_h(longitude))  # noqa: DTZ001
    return round((at - _EPOCH).total_seconds()) * SECOND


class WeatherService:
    """Any thread; a call takes the time of `fetch` at most.

    Args:
        url: of the forecast, such as https://api.open-meteo.com/v1/forecast.
    """

    def __init__(self, fetch: Fetch, url: str) -> None:
        self._fetch = fetch
        self._url = url

    def noons(self, latitude: float, longitude: float, first: date, last: date) -> tuple[NoonWeather, ...]:
        """Every day from `first` to `last`; what the service does not know of a day is NaN. Days to come are its forecast. The place is
        told to about a kilometre, as weather is no finer.

        Raises:
            InputError: more than `MOST_DAYS`, or the last before the first.
            EnvironmentFault: no answer, or one that makes no sense.
        """
        days = (last - first).days + 1
        if not 1 <= days <= MOST_DAYS:
            raise InputError("days", f"{days} is outside 1–{MOST_DAYS}")
        query = {
            "latitude": f"{latitude:.2f}",
            "longitude": f"{longitude:.2f}",
            "hourly": ",".join(HOURLY),
            "start_date": (first - timedelta(days=1)).isoformat(),  # rain of the day before, and noons that are a UTC day off
            "end_date": (last + timedelta(days=1)).isoformat(),
            "timezone": "GMT",
            "wind_speed_unit": "kmh",
            "temperature_unit": "celsius",
            "precipitation_unit": "mm",
        }
        hours = _read_hours(read_json(self._fetch(self._url, query, None), WHO))
        return tuple(_noon(hours, first + timedelta(days=place), longitude) for place in range(days))


def _noon(hours: Hours, day: date, longitude: float) -> NoonWeather:
    at = datetime(day.year, day.month, day.day) + timedelta(hours=noon_utc_h(longitude))  # noqa: DTZ001
    nothing = (math.nan,) * len(HOURLY)
    temperature, humidity, wind, _ = hours.get(at, nothing)
    rain = math.fsum(hours.get(at - timedelta(hours=before), nothing)[3] for before in range(24))
    return NoonWeather(day, temperature, humidity, wind, round(rain, 3))


def _read_hours(answer: Any) -> Hours:
    """Raises EnvironmentFault `malformed`."""
    hourly, units = _object_field(answer, "hourly"), _object_field(answer, "hourly_units")
    for name, unit in HOURLY.items():
        if units.get(name) != unit:
            raise _nonsense(f"its {name} is in {units.get(name)!r}, not in {unit}")
    times = _column(hourly, "time")
    columns = [_column(hourly, name) for name in HOURLY]
    if not times or any(len(column) != len(times) for column in columns):
        raise _nonsense(f"its columns have {[len(column) for column in (times, *columns)]} rows")
    return {_time(at): cast("Any", tuple(map(_weather_value, row))) for at, *row in zip(times, *columns, strict=True)}


def _object_field(answer: Any, name: str) -> Plain:
    found = cast("Plain", answer).get(name) if isinstance(answer, dict) else None
    if not isinstance(found, dict):
        raise _nonsense(f"it has no {name}")
    return cast("Plain", found)


def _column(hourly: Plain, name: str) -> Sequence[Any]:
    found = hourly.get(name)
    if not isinstance(found, list):
        raise _nonsense(f"it has no {name}")
    return cast("list[Any]", found)


def _time(text: Any) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise _nonsense(f"{str(text)[:40]!r} is no time") from None
    if at.tzinfo is not None:
        raise _nonsense("its times have a zone that was not asked for")
    return at


def _weather_value(value: Any) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _nonsense(f"{str(value)[:40]!r} is no number")
    return float(value) if abs(value) < 1e9 else math.nan  # JSON as Python reads it knows infinity


def _nonsense(why: str) -> EnvironmentFault:
    return EnvironmentFault(MALFORMED, f"{WHO} answers with something that makes no sense: {why}. Check the address.")
