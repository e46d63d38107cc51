"""The words that a sentence about the record may have.

Every other word claims something that cannot be derived from it ("armed", "because", "three"), so that the sentence is struck, however
true the rest is. Names, quotes, ids, dates, clocks and numbers are checked by themselves.
"""

import re

from engine.history.answers.words import KIND_NOUNS
from engine.history.grammar.places import GATES
from engine.history.lexicon.tokens import folded, word_set
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.decision import CandidateKind
from engine.model.incidents.incident import IncidentCategory

_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = word_set(
    "a all alert alerts an and are as at be behind between by camera clip day days decision else evidence event events everybody fell "
    "fewer fewest for found from gave gesture goes had held hour hours how in incident is it its kept known last left "
    "length longest mean median more most name no nobody node none not now observed of on or open other others over people person "
    "picture radio reasons record recording same saw seen severity shows shortest sighting sightings simulated since spot "
    "state stayed still stretch stretches such than that the there they this through time times to together told unidentified until usual "
    "usually was watched were what when where which who with within would yes earliest first latest different each engine average "
    "condition needed passed failed changed have raised reporter reporters closed took acknowledged assigned kind low running motion "
    "loitering made went lost gone any zones cameras cannot tell yet here km min h s judged before came did so it run not became stays "
    "here about those number nothing kinds clips severities away m decisions decision lie them being alone once others"
)
_OF_KINDS = frozenset(word for pair in KIND_NOUNS.values() for noun in pair for word in _WORD.findall(noun))
_OF_VALUES = frozenset(
    word
    for values in (AlertState, Disposition, CandidateKind, IncidentCategory)
    for each in values
    for word in _WORD.findall(each.value.replace("_", " "))
)
_OF_GATES = frozenset(word for gate in GATES for word in gate.split())
_WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
_PHRASES = re.compile(
    r"\bin one spot\b|\bfrom the one to the other\b|\bin two places\b|\bsuspicious activity\b|\barmed zone\b|"
    r"\bgave pictures that no detector looked at in time\b"
)  # what only stands in these: numbers are counted
ALLOWED = (_PLAIN | _OF_KINDS | _OF_VALUES | _OF_GATES | _WEEKDAYS) - word_set("one two suspicious armed")
_NOT = re.compile(
    r"\b(?:not all the time|not observed|not kept|not judged|not found|not seen|not in the record|not as usual|not watched|did not run|"
    r"cannot tell|may not)\b"
)


def unknown_words(left: str) -> tuple[str, ...]:
    """Of a sentence without its quotes, names, ids, dates, clocks, lengths and numbers."""
    plain = _PHRASES.sub(" ", folded(re.sub(r"\bDATE\d+\b", " ", left)))
    return tuple(word for word in _WORD.findall(plain) if word not in ALLOWED)


def odd_not(left: str, *, of_rows: bool) -> bool:
    """A `not` that no sentence has: it would turn what a row says round."""
    if re.search(r"\b(?:nobody|no known person|no unidentified person)\b.* not\b", folded(left)):
        return True
    rest = _NOT.sub(" ", folded(left))
    return bool(re.search(r"\bnot\b" if of_rows else r"\bnot\b(?! at\b)", rest))
