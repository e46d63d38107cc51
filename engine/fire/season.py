"""A season of one place: the codes of yesterday become those of today, gaps and senseless values are told, and nothing is carried silently.

A value that no instrument can have measured rejects its day, which then counts as missing. The codes are carried over one or two missing
days, which the next day says; after more they begin anew, as nobody knows how much it rained. Codes forget where they began within weeks:
before `spin_up_days` no class is told.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import field, replace
from datetime import date

import numpy as np

from engine.fire.fwi import LIMITS, Codes, Noon, fire_days
from engine.model.errors import InputError
from engine.model.fire.fire import ClassBounds, FireDay, FireDayStatus, NoonWeather
from engine.model.value_class import dataclass

USUAL_START = (85.0, 6.0, 15.0)  # FFMC, DMC, DC after snow or at the first dry days of spring (Van Wagner 1987)
MOST_CARRIED = 2  # missing days
WETTEST = 110.0  # what a humidity sensor in fog may overshoot to, %
_UNITS = {"temperature": "°C", "humidity": "%", "wind": "km/h", "rain": "mm"}


@dataclass(frozen=True, slots=True)
class SeasonState:
    """`day`: the last whose codes are known, None before the first; `codes`: its FFMC, DMC, DC; `spun_up`: days of the season up to it."""

    day: date | None = None
    codes: tuple[float, float, float] = USUAL_START
    spun_up: int = 0


@dataclass(frozen=True, slots=True)
class Season:
    """How days of one place are computed. `start`: codes before the first day. `spin_up_days`: below that no class is told."""

    latitude: float
    start: tuple[float, float, float] = USUAL_START
    spin_up_days: int = 30
    bounds: ClassBounds = field(default_factory=ClassBounds)

    def __post_init__(self) -> None:
        if not abs(self.latitude) <= 90:
            raise InputError("latitude", f"{self.latitude} is outside ±90")

    def next(self, state: SeasonState, noon: NoonWeather) -> tuple[SeasonState, FireDay]:
        """The next day, which may lie later than tomorrow. A rejected one leaves the state as it is.

        Raises InputError (`date`): the day is not after the state's.
        """
        if state.day is not None and noon.day <= state.day:
            raise InputError("date", f"{noon.day} does not come after {state.day}")
        wrong = why_rejected(noon)
        if wrong:
            return state, FireDay(noon.day, FireDayStatus.REJECTED, spun_up=state.spun_up, reason=wrong)
        missing = 0 if state.day is None else (noon.day - state.day).days - 1
        if missing > MOST_CARRIED:
            state = SeasonState(codes=self.start)
        elif state.day is None:
            state = replace(state, codes=self.start, spun_up=0)
        return self._computed(state, noon, missing)

    def run(self, state: SeasonState, noons: Iterable[NoonWeather], coming: Callable[[date], bool]) -> list[tuple[NoonWeather, FireDay]]:
        """Several days in their order. `coming`: whether the noon of a day is yet to come, so that its weather is a forecast."""
        found = list[tuple[NoonWeather, FireDay]]()
        for noon in noons:
            state, day = self.next(state, noon)
            found.append((noon, replace(day, forecast=coming(noon.day))))
        return found

    def _computed(self, state: SeasonState, noon: NoonWeather, missing: int) -> tuple[SeasonState, FireDay]:
        humidity = min(noon.humidity, 100.0)
        weather = Noon(*(np.array([value], np.float64) for value in (noon.temperature, humidity, noon.wind, noon.rain)))
        day = fire_days(Codes.all_alike(state.codes, 1), weather, noon.day.month, self.latitude)
        ffmc, dmc, dc, isi, bui, fwi, dsr = (float(getattr(day, name)[0]) for name in day.__slots__)
        after = SeasonState(noon.day, (ffmc, dmc, dc), state.spun_up + 1)
        status, reason = _status(noon, missing)
        known = self.bounds.class_of(fwi) if after.spun_up >= self.spin_up_days else None
        if known is None:
            reason = f"{reason} Unknown, {after.spun_up} of {self.spin_up_days} days of spin-up.".strip()
        return after, FireDay(noon.day, status, ffmc, dmc, dc, isi, bui, fwi, dsr, known, after.spun_up, reason)


def state_after(day: FireDay | None) -> SeasonState:
    """To go on from a day that was computed; None: from the beginning."""
    if day is None or day.ffmc is None or day.dmc is None or day.dc is None:
        return SeasonState()
    return SeasonState(day.day, (day.ffmc, day.dmc, day.dc), day.spun_up)


def why_rejected(noon: NoonWeather) -> str:
    """What is wrong with a day's weather, as a sentence; empty: nothing. Humidity a little above 100 % is only brought back to it."""
    for name, (low, high) in LIMITS.items():
        value, highest = getattr(noon, name), WETTEST if name == "humidity" else high
        if math.isnan(value):
            return f"{name.capitalize()} is missing."
        if not low <= value <= highest:
            return f"{name.capitalize()} of {value:g} {_UNITS[name]} is outside {low:g} to {high:g}."
    return ""


def _status(noon: NoonWeather, missing: int) -> tuple[FireDayStatus, str]:
    wet = f"Humidity of {noon.humidity:g} % was taken as 100 %." if noon.humidity > 100 else ""
    days = "1 day before it is missing" if missing == 1 else f"{missing} days before it are missing"
    if missing > MOST_CARRIED:
        return FireDayStatus.RESTARTED, f"{days}: the codes begin anew. {wet}".strip()
    if missing:
        return FireDayStatus.GAP, f"{days}: the codes of the last known day were carried over. {wet}".strip()
    return (FireDayStatus.CORRECTED, wet) if wet else (FireDayStatus.OK, "")
