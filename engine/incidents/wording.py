"""Words of a report, in English and Swedish: where they begin and end, and which of them are denied.

A denied word is one with a negation before it and nothing but filling words between ("no sign of a gun", "ingen pistol"). What is denied is
a closed matter of a few words on purpose: to overlook a denial raises an alarm too many, to see one where there is none raises none.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from engine.model.value_class import dataclass


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.,;:!?()\n\"/–—…]")
_SWEDISH = _word_set("och det är på som inte vid för ett med har till från jag vi han hon där ut sin sig av en ej i den utan ingen")

_NEVER = _word_set("not cannot never without nobody neither nor inte ej icke aldrig utan ingen inget inga varken") | (
    _word_set("dont didnt doesnt isnt wasnt arent werent hasnt havent hadnt cant couldnt wont")
)
_NO = _word_set("no zero anti non")  # deny the noun behind them only: "No, that is a gun"
_OF_NOUNS = _word_set("a an any of sign signs evidence trace traces visible real actual more such kind tecken spår på av")
_OF_VERBS = _OF_NOUNS | (
    _word_set(
        "see seen saw hear heard have has had having carry carrying carried use used using involve involved involving think believe is are "
        "was were be been being it it's that that's there to look looks looked like appear appears seem seems really with got en ett "
        "någon något några såg ser sett hörde hört har hade haft är var blev blivit varit det att tror med"
    )
)
_ALTERNATIVES = frozenset(("or", "nor", "eller"))
_TAKEN_BACK = _word_set("only just bara endast")  # "not only a fight"
_FARTHEST = 8


@dataclass(frozen=True, slots=True)
class Words:
    """folded: words in lower case, and the marks between them. raw: the same as they were written."""

    folded: tuple[str, ...]
    raw: tuple[str, ...]

    @classmethod
    def from_text(cls, text: str) -> "Words":
        plain = unicodedata.normalize("NFKC", text).replace("’", "'")
        raw = _TOKEN.findall(re.sub(r"\bno[ -]one\b", "nobody", plain, flags=re.IGNORECASE))
        return cls(tuple(token.casefold() for token in raw), tuple(raw))

    @property
    def is_swedish(self) -> bool:
        return len(_SWEDISH.intersection(self.folded)) > 1 or any(sign in word for word in self.folded for sign in "åäö")

    def matches_at(self, phrase: tuple[str, ...], index: int) -> bool:
        return self.folded[index : index + len(phrase)] == phrase

    def first_at(self, known: Mapping[str, tuple[tuple[str, ...], ...]], index: int) -> tuple[str, ...]:
        """The first of the phrases, known by their first words, that stands there; empty where none does."""
        return next((phrase for phrase in known.get(self.folded[index], ()) if self.matches_at(phrase, index)), ())


def by_first_word(phrases: Iterable[tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    known: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in phrases:
        known[phrase[0]] = (*known.get(phrase[0], ()), phrase)
    return known


def is_denied(words: Words, index: int, terms: Collection[str]) -> bool:
    """Whether the word at `index` is said not to be. `terms`: words that may stand beside it in a list ("no guns, knives or shots")."""
    folded = words.folded
    in_list = index + 1 < len(folded) and folded[index + 1] in (",", *_ALTERNATIVES)
    verbs = False
    for place in range(index - 1, max(-1, index - 1 - _FARTHEST), -1):
        word = folded[place]
        if word in _NEVER or word.endswith("n't"):
            return folded[place + 1] not in _TAKEN_BACK
        if word in _NO:
            return not verbs
        in_list = in_list or word in _ALTERNATIVES
        if word in _ALTERNATIVES or word in terms or (word == "," and in_list):
            continue
        if word not in _OF_VERBS:
            return False
        verbs = verbs or word not in _OF_NOUNS
    return False
