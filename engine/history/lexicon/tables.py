"""The tables of words by name, and by the word that a phrase begins with."""

from typing import TypeAlias

from engine.history.lexicon import words
from engine.history.lexicon.tokens import word_set
from engine.history.lexicon.words import (
    AT_LEAST_HIGH,
    BY_PLURALS,
    BY_WORDS,
    CAMERA_WORDS,
    CATEGORIES,
    CONDITIONAL,
    DOOR_WORDS,
    FILLERS,
    GATES,
    KINDS,
    LOST,
    NODE_WORDS,
    PHRASES,
    SEVERITIES,
    THINGS,
    UNPLACED,
    ZONE_WORDS,
)
from engine.history.when.units import MONTHS, NUMBERS, PARTS, WEEKDAYS

_TIME_WORDS = frozenset([*WEEKDAYS, *(f"{day}s" for day in WEEKDAYS), *MONTHS, *NUMBERS, *PARTS]) | word_set(
    "today yesterday tonight tomorrow week weekend weekends month year noon midnight since until before after am pm night ago"
)
_PLACES = CAMERA_WORDS | NODE_WORDS | ZONE_WORDS | DOOR_WORDS
_LOOSE = _PLACES | LOST | words.HE | words.IT | words.FOLLOWS | words.THERE
_SLOT_WORDS = frozenset(SEVERITIES) | AT_LEAST_HIGH | frozenset(BY_WORDS) | frozenset(BY_PLURALS)
_KNOWN_WORDS = (
    frozenset(word for table in PHRASES.values() for phrase in table for word in phrase)
    | frozenset(word for table in (*KINDS.values(), *CATEGORIES.values()) for phrase in table for word in phrase)
    | frozenset(word for gate in GATES for word in gate)
    | _LOOSE
    | _SLOT_WORDS
    | FILLERS
    | frozenset(CONDITIONAL)
    | UNPLACED
    | _TIME_WORDS
    | THINGS
)
_Phrase: TypeAlias = tuple[tuple[str, ...], str, str]  # its words, the table it stands in, and of kinds and categories which one


def _by_first() -> dict[str, list[_Phrase]]:
    """Every phrase of every table, by the word that it begins with."""
    found: dict[str, list[_Phrase]] = {}
    claims: list[_Phrase] = [(phrase, name, "") for name, table in PHRASES.items() for phrase in table]
    claims += [(phrase, "kind", kind.value) for kind, table in KINDS.items() for phrase in table]
    claims += [(phrase, "category", category.value) for category, table in CATEGORIES.items() for phrase in table]
    for claim in claims:
        found.setdefault(claim[0][0], []).append(claim)
    return found


BY_FIRST = _by_first()


def is_word(word: str) -> bool:
    """Whether a word means something by itself, so that it is no slip of a name."""
    return word in _KNOWN_WORDS or word in words.ORDERS or word.isdigit()


def is_thing(word: str) -> bool:
    """Whether it is of something that no event tells of."""
    return word in THINGS


def is_filler(word: str) -> bool:
    return word in FILLERS or word in CONDITIONAL or word in _LOOSE or word in BY_WORDS or (word.isdigit() and len(word) < 3)


def is_counted(word: str) -> bool:
    """Whether a word is of something that is counted: an alert, an event, a kind of event."""
    return any(
        len(phrase) == 1 and table in ("alerts", "events", "incidents", "kind", "unknown") for phrase, table, _ in BY_FIRST.get(word, ())
    ) or (word in ("visit", "visits", "outage", "outages", "sighting", "sightings"))
