"""True sentences with something put in that nobody recorded: an adjective, another person, another order, a cause, a reason, a denial."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.model.history.chat import Sentence

_OTHERS = ("Ana Lima", "Zoë Müller", "Jürgen")


def invented(sentence: Sentence) -> Iterator[tuple[str, Sentence]]:
    """Every way that fits this sentence, by name."""
    for name, way in _WAYS.items():
        text = way(sentence.text)
        if text is not None and text != sentence.text:
            yield name, replace(sentence, text=text)


def _behind(more: str) -> Callable[[str], str | None]:
    return lambda text: f"{text.rstrip('.')}{more}." if text.endswith(".") else None


def _before_verb(word: str) -> Callable[[str], str | None]:
    return lambda text: re.sub(r"\b(was|were|is|are) ", rf"\1 {word} ", text, count=1)


def _noun(word: str) -> Callable[[str], str | None]:
    nouns = r"\b(person|people|event|events|motion|alert|alerts|fight|fall|falls|sighting|sightings|camera|incident|gesture|visit)\b"
    return lambda text: re.sub(nouns, rf"{word} \1", text, count=1)


def _another(text: str) -> str | None:
    name = next((each for each in _OTHERS if each not in text), None)
    return None if name is None else _behind(f" with {name}")(text)


def _denied(text: str) -> str | None:
    return re.sub(r"\bwas (seen|in|at|running|raised)\b", r"was not \1", text, count=1)


_WAYS: dict[str, Callable[[str], str | None]] = {
    "suspicious": _noun("suspicious"),
    "armed": _noun("armed"),
    "violent": _noun("violent"),
    "three": _noun("three"),
    "suddenly": _before_verb("suddenly"),
    "probably": _before_verb("probably"),
    "masked men": _behind(" with three masked men"),
    "somebody else": _behind(" together with somebody else who ran away"),
    "another": _another,
    "order before": _behind(" before the fight"),
    "order after": _behind(", after that the alarm went off"),
    "order then": _behind(" and then left in a hurry"),
    "cause because": _behind(" because the door was open"),
    "cause so": _behind(", which caused the alert"),
    "cause due": _behind(" due to the weather"),
    "reason": _behind(" to steal something"),
    "reason looking": _behind(" looking for his phone"),
    "knife": _behind(" with a knife"),
    "denied": _denied,
}
