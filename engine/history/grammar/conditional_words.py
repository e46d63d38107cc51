"""Words that say nothing by themselves and much beside others: `want` in *I want to know* and in *what did he want*.

Each is understood where what it needs stands in the question, and is named as not understood elsewhere.
"""

from collections.abc import Callable, Mapping

from engine.history.grammar.slots_found import Slots
from engine.history.lexicon.words import CONDITIONAL
from engine.model.history.query import By

_US = ("i", "we", "me", "us", "my", "our", "you")
_HELD_BY_A_TIME = ("time", "limit", "lasting", "near")
_ASKED = ("which", "what", "when", "whom")
_REACH = 4  # words behind `during` among which its time begins


def _wish(slots: Slots, at: int) -> bool:
    """Of those who ask."""
    return slots.word(*_US) or slots.by is By.PERSON  # `whom the cameras know by name`


def _usage(slots: Slots, at: int) -> bool:
    """Of a place, by somebody; no sensor tells how much a place was used."""
    return slots.has_place and not slots.any("most", "fewest")


def _look(slots: Slots, at: int) -> bool:
    """An order, or what the asker does; not what somebody looked like."""
    return at == 0 or (slots.tokens.word(at + 1) in ("for", "up", "back", "into") and _wish(slots, at))


def _paid(slots: Slots, at: int) -> bool:
    return slots.word("visit", "visits")


def _aside(slots: Slots, at: int) -> bool:
    """`by the way`, `at any point`."""
    return slots.tokens.word(at - 1) in ("the", "any", "some") and slots.tokens.word(at - 2) in ("by", "in", "at")


def _in_time(slots: Slots, at: int) -> bool:
    """Before a time, or a word that asks for one."""
    behind = slots.tokens.all[at + 1 : at + 1 + _REACH]
    return any(token.taken in _HELD_BY_A_TIME for token in behind) or any(token.text in _ASKED for token in behind[:1])


def _modal(slots: Slots, at: int) -> bool:
    """Politeness; what should or might have been is not in the record."""
    tokens = slots.tokens
    return tokens.word(at + 1) in (*_US, "like") or tokens.word(at - 1) in _US


def _assigned(slots: Slots, at: int) -> bool:
    return slots.any("handled", "alerts", "open")


def _available(slots: Slots, at: int) -> bool:
    return slots.any("clip")


def _far(slots: Slots, at: int) -> bool:
    return slots.near_km is not None


def _involved(slots: Slots, at: int) -> bool:
    """Of whom or what is named; who had a part in something is not known."""
    return bool(slots.people or slots.has_place or slots.any("unknown", "known"))


def _raised(slots: Slots, at: int) -> bool:
    return slots.any("alerts")


_HOLDS: Mapping[str, Callable[[Slots, int], bool]] = {
    "wish": _wish,
    "usage": _usage,
    "look": _look,
    "paid": _paid,
    "aside": _aside,
    "in_time": _in_time,
    "modal": _modal,
    "assigned": _assigned,
    "available": _available,
    "far": _far,
    "involved": _involved,
    "raised": _raised,
}


def holds(slots: Slots, at: int) -> bool:
    """Whether the word at a place is understood where it stands; True of words that need nothing beside them."""
    name = CONDITIONAL.get(slots.tokens.word(at))
    return name is None or _HOLDS[name](slots, at)
