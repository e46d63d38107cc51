"""Numbers that limit a question: severities, lengths, how many, and what is counted apart."""

from engine.history.grammar.slots_found import Slots
from engine.history.lexicon.tokens import Tokens
from engine.history.lexicon.words import AT_LEAST_HIGH, BY_PLURALS, BY_WORDS, PER, SEVERITIES
from engine.history.when.units import number_at
from engine.model.history.query import By


def find_severities(tokens: Tokens, found: Slots) -> None:
    for at in tokens.free_indexes():
        word = tokens.word(at)
        number = SEVERITIES.get(word)
        if word in ("severity", "priority", "level") and number is None:
            counted = next(
                (
                    (each, int(tokens.word(each)))
                    for each in range(at + 1, min(at + 5, len(tokens.all)))
                    if tokens.word(each) in "12345" and tokens.word(each)
                ),
                None,
            )
            if counted is not None:
                at_least = _at_least(tokens, at, counted[0] + 1)
                tokens.claim(at, counted[0] + 1, "severity")
                _severe(found, counted[1], at_least)
                _further(tokens, counted[0] + 1, found)
            continue
        if word in AT_LEAST_HIGH:
            tokens.claim(at, at + 1, "severity")
            _severe(found, 4, at_least=True)
        elif number is not None and tokens.word(at - 1) == "how":
            tokens.claim(at - 1, at + 1, "severity")  # asks how severe it is
        elif number is not None and _below(tokens, at):
            start = at - 2 if tokens.word(at - 1) == "than" else at - 1
            tokens.claim(start, at + 1, "severity")
            found.severities += range(1, number)
        elif number is not None and not (word in ("high", "low") and tokens.word(at + 1) in ("enough", "hour")):
            at_least = _at_least(tokens, at, at + 1)
            tokens.claim(at, at + 1, "severity")
            _severe(found, number, at_least)


def _further(tokens: Tokens, at: int, found: Slots) -> None:
    """`severity 4 and 5`."""
    while tokens.word(at) in ("and", "or") and tokens.word(at + 1) in ("1", "2", "3", "4", "5"):
        found.severities.append(int(tokens.word(at + 1)))
        tokens.claim(at, at + 2, "severity")
        at += 2


def _below(tokens: Tokens, at: int) -> bool:
    """`below critical`, `less than high`."""
    return tokens.word(at - 1) in ("below", "under") or (tokens.word(at - 1) == "than" and tokens.word(at - 2) in ("less", "lower"))


def _at_least(tokens: Tokens, start: int, end: int) -> bool:
    before = [tokens.word(at) for at in range(max(start - 4, 0), end)]
    after = [tokens.word(at) for at in range(end, end + 3)]
    if any(word in ("least", "minimum") for word in before) or ("above" in before and "not" not in before):
        return True
    return (
        bool(after) and after[0] in ("or", "and") and any(word in ("worse", "above", "higher", "up", "more", "greater") for word in after)
    )


def _severe(found: Slots, number: int, at_least: bool) -> None:
    if at_least:
        found.min_severity = max(found.min_severity, number)
    else:
        found.severities.append(number)


def find_by(tokens: Tokens, found: Slots) -> None:
    """`per camera`, `by hour`, `for each zone`, `day by day`, `hourly`, `which camera … most`."""
    for at in tokens.free_indexes():
        word = BY_PLURALS.get(tokens.word(at), tokens.word(at))
        by = BY_WORDS.get(word)
        if by is None or not tokens.free(at):
            continue
        before = tokens.word(at - 1)
        if by is By.DAY and tokens.word(at) == "days" and before in ("which", "what", "many"):
            continue  # the days themselves are asked for
        many = tokens.word(at) != word and (before == "many" or (before == "different" and tokens.word(at - 2) == "many"))
        if many and by in (By.CAMERA, By.ZONE, By.KIND):
            tokens.claim(at, at + 1, "by")
            found.by = by
            continue
        of_the = at - 2 if before in ("the", "of") else at - 1
        which_days = by in (By.DAY, By.HOUR, By.KIND, By.WEEKDAY) and before in ("which", "what") and tokens.word(at) != word
        if word in ("hourly", "daily", "trend") or which_days:
            tokens.claim(at, at + 1, "by")
            found.by = by
        elif tokens.word(of_the) in PER and tokens.free(of_the):
            start = of_the - 1 if tokens.word(of_the - 1) in ("for", "in", "on") and tokens.free(of_the - 1) else of_the
            doubled = BY_PLURALS.get(tokens.word(start - 1), tokens.word(start - 1)) == word and tokens.free(start - 1)
            tokens.claim(start - 1 if doubled else start, at + 1, "by")
            found.by = by
            if tokens.word(at + 1) == "of" and tokens.word(at + 2) in ("the",):
                tokens.claim(at + 1, at + 3, "by")
                if tokens.word(at + 3) in ("day", "week"):
                    found.by = By.WEEKDAY if tokens.word(at + 3) == "week" else By.HOUR
                    tokens.claim(at + 3, at + 4, "by")


_ENDS = ("most", "latest", "newest", "recent", "last", "oldest", "longest", "shortest", "earliest")  # behind a number


def find_limit(tokens: Tokens, found: Slots) -> None:
    """`the last 5 alerts`, `first three`."""
    for at in tokens.free_indexes():
        before = number_at(tokens, at)
        if before is not None and tokens.word(before[1]) in _ENDS and tokens.word(at) not in ("a", "an", "one") and 1 <= before[0] <= 100:
            found.limit = int(before[0])
            tokens.claim(at, before[1], "limit")
            return
        counted = number_at(tokens, at + 1) if tokens.word(at) in ("last", "first", "latest", "newest", "top", "recent") else None
        if counted is None or counted[0] != int(counted[0]) or not 1 <= counted[0] <= 100 or tokens.word(at + 1) in ("a", "an", "one"):
            continue
        if tokens.free(at + 1):
            found.limit = int(counted[0])
            tokens.claim(at + 1, counted[1], "limit")
            return
