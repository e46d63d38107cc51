"""Stretches of the week as people write them: `mon-fri 22:00-06:00`."""

import re

from engine.model.alerts.settings import Hours
from engine.model.errors import InputError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


def hours_text(hours: Hours) -> str:
    """`mon-fri 22:00-06:00`."""
    return f"{_days_text(hours.days)} {_clock(hours.start_min)}-{_clock(hours.end_min)}"


def parse_hours(text: str) -> Hours:
    """Days as `mon-fri`, `sat sun` or nothing (every day), then from when until when. Raises InputError (field `hours`)."""
    match = _TIMES.search(text)
    if match is None or match.end() != len(text.rstrip()):
        raise InputError("hours", f"{text[:60]!r} is not like “mon-fri 22:00-06:00”")
    start, end = (_minutes(match.group(i), match.group(i + 1), text) for i in (1, 3))
    return Hours(_days(text[: match.start()], text), start, end)


def _days(text: str, whole: str) -> tuple[int, ...]:
    found: set[int] = set()
    for word in re.split(r"[\s,]+", text.strip().lower()):
        if not word:
            continue
        first, _, last = word.replace("–", "-").partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise InputError("hours", f"{word!r} in {whole[:60]!r} is no day; days are {', '.join(DAYS)}")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found |= {day % 7 for day in range(start, (end if end >= start else end + 7) + 1)}
    return tuple(sorted(found)) or tuple(range(7))


def _days_text(days: tuple[int, ...]) -> str:
    kept = sorted(set(days))
    if len(kept) > 2 and kept == list(range(kept[0], kept[-1] + 1)):
        return f"{DAYS[kept[0]]}-{DAYS[kept[-1]]}"
    return " ".join(DAYS[day] for day in kept)


def _minutes(hour: str, minute: str, whole: str) -> int:
    at = int(hour) * 60 + int(minute)
    if int(minute) > 59 or at > 1440:
        raise InputError("hours", f"{hour}:{minute} in {whole[:60]!r} is no time of the day")
    return at


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
