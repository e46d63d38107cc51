"""Slips of the pen in ordinary words of a question: `yesteday`, `teh`. Only words that questions are full of are put right, so that a word
that could limit a question is never taken for another one; names are `names`' business."""

from engine.history.grammar.slots_found import Slots
from engine.history.lexicon.tokens import Tokens, word_set
from engine.history.names import NameFinder, distance

_SHORT = {  # too short to be told by how far they are apart
    "teh": "the",
    "hte": "the",
    "wich": "which",
    "whihc": "which",
    "wen": "when",
    "whne": "when",
    "waht": "what",
    "wat": "what",
    "hwo": "how",
    "hwen": "when",
    "ws": "was",
    "wsa": "was",
    "wre": "were",
    "adn": "and",
    "nad": "and",
    "sen": "seen",
    "seeen": "seen",
    "meny": "many",
    "mnay": "many",
    "lsat": "last",
    "las": "last",
    "lats": "last",
    "ther": "there",
    "thre": "there",
    "wher": "where",
    "fo": "of",
    "yest": "yesterday",
    "tday": "today",
    "todya": "today",
    "tody": "today",
    "nigth": "night",
    "nite": "night",
    "sinse": "since",
    "befor": "before",
    "aftr": "after",
    "weeek": "week",
}
_COMMON = word_set(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow morning afternoon evening midnight weekend "
    "january february march april june july august september october november december "
    "people person persons anyone anybody someone somebody everyone everybody nobody stranger strangers visitor visitors unknown "
    "alert alerts alarm alarms camera cameras motion events event incident incidents happen happened between before after during since "
    "where which there while minutes hours arrive arrived leave longest shortest average usually busiest quietest"
)
_WORDS_THEMSELVES = word_set("business parson arrives personal")
_LEAST = 5  # letters


def mend(tokens: Tokens, finder: NameFinder, found: Slots) -> None:
    """Puts them right where they stand, and says so."""
    for at in tokens.free_indexes():
        word = tokens.word(at)
        if word.isdigit() or finder.is_word(word) or finder.is_part(word):
            continue
        meant = _SHORT.get(word) or _nearest(word)
        if meant:
            tokens.all[at].text = meant
            found.notes.append(f"“{word}” is taken for “{meant}”.")


def _nearest(word: str) -> str:
    if len(word) < _LEAST or word in _WORDS_THEMSELVES:
        return ""
    alike = [each for each in sorted(_COMMON) if each[0] == word[0] and distance(word, each, 1) == 1]
    return alike[0] if len(alike) == 1 else ""
