"""Whether an answer is right, asked back, or wrong: stated as fact and not what is true. By what may be said (`Told`) or has to be asked
(`Back`), in English and in German.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from engine.model.history.chat import ChatAnswer, CitationKind, ClaimStatus, Sentence

NO = "no|nobody|not|none|nothing|never|no one|nein|kein|keine|keinen|keinem|keiner|keines|niemand|nicht|nichts|nie"
_NO_FIRST = re.compile(r"\W*(no|nobody|none|nothing|nein|niemand|nichts|keine?r?)\b", re.IGNORECASE)
_YES_FIRST = re.compile(r"\W*(yes|ja)\b", re.IGNORECASE)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mär|Mai|Okt|Dez"
_NO_COUNT = re.compile(
    rf"\d+:\d\d(:\d\d)?|\d{{4}}-\d\d-\d\d|\b\d\d?\.? ({_MONTHS})[a-zä]*\.?( \d{{4}})?"
    rf"|\b({_MONTHS})[a-z]* \d\d?\b|\b\d\d?\.\d\d?\.(\d{{4}})?"
    r"|\b\d+(\.\d+)? (h|min|s|m|km|Std|Min|Sek|hours?|minutes?|Stunden?|Minuten?)\b"
)
"""Digits that are a clock time, a date or a length and no count."""


class Verdict(StrEnum):
    RIGHT = "right"
    ASKED_BACK = "asked back"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that states what is so.

    Attributes:
        says: whole words, in any case, `|` between those of which one is enough. A bare number is a count, never part of a time or a date.
        cites: ids of events, alerts, decisions and clips, at least. only: none of the same sort beside them. bars: ids that are not to be.
        never: whole words that are not said.
        leads: the first of these words comes before any of the others.
        denies: True: it says no; False: it does not begin with no; None: no matter.
    """

    says: tuple[str, ...] = ()
    cites: frozenset[str] = frozenset()
    only: bool = False
    bars: frozenset[str] = frozenset()
    never: tuple[str, ...] = ()
    denies: bool | None = None
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """A question back, or a word on what cannot be answered; `names`: begins of words in it, `|` between those of which one is enough."""

    names: tuple[str, ...] = ()


Accepted: TypeAlias = Sequence[Told | Back]


def verdict(answer: ChatAnswer, accepted: Accepted) -> tuple[Verdict, str]:
    """With why it is not right; of several that are accepted, by the first."""
    lacks = [_lacking(answer, each) for each in accepted]
    if "" in lacks:
        return Verdict.RIGHT, ""
    return (Verdict.WRONG if _stated(answer) else Verdict.ASKED_BACK), lacks[0]


def _stated(answer: ChatAnswer) -> bool:
    return answer.understood and bool(_kept(answer))


def _kept(answer: ChatAnswer) -> list[Sentence]:
    return [each for each in answer.sentences if each.status is not ClaimStatus.STRUCK]


def _lacking(answer: ChatAnswer, wanted: Told | Back) -> str:
    if isinstance(wanted, Back):
        return _unasked(answer, wanted)
    return _untold(answer, wanted) if _stated(answer) else "not answered"


def _unasked(answer: ChatAnswer, back: Back) -> str:
    if _stated(answer):
        return "is answered"
    unnamed = [each for each in back.names if not re.search(rf"(?<!\w)(?:{each})", answer.answer, re.IGNORECASE)]
    return f"does not name {unnamed}" if unnamed else ""


def _untold(answer: ChatAnswer, told: Told) -> str:
    text = answer.answer
    for said in told.says:
        if not any(says(text, each) for each in said.split("|")):
            return f"does not say {said!r}"
    for said in told.never:
        if says(text, said):
            return f"says {said!r}"
    places = [at for each in told.leads if (at := text.casefold().find(each.casefold())) >= 0]
    if places and places[0] != min(places):
        return f"does not name {told.leads[0]} first"
    if told.denies and (_YES_FIRST.match(text) or not any(says(text, each) for each in NO.split("|"))):
        return "does not deny"
    if told.denies is False and _NO_FIRST.match(text):
        return "denies"
    return _uncited(answer, told)


def says(text: str, words: str) -> bool:
    if words.isdecimal():
        text = _NO_COUNT.sub(" ", text)
    return re.search(rf"(?<![\w:.])(?<!\d h ){re.escape(words)}(?!\w|[.,]\d)", text, re.IGNORECASE) is not None


def _uncited(answer: ChatAnswer, told: Told) -> str:
    cited = {each.id for sentence in _kept(answer) for each in sentence.citations if each.kind is not CitationKind.COUNT}
    if told.cites - cited:
        return f"does not cite {sorted(told.cites - cited)}"
    sorts = {each[:3] for each in told.cites}
    more = told.bars & cited | ({each for each in cited if each[:3] in sorts} - told.cites if told.only else set())
    return f"cites {sorted(more)}" if more else ""
