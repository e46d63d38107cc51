"""Where the ruler of a timeline has its marks: at round moments of local time, also across changes of the clock. Of Qt only the language.

Ticks below a day are counted from the offset of the zone that is in force there, so an hour that is missing in spring has no tick and one
that comes twice in autumn has two; days and months begin at local midnight, however long they are.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from PySide6.QtCore import QLocale

from engine.model.time import MILLISECOND, SECOND
from engine.model.value_class import dataclass
from widgets.look import look_number, site_zone
from widgets.time_text import day_name, day_number, fine_tick_text, local_time, month_name, named_day, tick_text, zone_text
from widgets.timeline.timeline_window import DAY_NS, HOUR_NS, MINUTE_NS, TimeWindow

_FINE = (
    *(n * MILLISECOND for n in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(n * SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * MINUTE_NS for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR_NS for n in (1, 2, 3, 6, 12)),
)
_DAYS = (1, 2, 7)
_MONTHS = (1, 3, 12, 60)
_MINOR_PX = 7.0
_ZONE_PX = 36.0  # of a zone behind a label, where the clock changes in the window
_CHANGE = " → "


@dataclass(frozen=True, slots=True)
class Tick:
    at_ns: int
    label: str


@dataclass(frozen=True, slots=True)
class Ruler:
    """`ticks` with labels; `minor` ones between them; `parts`: what the ticks lie in (days, months, years), by their beginnings, the first
    of which may lie before the window. `zone`: its name, or both where the clock changes."""

    ticks: tuple[Tick, ...]
    minor: tuple[int, ...]
    parts: tuple[Tick, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class _Step:
    """Of `size` ns, days or months."""

    unit: str
    size: int
    about_ns: int
    label_px: float


_STEPS: tuple[_Step, ...] = (
    *(_Step("ns", size, size, 104 if size < SECOND else 82 if size < MINUTE_NS else 62) for size in _FINE),
    *(_Step("day", size, size * DAY_NS, 74) for size in _DAYS),
    *(_Step("month", size, size * 30 * DAY_NS, 58) for size in _MONTHS),
)


def ruler(window: TimeWindow, width_px: int, zone: tzinfo | None = None) -> Ruler:
    """Labels have room on `width_px` pixels. Zone None: the site's."""
    return _ruler(window, width_px, zone or site_zone(), QLocale().name(), look_number())


@lru_cache(maxsize=8)
def _ruler(window: TimeWindow, width_px: int, zone: tzinfo | None, _language: str, _look: int) -> Ruler:
    """Kept by the language and the look too: both may be others for the next user, and the zone of the site may have changed."""
    ns_per_px = window.length_ns / max(1, width_px)
    zone_name = _zone_text(window, zone)
    twice = _holds_an_hour_twice(window, zone)
    wider = {"ns": _ZONE_PX if twice else 0}
    fits = (n for n, step in enumerate(_STEPS) if step.about_ns / ns_per_px >= step.label_px + wider.get(step.unit, 0))
    number = next(fits, len(_STEPS) - 1)
    step = _STEPS[number]
    finer = [each for each in _STEPS[:number] if each.about_ns / ns_per_px >= _MINOR_PX and _divides(each, step)]
    ticks = tuple(Tick(at_ns, _label(step, at_ns, zone, twice)) for at_ns in _moments(step, window, zone))
    minor = tuple(_moments(finer[0], window, zone)) if finer else ()
    return Ruler(ticks, minor, _day_ticks(step, window, zone), zone_name)


def _divides(finer: _Step, step: _Step) -> bool:
    if finer.unit == step.unit:
        return step.size % finer.size == 0
    return finer.unit == "ns" or finer.size == 1


def _moments(step: _Step, window: TimeWindow, zone: tzinfo | None) -> Iterator[int]:
    if step.unit == "ns":
        return _fine_moments(step.size, window, zone)
    return (at_ns for at_ns in _calendar(step, window, zone) if window.holds(at_ns))


def _fine_moments(size_ns: int, window: TimeWindow, zone: tzinfo | None) -> Iterator[int]:
    for since_ns, until_ns, offset_ns in _stretches(window, zone):
        first = -(-(since_ns + offset_ns) // size_ns) * size_ns - offset_ns
        yield from range(first, until_ns, size_ns)


def _stretches(window: TimeWindow, zone: tzinfo | None) -> Iterator[tuple[int, int, int]]:
    """(since, until, offset from UTC) of the parts of a window in which the clock is not changed."""
    since_ns = window.since_ns
    while since_ns < window.until_ns:
        offset_ns = _offset(since_ns, zone)
        until_ns = since_ns
        while until_ns < window.until_ns and _offset(until_ns, zone) == offset_ns:
            until_ns += 6 * HOUR_NS
        until_ns = min(until_ns, window.until_ns)
        if _offset(until_ns, zone) != offset_ns:
            until_ns = _clock_change_ns(since_ns, until_ns, offset_ns, zone)
        yield since_ns, until_ns, offset_ns
        since_ns = until_ns


def _clock_change_ns(since_ns: int, until_ns: int, offset_ns: int, zone: tzinfo | None) -> int:
    """The second at which the clock is changed, by halving."""
    low, high = since_ns // SECOND, -(-until_ns // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle * SECOND, zone) == offset_ns else (low, middle)
    return min(high * SECOND, until_ns)


def _offset(at_ns: int, zone: tzinfo | None) -> int:
    offset = local_time(at_ns, zone).utcoffset() or timedelta()
    return round(offset.total_seconds()) * SECOND


def _calendar(step: _Step, window: TimeWindow, zone: tzinfo | None) -> Iterator[int]:
    """Beginnings of days or months, from the one in or before which the window begins to the first after its end."""
    day = local_time(window.since_ns, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0, tzinfo=None)
    if step.unit == "day":
        day -= timedelta(days=day.weekday() if step.size == 7 else (day.day - 1) % step.size)
    else:
        months = (day.year * 12 + day.month - 1) // step.size * step.size
        day = day.replace(year=months // 12, month=months % 12 + 1, day=1)
    while (at_ns := _instant(day, zone)) < window.until_ns:
        yield at_ns
        day = _next_label_day(step, day)


def _next_label_day(step: _Step, day: datetime) -> datetime:
    """Every second day begins anew with each month: the 31st is not followed by the 1st as a label of its own."""
    if step.unit == "month":
        months = day.year * 12 + day.month - 1 + step.size
        return day.replace(year=months // 12, month=months % 12 + 1)
    following = day + timedelta(days=step.size)
    if step.size == 2 and (following.month != day.month or following.day > 30):
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following


def _instant(local: datetime, zone: tzinfo | None) -> int:
    """A midnight that the clock leaps over is when the leap is over."""
    return int((local if zone is None else local.replace(tzinfo=zone)).timestamp()) * SECOND


def _label(step: _Step, at_ns: int, zone: tzinfo | None, twice: bool) -> str:
    """`twice`: an hour comes twice in the window."""
    local = local_time(at_ns, zone)
    if step.unit == "month":
        return f"{local:%Y}" if step.size >= 12 else month_name(local, short=True)
    if step.unit == "day":
        day = day_number(local)
        return f"{day_name(local, short=True)} {day}" if step.size < 7 else f"{day} {month_name(local, short=True)}"
    if step.size < SECOND:
        return fine_tick_text(at_ns, zone)
    text = tick_text(at_ns, step.size < MINUTE_NS, zone)
    return text if twice else text.partition(" ")[0]


def _day_ticks(step: _Step, window: TimeWindow, zone: tzinfo | None) -> tuple[Tick, ...]:
    if step.unit == "ns":
        days = _Step("day", 1, DAY_NS, 0)
        return tuple(Tick(at_ns, day_text(at_ns, zone)) for at_ns in _calendar(days, window, zone))
    if step.unit == "day":
        months = _Step("month", 1, DAY_NS, 0)
        return tuple(Tick(at_ns, month_text(at_ns, zone)) for at_ns in _calendar(months, window, zone))
    if step.size >= 12:
        return ()
    return tuple(Tick(at_ns, f"{local_time(at_ns, zone):%Y}") for at_ns in _calendar(_Step("month", 12, DAY_NS, 0), window, zone))


def day_text(at_ns: int, zone: tzinfo | None = None) -> str:
    """`Friday 2 January 2026`."""
    local = local_time(at_ns, zone)
    return f"{named_day(local)} {month_text(at_ns, zone)}"


def month_text(at_ns: int, zone: tzinfo | None = None) -> str:
    """`January 2026`."""
    local = local_time(at_ns, zone)
    return f"{month_name(local)} {local:%Y}"


def _holds_an_hour_twice(window: TimeWindow, zone: tzinfo | None) -> bool:
    first, last = (local_time(at_ns, zone).utcoffset() or timedelta() for at_ns in (window.since_ns, window.until_ns - 1))
    return last < first


def _zone_text(window: TimeWindow, zone: tzinfo | None) -> str:
    first, last = (zone_text(local_time(at_ns, zone)) for at_ns in (window.since_ns, window.until_ns - 1))
    return first if first == last else f"{first}{_CHANGE}{last}"
