"""What an incident is by the words of its description, for when Atlas does not say.

Hits are counted by topic; the most win, of equals the graver. What nothing speaks for is suspicious activity. The result is always severity
2 and confidence 0.5, for key words cannot weigh anything: they stand beside what the reporter said and never below it, since of the two
the graver is in force. What cannot wait is flagged (`emergency`). Pure, and takes some 100 µs.
"""

from collections import Counter
from collections.abc import Iterable

from engine.incidents.vocabulary import EMERGENCIES, HARMLESS, NAMES, OF_VEHICLES, SWEDISH_NAMES, SWEDISH_ONLY, TOPICS, VEHICLES, Topic
from engine.incidents.wording import Words, by_first_word, is_denied
from engine.model.event import Severity
from engine.model.incidents.incident import Classification, IncidentCategory

SEVERITY, CONFIDENCE = Severity.LOW, 0.5
MODEL = "words-1"
FARTHEST_VEHICLE = 5
_TERMS = frozenset(word for topic in TOPICS for word in topic.words)
_BY_WORD = {word: topic for topic in reversed(TOPICS) for word in topic.words}
_BY_PHRASE = {phrase: topic for topic in reversed(TOPICS) for phrase in topic.phrases}
_PHRASES, _HARMLESS = by_first_word(_BY_PHRASE), by_first_word(HARMLESS)
_CRITICAL_WORDS, _CRITICAL_PHRASES = EMERGENCIES[0], by_first_word(EMERGENCIES[1])
_VEHICLE = next(topic for topic in TOPICS if topic.category is IncidentCategory.VEHICLE_CRIME)
_TAKEN = frozenset((IncidentCategory.THEFT, IncidentCategory.BURGLARY))


def classify_words(description: str, degraded_reason: str, at_ns: int) -> Classification:
    """`degraded_reason`: why it is not Atlas that says so, as a sentence."""
    words = Words.from_text(description)
    hits = list(_hits(words))
    topic = _strongest(hits)
    return Classification(
        category=IncidentCategory.SUSPICIOUS_ACTIVITY.value if topic is None else topic.category.value,
        severity=SEVERITY,
        confidence=CONFIDENCE,
        by="local",
        at_ns=at_ns,
        model_version=MODEL,
        emergency=any(hit.emergency for hit in hits) or _cannot_wait(words),
        products=(("polisen", "Övrigt" if topic is None else topic.polisen),),
        degraded_reason=degraded_reason,
    )


def is_emergency(description: str) -> bool:
    """Whether the words say that it cannot wait, whoever classifies it."""
    words = Words.from_text(description)
    return any(hit.emergency for hit in _hits(words)) or _cannot_wait(words)


def _strongest(hits: Iterable[Topic]) -> Topic | None:
    """By category; of the winner, the topic that speaks first."""
    found = list(hits)
    counts = Counter(hit.category for hit in found)
    ranked = sorted(found, key=lambda hit: (-counts[hit.category], TOPICS.index(hit)))
    return ranked[0] if ranked else None


def _hits(words: Words) -> Iterable[Topic]:
    harmless, index = _harmless(words), 0
    while index < len(words.folded):
        length, topic = (1, None) if index in harmless else _topic_at(words, index)
        if topic is not None and not is_denied(words, index, _TERMS):
            yield _VEHICLE if topic.category in _TAKEN and _is_of_vehicle(words, index, length) else topic
        index += length


def _topic_at(words: Words, index: int) -> tuple[int, Topic | None]:
    """How many words it takes, and what they speak for."""
    phrase = words.first_at(_PHRASES, index)
    if phrase:
        return len(phrase), _BY_PHRASE[phrase]
    word, raw = words.folded[index], words.raw[index]
    if raw in NAMES or (raw in SWEDISH_NAMES and words.is_swedish) or (word in SWEDISH_ONLY and not _is_swedish_at(words, index)):
        return 1, None
    return 1, _BY_WORD.get(word)


def _is_swedish_at(words: Words, index: int) -> bool:
    """As a text, or by a Swedish `i` behind it, which in English would be a capital letter ("Brand i villa", "a brand I know")."""
    return words.is_swedish or words.raw[index + 1 : index + 2] == ("i",)


def _harmless(words: Words) -> frozenset[int]:
    """Places of words that mean something else there."""
    found = ((index, len(words.first_at(_HARMLESS, index))) for index in range(len(words.folded)))
    return frozenset(place for index, length in found for place in range(index, index + length))


def _is_of_vehicle(words: Words, index: int, length: int) -> bool:
    """Whether a vehicle is taken or broken into: right behind the words ("stole my red car") or right before ("the car was stolen")."""
    after = words.folded[index + length : index + length + FARTHEST_VEHICLE]
    before = words.folded[max(0, index - FARTHEST_VEHICLE) : index][::-1]
    return any(next((word for word in side if word not in OF_VEHICLES), "") in VEHICLES for side in (after, before))


def _cannot_wait(words: Words) -> bool:
    return any(
        words.first_at(_CRITICAL_PHRASES, index) or (word in _CRITICAL_WORDS and not is_denied(words, index, _TERMS))
        for index, word in enumerate(words.folded)
    )
