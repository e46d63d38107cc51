"""Filters typed in a search: `camera:Gate severity:high time:"last night" zone:Road ladder`, in every language of the console.

What is no filter stays words. The same reading serves the search fields of the console and `GET /api/v1/search`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo

from engine.history.lexicon.tokens import tokens_of
from engine.history.when.when import find_when
from engine.model.alerts.alert import AlertState
from engine.model.event import EventKind, Severity
from engine.model.history.timeline import HitKind, SearchFilter
from engine.model.people.person import Person
from engine.model.places import places_of
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.store.search.screen_words import folded, name_in, translations
from engine.store.search.text_index import mark

MOST_OFFERS = 6
_SHORTEST = 2  # letters of a name from which it is offered


class FilterField(StrEnum):
    CAMERA = "camera"
    PERSON = "person"
    ZONE = "zone"
    RULE = "rule"
    KIND = "kind"
    SEVERITY = "severity"
    STATE = "state"
    TIME = "time"
    REJECTED = "rejected"
    RECORD = "record"
    SITE = "site"


_KEYS = {
    FilterField.CAMERA: ("camera", "kamera"),
    FilterField.PERSON: ("person", "who", "wer"),
    FilterField.ZONE: ("zone", "door", "line", "linie"),
    FilterField.RULE: ("rule", "regel"),
    FilterField.KIND: ("kind", "event", "art", "ereignis"),
    FilterField.SEVERITY: ("severity", "schweregrad", "schwere"),
    FilterField.STATE: ("state", "status", "zustand"),
    FilterField.TIME: ("time", "when", "zeit", "wann"),
    FilterField.SITE: ("site", "standort"),
}
_FIELDS = {key: field for field, keys in _KEYS.items() for key in keys}
TIMES = {  # phrases that are offered; the German ones are read as the English ones
    "last night": "letzte Nacht",
    "yesterday": "gestern",
    "today": "heute",
    "this morning": "heute Morgen",
    "last hour": "letzte Stunde",
    "last 24 hours": "letzte 24 Stunden",
    "last week": "letzte Woche",
    "this week": "diese Woche",
    "since noon": "seit Mittag",
}
_GERMAN = "de"
_ENGLISH = {german.lower(): english for english, german in TIMES.items()}
_MARKS: dict[FilterField, Callable[[str], str]] = {  # of what the product has named, in every language
    FilterField.KIND: partial(mark, "k"),
    FilterField.SEVERITY: "s{}".format,
    FilterField.STATE: partial(mark, "t"),
}
_TYPED = re.compile(rf"(?<!\S)({'|'.join(sorted(_FIELDS, key=len, reverse=True))}):\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One filter. `value`: id, kind, grade or state, or what sort of record is found; of a time the phrase, with its ends (UTC ns). `name`:
    what it is called.
    """

    field: FilterField
    value: str
    name: str
    since_ns: int | None = None
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class SearchSite:
    """What filters may name, each as ids and names, and what clock the site has. sites: of a console over several.

    `language`: in which kinds, grades, states and times are offered, whatever language they are typed in; empty: as they are typed.
    """

    now_ns: int
    zone: ZoneInfo
    cameras: tuple[tuple[str, str], ...] = ()
    persons: tuple[tuple[str, str], ...] = ()
    zones: tuple[tuple[str, str], ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    sites: tuple[tuple[str, str], ...] = ()
    language: str = ""

    def offered_name(self, field: FilterField, value: str, typed: str) -> str:
        """`typed`: the name that begins as somebody typed it."""
        mark_of = _MARKS.get(field)
        return name_in(self.language, mark_of(value)) if self.language and mark_of is not None else typed

    def offered_times(self, begun: str) -> list[str]:
        """Phrases that begin so in any language."""
        found: list[str] = []
        for english, german in TIMES.items():
            begins = [phrase for phrase in (english, german) if phrase.lower().startswith(begun.lower())]
            offered = german if self.language == _GERMAN else english
            found += [offered] if begins and self.language else begins
        return found

    def names_of(self, field: FilterField) -> tuple[tuple[str, str], ...]:
        """Ids and names of a field, in every language."""
        match field:
            case FilterField.CAMERA:
                return self.cameras
            case FilterField.PERSON:
                return self.persons
            case FilterField.ZONE:
                return self.zones
            case FilterField.RULE:
                return self.rules
            case FilterField.SITE:
                return self.sites
            case FilterField.KIND:
                return _names_everywhere(field, [kind.value for kind in EventKind])
            case FilterField.SEVERITY:
                return _names_everywhere(field, [str(int(grade)) for grade in Severity])
            case FilterField.STATE:
                return _names_everywhere(field, [state.value for state in AlertState])
            case _:
                return ()


def _names_everywhere(field: FilterField, values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, name) for value in values for name in translations(_MARKS[field](value)))


def search_site(settings: Settings, persons: Iterable[Person], now_ns: int) -> SearchSite:
    return SearchSite(
        now_ns,
        ZoneInfo(settings.alerts.time_zone or "UTC"),
        tuple((each.id, each.name) for each in settings.cameras if each.name),
        tuple((each.id, each.name) for each in persons if each.name),
        tuple((each.id, each.name) for each in places_of(settings) if each.name),
        tuple((each.id, each.name) for each in settings.alerts.rules if each.name),
    )


@dataclass(frozen=True, slots=True)
class TypedSearch:
    """`words`: what is left of the text."""

    words: str
    chips: tuple[FilterChip, ...] = ()


def read_typed(text: str, site: SearchSite) -> TypedSearch:
    """A key without a known value behind it stays among the words."""
    chips: list[FilterChip] = []
    words, at = "", 0
    while (typed := _TYPED.search(text, at)) is not None:
        found = _value_of(_FIELDS[typed[1].lower()], text[typed.end() :], site)
        words += text[at : typed.start()]
        at = typed.end()
        if found is None:
            words += typed[0]
            continue
        chips.append(found[0])
        at += found[1]
    return TypedSearch(" ".join((words + text[at:]).split()), tuple(chips))


def _value_of(field: FilterField, text: str, site: SearchSite) -> tuple[FilterChip, int] | None:
    """The chip, and how much of the text names it. Quoted: all of it; otherwise as many words as make a name."""
    quoted = re.match(r'"([^"]*)"?', text)
    if quoted is not None:
        chip = _chip(field, quoted[1], site)
        return None if chip is None else (chip, quoted.end())
    ends = [word.end() for word in re.finditer(r"\S+", text)][:6]
    for end in reversed(ends):
        chip = _chip(field, text[:end], site)
        if chip is not None:
            return chip, end
    return None


def _chip(field: FilterField, value: str, site: SearchSite) -> FilterChip | None:
    """By the whole name; else by the only one that begins so."""
    if field is FilterField.TIME:
        return time_chip(value, site)
    wanted = " ".join(folded(value))
    named = [(each, name) for each, name in site.names_of(field) if wanted and " ".join(folded(name)).startswith(wanted)]
    whole = [pair for pair in named if " ".join(folded(pair[1])) == wanted]
    ids = {each for each, _ in whole or named}
    if len(ids) != 1 and not whole:
        return None
    each, name = (whole or named)[0]
    return FilterChip(field, each, name)


def time_chip(phrase: str, site: SearchSite) -> FilterChip | None:
    """None where the phrase is no time."""
    known = " ".join(phrase.lower().split())
    tokens = tokens_of(_ENGLISH.get(known, known))
    spans = find_when(tokens, site.now_ns, site.zone).spans
    if not spans or tokens.free_indexes():
        return None
    return FilterChip(FilterField.TIME, phrase, phrase, spans[0].since_ns, spans[-1].until_ns)


def offered_chips(text: str, site: SearchSite) -> tuple[tuple[FilterChip, str], ...]:
    """What the end of a text may mean, each with the text that is left: a name that begins so, `camera:` with its names, a time."""
    typed = _TYPED.search(text)
    if typed is not None:
        field, begun = _FIELDS[typed[1].lower()], text[typed.end() :].strip('" ')
        return tuple((chip, text[: typed.start()].strip()) for chip in _beginning(field, begun, site))[:MOST_OFFERS]
    words = text.split()
    found: dict[FilterChip, str] = {}
    for first in range(len(words)):
        begun, left = " ".join(words[first:]), " ".join(words[:first])
        if len(begun) >= _SHORTEST:
            for chip in _anywhere(begun, site):
                found.setdefault(chip, left)
    return tuple(found.items())[:MOST_OFFERS]


def _anywhere(begun: str, site: SearchSite) -> Iterable[FilterChip]:
    """`zone Road` and `Road` both name the zone."""
    key, _, rest = begun.partition(" ")
    field = _FIELDS.get(key.lower())
    if field is not None and rest.strip():
        yield from _beginning(field, rest, site)
    for each in (FilterField.SITE, FilterField.CAMERA, FilterField.PERSON, FilterField.ZONE, FilterField.RULE, FilterField.KIND):
        yield from _beginning(each, begun, site)
    yield from _beginning(FilterField.TIME, begun, site)


def _beginning(field: FilterField, begun: str, site: SearchSite) -> Iterable[FilterChip]:
    if field is FilterField.TIME:
        yield from filter(None, (time_chip(phrase, site) for phrase in site.offered_times(begun) or [begun]))
        return
    wanted, shown = folded(begun), set[str]()
    for each, name in site.names_of(field):
        if " ".join(folded(name)).startswith(" ".join(wanted)) and each not in shown:
            shown.add(each)
            yield FilterChip(field, each, site.offered_name(field, each, name))


def with_chips(wanted: SearchFilter, chips: Sequence[FilterChip]) -> SearchFilter:
    """A filter with these chips; of several cameras or kinds each may fit, of other fields the last one counts."""
    for chip in chips:
        wanted = _with_chip(wanted, chip)
    return wanted


def _with_chip(wanted: SearchFilter, chip: FilterChip) -> SearchFilter:
    match chip.field:
        case FilterField.CAMERA:
            return replace(wanted, camera_ids=tuple(dict.fromkeys((*wanted.camera_ids, chip.value))))
        case FilterField.KIND:
            return replace(wanted, event_kinds=tuple(dict.fromkeys((*wanted.event_kinds, chip.value))))
        case FilterField.PERSON:
            return replace(wanted, person_id=chip.value)
        case FilterField.ZONE:
            return replace(wanted, zone_id=chip.value)
        case FilterField.RULE:
            return replace(wanted, rule_id=chip.value)
        case FilterField.SEVERITY:
            return replace(wanted, min_severity=int(chip.value))
        case FilterField.STATE:
            return replace(wanted, state=chip.value)
        case FilterField.TIME:
            return replace(wanted, since_ns=chip.since_ns, until_ns=chip.until_ns)
        case FilterField.REJECTED:
            return replace(wanted, rejected=True)
        case FilterField.SITE:
            return replace(wanted, sites=tuple(dict.fromkeys((*wanted.sites, chip.value))))
        case FilterField.RECORD:
            return replace(wanted, kinds=tuple(dict.fromkeys((*wanted.kinds, HitKind(chip.value)))))


def chips_of(wanted: SearchFilter, site: SearchSite) -> tuple[FilterChip, ...]:
    """The filters of a search, as chips; its time as one without a phrase."""
    pairs = (
        *((FilterField.SITE, each) for each in wanted.sites),
        *((FilterField.CAMERA, each) for each in wanted.camera_ids),
        (FilterField.PERSON, wanted.person_id),
        (FilterField.ZONE, wanted.zone_id),
        *((FilterField.KIND, each) for each in wanted.event_kinds),
        (FilterField.RULE, wanted.rule_id),
        (FilterField.SEVERITY, str(wanted.min_severity) if wanted.min_severity > 1 else ""),
        (FilterField.STATE, wanted.state),
    )
    chips = [FilterChip(field, value, dict(reversed(site.names_of(field))).get(value, value)) for field, value in pairs if value]
    if not (wanted.event_kinds and wanted.kinds == (HitKind.EVENT,)):  # kinds of events say so themselves
        chips += [FilterChip(FilterField.RECORD, each.value, each.value) for each in wanted.kinds]
    if wanted.since_ns is not None or wanted.until_ns is not None:
        chips.append(FilterChip(FilterField.TIME, "", "", wanted.since_ns, wanted.until_ns))
    if wanted.rejected:
        chips.append(FilterChip(FilterField.REJECTED, "", ""))
    return tuple(chips)


def without_chip(wanted: SearchFilter, chip: FilterChip) -> SearchFilter:
    match chip.field:
        case FilterField.CAMERA:
            return replace(wanted, camera_ids=tuple(each for each in wanted.camera_ids if each != chip.value), region=())
        case FilterField.KIND:
            left = tuple(each for each in wanted.event_kinds if each != chip.value)
            return replace(wanted, event_kinds=left, kinds=() if not left and wanted.kinds == (HitKind.EVENT,) else wanted.kinds)
        case FilterField.PERSON:
            return replace(wanted, person_id="")
        case FilterField.ZONE:
            return replace(wanted, zone_id="")
        case FilterField.RULE:
            return replace(wanted, rule_id="")
        case FilterField.SEVERITY:
            return replace(wanted, min_severity=0)
        case FilterField.STATE:
            return replace(wanted, state="")
        case FilterField.TIME:
            return replace(wanted, since_ns=None, until_ns=None)
        case FilterField.REJECTED:
            return replace(wanted, rejected=False)
        case FilterField.SITE:
            return replace(wanted, sites=tuple(each for each in wanted.sites if each != chip.value))
        case FilterField.RECORD:
            return replace(wanted, kinds=tuple(each for each in wanted.kinds if each != chip.value))
