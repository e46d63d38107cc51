"""Parts of a day, office hours, now, and any time: `this morning`, `late evening`, `after hours`, `ever`."""

from datetime import datetime, timedelta

from engine.history.lexicon.tokens import Tokens
from engine.history.when.units import DAY, EVERY, OFFICE, PARTS, SMALL_HOURS, THIS, Piece


def read_part(tokens: Tokens, at: int, now: datetime) -> Piece | None:
    today = (now.date(), now.date() + timedelta(days=1))
    start, how = at, tokens.word(at)
    if how in ("early", "late") and tokens.word(at + 1) in THIS:
        at += 1
    first = tokens.word(at)
    if first in THIS | EVERY | {"the", "at", "during", "in", "by"}:
        at += 1
    if first in ("at", "during", "in", "by") and tokens.word(at) == "the":
        at += 1
    if tokens.word(at) in ("early", "late"):
        at += 1
    word = tokens.word(at)
    if word in PARTS:
        part = PARTS["overnight"] if word == "night" and first in ("at", "during", "by", "every", "each", "all") else PARTS[word]
        part = _narrowed(how if how in ("early", "late") else tokens.word(at - 1), part)
        every = first in EVERY - {"all"} or word.endswith("s") or (word == "night" and first in ("at", "by"))
        return Piece(start, at + 1, part=part, days=today if first in THIS else None, every=every, this=first in THIS)
    small = _small_hours(tokens, start)
    if small is not None:
        return small
    return _office_hours(tokens, start)


_SMALL = (("early", "hours"), ("small", "hours"), ("wee", "hours"), ("dead", "of", "night"), ("middle", "of", "the", "night"))


def _small_hours(tokens: Tokens, at: int) -> Piece | None:
    """`the early hours`; `after dark` is the night."""
    start = at
    for skipped in ("in", "the"):
        at = at + 1 if tokens.word(at) == skipped else at
    for words in _SMALL:
        if tokens.run(at, words):
            return Piece(start, at + len(words), part=SMALL_HOURS)
    if tokens.run(start, ("after", "dark")) or tokens.run(start, ("during", "darkness")):
        return Piece(start, start + 2, part=PARTS["night"])
    return None


def _narrowed(how: str, part: tuple[int, int]) -> tuple[int, int]:
    middle = (part[0] + part[1]) // 2
    if how == "early":
        return (0, 480) if part == PARTS["morning"] else (part[0], middle)
    return (middle, part[1]) if how == "late" else part


def _office_hours(tokens: Tokens, at: int) -> Piece | None:
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


def read_plain(tokens: Tokens, at: int, _now: datetime) -> Piece | None:
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
            return Piece(at, at + len(words), back=float(7 * DAY if len(words) == 1 else 600))
    return None
