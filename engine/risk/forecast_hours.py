"""When in the next 24 hours: a mixture of the hours of the day, of the week, and of the place, weighed by how well each knows incidents
that it has not seen (leave one out)."""

import numpy as np

from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.risk.forecast_area import Area, Field
from engine.risk.grid import Numbers, Values

HOUR_NS = 3600 * SECOND
DAY, WEEK = 24, 168
SPREAD_H = 1.0  # of an incident over neighbouring hours
PLACE_M = 1000.0
FIRST = np.array([0.3, 0.4, 0.15, 0.15])  # any hour, hour of the day, of the week, of the place
PRIOR = 50.0
TURNS = 60
WEEK_PRIOR = 200.0  # incidents that speak against differences between days of the week


@dataclass(frozen=True, slots=True, eq=False)
class HourProfile:
    """`shares` (cells, 24) float32: of what a cell expects in the next 24 hours, what falls in each hour of the day (UTC). `busy`: how busy
    these 24 hours are, to a usual day's 1. weights: (4,) of the parts, as `FIRST`."""

    shares: Field
    busy: float
    weights: Values


def learn_hours(area: Area, east: Values, north: Values, places: Numbers, occurred_ns: Numbers, now_ns: int) -> HourProfile:
    """From incidents (N ≥ 1), for the 24 hours from `now_ns` on; `places` among the area's cells."""
    hour, week_hour = _of_day(occurred_ns), _of_week(occurred_ns)
    by_day = _smooth(np.bincount(hour, minlength=DAY).astype(np.float64))
    by_week = _smooth(np.bincount(week_hour, minlength=WEEK).astype(np.float64))
    local = _local(area, east, north, hour)
    coming = _of_week(np.int64(now_ns) + np.arange(DAY) * HOUR_NS)
    slots = coming[np.argsort(coming % DAY)]
    told = _hour_likelihoods(by_day, by_week, local[:, places], hour, week_hour, _own(area))
    weights = _weights(told)
    shares = weights[0] / DAY + weights[1] * by_day / by_day.sum() + weights[2] * by_week[slots] / max(by_week[slots].sum(), 1e-9)
    total = (shares[:, None] + weights[3] * _local_hours(local, by_day)).T
    busy = DAY / WEEK * WEEK_PRIOR + float(by_week[slots].sum())
    busy *= WEEK / DAY / (len(hour) + WEEK_PRIOR)
    return HourProfile((total / total.sum(axis=1, keepdims=True)).astype(np.float32), busy, weights)


def _local_hours(local: Field, by_day: Values) -> Values:
    """(24, cells) hours of each place; of all places, where nothing is near."""
    known = local.sum(axis=0, dtype=np.float64)
    placed = local / np.maximum(known, 1e-12)
    placed[:, known <= 0] = (by_day / by_day.sum())[:, None]
    return placed


def _of_day(at_ns: Numbers) -> Numbers:
    return at_ns // HOUR_NS % DAY


def _of_week(at_ns: Numbers) -> Numbers:
    """0 begins a Thursday, as 1970 did; its rest by 24 is the hour of the day."""
    return at_ns // HOUR_NS % WEEK


def _bell(hours: int) -> Values:
    away = np.minimum(np.arange(hours), hours - np.arange(hours))
    bell = np.exp(-0.5 * (away / SPREAD_H) ** 2)
    return bell / bell.sum()


def _smooth(counts: Values | Field) -> Values:
    """Around the clock: (H,) or (H, N)."""
    bell = _bell(len(counts))
    turned = np.arange(len(counts))
    return bell[(turned[:, None] - turned) % len(counts)] @ counts


def _local(area: Area, east: Values, north: Values, hour: Numbers) -> Field:
    """(24, cells) incidents of each hour around."""
    return _smooth(np.stack([area.spread(east[hour == h], north[hour == h], PLACE_M) for h in range(DAY)])).astype(np.float32)


def _own(area: Area) -> float:
    """What an incident leaves in its own cell."""
    return float(area.grid.cell_m**2 / (2 * np.pi * PLACE_M**2))


def _hour_likelihoods(by_day: Values, by_week: Values, local: Field, hour: Numbers, week_hour: Numbers, own: float) -> Values:
    """(N, 4) what each part, learnt from all other incidents, says of each one's hour."""
    count, row = len(hour), np.arange(len(hour))
    weekday = (week_hour // DAY)[:, None] * DAY + np.arange(DAY)
    day_itself, week_itself = _bell(DAY)[0], _bell(WEEK)[0]
    of_day = (by_day[hour] - day_itself) / max(count - 1, 1)
    of_week = (by_week[week_hour] - week_itself) / np.maximum(by_week[weekday].sum(axis=1) - 1, 1e-9)
    of_place = (local[hour, row] - day_itself * own) / np.maximum(local.sum(axis=0) - own, 1e-9)
    told = np.stack([np.full(count, 1.0 / DAY), of_day, of_week, of_place], axis=1)
    return np.clip(told, 0.0, 1.0)


def _weights(told: Values) -> Values:
    weights = FIRST
    for _ in range(TURNS):
        parts = told * weights
        sums = (parts / parts.sum(axis=1, keepdims=True)).sum(axis=0) + PRIOR * FIRST
        weights = sums / sums.sum()
    return weights
