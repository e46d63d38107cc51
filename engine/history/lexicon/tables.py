"""The tables of words by name, and by the word that a phrase begins with."""

from typing import TypeAlias

from engine.history.grammar.kinds import CATEGORIES, KINDS
from engine.history.grammar.places import (
    AT_LEAST_HIGH,
    BY_PLURALS,
    BY_WORDS,
    CAMERA_WORDS,
    DOOR_WORDS,
    GATES,
    LOST,
    NODE_WORDS,
    SEVERITIES,
    THINGS,
    ZONE_WORDS,
)
from engine.history.lexicon import words
from engine.history.lexicon.tokens import word_set
from engine.history.when.units import MONTHS, NUMBERS, PARTS, WEEKDAYS

FILLERS = word_set(
    """a an the of in on at to for from by into onto inside outside within near via through over under up out off as is are was were be been
    being am do does did done has have had having can could would should will shall may might must i me my mine we us our ours you your
    it its this that these those there here please kindly pls plz hi hello hey thanks thank ok okay so well just also too either even
    really actually exactly precisely about around roughly maybe perhaps some any each both same site premises building property place
    company camera cameras cam cams zone zones area areas room rooms come comes came coming go goes went going gone get got getting see
    saw seen sees seeing spot spotted spots notice noticed look looked looks looking appear appeared appears show shows showed shown
    showing visit visits visited visiting enter entered enters entering use used uses using pass passed passes passing walk walked walks
    walking step stepped stay stayed stays staying spend spent spends pay paid make made makes making catch caught know known knows tell
    give let want wanted need like would record records recorded recording captured capture system watchroom anyone's one ones time
    times ever yet already still again then than and or if whether but with without down up across along between during until
    present found find sighting sightings sight
    new recent different appearance appearances needs
    recently lately else more less fewer much many few several lot lots bit ago over per history  day days
    hour hours night week most least
    busy quiet kind kinds type types sort sorts person people gate first last off on what which who whom whose where when why how that's
    us them they he she him her his hers their entire whole total overall far so such own way ways working work use through front take
    took taken taking put say says said ask asked answer question check checking checked verify look identify identified detect detected
    detects detecting believe think say near point moment period span shift regarding concerning related relating involving involve
    involved involves left behind leave right hand good morning dear quick quickly briefly short list lists sorry could've breakdown
    break broken split not no never nothing none cause caused occur occurs least most than compared seem seemed seems hold holds holding
    raise raises raising gates event data available information info details detail severity priority severities level levels grade
    assigned assign belongs belong belonging name called by's state status currently now today's
    reported worse above higher greater better below lower under beyond km kilometre kilometres kilometer kilometers metre metres
    meter meters m mile miles close vicinity neighbourhood neighborhood away s t d ll re ve everything actually simply exactly count
    oh yes yeah hmm um uh mate buddy sir madam apart aside besides except counting excluding other others another alone entrance going
    happening hours minute minutes seconds long longer full complete completely all every always anytime sometime somewhere
    anywhere everywhere place start starts started starting end ends
    ended begin began begins begun been's heard hear around's reach reached reaches exist exists existed run came's walk's
    house home on's mean means based according account sharp lasted lasts lasting giving gives gave judged
    concerned considered classed rated deemed decision decisions candidate candidates
    leaving including ignoring minus excluded omitted excepted mention
    mentions mentioned mentioning neither nor current grouped""".replace("\n", " ")
)
"""Words that may stand in a question and change nothing."""


_TIME_WORDS = frozenset([*WEEKDAYS, *(f"{day}s" for day in WEEKDAYS), *MONTHS, *NUMBERS, *PARTS]) | word_set(
    "today yesterday tonight tomorrow week weekend weekends month year noon midnight since until before after am pm night ago"
)
_TABLES: dict[str, tuple[tuple[str, ...], ...]] = {
    "alerts": words.ALERTS,
    "incidents": words.INCIDENTS,
    "events": words.EVENTS,
    "held": words.HELD,
    "people": words.PEOPLE,
    "unknown": words.UNKNOWN,
    "known": words.KNOWN,
    "anyone": words.ANYONE,
    "nobody": words.NOBODY,
    "other_than": words.OTHER_THAN,
    "when": words.WHEN,
    "where": words.WHERE,
    "who": words.WHO,
    "how_many": words.HOW_MANY,
    "how_often": words.HOW_OFTEN,
    "how_long": words.HOW_LONG,
    "why": words.WHY,
    "compare": words.COMPARE,
    "clip": words.CLIP,
    "last": words.LAST,
    "first": words.FIRST,
    "leave": words.LEAVE,
    "arrive": words.ARRIVE,
    "observed": words.OBSERVED,
    "absent": words.ABSENT,
    "through": words.THROUGH,
    "returned": words.RETURNED,
    "with": words.WITH,
    "handled": words.HANDLED,
    "most": words.MOST,
    "fewest": words.FEWEST,
    "open": words.OPEN,
    "new": words.NEW,
    "closed": words.CLOSED,
    "acknowledged": words.ACKNOWLEDGED,
    "in_progress": words.IN_PROGRESS,
    "false": words.FALSE,
    "true": words.TRUE,
    "benign": words.BENIGN,
    "unjudged": words.UNJUDGED,
    "mean": words.MEAN,
    "median": words.MEDIAN,
    "longest": words.LONGEST,
    "shortest": words.SHORTEST,
    "earliest": words.EARLIEST,
    "latest": words.LATEST,
    "share": words.SHARE,
    "days": words.DAYS,
    "list": words.LISTS,
    "not": words.NOT,
    "near": words.NEAR,
    "then": words.THEN,
    "at_once": words.AT_ONCE,
    "every": words.EVERY,
    "only": words.ONLY,
    "nearest": words.NEAREST,
}
_PLACES = CAMERA_WORDS | NODE_WORDS | ZONE_WORDS | DOOR_WORDS
_LOOSE = _PLACES | LOST | words.HE | words.IT | words.FOLLOWS | words.THERE
_SLOT_WORDS = frozenset(SEVERITIES) | AT_LEAST_HIGH | frozenset(BY_WORDS) | frozenset(BY_PLURALS)
_KNOWN_WORDS = (
    frozenset(word for table in _TABLES.values() for phrase in table for word in phrase)
    | frozenset(word for table in (*KINDS.values(), *CATEGORIES.values()) for phrase in table for word in phrase)
    | frozenset(word for gate in GATES for word in gate.split())
    | _LOOSE
    | _SLOT_WORDS
    | FILLERS
    | _TIME_WORDS
    | THINGS
)
_Phrase: TypeAlias = tuple[tuple[str, ...], str, str]  # its words, the table it stands in, and of kinds and categories which one


def _by_first() -> dict[str, list[_Phrase]]:
    """Every phrase of every table, by the word that it begins with."""
    found: dict[str, list[_Phrase]] = {}
    claims: list[_Phrase] = [(phrase, name, "") for name, table in _TABLES.items() for phrase in table]
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
    return word in FILLERS or word in _LOOSE or word in BY_WORDS or (word.isdigit() and len(word) < 3)


def is_counted(word: str) -> bool:
    """Whether a word is of something that is counted: an alert, an event, a kind of event."""
    return any(
        len(phrase) == 1 and table in ("alerts", "events", "incidents", "kind", "unknown") for phrase, table, _ in BY_FIRST.get(word, ())
    ) or (word in ("visit", "visits", "outage", "outages", "sighting", "sightings"))
