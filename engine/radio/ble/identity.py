"""Who is which presence: people to presences by how well their phones move along with them, all at once."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.people.person import Person
from engine.model.radio.blob import NAMED_BY_PHONE, BleMatch
from engine.model.radio.radio import BleDeviceView
from engine.model.settings import Settings
from engine.model.site import Position, ScannerCalibration
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.radio.ble.carriers import Carrier, Carriers
from engine.radio.ble.matching import Matching
from engine.radio.ble.pairs import PairBook
from engine.radio.ble.presence import Presence

Array = npt.NDArray[np.float64]

CARRIED = 0.9  # how often a person has a given phone of theirs on them
SEEN = 0.7  # how often somebody whose phone is heard is one of the presences
NAMED, KEPT = NAMED_BY_PHONE, 0.35  # confidence for a new name, and for keeping one
STAY = 1.5  # nats that another assignment has to be better by
SWITCH_S = 3.0  # and for how long
_LIMIT = 20.0
_POSITION = 3  # scanners
_NO_HEIRS: Mapping[str, str] = MappingProxyType({})
NAMED_CHANGE, RELEASED = "named", "released"


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """A presence was `named`, or its name was `released`; the reason is a sentence. `key`: the person's id, or the device of nobody."""

    at_ns: int
    kind: str
    presence_id: str
    key: str
    person_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _PresenceClaim:
    presence_id: str
    since_ns: int


class IdentityAssigner:
    """Sans-IO, deterministic; the engine thread only, microseconds per pair of phone and presence.

    A person is on one presence, a presence has one person. `changes` are those of the last `assign`.
    """

    def __init__(self) -> None:
        self._carriers = Carriers()
        self._pairs = PairBook()
        self._held: dict[str, _PresenceClaim] = {}
        self._wanted: dict[str, _PresenceClaim] = {}  # another presence, and since when it has been the better one
        self._names: dict[str, str] = {}  # by key, for those who are or were just named
        self.changes: tuple[IdentityChange, ...] = ()

    def configure(self, settings: Settings) -> None:
        self._pairs.configure(settings)

    def know(self, persons: Mapping[str, Person], gone: Iterable[str] = ()) -> None:
        """Everybody there is; `gone` are not any more, and nothing is kept of them."""
        self._carriers.know(persons)
        for person_id in gone:
            for kept in (self._held, self._wanted, self._names):
                kept.pop(person_id, None)

    def place(self, scanners: Mapping[str, Position]) -> None:
        """Where the nodes stand, in metres; the machine's own adapter stands where the settings say."""
        self._pairs.place(scanners)

    def learn(self, losses: Mapping[str, ScannerCalibration]) -> None:
        """Learned path losses by scanner; those that an administrator calibrated stay as they are."""
        self._pairs.learn(losses)

    def assign(
        self, now_ns: int, presences: Sequence[Presence], devices: Sequence[BleDeviceView], heirs: Mapping[str, str] = _NO_HEIRS
    ) -> dict[str, BleMatch]:
        """Matches by presence id. `devices` as `PhoneLocator.locate` gives them. `heirs`: presences that go on as others, by id."""
        people = self._carriers.present(devices)
        self._succeed(heirs)
        self._pairs.step(now_ns, presences, self._carriers.carried_devices(devices))
        scores = np.array([[self._score(person, presence, len(presences)) for presence in presences] for person in people], np.float64)
        matching = Matching(scores.reshape(len(people), len(presences)))
        choices = self._choose(matching, people, presences)
        before, self._held = self._held, self._decide(now_ns, choices)
        self.changes = tuple(_changes(now_ns, before, self._held, people, presences, self._names))
        self._names.update({person.key: person.name for person in people})
        self._names = {key: name for key, name in self._names.items() if key in self._held or key in {p.key for p in people}}
        columns = {presence.id: column for column, presence in enumerate(presences)}
        return {
            held.presence_id: _match(person, held, matching.confidence(row, columns[held.presence_id]))
            for row, person in enumerate(people)
            if (held := self._held.get(person.key)) is not None
        }

    def accompanied(self, device: str) -> bool | None:
        """Whether somebody's way explains what is heard of a phone better than that it is anywhere.

        Of a phone that is carried that is so nine times in ten, of one that lies where people walk about two times in ten. None: the phone
        stands for nobody, or nothing was heard yet.
        """
        best = self._pairs.best(device)
        return None if best is None else best > 0

    def state(self) -> dict[str, Any]:
        return {
            "pairs": self._pairs.state(),
            "held": {key: [held.presence_id, held.since_ns] for key, held in self._held.items()},
            "wanted": {key: [held.presence_id, held.since_ns] for key, held in self._wanted.items()},
            "names": dict(self._names),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._pairs.restore(state["pairs"])
        self._held = {key: _PresenceClaim(presence, since_ns) for key, (presence, since_ns) in state["held"].items()}
        self._wanted = {key: _PresenceClaim(presence, since_ns) for key, (presence, since_ns) in state["wanted"].items()}
        self._names = dict(state["names"])

    def _succeed(self, heirs: Mapping[str, str]) -> None:
        self._pairs.succeed(heirs)
        for kept in (self._held, self._wanted):
            for key, held in kept.items():
                kept[key] = replace(held, presence_id=heirs.get(held.presence_id, held.presence_id))

    def _score(self, person: Carrier, presence: Presence, presences: int) -> float:
        """Log odds that the person is this presence, against being none of them."""
        total = math.log(SEEN / (1 - SEEN) / presences)
        for phone in person.phones:
            ratio = min(max(self._pairs.log_ratio(phone.device, presence.id), -_LIMIT), _LIMIT)
            total += math.log(CARRIED * math.exp(ratio) + 1 - CARRIED)
        return total

    def _choose(self, matching: Matching, people: Sequence[Carrier], presences: Sequence[Presence]) -> list["_Choice"]:
        """What is best for each person, those in force given an advantage."""
        bonus = np.zeros_like(matching.scores)
        columns = {presence.id: column for column, presence in enumerate(presences)}
        held = {row: self._held[person.key].presence_id for row, person in enumerate(people) if person.key in self._held}
        for row, presence_id in held.items():
            if presence_id in columns:
                bonus[row, columns[presence_id]] = STAY
        best = matching.best(bonus)
        return [
            _Choice(
                key=person.key,
                presence_id=presences[best[row]].id if row in best else "",
                confidence=matching.confidence(row, best[row]) if row in best else 0.0,
                held_alive=held.get(row) in columns,
            )
            for row, person in enumerate(people)
        ]

    def _decide(self, now_ns: int, choices: Sequence["_Choice"]) -> dict[str, _PresenceClaim]:
        """Who is which presence from now on: who stays, then who goes to another, then who waits to, then who is new."""
        decided: dict[str, _PresenceClaim] = {}
        self._wanted = {each.key: self._wanting(each, now_ns) for each in choices if each.presence_id and self._elsewhere(each)}
        ranked = sorted(choices, key=lambda each: self._rank(each, now_ns))
        for choice in ranked:
            held = self._next(choice, now_ns)
            if held is not None and held.presence_id not in {other.presence_id for other in decided.values()}:
                decided[choice.key] = held
        return decided

    def _elsewhere(self, choice: "_Choice") -> bool:
        """Whether somebody who is on a living presence had better be on another."""
        return choice.held_alive and self._held[choice.key].presence_id != choice.presence_id and choice.confidence >= NAMED

    def _wanting(self, choice: "_Choice", now_ns: int) -> _PresenceClaim:
        before = self._wanted.get(choice.key)
        return before if before is not None and before.presence_id == choice.presence_id else _PresenceClaim(choice.presence_id, now_ns)

    def _ready(self, key: str, now_ns: int) -> bool:
        return key in self._wanted and now_ns - self._wanted[key].since_ns >= SWITCH_S * SECOND

    def _rank(self, choice: "_Choice", now_ns: int) -> int:
        if not choice.held_alive:
            return 3
        if self._held[choice.key].presence_id == choice.presence_id:
            return 0
        return 1 if self._ready(choice.key, now_ns) else 2

    def _next(self, choice: "_Choice", now_ns: int) -> _PresenceClaim | None:
        if choice.held_alive:
            held = self._held[choice.key]
            if held.presence_id == choice.presence_id:
                return held if choice.confidence >= KEPT else None
            if choice.key in self._wanted:
                return _PresenceClaim(choice.presence_id, now_ns) if self._ready(choice.key, now_ns) else held
            return None
        return _PresenceClaim(choice.presence_id, now_ns) if choice.presence_id and choice.confidence >= NAMED else None


@dataclass(frozen=True, slots=True)
class _Choice:
    """The best presence for a person, empty for none of them. held_alive: the presence that they are on still exists."""

    key: str
    presence_id: str
    confidence: float
    held_alive: bool


def _match(person: Carrier, held: _PresenceClaim, confidence: float) -> BleMatch:
    """By the phone that most scanners hear."""
    phone = max(person.phones, key=lambda each: (len(each.heard), each.rssi_dbm or -200))
    method = "position" if len(phone.heard) >= _POSITION else "ranges"
    reported_by = tuple(scanner for scanner, _ in phone.heard)
    return BleMatch(
        person_id=person.person_id,
        person_name=person.name,
        color=person.color,
        device=phone.device,
        confidence=round(confidence, 3),
        method=method,
        reported_by=reported_by,
        position=phone.position,
        since_ns=held.since_ns,
    )


def _changes(
    now_ns: int,
    before: Mapping[str, _PresenceClaim],
    after: Mapping[str, _PresenceClaim],
    people: Sequence[Carrier],
    presences: Sequence[Presence],
    names: Mapping[str, str],
) -> Iterator[IdentityChange]:
    living, present = {presence.id for presence in presences}, {person.key: person for person in people}
    for key, held in before.items():
        now = after.get(key)
        if now is None or now.presence_id != held.presence_id:
            name = present[key].name if key in present else names.get(key, key)
            yield IdentityChange(now_ns, RELEASED, held.presence_id, key, name, _why(name, key in present, held.presence_id in living, now))
    for key, held in after.items():
        if key not in before or before[key].presence_id != held.presence_id:
            phones = ", ".join(phone.label or phone.device for phone in present[key].phones)
            reason = f"What scanners hear of {phones} fits the way of this presence."
            yield IdentityChange(now_ns, NAMED_CHANGE, held.presence_id, key, present[key].name, reason)


def _why(name: str, heard: bool, alive: bool, now: _PresenceClaim | None) -> str:
    if not alive:
        return "The presence has ended."
    if not heard:
        return f"No phone of {name} has been heard lately, or it was left behind."
    if now is not None:
        return f"The phone of {name} moves along with another presence."
    return f"The phone of {name} no longer fits the way of this presence."
