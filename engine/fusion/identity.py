"""Who is whom on the floor: assertions of many sources in log-odds, and a person in one place only.

Each source says "this fused track is that person" with a log-likelihood ratio. Assertions of one kind repeat themselves, so of each kind,
sensor and person the newest counts, and a little for every time it was said before; all fade with age. Where two people come so near that
their tracks may be exchanged, what was said of either counts no more than the chance that it was not. The sums go through one global
assignment, so that nobody is two people and no person is in two places.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine._assignment import best_pairs
from engine.model import wire
from engine.model.people.person import Person
from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity
from engine.model.time import SECOND
from engine.model.value_class import dataclass

NAMED, KEPT = 2.0, 0.5  # log-odds for a new name, and for keeping one
_HALF_LIFE_S = {
    AssertionKind.OPERATOR: 8 * 3600.0,
    AssertionKind.FACE: 600.0,
    AssertionKind.VOICE: 300.0,
    AssertionKind.REID: 120.0,
    AssertionKind.GESTURE: 120.0,
    AssertionKind.BLE: 15.0,  # said again every tick while it holds
}
_WITNESS = {
    AssertionKind.OPERATOR: "an operator",
    AssertionKind.FACE: "the face",
    AssertionKind.VOICE: "the voice",
    AssertionKind.REID: "the look",
    AssertionKind.GESTURE: "the gesture",
    AssertionKind.BLE: "the phone",
}
_PRIOR = -2.0  # that somebody is any one given person
_MOST = 12.0
_STAY = 1.0
_FORGOTTEN = 0.05
_AGAIN_NS = SECOND  # said again sooner, it is the same picture or sentence
_AGAIN_MOST = 20.0
_SAYS_ALWAYS = (AssertionKind.BLE, AssertionKind.OPERATOR)  # saying it again is no news


@dataclass(frozen=True, slots=True)
class WeightedAssertion:
    """An assertion with what it counts now, log-odds, and how `often` it was said."""

    assertion: Assertion
    value: float
    often: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """`often`: it was said, the last time that was news at `news_ns`. `trust`: share that is left of it after chances of an exchange."""

    assertion: Assertion
    news_ns: int
    often: float = 1.0
    trust: float = 1.0

    def again(self, assertion: Assertion) -> "_Entry":
        if assertion.kind in _SAYS_ALWAYS or assertion.log_odds < 0:
            return _Entry(assertion, assertion.at_ns)
        if assertion.at_ns - self.news_ns < _AGAIN_NS:
            return replace(self, assertion=assertion)
        return _Entry(assertion, assertion.at_ns, min(self.often * self.trust + 1, _AGAIN_MOST))

    def decayed_log_odds(self, now_ns: int) -> float:
        age_s = max(now_ns - self.assertion.at_ns, 0) / SECOND
        return (self.assertion.log_odds + math.log(max(self.often, 1.0))) * self.trust * 0.5 ** (age_s / _HALF_LIFE_S[self.assertion.kind])


@dataclass(slots=True)
class _Ledger:
    """Of one fused track: what was asserted, by (kind, person, sensor)."""

    entries: dict[tuple[str, str, str], _Entry] = field(default_factory=dict[tuple[str, str, str], _Entry])
    held: str = ""


class IdentityLadder:
    """Sans-IO, deterministic; the engine thread only. Keyed by the fused track's id."""

    def __init__(self) -> None:
        self._ledgers: dict[str, _Ledger] = {}

    def assert_that(self, fused_id: str, assertion: Assertion) -> None:
        """Take in one assertion. A `log_odds` below 0 speaks against. An operator's word replaces what operators said before."""
        ledger = self._ledgers.setdefault(fused_id, _Ledger())
        if assertion.kind is AssertionKind.OPERATOR:
            ledger.entries = {key: each for key, each in ledger.entries.items() if key[0] != AssertionKind.OPERATOR.value}
        before = ledger.entries.get(_assertion_key(assertion))
        ledger.entries[_assertion_key(assertion)] = _Entry(assertion, assertion.at_ns) if before is None else before.again(assertion)

    def doubt(self, fused_id: str, exchanged: float, now_ns: int) -> None:
        """With the probability `exchanged` the track is now somebody else's who was near."""
        ledger = self._ledgers.get(fused_id)
        if ledger is None:
            return
        sums: dict[str, float] = {}
        for entry in ledger.entries.values():
            sums[entry.assertion.person_id] = sums.get(entry.assertion.person_id, 0.0) + entry.decayed_log_odds(now_ns)
        left = {person_id: _after_exchange(odds, exchanged) / odds for person_id, odds in sums.items() if odds > 0}
        ledger.entries = {
            key: replace(entry, trust=entry.trust * left.get(entry.assertion.person_id, 1.0)) for key, entry in ledger.entries.items()
        }

    def merge_tracks(self, gone: str, kept: str) -> None:
        """One track was another all along."""
        old = self._ledgers.pop(gone, None)
        if old is not None:
            ledger = self._ledgers.setdefault(kept, _Ledger())
            ledger.entries = {**old.entries, **ledger.entries}
            ledger.held = ledger.held or old.held

    def drop_tracks(self, fused_ids: Iterable[str]) -> None:
        for fused_id in fused_ids:
            self._ledgers.pop(fused_id, None)

    def forget_person(self, person_id: str) -> None:
        for ledger in self._ledgers.values():
            ledger.entries = {key: each for key, each in ledger.entries.items() if each.assertion.person_id != person_id}
            ledger.held = "" if ledger.held == person_id else ledger.held

    def rename(self, gone: str, kept: str) -> None:
        """A person was another all along."""
        for ledger in self._ledgers.values():
            own = [e for e in ledger.entries.values() if e.assertion.person_id == gone]
            own = [replace(entry, assertion=replace(entry.assertion, person_id=kept)) for entry in own]
            ledger.entries = {key: entry for key, entry in ledger.entries.items() if entry.assertion.person_id != gone}
            ledger.entries.update({_assertion_key(entry.assertion): entry for entry in own})
            ledger.held = kept if ledger.held == gone else ledger.held

    def decide(self, now_ns: int, fused_ids: Sequence[str], person: Callable[[str], Person | None]) -> dict[str, FusedIdentity]:
        """Who each of these tracks is, of those that are somebody. Persons that `person` does not know are left out."""
        counts = {fused_id: self.weighted_assertions(fused_id, now_ns) for fused_id in fused_ids}
        said = {each.assertion.person_id for counted in counts.values() for each in counted}
        known = {name: somebody for name in sorted(said) if (somebody := person(name)) is not None}
        names = list(known)
        odds = np.array([[_odds(counts[fused_id], name) for name in names] for fused_id in fused_ids], np.float64).reshape(
            len(fused_ids), len(names)
        )
        chosen = self._assign_names(fused_ids, names, odds)
        for fused_id in fused_ids:
            if fused_id in self._ledgers:
                self._ledgers[fused_id].held = chosen.get(fused_id, "")
        rows = {fused_id: row for row, fused_id in enumerate(fused_ids)}
        return {
            fused_id: _identity(known[name], counts[fused_id], float(odds[rows[fused_id], names.index(name)]))
            for fused_id, name in chosen.items()
        }

    def weighted_assertions(self, fused_id: str, now_ns: int) -> list[WeightedAssertion]:
        """Assertions with what they count now; those that are forgotten are dropped."""
        ledger = self._ledgers.get(fused_id)
        if ledger is None:
            return []
        ledger.entries = {key: entry for key, entry in ledger.entries.items() if abs(entry.decayed_log_odds(now_ns)) >= _FORGOTTEN}
        return [
            WeightedAssertion(entry.assertion, entry.decayed_log_odds(now_ns), entry.often * entry.trust)
            for entry in ledger.entries.values()
        ]

    def _assign_names(self, fused_ids: Sequence[str], names: Sequence[str], odds: npt.NDArray[np.float64]) -> dict[str, str]:
        if not odds.size:
            return {}
        held = np.array([[self._holds(fused_id, name) for name in names] for fused_id in fused_ids], np.bool_)
        worth = np.maximum(odds + _STAY * held - np.where(held, KEPT, NAMED), 0.0)
        pairs = zip(*best_pairs(worth), strict=True)
        return {fused_ids[int(row)]: names[int(column)] for row, column in pairs if worth[row, column] > 0}

    def _holds(self, fused_id: str, name: str) -> bool:
        ledger = self._ledgers.get(fused_id)
        return ledger is not None and ledger.held == name

    def state(self) -> dict[str, Any]:
        return {
            fused_id: {"entries": [wire.to_plain(entry) for entry in ledger.entries.values()], "held": ledger.held}
            for fused_id, ledger in self._ledgers.items()
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._ledgers = {}
        for fused_id, plain in state.items():
            entries = [wire.read_as(_Entry, each) for each in plain["entries"]]
            self._ledgers[fused_id] = _Ledger({_assertion_key(entry.assertion): entry for entry in entries}, str(plain["held"]))


def _assertion_key(assertion: Assertion) -> tuple[str, str, str]:
    return assertion.kind.value, assertion.person_id, assertion.sensor


def _after_exchange(odds: float, exchanged: float) -> float:
    """Log-odds of being somebody after a chance of having been exchanged for somebody else."""
    other = math.exp(-odds)
    return math.log(((1 - exchanged) + other * exchanged) / (exchanged + other * (1 - exchanged)))


def _odds(counted: Sequence[WeightedAssertion], name: str) -> float:
    return min(max(_PRIOR + sum(each.value for each in counted if each.assertion.person_id == name), -_MOST), _MOST)


def _identity(person: Person, counted: Sequence[WeightedAssertion], odds: float) -> FusedIdentity:
    own = [each for each in counted if each.assertion.person_id == person.id]
    against = [each.assertion for each in counted if each.assertion.person_id != person.id and each.value > NAMED]
    conflict = f"{_WITNESS[against[0].kind]} says it is somebody else" if against else ""
    return FusedIdentity(
        person_id=person.id,
        person_name=person.name,
        color=person.color,
        log_odds=odds,
        confidence=1 / (1 + math.exp(-odds)),
        assertions=tuple(each.assertion for each in own),
        counted=tuple(each.value for each in own),
        conflict=conflict,
    )
