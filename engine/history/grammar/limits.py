"""Numbers that set a limit (`more than three`, `at least two`, `just one`, `5 or more`) and what is counted with them; and which one in a
row is meant (`the second`, `the last but one`). One reader for all of them: a comparison, a number, what it is of.
"""

from engine.history.grammar.slots_found import Slots
from engine.history.lexicon.tables import is_counted
from engine.history.lexicon.tokens import Tokens, word_set
from engine.history.lexicon.words import PHRASES
from engine.history.when.units import DAY, MONTHS, ORDINALS, TH, month_of, number_at, unit_at

_MORE = (("more", "than"), ("over",), ("above",), ("longer", "than"), ("exceeding",), ("greater", "than"), ("upwards", "of"))
_LEAST = (("at", "least"), ("no", "fewer", "than"), ("no", "less", "than"), ("not", "less", "than"), ("a", "minimum", "of"), ("minimum",))
_FEWER = (("fewer", "than"), ("less", "than"), ("under",), ("below",), ("shorter", "than"))
_MOST = (("at", "most"), ("no", "more", "than"), ("not", "more", "than"), ("up", "to"), ("a", "maximum", "of"), ("maximum",))
_JUST = (("exactly",), ("precisely",), ("just",), ("only",))
_COMPARISONS = tuple(
    (words, way)
    for way, phrases in (("more", _MORE), ("least", _LEAST), ("fewer", _FEWER), ("most", _MOST), ("just", _JUST))
    for words in phrases
)
_BEHIND = {"more": "least", "greater": "least", "longer": "least", "above": "least", "fewer": "most", "less": "most", "shorter": "most"}
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_PEOPLE = word_set("people persons person visitors visitor individuals humans employees strangers men guests")
_OCCASIONS = word_set("times time occasions occasion")
_BETWEEN = word_set("different separate of the other single")
_FROM_LAST = word_set("last latest final newest")
_THINGS = word_set("time one to alert alarm event person people visit stranger visitor")


def find_limits(tokens: Tokens, found: Slots) -> None:
    """Takes what it understands: lengths of time become those of events, all else a limit of what is counted."""
    for at in tokens.free_indexes():
        if not tokens.free(at):
            continue
        read = _often(tokens, at) or _compared(tokens, at) or _or_more(tokens, at) or _at_once(tokens, at)
        if read is None:
            continue
        way, number, end = read
        unit = unit_at(tokens, end)
        if unit is not None and unit < DAY and tokens.word(end) not in ("h",):
            _lasting(found, way, number * unit)
            tokens.claim(at, end + 1, "lasting")
        elif number == int(number) and (of := _counted_noun(tokens, end)) is not None:
            _limit(found, way, int(number))
            found.limit_of, behind = of
            tokens.claim(at, end, "limit")
            if found.limit_of in ("times", "days"):
                tokens.claim(end, behind, "limit")


def _compared(tokens: Tokens, at: int) -> tuple[str, float, int] | None:
    """`more than 3`, `at least three`, `more than once`."""
    for words, way in _COMPARISONS:
        if not tokens.run(at, words):
            continue
        end = at + len(words)
        if tokens.word(end) in _TIMES:
            return way, float(_TIMES[tokens.word(end)]), end + 1
        counted = number_at(tokens, end)
        if counted is not None and tokens.free(end) and (tokens.word(end) not in ("a", "an") or unit_at(tokens, counted[1]) is not None):
            return way, counted[0], counted[1]
    return None


def _at_once(tokens: Tokens, at: int) -> tuple[str, float, int] | None:
    """`three people at once`: at least so many."""
    counted = number_at(tokens, at)
    if counted is None or tokens.word(at) in ("a", "an", "half") or tokens.word(counted[1]) not in _PEOPLE or not _says_at_once(tokens):
        return None
    return "least", counted[0], counted[1]


def _or_more(tokens: Tokens, at: int) -> tuple[str, float, int] | None:
    """`3 or more`, `five or fewer`."""
    counted = number_at(tokens, at)
    if counted is None or tokens.word(at) in ("a", "an") or tokens.word(counted[1]) not in ("or", "and"):
        return None
    way = _BEHIND.get(tokens.word(counted[1] + 1))
    return None if way is None else (way, counted[0], counted[1] + 2)


def _often(tokens: Tokens, at: int) -> tuple[str, float, int] | None:
    """`twice`; `once` says nothing by itself."""
    return ("just", 2.0, at + 1) if tokens.word(at) == "twice" else None


def _counted_noun(tokens: Tokens, at: int) -> tuple[str, int] | None:
    """What a number is of, and the token behind it. None: of nothing that is counted."""
    if tokens.word(at - 1) in _TIMES:
        return "times", at
    while tokens.word(at) in _BETWEEN:
        at += 1
    word = tokens.word(at)
    if word in _OCCASIONS:
        return "times", at + 1
    if word in ("day", "days", "date", "dates"):
        return "days", at + 1
    if word in _PEOPLE:
        return "people", at
    if is_counted(word) or is_counted(tokens.word(at + 1)):
        return "rows", at
    return ("people", at) if _says_at_once(tokens) else None


def _says_at_once(tokens: Tokens) -> bool:
    return any(tokens.run_of(*phrase) for phrase in PHRASES["at_once"])


def _limit(found: Slots, way: str, number: int) -> None:
    match way:
        case "more":
            found.least = number + 1
        case "least":
            found.least = number
        case "fewer":
            found.most = max(number - 1, 0)
        case "most":
            found.most = number
        case _:
            found.least = found.most = number


def _lasting(found: Slots, way: str, seconds: float) -> None:
    if way in ("more", "least", "just"):
        found.shortest_s = seconds
    if way in ("fewer", "most", "just"):
        found.longest_s = seconds


def find_ordinal(tokens: Tokens, found: Slots) -> None:
    """Before the times are read: `the 2nd` is a day of the month, unless something that is counted stands behind it."""
    for at in tokens.free_indexes():
        number, end = _number_of(tokens, at)
        if number is None:
            continue
        last = _last_one(tokens, end)
        if last is not None:
            end, by = last, "last"
        elif _is_of_things(tokens, at, end):
            by = "first"
        else:
            continue
        tokens.claim(at, end, "ordinal")
        found.ordinal = number
        found.said.add(by)
        return
    _find_but_one(tokens, found)


def _number_of(tokens: Tokens, at: int) -> tuple[int | None, int]:
    word = tokens.word(at)
    if word in ORDINALS and word != "first":
        return ORDINALS[word], at + 1
    if word.isdigit() and 1 < int(word) <= 20 and tokens.word(at + 1) in TH:
        return int(word), at + 2
    return None, at


def _last_one(tokens: Tokens, at: int) -> int | None:
    """`second last`, `third from last`, `second to last`."""
    skipped = at + 1 if tokens.word(at) in ("to", "from") else at
    skipped = skipped + 1 if skipped > at and tokens.word(skipped) == "the" else skipped
    return skipped + 1 if tokens.word(skipped) in _FROM_LAST else None


def _is_of_things(tokens: Tokens, at: int, end: int) -> bool:
    """Behind `the second` at the end of a question something counted is meant; a month or a length of time is something else."""
    behind = tokens.word(end)
    if (behind == "of" and month_of(tokens.word(end + 1)) is not None) or behind in MONTHS:
        return False
    if tokens.word(at).isdigit():
        return behind in _THINGS or is_counted(behind)
    at_end = not behind and tokens.word(at - 1) == "the"
    return at_end or (bool(behind) and behind not in ("ago", "half", "floor", "week", "day", "hour", "month"))


def _find_but_one(tokens: Tokens, found: Slots) -> None:
    """`the last but one`, `the penultimate`, `next to last`."""
    for at in tokens.free_indexes():
        for words in (
            ("last", "but", "one"),
            ("next", "to", "last"),
            ("penultimate",),
            ("one", "before", "last"),
            ("one", "before", "the", "last"),
        ):
            if tokens.run(at, words):
                tokens.claim(at, at + len(words), "ordinal")
                found.ordinal = 2
                found.said.add("last")
                return
