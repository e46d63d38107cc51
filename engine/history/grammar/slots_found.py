"""What was found in a question: its slots."""

from dataclasses import field
from zoneinfo import ZoneInfo

from engine.history.lexicon.tokens import Tokens
from engine.history.lexicon.words import KINDS, PHRASES
from engine.history.names import NamedEntity
from engine.history.when.when import When
from engine.model.event import EventKind
from engine.model.history.query import By, Who
from engine.model.value_class import dataclass


@dataclass(slots=True)
class Slots:
    """What was found. `said`: the names of the tables of which words stand in the question. unknown: words that mean nothing here."""

    tokens: Tokens
    when: When
    zone: ZoneInfo | None = None  # of the site
    said: set[str] = field(default_factory=set[str])
    kinds: list[EventKind] = field(default_factory=list[EventKind])
    categories: list[str] = field(default_factory=list[str])
    people: list[NamedEntity] = field(default_factory=list[NamedEntity])
    not_people: list[NamedEntity] = field(default_factory=list[NamedEntity])
    cameras: list[NamedEntity] = field(default_factory=list[NamedEntity])
    zones: list[NamedEntity] = field(default_factory=list[NamedEntity])
    not_places: list[NamedEntity] = field(default_factory=list[NamedEntity])
    nodes: list[NamedEntity] = field(default_factory=list[NamedEntity])
    labels: list[str] = field(default_factory=list[str])
    gates: list[str] = field(default_factory=list[str])
    severities: list[int] = field(default_factory=list[int])
    min_severity: int = 1
    by: By = By.ALL
    near_km: float | None = None
    limit: int | None = None
    shortest_s: float | None = None
    longest_s: float | None = None
    not_kinds: list[EventKind] = field(default_factory=list[EventKind])
    denied: list[str] = field(default_factory=list[str])  # what an alert was not found to be
    places: list[tuple[NamedEntity, ...]] = field(default_factory=list[tuple[NamedEntity, ...]])  # what each name of a place may mean
    ordinal: int | None = None  # which one, from the first or the last
    least: int = 0  # of what `limit_of` says: at least, at most
    most: int | None = None
    limit_of: str = ""  # people, times, days, rows
    ids: list[str] = field(default_factory=list[str])
    unclear: list[tuple[str, tuple[NamedEntity, ...]]] = field(default_factory=list[tuple[str, tuple[NamedEntity, ...]]])
    notes: list[str] = field(default_factory=list[str])
    text: str = ""  # words that a description holds
    unknown: list[str] = field(default_factory=list[str])

    def any(self, *names: str) -> bool:
        return not self.said.isdisjoint(names)

    def word(self, *those: str) -> bool:
        return any(token.text in those for token in self.tokens.all)

    @property
    def has_place(self) -> bool:
        return bool(self.cameras or self.zones)


def only_such(found: Slots) -> bool:
    """`only strangers`, `only falls`: those alone, at whatever other times they were there."""
    tokens = found.tokens
    names = [name for name in ("unknown", "known") if name in found.said]
    such = {phrase[0] for table in (*(PHRASES[name] for name in names), *(KINDS[kind] for kind in found.kinds)) for phrase in table}
    return any(tokens.word(at + 1) in such for at in range(len(tokens.all)) if tokens.word(at) in ("only", "just"))


def who_of(found: Slots) -> Who:
    if "unknown" in found.said:
        return Who.UNKNOWN
    if "known" in found.said:
        return Who.KNOWN
    return Who.ANYONE if found.any("anyone", "people", "nobody") else Who.ANYTHING
