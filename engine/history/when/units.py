"""What a piece of a time is, and the words for days, months, numbers, units and parts of a day."""

from datetime import date, timedelta

from engine.history.lexicon.tokens import MONTHS, WEEKDAYS, Tokens, word_set
from engine.model.value_class import dataclass

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_WEEKDAY_SHORT = {"mon": 0, "tue": 1, "tues": 1, "weds": 2, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
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
    "evening": (1080, 1440),
    "evenings": (1080, 1440),
    "night": (1080, 1800),
    "nights": (1320, 1800),
    "overnight": (1320, 1800),
    "nighttime": (1320, 1800),
    "lunchtime": (720, 840),
    "lunch": (720, 840),
    "dawn": (240, 420),
    "dusk": (1020, 1260),
    "daytime": (360, 1200),
    "bydays": (360, 1320),  # against the night
}
OFFICE = (540, 1020)
SMALL_HOURS = (0, 360)
ORDINALS = {
    name: at
    for at, name in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        1,
    )
} | {"thirtieth": 30}
LAST = word_set("last past previous preceding recent")
THIS = word_set("this current")
EVERY = word_set("every each all")
TH = word_set("st nd rd th")


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
    weekday: bool = False  # the last day of that name
    spoken: bool = False  # `half past two`: of either half of the day


def day_piece(start: int, end: int, day: date, days: int = 1) -> Piece:
    return Piece(start, end, days=(day, day + timedelta(days=days)))


def weekday_of(word: str) -> int | None:
    if word in WEEKDAYS:
        return WEEKDAYS.index(word)
    return _WEEKDAY_SHORT.get(word)


def next_month(first: date) -> date:
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


def month_of(word: str) -> int | None:
    return MONTHS.index(word) + 1 if word in MONTHS else _MONTH_SHORT.get(word)
