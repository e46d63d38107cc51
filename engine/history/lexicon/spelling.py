"""Slips of the pen in ordinary words of a question: `yesteday`, `teh`. Only words that questions are full of are put right, so that a word
that could limit a question is never taken for another one; names are `names`' business."""

from collections.abc import Callable

from engine.history.grammar.slots_found import Slots
from engine.history.lexicon.tokens import Tokens
from engine.history.lexicon.words import COMMON, SLIPS, WORDS_THEMSELVES
from engine.history.names import NameFinder, only_slip

_LEAST, _LEAST_SWAPPED, _LONG = 4, 3, 9  # letters


def mend(tokens: Tokens, finder: NameFinder, found: Slots) -> None:
    """Puts them right where they stand, and says so."""
    for at in tokens.free_indexes():
        word = tokens.word(at)
        if word.isdigit() or finder.is_word(word) or finder.is_part(word):
            continue
        meant = SLIPS.get(word) or _slip_of(word, finder.is_word) or _nearest(word)
        if meant:
            tokens.all[at].text = meant
            found.notes.append(f"“{word}” is taken for “{meant}”.")


def _slip_of(word: str, is_word: Callable[[str], bool]) -> str:
    """The one word of which two neighbouring letters were swapped, or one was typed twice."""
    if len(word) < _LEAST_SWAPPED or word in WORDS_THEMSELVES:
        return ""
    swapped = {f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" for at in range(len(word) - 1)}
    twice = {f"{word[:at]}{word[at + 1 :]}" for at in range(len(word) - 1) if word[at] == word[at + 1]}
    meant = [each for each in sorted(swapped | twice) if len(each) >= _LEAST_SWAPPED and is_word(each) and not each.isdigit()]
    return meant[0] if len(meant) == 1 else ""


def _nearest(word: str) -> str:
    if len(word) < _LEAST or word in WORDS_THEMSELVES:
        return ""
    return only_slip(word, COMMON, _LONG)
