"""Hours of the week in a site's time zone, as a clock on its wall shows them.

Membership is read off the wall: in the night in which clocks are set back, an hour that comes twice is in the schedule twice; one that is
left out in spring is never in it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from engine.model.alerts.settings import Hours
from engine.model.time import SECOND

DAY_MIN, WEEK_MIN = 1440, 10_080


def wall_minute(at_ns: int, time_zone: str) -> float:
    """Minutes since Monday 00:00 on the wall."""
    local = datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(ZoneInfo(time_zone))
    return local.weekday() * DAY_MIN + local.hour * 60 + local.minute + local.second / 60


def inside_by_min(hours: tuple[Hours, ...], minute: float) -> float:
    """How many minutes the wall clock may go on or back without leaving the hours, half a week at most and 0 on their first minute;
    where it is outside, minus the minutes to the nearest of them."""
    stretches = _stretches(hours)
    if not hours or stretches == ((0.0, float(WEEK_MIN)),):
        return WEEK_MIN / 2
    for start, end in stretches:
        for at in (minute, minute + WEEK_MIN):
            if start <= at < end:
                return min(end - at, at - start)
    return -min(_away(minute, start, end) for start, end in stretches)


def _away(minute: float, start: float, end: float) -> float:
    """To the start ahead, or back to the last moment before the end (a second is enough)."""
    return min((start - minute) % WEEK_MIN, (minute - end) % WEEK_MIN + 1 / 60)


@cache
def _stretches(hours: tuple[Hours, ...]) -> tuple[tuple[float, float], ...]:
    """Merged, in order; the last may run on into the next week."""
    single = sorted(stretch for each in hours for stretch in _of(each))
    merged = _merged(single)
    while len(merged) > 1 and merged[-1][1] - WEEK_MIN >= merged[0][0]:  # Sunday's end meets Monday's start
        first = merged.pop(0)
        merged[-1] = (merged[-1][0], max(merged[-1][1], first[1] + WEEK_MIN))
    if any(end - start >= WEEK_MIN for start, end in merged):
        return ((0.0, float(WEEK_MIN)),)
    return tuple(merged)


def _of(hours: Hours) -> Sequence[tuple[float, float]]:
    longer = DAY_MIN if hours.end_min <= hours.start_min else 0
    return [(day * DAY_MIN + hours.start_min, day * DAY_MIN + hours.end_min + longer) for day in hours.days]


def _merged(stretches: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((float(start), float(end)))
    return merged
