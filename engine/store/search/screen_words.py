"""Words of the screen that no row holds: names of kinds, states and grades, and translated sentences, as what rows do hold.

A query is widened by them (decision 256); nothing translated is stored. Languages: those of the catalogues (`resources/locale`, gettext).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from gettext import GNUTranslations, translation
from pathlib import Path
from typing import cast

import resources
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.decision import CandidateKind, Outcome
from engine.model.event import Severity
from engine.model.history.event_names import EVENT_NAMES
from engine.model.history.timeline import HitKind
from engine.model.incidents.incident import IncidentCategory
from engine.store.search.text_index import mark

SIMULATED = "x1"
REJECTED = mark("o", Outcome.REJECTED.value)
_FOLDER = Path(resources.__file__).parent / "locale"
_FIELD = re.compile(r"\{\d+\}")
_STATES = {
    AlertState.NEW: "New",
    AlertState.ACKNOWLEDGED: "Acknowledged",
    AlertState.IN_PROGRESS: "In progress",
    AlertState.CLOSED: "Closed",
}
_DISPOSITIONS = {
    Disposition.TRUE: "True alarm",
    Disposition.BENIGN: "Genuine, no threat",
    Disposition.FALSE: "False alarm",
    Disposition.UNKNOWN: "Undetermined",
}
_OUTCOMES = {Outcome.RAISED: "Raised", Outcome.HELD: "Held", Outcome.REJECTED: "Rejected"}
_CANDIDATES = {
    CandidateKind.SEQUENCE: "Possible person",
    CandidateKind.MOTION: "Possible motion",
    CandidateKind.SENSOR_FAULT: "Possible sensor fault",
    CandidateKind.BLOB: "Possible presence",
    CandidateKind.FALL: "Possible fall",
    CandidateKind.ZONE: "Possible zone entry or crossing",
    CandidateKind.ACTIVITY: "Possible activity",
    CandidateKind.GESTURE: "Possible gesture",
    CandidateKind.IDENTITY: "Possible identity",
    CandidateKind.INCIDENT: "Possible incident",
    CandidateKind.SMOKE: "Possible smoke",
    CandidateKind.ENGINE_FAULT: "Possible engine fault",
}


def _english_words() -> Iterable[tuple[str, str]]:
    """English words of the screen, and the mark of the rows that show them."""
    yield from ((name, mark("k", kind.value)) for kind, name in EVENT_NAMES.items())
    yield from ((severity.name.capitalize(), f"s{int(severity)}") for severity in Severity)
    yield from ((word, mark("t", state.value)) for state, word in _STATES.items())
    yield from ((each.value, mark("d", each.value)) for each in Disposition)
    yield from ((word, mark("d", each.value)) for each, word in _DISPOSITIONS.items())
    yield from ((word, mark("o", outcome.value)) for outcome, word in _OUTCOMES.items())
    yield from ((word, mark("a", candidate.value)) for candidate, word in _CANDIDATES.items())
    yield from ((category.value.replace("_", " ").capitalize(), mark("k", category.value)) for category in IncidentCategory)
    yield from ((kind.value, f"h{kind.value}") for kind in HitKind)
    yield from ((word, SIMULATED) for word in ("simulated", "SIMULATED"))


@lru_cache
def languages() -> tuple[str, ...]:
    return tuple(sorted(each.parent.parent.name for each in _FOLDER.glob("*/LC_MESSAGES/watchroom.mo")))


@lru_cache
def named_marks() -> tuple[tuple[str, str], ...]:
    """Words in every language, with their marks."""
    english = tuple(_english_words())
    screens = [_catalogue("watchroom", language) for language in languages()]
    return tuple(dict.fromkeys([*english, *((screen.gettext(word), each) for screen in screens for word, each in english)]))


@lru_cache
def translations(sought: str) -> tuple[str, ...]:
    """The words that have a mark: English first."""
    return tuple(dict.fromkeys(word for word, each in named_marks() if each == sought))


@lru_cache
def name_in(language: str, sought: str) -> str:
    """What a screen in this language calls what has a mark; English where the language is none of the catalogues."""
    english = translations(sought)[0]
    return _catalogue("watchroom", language).gettext(english) if language in languages() else english


@lru_cache
def _sentences() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Of each word of a translated sentence of the engine the English texts between the fields of that sentence."""
    found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for language in languages():
        for english, text in _catalogue("engine", language).texts():
            pieces = tuple(piece for piece in map(str.strip, _FIELD.split(english)) if folded(piece))
            for word in folded(_FIELD.sub(" ", text)):
                found[word].add(pieces)
    return {word: tuple(sorted(pieces)) for word, pieces in found.items()}


def sentences_with(words: list[str], open_end: bool) -> tuple[tuple[str, ...], ...]:
    """English texts of the sentences whose translation has all of these words; of the last one the beginning, where it is left open."""
    known = _sentences()
    several: list[set[tuple[str, ...]]] = [set(known.get(word, ())) for word in words]
    if open_end and words:
        several[-1] = {each for word, those in known.items() if word.startswith(words[-1]) for each in those}
    if not several:
        return ()
    return tuple(sorted(each for each in several[0].intersection(*several[1:]) if each))


def folded(text: str) -> list[str]:
    """Letters and digits without case and accents, in words: about as the full text takes them."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return re.findall(r"[^\W_]+", plain)


class _Catalogue(GNUTranslations):
    def texts(self) -> list[tuple[str, str]]:
        texts = cast("dict[str, str]", self._catalog)  # type: ignore[attr-defined]
        return [(source, text) for source, text in texts.items() if source]


def _catalogue(domain: str, language: str) -> _Catalogue:
    found = translation(domain, _FOLDER, [language], class_=_Catalogue)
    assert isinstance(found, _Catalogue)
    return found
