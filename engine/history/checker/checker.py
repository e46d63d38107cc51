"""Every sentence of an answer is derived again from the record before anybody reads it; what cannot be is struck.

Whoever planned the answer, grammar or language model, is not asked: what a sentence claims is read from its text, and what it may claim
from the rows that it cites, read anew by their ids and counted anew in another way. A claim beyond its citations is struck, and so is
one that cites nothing.
"""

import re
from dataclasses import replace
from operator import attrgetter

from engine.history.answers.words import Words, duration, number
from engine.history.checker.facts import Facts, facts_of
from engine.history.checker.grounds import Grounds, GroundsReader, quoted_text
from engine.history.checker.words import odd_not, unknown_words
from engine.history.names import Directory
from engine.history.queries.reach import Reach
from engine.model.clock_text import zone_names
from engine.model.history.chat import CitationKind, ClaimStatus, Sentence

_LISTS_PEOPLE = re.compile(r"\bknown (?:person was|people were) seen\b|\bat once\b")


class Checker:
    """Of one viewer's answers. Any thread."""

    def __init__(self, reach: Reach, directory: Directory) -> None:
        self._reader = GroundsReader(reach, Words(directory, reach.zone, reach.now_ns))
        self._directory = directory
        self._reach = reach

    def checked(self, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        return tuple(self._checked(sentence) for sentence in sentences)

    def why(self, sentence: Sentence) -> str:
        """What is wrong with a sentence, for whoever looks into it; empty: nothing."""
        grounds = self._reader.read_grounds(sentence.citations)
        facts = facts_of(sentence.text, self._directory, tuple(grounds.names), zone_names(self._reach.zone, self._reach.now_ns))
        if not sentence.citations:
            return _claims(facts)
        return _wrong(facts, grounds, sentence)

    def _checked(self, sentence: Sentence) -> Sentence:
        if not self.why(sentence):
            return sentence
        return replace(sentence, status=ClaimStatus.STRUCK)


def _claims(facts: Facts) -> str:
    """Without a citation nothing of the record may be said."""
    claims = (
        facts.clocks or facts.dates or facts.lengths or facts.ids or facts.yes or facts.negative or facts.more is not None or facts.same
    )
    return "claims without a citation" if claims else ""


def _wrong(facts: Facts, grounds: Grounds, sentence: Sentence) -> str:
    if grounds.missing:
        return "cites what is not there"
    for name, said, so in (
        ("quote", facts.quotes, {quoted_text(text) for text in grounds.texts}),
        ("id", facts.ids, grounds.ids),
        ("name", facts.names, grounds.names),
        ("date", facts.dates, grounds.dates),
        ("time", facts.clocks, grounds.clocks),
        ("stretch", facts.stretches, grounds.stretches),
        ("days", facts.days, grounds.days),
        ("moment", facts.moments, grounds.moments),
        ("length", facts.lengths, grounds.lengths | _between(grounds)),
        ("number", facts.numbers, grounds.numbers | _count_difference(grounds) | _percent(facts, grounds) | _different(facts, grounds)),
        ("state", facts.states, grounds.states | grounds.categories),
        ("verdict", facts.found, grounds.found),
        ("category", facts.categories, grounds.categories),
        ("days", facts.day_parts, grounds.day_parts),
        ("limit", facts.limits, grounds.limits),
        ("coverage", facts.coverage, grounds.coverage),
    ):
        if not set(said) <= so:
            return f"{name}: {sorted(map(str, set(said) - set(so)))}"
    return (
        _wrong_words(facts, grounds, sentence)
        or _wrong_kind(facts, grounds)
        or _wrong_way(facts, grounds, sentence)
        or _wrong_edge(facts, grounds, sentence)
        or _wrong_days(facts, grounds, sentence)
        or _wrong_clips(facts, grounds)
        or _wrong_people(grounds, sentence)
        or _wrong_order(facts, grounds, sentence)
    )


def _wrong_words(facts: Facts, grounds: Grounds, sentence: Sentence) -> str:
    """A word that nothing in the record could bear out."""
    unknown = unknown_words(facts.left)
    if unknown:
        return f"word: {list(unknown)}"
    twice = [name for name in facts.names if f"{name} and {name}" in sentence.text]
    if twice:
        return f"name: {twice} twice"
    left = facts.left.replace(" and not ", " and ", grounds.without)
    is_odd = sentence.status is not ClaimStatus.NOT_OBSERVED and odd_not(left, of_rows=bool(grounds.events))
    return "says that it was not" if is_odd else ""


def _wrong_edge(facts: Facts, grounds: Grounds, sentence: Sentence) -> str:
    """The first, the last, the longest, the usual."""
    said = set(facts.superlatives)
    together = {"longest", "shortest"} & said if len(grounds.seconds) and not grounds.superlatives & {"longest", "shortest"} else set[str]()
    if together:
        most = max(grounds.seconds) if "longest" in together else min(grounds.seconds)
        if grounds.seconds[0] != most:
            return "another one is longer"
        everybody = set[str]().union(*grounds.whose)
        if {name for name in everybody if name in sentence.text.rpartition(": ")[2]} != grounds.whose[0]:
            return "somebody else is it"
    if not said - together <= grounds.superlatives:
        return f"edge: {sorted(said - together - grounds.superlatives)}"
    edges = said - together - {"median", "average", "mean", "usually"}
    if edges and grounds.events and not {event.id for event in grounds.events} <= grounds.edges:
        return "another one is it"
    return ""


def _wrong_days(facts: Facts, grounds: Grounds, sentence: Sentence) -> str:
    """Days that are listed behind a colon, of those with and those without."""
    is_lacking = "none on" in sentence.text
    _, colon, tail = _unprefixed(sentence.text).rpartition("none on " if is_lacking else ": ")
    if not (grounds.having or grounds.lacking) or not colon:
        return ""
    dates = facts_of(tail, Directory()).dates
    listed = set(dates)
    if len(listed) < len(dates):
        return "a day is told twice"
    right = grounds.lacking if is_lacking else grounds.having
    return "" if listed <= right else f"day: {sorted(listed - right)}"


def _unprefixed(text: str) -> str:
    return text.removeprefix("Yes: ").removeprefix("No: ")


def _wrong_people(grounds: Grounds, sentence: Sentence) -> str:
    """A list of those of whom something is true has each of them once, and nobody else; so has one of what ties."""
    _, colon, tail = _unprefixed(sentence.text).rpartition(": ")
    if not colon:
        return ""
    if any(tail.count(name) > 1 for name in grounds.names) and not grounds.rows:
        return "somebody is told twice"
    listed = {name for name in grounds.names if name in tail}
    if grounds.who_fits and _LISTS_PEOPLE.search(sentence.text) and listed != grounds.who_fits:
        return f"not those: {sorted(listed ^ grounds.who_fits)}"
    return ""


def _wrong_clips(facts: Facts, grounds: Grounds) -> str:
    """How many clips there are is told of those that are cited."""
    counts = re.search(r"\bthere (?:was|were) +clips?\b", " ".join(facts.left.split()), re.IGNORECASE)
    return "not so many clips" if counts and float(grounds.clips) not in facts.numbers else ""


def _wrong_order(facts: Facts, grounds: Grounds, sentence: Sentence) -> str:
    """Which of two came before the other one."""
    if not re.search(r"\bbefore\b", facts.left):
        return ""
    if len(grounds.events) != 2:
        return "" if grounds.open_start else "nothing is before anything"
    first, after = grounds.events
    came = re.search(r"\b(came|left)\b", facts.left)
    at = (first.ended_ns or 0, after.ended_ns or 0) if came is not None and came[0] == "left" else (first.started_ns, after.started_ns)
    head, _, tail = sentence.text.partition(" before ")
    names = first.person and first.person in head and after.person in tail and first.person not in tail
    if not came or not names or at[0] > at[1]:
        return "the other way round"
    apart = {duration((at[1] - at[0]) / 1e9)}
    return "" if set(facts.lengths) <= apart else "length: not so far apart"


def _wrong_kind(facts: Facts, grounds: Grounds) -> str:
    for kinds in facts.kinds:
        if not kinds & grounds.kinds and not _blind_only(grounds):
            return f"kind: {sorted(kind.value for kind in kinds)}"
    return ""


def _blind_only(grounds: Grounds) -> bool:
    return bool(grounds.blind)


def _wrong_way(facts: Facts, grounds: Grounds, sentence: Sentence) -> str:
    """Yes, no, none, more, fewer, all the time."""
    counted = grounds.counts
    something = grounds.rows > 0 or any(counted)
    if sentence.status is ClaimStatus.NOT_OBSERVED:
        return "" if grounds.blind or grounds.rows or grounds.partly_seen else "it was observed"
    if facts.all_time and not grounds.fully_seen:
        return "not seen all the time"
    if facts.not_all and not grounds.partly_seen:
        return "was seen all the time"
    if facts.all_time or facts.not_all or facts.coverage:
        return ""
    if grounds.every is not None and (facts.yes or sentence.text.startswith("No: ")):
        return "" if facts.yes == grounds.every else "not on each of the days" if facts.yes else "on each of the days"
    if facts.negative and something and not _of_count(sentence):
        return "there is something"
    if facts.negative and any(counted):
        return "there is something"
    if facts.yes and not something:
        return "there is nothing"
    if counted and not grounds.rows and not any(counted) and not facts.negative and 0.0 not in facts.numbers and not facts.lengths:
        return "there is nothing"
    if facts.going_on and not grounds.going_on:
        return "it is over"
    if facts.unknown_person and grounds.rows and grounds.named and not grounds.counts:
        return "somebody known"
    if facts.ended_last and grounds.ends and not set(facts.clocks) <= grounds.ends:
        return "not the end"
    if facts.passed is not None and facts.passed not in grounds.passed:
        return "the condition says otherwise"
    return _wrong_comparison(facts, counted)


def _wrong_comparison(facts: Facts, counted: list[float]) -> str:
    if len(counted) != 2:
        return "nothing is compared" if facts.more is not None or facts.same else ""
    apart = counted[0] - counted[1]
    if facts.same:
        return "" if apart == 0 else "not the same"
    if facts.more is not None and (apart == 0 or (apart > 0) != facts.more):
        return "the other way round"
    if any(each != abs(apart) for each in facts.apart):
        return "not so many more"
    return ""


def _count_difference(grounds: Grounds) -> set[float]:
    """Of two counts also how far they are apart."""
    return {float(abs(grounds.counts[0] - grounds.counts[1]))} if len(grounds.counts) == 2 else set()


def _between(grounds: Grounds) -> set[str]:
    """How far two cited events are apart: their beginnings, their ends, and from the end of one to the other."""
    if len(grounds.events) != 2:
        return set()
    one, other = sorted(grounds.events, key=attrgetter("started_ns"))
    gaps = [other.started_ns - one.started_ns]
    if one.ended_ns is not None and other.ended_ns is not None:
        gaps += [abs(other.ended_ns - one.ended_ns), other.ended_ns - one.started_ns]
    return {duration(gap / 1e9) for gap in gaps}


def _different(facts: Facts, grounds: Grounds) -> set[float]:
    """Of groups that were counted apart also how many there are."""
    return {float(len(grounds.counts))} if "different" in facts.left and grounds.counts and all(grounds.counts) else set()


def _percent(facts: Facts, grounds: Grounds) -> set[float]:
    """Of two counts also how many in a hundred the first is of the second."""
    if "%" not in facts.left or len(grounds.counts) != 2 or not grounds.counts[1]:
        return set()
    return {float(number(round(100 * grounds.counts[0] / grounds.counts[1], 1)))}


def _of_count(sentence: Sentence) -> bool:
    return all(citation.kind is CitationKind.COUNT for citation in sentence.citations)
