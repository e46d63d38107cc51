"""True sentences with one fact altered: a name, a place, a time, a day, a number, a length, a kind, yes or no, or what is cited."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.model.history.chat import CitationKind, Sentence

_NAMES = ("John Smith", "Mary-Ann O'Brien", "Zoë Müller", "Jürgen", "Ana Lima")
_PLACES = ("Yard", "Hall", "Loading dock", "Front gate", "Lab", "Server room", "Office", "Front door")
_KINDS = (
    ("fell", "was running"),
    ("There was a fight", "There was motion"),
    ("motion events", "falls"),
    ("falls", "fights"),
    ("was lost and gave no picture", "fell"),
)
_CLOCK = re.compile(r"\b(\d{2}):(\d{2})\b")
_DAY = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{1,2}) Nov")
_NUMBER = re.compile(r"(?<![\w:-])\d+(?![\w:]|-\d)")
_LENGTH = re.compile(r"\((\d+) min\)")


def altered(sentence: Sentence) -> Iterator[tuple[str, Sentence]]:
    """Every way that this sentence can be altered in, by name."""
    for name, alter in _WAYS.items():
        text = alter(sentence.text)
        if text is not None and text != sentence.text:
            yield name, replace(sentence, text=text)
    if sentence.citations[0].kind is CitationKind.EVENT:
        other = replace(sentence.citations[0], id="ev-9999")
        yield "cited", replace(sentence, citations=(other, *sentence.citations[1:]))


def _swapped(names: tuple[str, ...]) -> Callable[[str], str | None]:
    def swap(text: str) -> str | None:
        at = next((at for at, name in enumerate(names) if name in text), None)
        return None if at is None else text.replace(names[at], names[(at + 1) % len(names)], 1)

    return swap


def _clock(text: str) -> str | None:
    found = _CLOCK.search(text)
    return None if found is None else f"{text[: found.start()]}{(int(found[1]) + 1) % 24:02d}:{found[2]}{text[found.end() :]}"


def _day(text: str) -> str | None:
    found = _DAY.search(text)
    return None if found is None else f"{text[: found.start()]}{found[1]} {int(found[2]) + 7} Nov{text[found.end() :]}"


def _number(text: str) -> str | None:
    plain = _DAY.sub(
        lambda found: "#" * len(found[0]),
        _CLOCK.sub("#####", re.sub(r"\b2026\b", "####", re.sub(r"“[^”]*”", lambda found: "#" * len(found[0]), text))),
    )
    plain = re.sub(r"\b[a-z]{2}-\d+", lambda found: "#" * len(found[0]), plain)
    found = _NUMBER.search(plain)
    return None if found is None else f"{text[: found.start()]}{int(found[0]) + 17}{text[found.end() :]}"


def _kind(text: str) -> str | None:
    pair = next((pair for pair in _KINDS if pair[0] in text), None)
    return None if pair is None else text.replace(pair[0], pair[1], 1)


def _way(text: str) -> str | None:
    for said, other in (
        ("Yes: ", "No: there is no such thing: "),
        ("No: ", "Yes: "),
        ("Nobody ", "Somebody "),
        (" more ", " fewer "),
        (" fewer ", " more "),
    ):
        if said in text:
            return text.replace(said, other, 1)
    return None


_WAYS: dict[str, Callable[[str], str | None]] = {
    "person": _swapped(_NAMES),
    "number": _number,
    "place": _swapped(_PLACES),
    "time": _clock,
    "kind": _kind,
    "way": _way,
    "day": _day,
}
