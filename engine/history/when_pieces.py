"""The pieces of times in words: days, parts of a day, clocks, and stretches that end now. What they come to together is `when`'s."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.history.grammar_tokens import Tokens, word_set

MINUTE, HOUR, DAY = 60, 3_600, 86_400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_SHORT = {"mon": 0, "tue": 1, "tues": 1, "weds": 2, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH_SHORT = {name[:3]: at for at, name in enumerate(MONTHS, 1)} | {"sept": 9}
NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "half": 0,
    "couple": 2,
    "few": 3,
    "several": 3,
}
_UNITS = {
    "second": 1,
    "sec": 1,
    "minute": MINUTE,
    "min": MINUTE,
    "hour": HOUR,
    "hr": HOUR,
    "h": HOUR,
    "day": DAY,
    "week": 7 * DAY,
    "fortnight": 14 * DAY,
    "month": 30 * DAY,
    "year": 365 * DAY,
}
PARTS = {  # minutes of the day; beyond 24 h: of the next one
    "morning": (360, 720),
    "mornings": (360, 720),
    "afternoon": (720, 1080),
    "afternoons": (720, 1080),
    "evening": (1080, 1320),
    "evenings": (1080, 1320),
    "night": (1080, 1800),
    "nights": (1320, 1800),
    "overnight": (1320, 1800),
    "nighttime": (1320, 1800),
    "lunchtime": (720, 840),
    "lunch": (720, 840),
    "dawn": (240, 420),
    "dusk": (1020, 1260),
    "daytime": (360, 1200),
}
OFFICE = (540, 1020)
_LAST = word_set("last past previous preceding recent")
_THIS = word_set("this current")
_EVERY = word_set("every each all")
_TH = word_set("st nd rd th")


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that says when.

    Attributes:
        start, end: tokens. days: [first, after last). part: minutes of a day, from and to. clock: minute of the day.
        am_pm: it was said which half of the day. back: seconds before now, of a stretch that ends now. ago: the same, of a moment.
        weekdays: only these days. always: at any time. now: at this moment. every: repeated on each day. this: of today, whatever the hour.
    """

    start: int
    end: int
    days: tuple[date, date] | None = None
    part: tuple[int, int] | None = None
    clock: int | None = None
    am_pm: bool = False
    back: float | None = None
    ago: float | None = None
    weekdays: frozenset[int] = frozenset()
    always: bool = False
    now: bool = False
    every: bool = False
    this: bool = False
    second: int | None = None


def find_pieces(tokens: Tokens, now: datetime) -> list[Piece]:
    """From left to right, at each token the longest reading; takes nothing."""
    found: list[Piece] = []
    at = 0
    while at < len(tokens.all):
        pieces = [piece for read in _READERS if tokens.free(at) and (piece := read(tokens, at, now)) is not None]
        pieces = [piece for piece in pieces if all(tokens.free(each) for each in range(piece.start, piece.end))]
        best = max(pieces, key=lambda piece: piece.end, default=None)
        if best is None:
            at += 1
        else:
            found.append(best)
            at = best.end
    return found


def _day(start: int, end: int, day: date, days: int = 1) -> Piece:
    return Piece(start, end, days=(day, day + timedelta(days=days)))


def _plain_days(tokens: Tokens, at: int, now: datetime) -> Piece | None:
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
            return _day(at, at + len(words), today + timedelta(days=days))
    if tokens.word(at) == "tonight":
        return Piece(at, at + 1, days=(today, today + timedelta(days=1)), part=PARTS["night"])
    if tokens.word(at) in _LAST and tokens.word(at + 1) in ("night", "evening"):
        return _last_part(tokens, at, now)
    return None


def _last_part(tokens: Tokens, at: int, now: datetime) -> Piece:
    """Last night began yesterday, also while it is not over yet."""
    yesterday = now.date() - timedelta(days=1)
    return Piece(at, at + 2, days=(yesterday, now.date()), part=PARTS[tokens.word(at + 1)])


def weekday_of(word: str) -> int | None:
    if word in WEEKDAYS:
        return WEEKDAYS.index(word)
    return _WEEKDAY_SHORT.get(word)


def _weekday(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    start, last = at, False
    if tokens.word(at) in _LAST | _THIS:
        last = tokens.word(at) in _LAST
        at += 1
    every = tokens.word(start) in ("every", "each")
    at = start + 1 if every else at
    word = tokens.word(at)
    number = weekday_of(word)
    if number is None and weekday_of(word.removesuffix("s")) is not None:
        number, every = weekday_of(word.removesuffix("s")), True
    if number is None or (word in ("sat", "sun", "wed", "mon") and not _dated(tokens, at)):
        return None
    if every:
        return Piece(start, at + 1, weekdays=frozenset({number}), every=True)
    back = (now.weekday() - number) % 7
    back = 7 if last and back == 0 else back
    end = at + 1
    if tokens.word(end) == "last" and tokens.word(end + 1) == "week":
        monday = now.date() - timedelta(days=now.weekday() + 7)
        return _day(start, end + 2, monday + timedelta(days=number))
    return _day(start, end, now.date() - timedelta(days=back))


def _dated(tokens: Tokens, at: int) -> bool:
    return tokens.word(at - 1) in _LAST | _THIS | {"on", "since", "until", "till", "before", "after", "from", "to", "and", "between"} or (
        tokens.word(at + 1) in PARTS
    )


def _weeks(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    today = now.date()
    monday = today - timedelta(days=now.weekday())
    saturday = monday + timedelta(days=5)
    start = at
    is_last, is_this = tokens.word(at) in ("last", "previous", "preceding"), tokens.word(at) in _THIS | {"the", "all"}
    unit = tokens.word(at + 1) if is_last or is_this else tokens.word(at)
    end = at + 2 if is_last or is_this else at + 1
    if unit == "weekend":
        ended = saturday if now.weekday() >= 5 and not is_last else saturday - timedelta(days=7)
        return _day(start, end, ended, 2)
    if unit == "weekends":
        return Piece(start, end, weekdays=frozenset({5, 6}), every=True)
    if unit in ("weekdays", "workdays"):
        return Piece(start, end, weekdays=frozenset(range(5)), every=True)
    if not is_last and tokens.word(at) not in _THIS | {"all"}:
        return None
    if unit == "week":
        return _day(start, end, monday - timedelta(days=7) if is_last else monday, 7)
    if unit == "month":
        first = today.replace(day=1)
        month = (first - timedelta(days=1)).replace(day=1) if is_last else first
        return Piece(start, end, days=(month, _next_month(month)))
    if unit == "year":
        first = today.replace(month=1, day=1)
        year = first.replace(year=first.year - 1) if is_last else first
        return Piece(start, end, days=(year, year.replace(year=year.year + 1)))
    return None


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def number_at(tokens: Tokens, at: int) -> tuple[float, int] | None:
    """A number and the token behind it: `3`, `1.5`, `three`, `a couple of`, `half an`."""
    word = tokens.word(at)
    if word.replace(".", "", 1).isdigit():
        return float(word), at + 1
    if word == "half":
        return 0.5, at + 2 if tokens.word(at + 1) in ("a", "an") else at + 1
    if word in ("a", "an") and tokens.word(at + 1) in ("couple", "few"):
        at, word = at + 1, tokens.word(at + 1)
    if word in NUMBERS:
        return float(NUMBERS[word]), at + 2 if word == "couple" and tokens.word(at + 1) == "of" else at + 1
    return None


def unit_at(tokens: Tokens, at: int) -> int | None:
    word = tokens.word(at)
    return _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))


def _stretch(tokens: Tokens, at: int, _now: datetime) -> Piece | None:
    """`in the last 3 hours`, `the past week`, `last 24h`: up to now."""
    start = at
    if tokens.word(at) == "the":
        at += 1
    if tokens.word(at) not in _LAST:
        return None
    counted = number_at(tokens, at + 1) or (1.0, at + 1)
    unit = unit_at(tokens, counted[1])
    calendar = counted[1] == at + 1 and tokens.word(at) in ("last", "previous") and unit is not None and unit >= 7 * DAY
    if unit is None or calendar:
        return None
    return Piece(start, counted[1] + 1, back=counted[0] * unit)


def _ago(tokens: Tokens, at: int, now: datetime) -> Piece | None:
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
        return _day(at, end + 1, now.date() - timedelta(days=round(number * unit / DAY)))
    return Piece(at, end + 1, ago=number * unit)


def _calendar(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    """`12 november`, `november 12th 2026`, `the 12th`, `november`, `2026-11-12`, `12.11.2026` (the day first)."""
    iso = _iso(tokens, at)
    if iso is not None:
        return iso
    start = at
    if tokens.word(at) == "the":
        at += 1
    day, after = _ordinal(tokens, at)
    if day is not None:
        at_month = after + 1 if tokens.word(after) == "of" else after
        month = month_of(tokens.word(at_month))
        if month is not None:
            return _dated_piece(tokens, start, at_month + 1, day, month, now)
        if tokens.word(at + 1) in _TH:
            return _in_month(start, after, day, now)
        return None
    month = month_of(tokens.word(at))
    if month is None or (tokens.word(at) in ("may", "mar", "march", "dec", "jan") and not _is_month(tokens, at)):
        return None
    at += 1
    at = at + 1 if tokens.word(at) == "the" else at
    day, after = _ordinal(tokens, at)
    if day is not None:
        return _dated_piece(tokens, start, after, day, month, now)
    first = now.date().replace(month=month, day=1)
    first = first if first <= now.date() else first.replace(year=first.year - 1)
    if tokens.word(start + 1).isdigit() and len(tokens.word(start + 1)) == 4:
        return Piece(start, start + 2, days=(d := first.replace(year=int(tokens.word(start + 1))), _next_month(d)))
    return Piece(start, start + 1, days=(first, _next_month(first)))


def _is_month(tokens: Tokens, at: int) -> bool:
    return tokens.word(at - 1) in ("in", "during", "since", "of", "last", "this", "until") or tokens.word(at + 1).isdigit()


def month_of(word: str) -> int | None:
    return MONTHS.index(word) + 1 if word in MONTHS else _MONTH_SHORT.get(word)


def _ordinal(tokens: Tokens, at: int) -> tuple[int | None, int]:
    word = tokens.word(at)
    if not word.isdigit() or not 1 <= int(word) <= 31:
        return None, at
    return int(word), at + 2 if tokens.word(at + 1) in _TH else at + 1


def _dated_piece(tokens: Tokens, start: int, end: int, day: int, month: int, now: datetime) -> Piece | None:
    year, said = now.year, tokens.word(end)
    if said.isdigit() and len(said) == 4 and 1970 <= int(said) <= 2200:
        year, end = int(said), end + 1
        found = _date(year, month, day)
    else:
        found = _date(year, month, day)
        found = _date(year - 1, month, day) if found is not None and found > now.date() else found
    return None if found is None else _day(start, end, found)


def _in_month(start: int, end: int, day: int, now: datetime) -> Piece | None:
    found = _date(now.year, now.month, day)
    if found is None or found > now.date():
        before = now.date().replace(day=1) - timedelta(days=1)
        found = _date(before.year, before.month, day)
    return None if found is None else _day(start, end, found)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(tokens: Tokens, at: int) -> Piece | None:
    word = tokens.word(at)
    if word.count("-") == 2:
        day, _, clock = word.partition("t")
        found = _date(*(int(part) for part in day.split("-")))
        piece = None if found is None else _day(at, at + 1, found)
        if piece is None or not clock:
            return piece
        minute = _minute_of(clock.rstrip("z"))
        return replace(piece, clock=minute, am_pm=True) if minute is not None else None
    parts = word.replace("/", ".").split(".")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        day_, month, year = (int(part) for part in parts)
        day_, month = (month, day_) if month > 12 else (day_, month)
        found = _date(year, month, day_)
        return None if found is None else _day(at, at + 1, found)
    return None


def _minute_of(text: str) -> int | None:
    hour, minute = (int(part) for part in text.split(":")[:2])
    return hour * 60 + minute if hour <= 24 and minute < 60 and hour * 60 + minute <= 1440 else None


def _clock(tokens: Tokens, at: int, _now: datetime) -> Piece | None:
    """`14:30`, `3pm`, `3:15 pm`, `noon`, `midnight`, `half past two`, `quarter to 5`, `8 in the morning`, `5 oclock`, `at 3`."""
    word = tokens.word(at)
    if word in ("noon", "midday"):
        return Piece(at, at + 1, clock=720, am_pm=True)
    if word == "midnight":
        return Piece(at, at + 1, clock=0, am_pm=True)
    spoken = _spoken(tokens, at)
    if spoken is not None:
        return _with_half(tokens, at, *spoken, was_clear=False)
    if ":" in word:
        minute = _minute_of(word)
        second = int(word.split(":")[2]) if word.count(":") == 2 and int(word.split(":")[2]) < 60 else None
        piece = None if minute is None else _with_half(tokens, at, minute, at + 1, was_clear=True)
        return piece if piece is None or second is None else replace(piece, second=second)
    hour = int(word) if word.isdigit() and len(word) <= 2 else NUMBERS.get(word) if word not in ("a", "an") else None
    if hour is None or not 0 <= hour <= 24:
        return None
    after = tokens.word(at + 1)
    if after in ("am", "pm") or (after in ("oclock", "hours", "hrs", "h") and len(word) <= 2 and _about_time(tokens, at)):
        return _with_half(tokens, at, hour * 60, at + 1, was_clear=False)
    if tokens.run(at + 1, ("in", "the")) and tokens.word(at + 3) in ("morning", "afternoon", "evening"):
        return _with_half(tokens, at, hour * 60, at + 1, was_clear=False)
    if tokens.run(at + 1, ("at", "night")):
        return _with_half(tokens, at, hour * 60, at + 1, was_clear=False)
    return _with_half(tokens, at, hour * 60, at + 1, was_clear=False) if word.isdigit() and _about_time(tokens, at) else None


def _spoken(tokens: Tokens, at: int) -> tuple[int, int] | None:
    word = tokens.word(at)
    shift = {"half": 30, "quarter": 15}.get(word)
    if word == "a" and tokens.word(at + 1) == "quarter":
        at, shift = at + 1, 15
    counted = number_at(tokens, at + 2) if tokens.word(at + 1) in ("past", "to") else None
    if shift is None or counted is None or not 1 <= counted[0] <= 12:
        return None
    hour = int(counted[0]) * 60
    return (hour + shift if tokens.word(at + 1) == "past" else hour - shift), counted[1]


_CLOCK_BEFORE = word_set("at around about since after before until till from between by past")


def _about_time(tokens: Tokens, at: int) -> bool:
    """A bare number is an hour only where its neighbours say so."""
    unit = unit_at(tokens, at + 1)
    if unit is not None or tokens.word(at + 1) in _TH or month_of(tokens.word(at + 1)) is not None:
        return tokens.word(at + 1) in ("hours", "hrs", "h") and tokens.word(at - 1) == "at"
    if tokens.word(at - 1) in _CLOCK_BEFORE:
        return True
    return tokens.word(at - 1) in ("and", "to", "or") and any(
        tokens.word(each) in ("between", "from") for each in range(max(at - 5, 0), at)
    )


def _with_half(tokens: Tokens, start: int, minute: int, end: int, *, was_clear: bool) -> Piece | None:
    """Which half of the day, where that is said behind it; without it the clock has 24 hours."""
    half, end, said = tokens.word(end), end, False
    if half in ("am", "pm"):
        end, said = end + 1, True
    elif half in ("oclock", "hours", "hrs", "h"):
        end, half = end + 1, ""
    if tokens.run(end, ("in", "the")) and tokens.word(end + 2) in ("morning", "afternoon", "evening"):
        half, end, said = ("am" if tokens.word(end + 2) == "morning" else "pm"), end + 3, True
    elif tokens.run(end, ("at", "night")):
        half, end, said = ("am" if minute < 360 or minute >= 720 else "pm"), end + 2, True
    if said and minute >= 780 and half == "pm":
        return Piece(start, end, clock=minute, am_pm=True)
    if said and minute < 780:
        minute = minute % 720 + (720 if half == "pm" else 0)
    return Piece(start, end, clock=minute, am_pm=said or was_clear)


def _parts(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    today = (now.date(), now.date() + timedelta(days=1))
    start, how = at, tokens.word(at)
    if how in ("early", "late") and tokens.word(at + 1) in _THIS:
        at += 1
    first = tokens.word(at)
    if first in _THIS | _EVERY | {"the", "at", "during", "in", "by"}:
        at += 1
    if first in ("at", "during", "in", "by") and tokens.word(at) == "the":
        at += 1
    if tokens.word(at) in ("early", "late"):
        at += 1
    word = tokens.word(at)
    if word in PARTS:
        part = PARTS["overnight"] if word == "night" and first in ("at", "during", "by", "every", "each", "all") else PARTS[word]
        part = _narrowed(how if how in ("early", "late") else tokens.word(at - 1), part)
        every = first in _EVERY - {"all"} or word.endswith("s")
        return Piece(start, at + 1, part=part, days=today if first in _THIS else None, every=every, this=first in _THIS)
    hours = _hours(tokens, start)
    return hours


def _narrowed(how: str, part: tuple[int, int]) -> tuple[int, int]:
    middle = (part[0] + part[1]) // 2
    if how == "early":
        return (0, 480) if part == PARTS["morning"] else (part[0], middle)
    return (middle, part[1]) if how == "late" else part


def _hours(tokens: Tokens, at: int) -> Piece | None:
    start = at
    at = at + 1 if tokens.word(at) in ("during", "in") else at
    if tokens.run(at, ("outside", "of")):
        at += 1
    outside = tokens.word(at) in ("outside", "after", "out")
    for skipped in ("outside", "after", "out", "of", "the", "normal", "regular"):
        at = at + 1 if tokens.word(at) == skipped else at
    if tokens.word(at) in ("office", "business", "working", "work", "opening", "duty") and tokens.word(at + 1) == "hours":
        return Piece(start, at + 2, part=(OFFICE[1], OFFICE[0] + 1440) if outside else OFFICE)
    if outside and tokens.word(at) == "hours":
        return Piece(start, at + 1, part=(OFFICE[1], OFFICE[0] + 1440))
    return None


def _plain(tokens: Tokens, at: int, _now: datetime) -> Piece | None:
    for words in (
        ("right", "now"),
        ("rn",),
        ("atm",),
        ("this", "moment"),
        ("this", "very", "moment"),
        ("as", "we", "speak"),
        ("at", "the", "moment"),
        ("now",),
        ("currently",),
        ("presently",),
        ("at", "present"),
    ):
        if tokens.run(at, words):
            return Piece(at, at + len(words), now=True)
    for words in (
        ("of", "all", "time"),
        ("all", "time"),
        ("ever",),
        ("so", "far"),
        ("in", "total"),
        ("altogether",),
        ("at", "any", "time"),
    ):
        if tokens.run(at, words):
            return Piece(at, at + len(words), always=True)
    for words in (("recently",), ("lately",), ("just", "now")):
        if tokens.run(at, words) and tokens.word(at - 1) != "most":
            return Piece(at, at + len(words), back=float(DAY if len(words) == 1 else 600))
    return None


_READERS: tuple[Callable[[Tokens, int, datetime], Piece | None], ...] = (
    _plain_days,
    _weekday,
    _weeks,
    _stretch,
    _ago,
    _calendar,
    _clock,
    _parts,
    _plain,
)
