"""The slots of a question: which kinds, people, places and states, and which turns of phrase stand in it. `grammar` adds them up."""

import re
from operator import attrgetter
from zoneinfo import ZoneInfo

from engine.history.grammar.conditional_words import holds
from engine.history.grammar.limits import find_limits, find_ordinal
from engine.history.grammar.measures import find_by, find_limit, find_severities
from engine.history.grammar.names_in_question import find_distance, find_gates, put_named
from engine.history.grammar.slots_found import Slots
from engine.history.lexicon.phrases import find_every, find_lost, find_phrases, find_recording, find_subject, find_through, find_visits
from engine.history.lexicon.spelling import mend
from engine.history.lexicon.tables import is_filler, is_thing, is_word
from engine.history.lexicon.tokens import Tokens, tokens_of, word_set
from engine.history.lexicon.words import CATEGORIES, HE, KINDS, LEFT_OUT, PHRASES
from engine.history.names import Directory, NameFinder
from engine.history.when.when import When, find_when
from engine.model.event import EventKind

_ID = re.compile(r"\b[a-z]{1,6}-[0-9a-f]{3,}(?:-[0-9a-f]+){0,3}\b", re.IGNORECASE)
_BEFORE_TROUBLE = word_set("is s was be been anything something nothing everything what go goes going gone went")
_INCIDENT_WORDS = frozenset(word for phrases in CATEGORIES.values() for phrase in phrases for word in phrase)


def _find_text(found: Slots) -> None:
    """Words that a report is about are looked for in what it says."""
    tokens = found.tokens
    if not (found.any("incidents") or found.categories):
        return
    for at in tokens.free_indexes():
        before = tokens.word(at - 1) if tokens.word(at - 1) not in ("the", "a", "an") else tokens.word(at - 2)
        names_one = at + 1 < len(tokens.all) and tokens.all[at + 1].taken == "word" and tokens.word(at + 1) in _INCIDENT_WORDS
        if (names_one and _is_free(tokens.word(at))) or (
            before in ("about", "mention", "mentioned", "mentioning", "mentions", "say", "says") and _is_free(tokens.word(at))
        ):
            tokens.claim(at, at + 1, "text")
            found.text = tokens.word(at)
            return


def _is_free(word: str) -> bool:
    """A word of which only what a report says can tell."""
    return is_thing(word) or not is_word(word)


def _find_wrong(found: Slots) -> None:
    """`what is wrong` asks for trouble; alerts that were found wrong are false ones."""
    tokens = found.tokens
    others = {phrase[0] for phrase in PHRASES["false"]} - {"wrong"}
    if "false" not in found.said or found.any("alerts") or found.word(*others):
        return
    before = {tokens.word(at - 1) for at in range(1, len(tokens.all)) if tokens.word(at) == "wrong"}
    if before & _BEFORE_TROUBLE:
        found.said.discard("false")
        found.unknown.append("wrong")


_LEFT = word_set("left leave leaves lost lose forgot forget forgotten abandoned behind lying lies lie whose without who")


def _find_phone(found: Slots) -> None:
    """`on the phone for John`: no phone that was left."""
    bare = found.word("phone", "phones", "telephone", "telephones")
    tokens = found.tokens
    owned = any(
        tokens.all[at].taken == "name" or tokens.word(at) in HE for at in range(len(tokens.all) - 1) if "phone" in tokens.word(at + 1)
    )
    if EventKind.PHONE_LEFT in found.kinds and bare and not owned and not found.word(*_LEFT):
        found.kinds.remove(EventKind.PHONE_LEFT)
        found.unknown += [token.text for token in tokens.all if "phone" in token.text][:1]


def _find_hurt(found: Slots) -> None:
    """The record knows of falls and fights, and of no injury: asked back with those as the nearest question."""
    if found.word(*_HURT):
        found.unknown += [token.text for token in found.tokens.all if token.text in _HURT]


def _find_contradiction(found: Slots) -> None:
    """`not about a person`: of a kind and not of it, which is of nothing."""
    if set(found.kinds) & set(found.not_kinds):
        found.unknown += ["not"] if found.word("not") else [token.text for token in found.tokens.all if token.text in LEFT_OUT]


_HURT = {word for (word, *_) in set(KINDS[EventKind.FALL]) & set(KINDS[EventKind.FIGHT])}  # words of both


def find_slots(message: str, directory: Directory, now_ns: int, zone: ZoneInfo) -> Slots:
    ids = [found.lower() for found in _ID.findall(message) if any(letter.isdigit() for letter in found)]
    tokens = tokens_of(_ID.sub(" it ", message) if ids else message)
    finder = NameFinder(directory, is_word, is_thing)
    find_gates(tokens, found := Slots(tokens, When()))
    found.ids, found.zone = ids, zone
    for at in range(len(tokens.all)):
        if tokens.run(at, ("office", "hours")):  # a time, also where a room is called so
            tokens.all[at].text = "business"
    mentions = finder.whole(tokens)
    mend(tokens, finder, found)
    find_ordinal(tokens, found)
    found.when = find_when(tokens, now_ns, zone)
    if _asks_which_weekdays(tokens):
        found.said.add("days")
    find_distance(tokens, found)
    mentions += finder.parts(tokens)
    put_named(found, sorted(mentions, key=attrgetter("start")))
    find_severities(tokens, found)
    find_by(tokens, found)
    find_limit(tokens, found)
    find_limits(tokens, found)
    find_phrases(tokens, found)
    _find_wrong(found)
    _find_phone(found)
    _find_hurt(found)
    find_every(tokens, found)
    find_subject(tokens, found)
    _find_contradiction(found)
    find_lost(tokens, found)
    find_recording(found)
    find_visits(found)
    find_through(found, directory)
    if found.people and found.kinds == [EventKind.MOTION]:  # somebody's movements are where they were
        found.kinds.clear()
    _find_text(found)
    found.unknown += [
        token.text
        for at, token in enumerate(tokens.all)
        if not token.taken and (not is_filler(token.text) or not holds(found, at) or _is_nameless_place(tokens, at))
    ]
    return found


def _asks_which_weekdays(tokens: Tokens) -> bool:
    """`on which working days`: the days themselves, of those."""
    which = [at + 1 for at in range(len(tokens.all) - 1) if tokens.word(at) in ("which", "what")]
    return any(tokens.all[at].taken == "time" and tokens.word(at) in ("weekdays", "workdays", "working") for at in which)


def _is_nameless_place(tokens: Tokens, at: int) -> bool:
    """`at the gate`, where nothing is called so: an answer about all of the site would be one to another question."""
    if tokens.word(at) not in ("gate", "entrance"):
        return False
    return tokens.word(at - 1 if tokens.word(at - 1) not in ("the", "a", "an") else at - 2) in ("at", "by", "near", "in", "outside", "from")
