"""Clocks in words and figures: `14:30`, `3pm`, `half past two`, `8 in the morning`."""

from dataclasses import replace
from datetime import datetime

from engine.history.lexicon.tokens import Tokens, word_set
from engine.history.when.units import NUMBERS, TH, Piece, month_of, number_at, unit_at, weekday_of


def minute_of(text: str) -> int | None:
    hour, minute = (int(part) for part in text.split(":")[:2])
    return hour * 60 + minute if hour <= 24 and minute < 60 and hour * 60 + minute <= 1440 else None


def read_clock(tokens: Tokens, at: int, _now: datetime) -> Piece | None:
    """`14:30`, `3pm`, `3:15 pm`, `noon`, `midnight`, `half past two`, `quarter to 5`, `8 in the morning`, `5 oclock`, `at 3`."""
    word = tokens.word(at)
    if word in ("noon", "midday"):
        return Piece(at, at + 1, clock=720, am_pm=True)
    if word == "midnight":
        return Piece(at, at + 1, clock=0, am_pm=True)
    spoken = _spoken_clock(tokens, at)
    if spoken is not None:
        piece = _with_half(tokens, at, *spoken, was_clear=False)
        either = piece is not None and not piece.am_pm and tokens.word(piece.end - 1) not in _CLOCK_NAMES
        return replace(piece, spoken=either) if piece is not None else None
    if ":" in word:
        minute = minute_of(word)
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
    said = word.isdigit() or _says_hour(tokens, at, hour)
    piece = _with_half(tokens, at, hour * 60, at + 1, was_clear=False) if said and _about_time(tokens, at) else None
    return piece if piece is None or not 0 < hour < 12 else replace(piece, spoken=not piece.am_pm)


def _says_hour(tokens: Tokens, at: int, hour: int) -> bool:
    """Whether a number in words is an hour: `between midnight and six`, `at three on Friday`."""
    before, behind = tokens.word(at - 1), tokens.word(at + 1)
    spoken = before in _CLOCK_BEFORE - {"from", "between", "about", "past"} and 1 < hour <= 12 and behind not in ("in", "at")
    return (spoken or before in ("and", "to", "until")) and _ends_time(behind)


def _ends_time(word: str) -> bool:
    """`between midnight and six on Monday`: behind a number in words stands nothing that it could count."""
    return not word or word in ("on", "in", "at", "this", "yesterday", "today", "last") or weekday_of(word) is not None


_MINUTES = {"five": 5, "ten": 10, "twenty": 20, "quarter": 15, "half": 30}
_CLOCK_NAMES = {"noon": 720, "midday": 720, "midnight": 1440}


def _spoken_clock(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """`half past two`, `a quarter to 5`, `five to midnight`; five and ten only where a time is spoken of."""
    spoken = tokens.word(at - 1) in _CLOCK_BEFORE - {"from", "between"}
    at = at + 1 if tokens.word(at) == "a" and tokens.word(at + 1) == "quarter" else at
    word, way, behind = tokens.word(at), tokens.word(at + 1), at + 2
    shift = _MINUTES.get(word) or (int(word) if word in ("5", "10", "20", "25") else None)
    if way in ("minutes", "min") and tokens.word(at + 2) in ("past", "to"):
        way, behind, spoken = tokens.word(at + 2), at + 3, True
    if word.isdigit() and way == "to" and tokens.word(behind) not in _CLOCK_NAMES:
        return None  # `at 10 to 12` is from and to
    if shift is None or way not in ("past", "to") or not (spoken or word in ("quarter", "half")):
        return None
    named = _CLOCK_NAMES.get(tokens.word(behind))
    counted = (named / 60, behind + 1) if named is not None else number_at(tokens, behind)
    if counted is None or (named is None and not 1 <= counted[0] <= 12) or tokens.word(behind) in ("a", "an", "half"):
        return None
    hour = int(counted[0] * 60)
    return ((hour + shift) % 1440 if way == "past" else hour - shift), counted[1]


_CLOCK_BEFORE = word_set("at around about since after before until till from between by past")


def _about_time(tokens: Tokens, at: int) -> bool:
    """A bare number is an hour only where its neighbours say so."""
    unit = unit_at(tokens, at + 1)
    if unit is not None or tokens.word(at + 1) in TH or month_of(tokens.word(at + 1)) is not None:
        return tokens.word(at + 1) in ("hours", "hrs", "h") and tokens.word(at - 1) == "at"
    if tokens.word(at - 1) in _CLOCK_BEFORE:
        return True
    if tokens.word(at - 1) in ("to", "until", "till") and (":" in tokens.word(at - 2) or tokens.word(at - 2) in ("am", "pm", "oclock")):
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
