"""Pieces of times that belong together, and the words that relate them: `since`, `between`, `before`, `to`."""

from dataclasses import replace
from datetime import timedelta

from engine.history.lexicon.tokens import Tokens, word_set
from engine.history.when.units import Piece
from engine.model.value_class import dataclass

_BETWEEN = word_set("at on in the of during around about this sometime some time exactly roughly approximately")
_RELATIONS = {
    "since": "since",
    "between": "from",
    "from": "from",
    "after": "after",
    "past": "after",
    "before": "before",
    "until": "before",
    "till": "before",
    "by": "before",
    "around": "around",
    "about": "around",
    "roughly": "around",
    "approximately": "around",
    "at": "at",
}
_TO = word_set("and to until till through")
_BEFORE_TIME = word_set(
    "on in at during the of for from within over as between since after before until till around about to by throughout all"
)
_HALF_OF_PART = word_set("early late")  # only of a part of the day: somebody who is late is something else
_SHORTLY = word_set("shortly just right soon immediately directly little bit")
_GOING = word_set("going goes went gone go moved carried")  # what goes on is no time that something is on


@dataclass(frozen=True, slots=True)
class Moment:
    """One time that was said. `relation`: how the words before it put it."""

    piece: Piece
    relation: str
    to: bool = False  # it ends a stretch that the one before began
    short: bool = False  # `shortly before`
    left_out: bool = False  # `excluding the weekend`


def moments_of(tokens: Tokens, pieces: list[Piece]) -> list[Moment]:
    """Pieces that belong together made one, each with the words that relate it to the rest; takes all of them."""
    found: list[Moment] = []
    for piece in pieces:
        relation, start = _relation(tokens, piece)
        without = _without(tokens, start) if found else start
        if without < start:
            tokens.claim(without, piece.end, "time")
            found.append(Moment(piece, "", left_out=True))
            continue
        short = relation in ("before", "after") and tokens.free(start - 1) and tokens.word(start - 1) in _SHORTLY
        start = start - 1 if short else start
        named = _day_in_week(found, piece)
        if named is not None:  # `on Monday afternoon last week`
            at, day = named
            tokens.claim(start, piece.end, "time")
            found[at] = replace(found[at], piece=day)
            continue
        at = _weekdays_before(found, piece)
        if at is not None:  # `on which weekdays was he here last week`
            tokens.claim(start, piece.end, "time")
            found[at] = replace(found[at], piece=replace(_merged(found[at].piece, piece), end=found[at].piece.end))
            continue
        each_day = bool(found) and found[-1].to and piece.every  # `from Monday to Friday every morning`: of all of them
        if found and relation in ("", "at", "around") and not each_day and _joins(tokens, found[-1].piece, piece):
            before = found[-1]
            tokens.claim(before.piece.end, piece.end, "time")
            kept = relation if relation and before.relation == "" else before.relation
            found[-1] = replace(before, piece=_merged(before.piece, piece), relation=kept)
            continue
        if found and _same_day(tokens, found[-1].piece, piece):
            tokens.claim(found[-1].piece.end, piece.end, "time")
            found[-1] = replace(found[-1], piece=replace(found[-1].piece, end=piece.end, days=piece.days))
            continue
        linked = bool(found) and _links(tokens, found[-1].piece.end, piece.start)
        tokens.claim(found[-1].piece.end if linked else start, piece.end, "time")
        found.append(Moment(piece, relation, linked, short))
    return found


_WITHOUT = (
    ("but", "not"),
    ("and", "not"),
    ("other", "than"),
    ("apart", "from"),
    ("aside", "from"),
    ("except", "for"),
    ("not", "counting"),
    ("not", "including"),
    ("leaving", "out"),
    ("excluding",),
    ("except",),
    ("without",),
    ("but",),
    ("besides",),
)


def _without(tokens: Tokens, start: int) -> int:
    """Where the words begin that leave a time out; `start` where there are none."""
    for words in _WITHOUT:
        if tokens.run(start - len(words), words):
            return start - len(words)
    return start


def _relation(tokens: Tokens, piece: Piece) -> tuple[str, int]:
    """The word before a time that relates it, and where its words begin."""
    start = piece.start
    relation = ""
    before = _BEFORE_TIME | _HALF_OF_PART if piece.part is not None or piece.clock is not None else _BEFORE_TIME
    while tokens.free(start - 1) and tokens.word(start - 1) in before:
        if tokens.word(start - 1) == "on" and tokens.word(start - 2) in _GOING:
            break
        start -= 1
        relation = relation or _RELATIONS.get(tokens.word(start), "")
        if tokens.word(start) in ("since", "between", "from", "after", "before", "until", "till", "by"):
            return _RELATIONS[tokens.word(start)], start
    return relation, start


def _joins(tokens: Tokens, before: Piece, piece: Piece) -> bool:
    if any(tokens.word(at) not in _BETWEEN for at in range(before.end, piece.start)):
        return False
    both_days = before.days is not None and piece.days is not None and not piece.this
    both_clocks = before.clock is not None and piece.clock is not None
    alone = any(each.back is not None or each.ago is not None or each.always or each.now for each in (before, piece))
    return not (both_days or both_clocks or alone)


def _day_in_week(found: list[Moment], week: Piece) -> tuple[int, Piece] | None:
    """Which of the times before is a day of the week, where this one is a whole week; and that day in this week."""
    if week.days is None or (week.days[1] - week.days[0]).days != 7 or week.days[0].weekday() or week.part is not None:
        return None
    for at, each in enumerate(found):
        if each.piece.weekday and each.piece.days is not None:
            day = week.days[0] + timedelta(days=each.piece.days[0].weekday())
            return at, replace(each.piece, days=(day, day + timedelta(days=1)), weekday=False)
    return None


def _weekdays_before(found: list[Moment], days: Piece) -> int | None:
    """Which of the times before is of days of the week, where this one is several days and no clock."""
    if days.days is None or days.part is not None or days.clock is not None or (days.days[1] - days.days[0]).days < 2:
        return None
    of_week = (at for at, each in enumerate(found) if each.piece.weekdays and each.piece.days is None and not each.relation)
    return next(of_week, None)


def _same_day(tokens: Tokens, before: Piece, piece: Piece) -> bool:
    """`Friday the 13th`: a day of the week beside the date that is one."""
    if any(tokens.word(at) not in ("the", "of") for at in range(before.end, piece.start)) or before.days is None or piece.days is None:
        return False
    single = all((each.days[1] - each.days[0]).days == 1 for each in (before, piece) if each.days is not None)
    weekdays = {each.days[0].weekday() for each in (before, piece) if each.days is not None}
    return single and len(weekdays) == 1


def _merged(a: Piece, b: Piece) -> Piece:
    return Piece(
        a.start,
        b.end,
        days=a.days or b.days,
        part=b.part or a.part if b.clock is None else a.part or b.part,
        clock=a.clock if a.clock is not None else b.clock,
        am_pm=a.am_pm or b.am_pm,
        weekdays=a.weekdays | b.weekdays,
        every=a.every or b.every,
        this=a.this or b.this,
        second=a.second if a.second is not None else b.second,
        weekday=a.weekday or b.weekday,
        spoken=a.spoken or b.spoken,
    )


def _links(tokens: Tokens, end: int, start: int) -> bool:
    """`A to B`, `A and B` after between, or two clocks side by side."""
    words = [tokens.word(at) for at in range(end, start)]
    return bool(words) and words[0] in _TO and all(word in _BETWEEN for word in words[1:])
