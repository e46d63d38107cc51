"""What a question leaves out: `everything but motion`, `without people and motion`, `strangers excluded`."""

from engine.history.lexicon import words
from engine.history.lexicon.tokens import Tokens, word_set

_SKIPPED = word_set(
    "the a an any all for of in at on those these ones other kind kinds event events alert alerts about raised by camera zone from his her "
    "their my our"
)
_AND = word_set("and or nor")
_DENIES = word_set("was were is are did do does has have had will can could would")


def left_out(tokens: Tokens, at: int) -> bool:
    """Whether what begins here is left out."""
    while at and tokens.word(at - 1) in _SKIPPED and not _ends_phrase(tokens, at):
        at -= 1
    for phrase in words.EXCEPT:
        start = at - len(phrase)
        if start < 0 or tuple(tokens.word(each) for each in range(start, at)) != phrase:
            continue
        # `was it not`, `did he not`: a question, and nothing is left out
        return phrase != ("not",) or (tokens.word(start - 1) in _DENIES and _of_those(tokens, start - 2))
    return False


def _of_those(tokens: Tokens, at: int) -> bool:
    """`those that were not`, `which alerts were not`: what is told of has to be without it."""
    return tokens.word(at) in ("that", "which", "who") or (at > 0 and tokens.word(0) in ("which", "what", "list", "show"))


def _ends_phrase(tokens: Tokens, at: int) -> bool:
    """`apart from`, `except for`: its last word is none to be passed over."""
    return any(len(phrase) > 1 and tuple(tokens.word(each) for each in range(at - len(phrase), at)) == phrase for phrase in words.EXCEPT)


def behind(tokens: Tokens, end: int) -> bool:
    """`motion excluded`."""
    return tokens.word(end) in words.LEFT_OUT or (tokens.word(end) in ("are", "is") and tokens.word(end + 1) in words.LEFT_OUT)


def chained(tokens: Tokens, at: int, ended: set[int]) -> bool:
    """`and motion`, behind something that is left out."""
    if at in ended or (tokens.word(at - 1) == "the" and at - 1 in ended):
        return True  # `other than the hall, the yard and the gate`
    while tokens.word(at - 1) in _SKIPPED:
        at -= 1
    return tokens.word(at - 1) in _AND and at - 1 in ended
