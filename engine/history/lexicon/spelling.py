"""Slips of the pen in ordinary words of a question: `yesteday`, `teh`. Only words that questions are full of are put right, so that a word
that could limit a question is never taken for another one; names are `names`' business."""

from engine.history.grammar.slots_found import Slots
from engine.history.lexicon.tokens import Tokens
from engine.history.lexicon.words import COMMON, SLIPS, WORDS_THEMSELVES
from engine.history.names import NameFinder, distance

_LEAST = 4  # letters


def mend(tokens: Tokens, finder: NameFinder, found: Slots) -> None:
    """Puts them right where they stand, and says so."""
    for at in tokens.free_indexes():
        word = tokens.word(at)
        if word.isdigit() or finder.is_word(word) or finder.is_part(word):
            continue
        meant = SLIPS.get(word) or _nearest(word)
        if meant:
            tokens.all[at].text = meant
            found.notes.append(f"“{word}” is taken for “{meant}”.")


def _nearest(word: str) -> str:
    if len(word) < _LEAST or word in WORDS_THEMSELVES:
        return ""
    alike = [each for each in sorted(COMMON) if each[0] == word[0] and distance(word, each, 1) == 1]
    return alike[0] if len(alike) == 1 else ""
