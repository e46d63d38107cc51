"""Days and stretches in words, by their names and from now: `yesterday`, `last Friday`, `this week`, `the past 3 hours`, `2 days ago`."""

from dataclasses import replace
from datetime import datetime, timedelta

from engine.history.lexicon.tokens import Tokens
from engine.history.when.units import DAY, EVERY, LAST, PARTS, THIS, Piece, day_piece, next_month, number_at, unit_at, weekday_of


def read_day(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    today = now.date()
    for words, days in (
        (("the", "day", "before", "yesterday"), -2),
        (("day", "before", "yesterday"), -2),
        (("yesterday",), -1),
        (("yday",), -1),
        (("today",), 0),
        (("all", "day"), 0),
        (("tomorrow",), 1),
    ):
        if tokens.run(at, words):
            return day_piece(at, at + len(words), today + timedelta(days=days))
    if tokens.word(at) == "tonight":
        return Piece(at, at + 1, days=(today, today + timedelta(days=1)), part=PARTS["night"])
    if tokens.word(at) in LAST and tokens.word(at + 1) in ("night", "evening"):
        return _last_part(tokens, at, now)
    return None


def _last_part(tokens: Tokens, at: int, now: datetime) -> Piece:
    """Last night began yesterday, also while it is not over yet."""
    yesterday = now.date() - timedelta(days=1)
    return Piece(at, at + 2, days=(yesterday, now.date()), part=PARTS[tokens.word(at + 1)])


def read_weekday(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    start, last = at, False
    if tokens.word(at) in LAST | THIS:
        last = tokens.word(at) in LAST
        at += 1
    every = tokens.word(start) in ("every", "each")
    at = start + 1 if every else at
    word = tokens.word(at)
    number = weekday_of(word)
    if number is None and weekday_of(word.removesuffix("s")) is not None:
        number, every = weekday_of(word.removesuffix("s")), True
    if number is None or not _is_day(tokens, at):
        return None
    if every:
        return Piece(start, at + 1, weekdays=frozenset({number}), every=True)
    back = (now.weekday() - number) % 7
    back = 7 if last and back == 0 else back
    end = at + 1
    if tokens.word(end) == "last" and tokens.word(end + 1) == "week":
        monday = now.date() - timedelta(days=now.weekday() + 7)
        return day_piece(start, end + 2, monday + timedelta(days=number))
    return replace(day_piece(start, end, now.date() - timedelta(days=back)), weekday=True)


def _is_day(tokens: Tokens, at: int) -> bool:
    """`sat` and `sun` are words of their own, too."""
    word, before = tokens.word(at), tokens.word(at - 1)
    if word == "sat":
        return tokens.word(at + 1) not in _SITS or before in _DATED
    return word != "sun" or before != "the"


_SITS = ("in", "down", "at", "with", "by", "there", "around")
_DATED = LAST | THIS | {"on", "since", "until", "till", "before", "after", "from", "to", "and", "between"}


def read_weeks(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    today = now.date()
    monday = today - timedelta(days=now.weekday())
    saturday = monday + timedelta(days=5)
    start = at
    is_last, is_this = tokens.word(at) in ("last", "previous", "preceding"), tokens.word(at) in THIS | {"the", "all"}
    unit = tokens.word(at + 1) if is_last or is_this else tokens.word(at)
    end = at + 2 if is_last or is_this else at + 1
    if unit == "weekend":
        ended = saturday if now.weekday() >= 5 and not is_last else saturday - timedelta(days=7)
        return day_piece(start, end, ended, 2)
    if unit == "weekends":
        return Piece(start, end, weekdays=frozenset({5, 6}), every=True)
    if tokens.word(at) in EVERY and weekday_unit(tokens, at + 1):
        return Piece(start, at + 1 + weekday_unit(tokens, at + 1), weekdays=frozenset(range(5)), every=True)
    before_last = (tokens.word(at) == "the" and tokens.run(at + 1, ("week", "before", "last"))) or tokens.run(
        at, ("week", "before", "last")
    )
    if before_last:
        return day_piece(start, at + (4 if tokens.word(at) == "the" else 3), monday - timedelta(days=14), 7)
    if tokens.run(at, ("the", "week", "before")):
        return day_piece(start, at + 3, monday - timedelta(days=14), 7)
    several = weekday_unit(tokens, end - 1)
    if several and tokens.word(end - 2 + several).endswith("s"):  # `weekdays`, `last working days`
        return Piece(start, end - 1 + several, weekdays=frozenset(range(5)), every=True)
    if not is_last and tokens.word(at) not in THIS | {"all"}:
        return None
    if unit == "week":
        return day_piece(start, end, monday - timedelta(days=7) if is_last else monday, 7)
    if unit == "month":
        first = today.replace(day=1)
        month = (first - timedelta(days=1)).replace(day=1) if is_last else first
        return Piece(start, end, days=(month, next_month(month)))
    if unit == "year":
        first = today.replace(month=1, day=1)
        year = first.replace(year=first.year - 1) if is_last else first
        return Piece(start, end, days=(year, year.replace(year=year.year + 1)))
    return None


def weekday_unit(tokens: Tokens, at: int) -> int:
    """How many tokens `weekday` or `working day` has here; 0 none."""
    if tokens.word(at) == "single":
        return 1 + weekday_unit(tokens, at + 1) if weekday_unit(tokens, at + 1) else 0
    if tokens.word(at) in ("weekday", "workday", "weekdays", "workdays"):
        return 1
    return 2 if tokens.word(at) in ("working", "work", "week", "business") and tokens.word(at + 1) in ("day", "days") else 0


def read_edge(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    """`the first three days of last week`."""
    start = at
    at = at + 1 if tokens.word(at) == "the" else at
    counted = number_at(tokens, at + 1) if tokens.word(at) in ("first", "last") else None
    if counted is None or tokens.word(counted[1]) not in ("days", "day") or tokens.word(counted[1] + 1) != "of":
        return None
    whole = read_weeks(tokens, counted[1] + 2, now) or (
        read_weeks(tokens, counted[1] + 3, now) if tokens.word(counted[1] + 2) == "the" else None
    )
    if whole is None or whole.days is None:
        return None
    since, until = whole.days
    reach = timedelta(days=int(counted[0]))
    days = (since, since + reach) if tokens.word(at) == "first" else (until - reach, until)
    return Piece(start, whole.end, days=days) if int(counted[0]) > 0 else None


def read_stretch(tokens: Tokens, at: int, _now: datetime) -> Piece | None:
    """`in the last 3 hours`, `the past week`, `last 24h`: up to now."""
    start = at
    if tokens.word(at) == "the":
        at += 1
    if tokens.word(at) not in LAST:
        return None
    counted = number_at(tokens, at + 1) or (1.0, at + 1)
    unit = unit_at(tokens, counted[1])
    calendar = counted[1] == at + 1 and tokens.word(at) in ("last", "previous") and unit is not None and unit >= 7 * DAY
    if unit is None or calendar:
        return None
    return Piece(start, counted[1] + 1, back=counted[0] * unit)


def read_ago(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    counted = number_at(tokens, at)
    if counted is None:
        return None
    number, end = counted
    unit = unit_at(tokens, end)
    if unit is None:
        return None
    end += 1
    if tokens.run(end, ("and", "a", "half")):
        number, end = number + 0.5, end + 3
    if tokens.word(end) not in ("ago", "back", "earlier"):
        return None
    if unit >= DAY:
        return day_piece(at, end + 1, now.date() - timedelta(days=round(number * unit / DAY)))
    return Piece(at, end + 1, ago=number * unit)
