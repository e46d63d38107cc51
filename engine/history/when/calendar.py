"""Dates in words and figures: `12 november`, `the 12th`, `2026-11-12`, `12.11.2026`."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from engine.history.lexicon.tokens import Tokens
from engine.history.when.clocks import minute_of
from engine.history.when.units import ORDINALS, TH, Piece, day_piece, month_of, next_month


def read_date(tokens: Tokens, at: int, now: datetime) -> Piece | None:
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
        if tokens.word(at + 1) in TH:
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
        return Piece(start, start + 2, days=(d := first.replace(year=int(tokens.word(start + 1))), next_month(d)))
    return Piece(start, start + 1, days=(first, next_month(first)))


def _is_month(tokens: Tokens, at: int) -> bool:
    return tokens.word(at - 1) in ("in", "during", "since", "of", "last", "this", "until") or tokens.word(at + 1).isdigit()


def _ordinal(tokens: Tokens, at: int) -> tuple[int | None, int]:
    word = tokens.word(at)
    if word in ORDINALS and (month_of(tokens.word(at + 1)) or (tokens.word(at + 1) == "of" and month_of(tokens.word(at + 2)))):
        return ORDINALS[word], at + 1
    if not word.isdigit() or not 1 <= int(word) <= 31:
        return None, at
    return int(word), at + 2 if tokens.word(at + 1) in TH else at + 1


def _dated_piece(tokens: Tokens, start: int, end: int, day: int, month: int, now: datetime) -> Piece | None:
    year, said = now.year, tokens.word(end)
    if said.isdigit() and len(said) == 4 and 1970 <= int(said) <= 2200:
        year, end = int(said), end + 1
        found = _date(year, month, day)
    else:
        found = _date(year, month, day)
        found = _date(year - 1, month, day) if found is not None and found > now.date() else found
    return None if found is None else day_piece(start, end, found)


def _in_month(start: int, end: int, day: int, now: datetime) -> Piece | None:
    found = _date(now.year, now.month, day)
    if found is None or found > now.date():
        before = now.date().replace(day=1) - timedelta(days=1)
        found = _date(before.year, before.month, day)
    return None if found is None else day_piece(start, end, found)


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
        piece = None if found is None else day_piece(at, at + 1, found)
        if piece is None or not clock:
            return piece
        minute = minute_of(clock.rstrip("z"))
        return replace(piece, clock=minute, am_pm=True) if minute is not None else None
    parts = word.replace("/", ".").split(".")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        day_, month, year = (int(part) for part in parts)
        day_, month = (month, day_) if month > 12 else (day_, month)
        found = _date(year, month, day_)
        return None if found is None else day_piece(at, at + 1, found)
    return None
