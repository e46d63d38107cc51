"""The slots of a question: which kinds, people, places and states, and which turns of phrase stand in it. `grammar` adds them up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.history import grammar_words as words
from engine.history.grammar_tokens import Tokens, tokens_of, word_set
from engine.history.names import Directory, Mention, Named, NamedKind, NameFinder
from engine.history.queries import By, Who
from engine.history.when import When, find_when
from engine.history.when_pieces import MONTHS, NUMBERS, PARTS, WEEKDAYS, number_at, unit_at
from engine.model.event import EventKind

_ID = re.compile(r"\b[a-z]{1,6}-[0-9a-f]{3,}(?:-[0-9a-f]+)?\b", re.IGNORECASE)
_HERE_KM = 2.0
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
    "list": words.LISTS,
    "not": words.NOT,
    "near": words.NEAR,
    "then": words.THEN,
}
_PLACES = words.CAMERA_WORDS | words.NODE_WORDS | words.ZONE_WORDS | words.DOOR_WORDS
_LOOSE = _PLACES | words.LOST | words.HE | words.IT | words.FOLLOWS | words.THERE
_SLOT_WORDS = frozenset(words.SEVERITIES) | words.AT_LEAST_HIGH | frozenset(words.BY_WORDS) | frozenset(words.BY_PLURALS)
_KNOWN_WORDS = (
    frozenset(word for table in _TABLES.values() for phrase in table for word in phrase)
    | frozenset(word for table in (*words.KINDS.values(), *words.CATEGORIES.values()) for phrase in table for word in phrase)
    | frozenset(word for gate in words.GATES for word in gate.split())
    | _LOOSE
    | _SLOT_WORDS
    | words.FILLERS
    | _TIME_WORDS
)


_Phrase: TypeAlias = tuple[tuple[str, ...], str, str]  # its words, the table it stands in, and of kinds and categories which one


def _by_first() -> dict[str, list[_Phrase]]:
    """Every phrase of every table, by the word that it begins with."""
    found: dict[str, list[_Phrase]] = {}
    claims: list[_Phrase] = [(phrase, name, "") for name, table in _TABLES.items() for phrase in table]
    claims += [(phrase, "kind", kind.value) for kind, table in words.KINDS.items() for phrase in table]
    claims += [(phrase, "category", category.value) for category, table in words.CATEGORIES.items() for phrase in table]
    for claim in claims:
        found.setdefault(claim[0][0], []).append(claim)
    return found


_BY_FIRST = _by_first()


def is_word(word: str) -> bool:
    """Whether a word means something by itself, so that it is no slip of a name."""
    return word in _KNOWN_WORDS or word.isdigit()


@dataclass(slots=True)
class Slots:
    """What was found. `said`: the names of the tables of which words stand in the question. unknown: words that mean nothing here."""

    tokens: Tokens
    when: When
    said: set[str] = field(default_factory=set[str])
    kinds: list[EventKind] = field(default_factory=list[EventKind])
    categories: list[str] = field(default_factory=list[str])
    people: list[Named] = field(default_factory=list[Named])
    not_people: list[Named] = field(default_factory=list[Named])
    cameras: list[Named] = field(default_factory=list[Named])
    zones: list[Named] = field(default_factory=list[Named])
    not_places: list[Named] = field(default_factory=list[Named])
    nodes: list[Named] = field(default_factory=list[Named])
    labels: list[str] = field(default_factory=list[str])
    gates: list[str] = field(default_factory=list[str])
    severities: list[int] = field(default_factory=list[int])
    min_severity: int = 1
    by: By = By.ALL
    near_km: float | None = None
    limit: int | None = None
    shortest_s: float | None = None
    longest_s: float | None = None
    ids: list[str] = field(default_factory=list[str])
    unclear: list[tuple[str, tuple[Named, ...]]] = field(default_factory=list[tuple[str, tuple[Named, ...]]])
    notes: list[str] = field(default_factory=list[str])
    unknown: list[str] = field(default_factory=list[str])

    def any(self, *names: str) -> bool:
        return not self.said.isdisjoint(names)

    def word(self, *those: str) -> bool:
        return any(token.text in those for token in self.tokens.all)

    @property
    def has_place(self) -> bool:
        return bool(self.cameras or self.zones)


def find_slots(message: str, directory: Directory, now_ns: int, zone: ZoneInfo) -> Slots:
    ids = [found.lower() for found in _ID.findall(message) if any(letter.isdigit() for letter in found)]
    tokens = tokens_of(_ID.sub(" it ", message) if ids else message)
    finder = NameFinder(directory, is_word)
    _gates(tokens, found := Slots(tokens, When()))
    found.ids = ids
    for at in range(len(tokens.all)):
        if tokens.run(at, ("office", "hours")):  # a time, also where a room is called so
            tokens.all[at].text = "business"
    mentions = finder.whole(tokens)
    found.when = find_when(tokens, now_ns, zone)
    _reach(tokens, found)
    mentions += finder.parts(tokens)
    _named(found, sorted(mentions, key=lambda mention: mention.start))
    _severities(tokens, found)
    _by(tokens, found)
    _limit(tokens, found)
    _lasting(tokens, found)
    _words(tokens, found)
    _lost(tokens, found)
    _recording(found)
    _through(found, directory)
    if found.people and found.kinds == [EventKind.MOTION]:  # somebody's movements are where they were
        found.kinds.clear()
    found.unknown = [token.text for token in tokens.all if not token.taken and not _is_filler(token.text)]
    return found


def _is_filler(word: str) -> bool:
    return word in words.FILLERS or word in _LOOSE or word in words.BY_WORDS or (word.isdigit() and len(word) < 3)


def _gates(tokens: Tokens, found: Slots) -> None:
    """`the duplicate gate`, `held by schedule`."""
    is_held = any(tokens.run(at, phrase) for at in range(len(tokens.all)) for phrase in words.HELD)
    for gate in words.GATES:
        parts = tuple(gate.split())
        for at in range(len(tokens.all)):
            if not tokens.run(at, parts):
                continue
            end = at + len(parts)
            if tokens.word(end) in ("gate", "gates") or (is_held and tokens.word(at - 1) in ("by", "the", "because", "of")):
                end = end + 1 if tokens.word(end) in ("gate", "gates") else end
                tokens.take(at, end, "gate")
                found.gates.append(gate)


def _reach(tokens: Tokens, found: Slots) -> None:
    """`within 1 km`, `less than 500 m away`, `near here`."""
    units = {"km": 1.0, "kilometre": 1.0, "kilometer": 1.0, "m": 0.001, "metre": 0.001, "meter": 0.001, "mile": 1.609}
    for at in tokens.open():
        counted = number_at(tokens, at)
        if counted is None:
            continue
        unit = units.get(tokens.word(counted[1])) or units.get(tokens.word(counted[1]).removesuffix("s"))
        if unit is not None and counted[0] > 0:
            found.near_km = min(counted[0] * unit, 100.0)
            tokens.take(at, counted[1] + 1, "near")


def _named(found: Slots, mentions: list[Mention]) -> None:
    tokens = found.tokens
    for mention in mentions:
        named, chosen = mention.named, _chosen(tokens, mention)
        written = " ".join(token.text for token in tokens.all[mention.start : mention.end])
        if mention.guess:
            found.notes.append(f"“{written}” is taken for {_listed(chosen)}.")
        people = [each for each in chosen if each.kind is NamedKind.PERSON]
        if len(people) > 1:
            found.unclear.append((written, tuple(people)))
            continue
        places = [each for each in chosen if each.kind in (NamedKind.CAMERA, NamedKind.ZONE)]
        if len({each.kind for each in places}) > 1:
            found.notes.append(f"“{written}” is {_listed(places)}; both are meant here.")
        elif len(places) > 1 and named:
            found.notes.append(f"“{written}” may be {_listed(places)}; all of them are meant here.")
        is_left_out = _left_out(tokens, mention.start)
        for each in chosen:
            _put(found, each, is_left_out)


def _listed(named: Iterable[Named]) -> str:
    return " and ".join(f"the {each.kind.value} {each.name}" if each.kind is not NamedKind.PERSON else each.name for each in named)


def _chosen(tokens: Tokens, mention: Mention) -> tuple[Named, ...]:
    """Which of several is meant, where a word beside the name says so. A person before a gesture before a place."""
    named = mention.named
    beside = {tokens.word(mention.start - 1), tokens.word(mention.end)}
    kinds: set[NamedKind] = set()
    if beside & words.CAMERA_WORDS:
        kinds = {NamedKind.CAMERA}
    elif beside & words.NODE_WORDS:
        kinds = {NamedKind.NODE}
    elif beside & {"zone", "area", "room", "portal", "door"}:
        kinds = {NamedKind.ZONE}
    elif beside & {"gesture", "sign"}:
        kinds = {NamedKind.GESTURE}
    narrowed = tuple(each for each in named if each.kind in kinds)
    return narrowed or named


def _left_out(tokens: Tokens, start: int) -> bool:
    """`but X`, `other than X`, `not X`, `not at X`."""
    before = [tokens.word(at) for at in range(max(start - 4, 0), start)]
    while before and before[-1] in ("the", "at", "in", "for", "and", "camera", "zone"):
        before.pop()
    if not before:
        return False
    if before[-1] == "not" and (len(before) < 2 or before[-2] not in ("was", "were", "did", "is", "are", "has", "have", "do", "does")):
        return True
    if before[-1] in ("but", "except", "besides", "excluding", "beside", "without"):
        return True
    return before[-2:] in (["other", "than"], ["apart", "from"], ["aside", "from"], ["but", "not"], ["except", "for"], ["not", "counting"])


def _put(found: Slots, each: Named, is_left_out: bool) -> None:
    match each.kind:
        case NamedKind.PERSON:
            (found.not_people if is_left_out else found.people).append(each)
        case NamedKind.CAMERA if not is_left_out:
            found.cameras.append(each)
        case NamedKind.ZONE if not is_left_out:
            found.zones.append(each)
        case NamedKind.CAMERA | NamedKind.ZONE:
            found.not_places.append(each)
        case NamedKind.NODE:
            found.nodes.append(each)
        case NamedKind.GESTURE:
            found.labels.append(each.id)
        case NamedKind.RULE:
            pass


def _severities(tokens: Tokens, found: Slots) -> None:
    for at in tokens.open():
        word = tokens.word(at)
        number = words.SEVERITIES.get(word)
        if word in ("severity", "priority", "level") and number is None:
            counted = next(
                (
                    (each, int(tokens.word(each)))
                    for each in range(at + 1, min(at + 5, len(tokens.all)))
                    if tokens.word(each) in "12345" and tokens.word(each)
                ),
                None,
            )
            if counted is not None:
                at_least = _at_least(tokens, at, counted[0] + 1)
                tokens.take(at, counted[0] + 1, "severity")
                _severe(found, counted[1], at_least)
            continue
        if word in words.AT_LEAST_HIGH:
            tokens.take(at, at + 1, "severity")
            _severe(found, 4, at_least=True)
        elif number is not None and not (word in ("high", "low") and tokens.word(at + 1) in ("enough", "hour")):
            at_least = _at_least(tokens, at, at + 1)
            tokens.take(at, at + 1, "severity")
            _severe(found, number, at_least)


def _at_least(tokens: Tokens, start: int, end: int) -> bool:
    before = [tokens.word(at) for at in range(max(start - 4, 0), end)]
    after = [tokens.word(at) for at in range(end, end + 3)]
    if any(word in ("least", "minimum") for word in before) or ("above" in before and "not" not in before):
        return True
    return (
        bool(after) and after[0] in ("or", "and") and any(word in ("worse", "above", "higher", "up", "more", "greater") for word in after)
    )


def _severe(found: Slots, number: int, at_least: bool) -> None:
    if at_least:
        found.min_severity = max(found.min_severity, number)
    else:
        found.severities.append(number)


def _by(tokens: Tokens, found: Slots) -> None:
    """`per camera`, `by hour`, `for each zone`, `day by day`, `hourly`, `which camera … most`."""
    for at in tokens.open():
        word = words.BY_PLURALS.get(tokens.word(at), tokens.word(at))
        by = words.BY_WORDS.get(word)
        if by is None or not tokens.free(at):
            continue
        before = tokens.word(at - 1)
        of_the = at - 2 if before in ("the", "of") else at - 1
        which_days = by in (By.DAY, By.HOUR, By.KIND, By.WEEKDAY) and before in ("which", "what") and tokens.word(at) != word
        if word in ("hourly", "daily") or which_days:
            tokens.take(at, at + 1, "by")
            found.by = by
        elif tokens.word(of_the) in words.PER and tokens.free(of_the):
            start = of_the - 1 if tokens.word(of_the - 1) in ("for", "in", "on") and tokens.free(of_the - 1) else of_the
            doubled = words.BY_PLURALS.get(tokens.word(start - 1), tokens.word(start - 1)) == word and tokens.free(start - 1)
            tokens.take(start - 1 if doubled else start, at + 1, "by")
            found.by = by
            if tokens.word(at + 1) == "of" and tokens.word(at + 2) in ("the",):
                tokens.take(at + 1, at + 3, "by")
                if tokens.word(at + 3) in ("day", "week"):
                    found.by = By.WEEKDAY if tokens.word(at + 3) == "week" else By.HOUR
                    tokens.take(at + 3, at + 4, "by")


def _lasting(tokens: Tokens, found: Slots) -> None:
    """`longer than 10 minutes`, `under 30 s`."""
    for at in tokens.open():
        is_longer, is_shorter = tokens.word(at) in ("longer", "over"), tokens.word(at) in ("shorter", "under")
        behind = at + 2 if tokens.word(at + 1) == "than" else at + 1
        counted = number_at(tokens, behind) if is_longer or is_shorter else None
        unit = None if counted is None else unit_at(tokens, counted[1])
        if counted is not None and unit is not None:
            found.shortest_s = counted[0] * unit if is_longer else found.shortest_s
            found.longest_s = counted[0] * unit if is_shorter else found.longest_s
            tokens.take(at, counted[1] + 1, "lasting")


def _limit(tokens: Tokens, found: Slots) -> None:
    """`the last 5 alerts`, `first three`."""
    for at in tokens.open():
        counted = number_at(tokens, at + 1) if tokens.word(at) in ("last", "first", "latest", "newest", "top", "recent") else None
        if counted is None or counted[0] != int(counted[0]) or not 1 <= counted[0] <= 100 or tokens.word(at + 1) in ("a", "an", "one"):
            continue
        if tokens.free(at + 1):
            found.limit = int(counted[0])
            tokens.take(at + 1, counted[1], "limit")
            return


def _words(tokens: Tokens, found: Slots) -> None:
    """Every table of which a phrase stands here; longer phrases first, and one word may be in several tables."""
    claims = [
        (at, len(phrase), name, value)
        for at, token in enumerate(tokens.all)
        for phrase, name, value in _BY_FIRST.get(token.text, ())
        if tokens.run(at, phrase)
    ]
    covered: dict[int, int] = {}
    for at, length, name, value in sorted(claims, key=lambda claim: -claim[1]):
        inside = [covered.get(each, 0) for each in range(at, at + length)]
        if max(inside) > length:
            continue
        for each in range(at, at + length):
            covered[each] = max(covered.get(each, 0), length)
        if name == "kind":
            if value not in found.kinds:
                found.kinds.append(EventKind(value))
        elif name == "category":
            found.categories.append(value)
        else:
            found.said.add(name)
    for at in covered:
        tokens.take(at, at + 1, "word")


def _lost(tokens: Tokens, found: Slots) -> None:
    """A camera or a node that was lost: the thing and the word for it, wherever they stand."""
    broken = [
        at for at in range(len(tokens.all)) if tokens.word(at) == "down" and {"break", "broken"} & {tokens.word(each) for each in range(at)}
    ]
    said = {token.text for at, token in enumerate(tokens.all) if token.taken != "by" and at not in broken}
    said -= {"break", "broken"} if broken else set()
    returned = "returned" in found.said and not found.people and not found.any("anyone", "people", "unknown", "known")
    if not (said & words.LOST or returned) or EventKind.PHONE_LEFT in found.kinds or EventKind.FALL in found.kinds:
        return
    if found.nodes or said & words.NODE_WORDS:
        found.kinds.append(EventKind.NODE_LOST)
    elif (
        said & words.CAMERA_WORDS
        or (returned and found.cameras)
        or ("system" in said and said & {"offline", "outage", "outages", "down"})
        or (
            found.cameras
            and said & (words.LOST - {"out", "cut", "issue", "issues", "problem", "problems", "trouble", "gone", "black", "dark", "loss"})
        )
        or said & {"outage", "outages", "offline", "downtime", "dropouts", "disconnections"}
    ):
        found.kinds.append(EventKind.CAMERA_LOST)
    else:
        return
    for at, token in enumerate(tokens.all):
        if not token.taken and token.text in words.LOST:
            tokens.take(at, at + 1, "word")


def _recording(found: Slots) -> None:
    """`is the gate camera recording` asks whether it works, for no clip."""
    asks = found.tokens.word(0) in ("is", "are", "was", "were") and found.word("recording") and not found.word("there", "any")
    if asks and (found.cameras or found.word(*words.CAMERA_WORDS)):
        found.said.discard("clip")
        found.said.add("observed")


def _through(found: Slots, directory: Directory) -> None:
    """What crossing something is: a door is gone through, a zone visited, and a camera sees somebody pass."""
    if "through" not in found.said or found.kinds or found.gates:
        return
    zones = {each.id for each in found.zones}
    if zones & directory.portals or (not found.has_place and found.word("cross", "crossed", "crosses", *words.DOOR_WORDS)):
        found.kinds.append(EventKind.CROSSING)
    if zones - directory.portals and not found.cameras:
        found.kinds.append(EventKind.ZONE_VISIT)


def who_of(found: Slots) -> Who:
    if "unknown" in found.said:
        return Who.UNKNOWN
    if "known" in found.said:
        return Who.KNOWN
    return Who.ANYONE if found.any("anyone", "people", "nobody") else Who.ANYTHING
