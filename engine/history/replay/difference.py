"""What two runs over the same record have in common, and what only one of them says.

Ids alone would not do: an id derives from the number of the observation that made it, so an event that comes one picture later under other
settings has another one. What is the same is found in three rounds, each over what the one before has left: the same id; the same subject
at the same time; the same kind and place at the same time, the longest overlap first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from operator import attrgetter
from typing import Any, TypeAlias, cast

from engine.model import wire
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision, Outcome
from engine.model.event import Event
from engine.model.history.replay import DifferenceKind, Different
from engine.model.radio.blob import Blob
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.time import EVER_NS, SECOND
from engine.model.value_class import dataclass

MOST_SHOWN = 500
NEAR_NS = 2 * SECOND  # things so far apart in time are still the same
NEAR_M = 2.0  # and so far apart in place
AGAIN_NS = 30 * SECOND  # a candidate that is held again within this is the same candidate
MOST = 20_000  # things of one kind; those beyond are not compared
_PLACE_NS = SECOND
_MOST_PLACES = 240
_LONGEST_VALUE = 200

Key: TypeAlias = tuple[str, ...]
Place: TypeAlias = tuple[int, float, float]  # when (ns), x, y in metres


@dataclass(slots=True)
class Thing:
    """One of what a run said. `key`: what has to be equal for two to be the same; `places`: where it was, now and then."""

    kind: DifferenceKind
    id: str
    key: Key
    subject_id: str
    since_ns: int
    until_ns: int | None
    what: str
    severity: int = 0
    camera_id: str = ""
    decision_id: str = ""
    places: list[Place] = field(default_factory=list[Place])

    def different(self) -> Different:
        position = self.places[-1][1:] if self.places else None
        return Different(
            self.kind, self.id, self.since_ns, self.until_ns, self.what, self.severity, self.camera_id, self.decision_id, position
        )


class Things:
    """What one run says from `since_ns` on. Memory: one small value per thing, `MOST` of each kind at most.

    Attributes:
        left_out: how many were not kept.
    """

    def __init__(self, since_ns: int) -> None:
        self.left_out = 0
        self._since_ns = since_ns
        self._kept: dict[DifferenceKind, dict[str, Thing]] = {kind: {} for kind in DifferenceKind}
        self._held: dict[Key, Thing] = {}  # the newest of each candidate
        self._decisions: dict[str, Decision] = {}  # by which something was raised or held

    def of_kind(self, kind: DifferenceKind) -> list[Thing]:
        """In the order in which they began."""
        return sorted(self._kept[kind].values(), key=attrgetter("since_ns", "id"))

    def decision(self, decision_id: str) -> Decision | None:
        return self._decisions.get(decision_id)

    def take_result(self, result: StepResult) -> None:
        for event in result.events:
            if not event.shadow and event.started_ns >= self._since_ns:
                self._keep_thing(_of_event(event))
        for alert in result.alerts:
            if alert.raised_ns >= self._since_ns:
                self._keep_thing(_of_alert(alert))
        for decision in result.decisions:
            self._decided(decision)
        if result.radio is not None:
            for blob in result.radio.blobs:
                self._blob(blob, result.radio.at_ns)

    def _keep_thing(self, thing: Thing) -> None:
        kept = self._kept[thing.kind]
        if len(kept) >= MOST and thing.id not in kept:
            self.left_out += 1
        else:
            kept[thing.id] = thing

    def _decided(self, decision: Decision) -> None:
        """What is held again and again is one thing; what was held and then raised is none."""
        key = (decision.stage.value, decision.candidate.value, decision.camera_id, decision.subject_id)
        known = self._held.get(key)
        if decision.outcome is not Outcome.REJECTED and len(self._decisions) < MOST:
            self._decisions[decision.id] = decision
        if decision.outcome is not Outcome.HELD:
            if known is not None and known.id == decision.id:
                self._kept[DifferenceKind.HELD].pop(known.id, None)
                del self._held[key]
        elif known is not None and decision.decided_ns - (known.until_ns or known.since_ns) < AGAIN_NS:
            known.until_ns = decision.decided_ns
        else:
            held = _of_held(decision)
            self._held[key] = held
            self._keep_thing(held)

    def _blob(self, blob: Blob, at_ns: int) -> None:
        known = self._kept[DifferenceKind.BLOB].get(blob.id)
        x, y, _ = blob.position
        if known is None:
            self._keep_thing(Thing(DifferenceKind.BLOB, blob.id, (), blob.id, at_ns, at_ns, "Somebody, by radio", places=[(at_ns, x, y)]))
            return
        known.until_ns = at_ns
        if at_ns - known.places[-1][0] >= _PLACE_NS:
            known.places.append((at_ns, x, y))
        if len(known.places) > _MOST_PLACES:
            known.places = known.places[::2]


Listed: TypeAlias = tuple[Different, ...]  # oldest first
Counts: TypeAlias = tuple[tuple[DifferenceKind, int], ...]


def differences(was: Things, tried: Things, most: int = MOST_SHOWN) -> tuple[Listed, Listed, Counts, Listed]:
    """(gained, lost, how many of each kind are the same, those as they were: `most` of each kind at most)."""
    gained: list[Different] = []
    lost: list[Different] = []
    same: list[tuple[DifferenceKind, int]] = []
    unchanged: list[Different] = []
    for kind in DifferenceKind:
        before, after = was.of_kind(kind), tried.of_kind(kind)
        pairs = matched(before, after)
        lost += [thing.different() for place, thing in enumerate(before) if place not in pairs]
        gained += [thing.different() for place, thing in enumerate(after) if place not in set(pairs.values())]
        same.append((kind, len(pairs)))
        unchanged += [before[place].different() for place in sorted(pairs)[:most]]
    return _by_time(gained), _by_time(lost), tuple(same), _by_time(unchanged)


def matched(before: list[Thing], after: list[Thing]) -> dict[int, int]:
    """Which of `after` each of `before` is, by their places in the lists; each is one at most."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for key_of in (_by_id, _by_subject, _by_kind):
        _match(before, after, key_of, pairs, taken)
    return pairs


def _by_id(thing: Thing) -> Key:
    return thing.id, *thing.key


def _by_subject(thing: Thing) -> Key:
    return thing.subject_id, *thing.key


def _by_kind(thing: Thing) -> Key:
    return thing.key


def _match(before: list[Thing], after: list[Thing], key_of: Callable[[Thing], Key], pairs: dict[int, int], taken: set[int]) -> None:
    """Of those with the same key that overlap, those first that overlap longest."""
    by_key: dict[Key, list[int]] = defaultdict(list)
    for place, thing in enumerate(after):
        if place not in taken:
            by_key[key_of(thing)].append(place)
    found: list[tuple[int, int, int]] = []
    for place, thing in enumerate(before):
        if place not in pairs:
            found += [(overlap, place, other) for overlap, other in _overlapping(thing, after, by_key.get(key_of(thing), []))]
    for _, place, other in sorted(found, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if place not in pairs and other not in taken:
            pairs[place] = other
            taken.add(other)


def _overlapping(thing: Thing, after: list[Thing], others: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(ns in common, place); `others` by when they began. What has no end yet goes on."""
    end_ns = _end_ns(thing) + NEAR_NS
    for other in others:
        candidate = after[other]
        if candidate.since_ns > end_ns:
            return
        overlap = min(end_ns, _end_ns(candidate) + NEAR_NS) - max(thing.since_ns, candidate.since_ns)
        if overlap >= 0 and _are_near(thing, candidate):
            yield overlap, other


def _end_ns(thing: Thing) -> int:
    return EVER_NS if thing.until_ns is None else thing.until_ns


def _are_near(one: Thing, other: Thing) -> bool:
    """Where both were at the same time; what has no place, or never at the same time, speaks against nothing."""
    seconds = {at_ns // _PLACE_NS: (x, y) for at_ns, x, y in other.places}
    apart = [
        ((x - there[0]) ** 2 + (y - there[1]) ** 2) ** 0.5
        for at_ns, x, y in one.places
        if (there := seconds.get(at_ns // _PLACE_NS)) is not None
    ]
    return not apart or sorted(apart)[len(apart) // 2] <= NEAR_M


def _of_event(event: Event) -> Thing:
    about = ", ".join(part for part in (event.label, event.person, event.reason) if part)
    return Thing(
        DifferenceKind.EVENT,
        event.id,
        (event.kind.value, event.camera_id, event.zone_id),
        event.subject_id,
        event.started_ns,
        event.ended_ns,
        _enum_words(event.kind.value) + (f": {about}" if about else ""),
        int(event.severity),
        event.camera_id,
        event.decision_id,
        [] if event.position is None else [(event.started_ns, event.position[0], event.position[1])],
    )


def _of_alert(alert: Alert) -> Thing:
    over = alert.ended or not alert.open
    return Thing(
        DifferenceKind.ALERT,
        alert.id,
        (alert.kind.value, alert.camera_id, alert.zone_id),
        alert.subject_id,
        alert.raised_ns,
        alert.changed_ns if over else None,
        _enum_words(alert.kind.value) + (f": {alert.reason}" if alert.reason else ""),
        int(alert.severity),
        alert.camera_id,
        alert.decision_id,
        [] if alert.position is None else [(alert.raised_ns, alert.position[0], alert.position[1])],
    )


def _of_held(decision: Decision) -> Thing:
    why = ", ".join(reading.gate for reading in decision.gates if not reading.passed)
    return Thing(
        DifferenceKind.HELD,
        decision.id,
        (decision.stage.value, decision.candidate.value, decision.camera_id, decision.zone_id),
        decision.subject_id,
        decision.decided_ns,
        decision.decided_ns,
        (decision.reason or _enum_words(decision.candidate.value)) + (f" – held by {why}" if why else ""),
        int(decision.facts.severity) if decision.facts is not None else 0,
        decision.camera_id,
        decision.id,
        [] if decision.position is None else [(decision.decided_ns, decision.position[0], decision.position[1])],
    )


def _enum_words(value: str) -> str:
    return value.replace("_", " ").capitalize()


def _by_time(found: list[Different]) -> tuple[Different, ...]:
    return tuple(sorted(found, key=attrgetter("at_ns", "id")))


def changed_settings(then: Settings, tried: Settings) -> tuple[tuple[str, str, str], ...]:
    """(field, then, tried) of every single setting that differs; what stands in a list goes by its id, where it has one."""
    before, after = dict(_flat("", wire.to_plain(then))), dict(_flat("", wire.to_plain(tried)))
    names = [name for name in (*before, *(name for name in after if name not in before)) if before.get(name) != after.get(name)]
    return tuple((name, before.get(name, "–"), after.get(name, "–")) for name in names)


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, part in cast("dict[str, Any]", value).items():
            yield from _flat(f"{path}.{name}" if path else name, part)
    elif isinstance(value, list) and value and all(isinstance(part, dict) and "id" in part for part in cast("list[Any]", value)):
        for part in cast("list[dict[str, Any]]", value):
            yield from _flat(f"{path}[{part['id']}]", part)
    else:
        yield path, _value_text(value)


def _value_text(value: Any) -> str:
    text = {True: "on", False: "off", None: "–"}.get(value) if value is None or isinstance(value, bool) else None
    return (text if text is not None else str(value))[:_LONGEST_VALUE]
