"""What was raised lately and what is shelved: by what a candidate is known to be the same again."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property

from engine.alerts.candidate import FACTS, SEVERE, Candidate, same_matter
from engine.alerts.rule_gates import LONGEST_S, Around, gravity, near_flood
from engine.model.alerts.settings import AlertSettings, Rule, RuleMode
from engine.model.time import SECOND
from engine.model.value_class import dataclass

MOST_RECENT = 2_000
FAILING_TOGETHER = 2  # sensors of one kind in ten minutes; from the third on, they are one alert
TRIED = "tried"  # instead of an alert's id
CROWDED_S = 600.0  # near a flood, one cause within so long is one alert
TEN_MINUTES_NS = 600 * SECOND
_Key = tuple[str, str, bool]  # rule, cause, and whether it was on trial: what it would have raised then keeps nothing from being raised


@dataclass(frozen=True, slots=True)
class Recent:
    """What a rule raised, as it came last: at `at_ns`, under `alert_id`. open: its alert is."""

    rule_id: str
    alert_id: str
    candidate: Candidate
    at_ns: int
    repeat_s: float
    open: bool = True

    @property
    def incident_id(self) -> str:
        return self.candidate.facts.incident_id

    @property
    def key(self) -> _Key:
        return self.rule_id, self.candidate.cause, self.alert_id == TRIED


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is like this candidate is out of sight until a time."""

    alert_id: str
    candidate: Candidate
    until_ns: int


@dataclass(frozen=True, slots=True)
class _Alike:
    """What one rule raised of one cause and is open, oldest first; and of each incident the newest."""

    recent: tuple[Recent, ...] = ()
    by_incident: dict[str, Recent] = field(default_factory=dict[str, Recent])

    @classmethod
    def from_recent(cls, recent: Iterable[Recent]) -> "_Alike":
        several = tuple(recent)
        return cls(several, {each.incident_id: each for each in several if each.incident_id})

    def same(self, candidate: Candidate) -> Recent | None:
        """The newest that is the same matter."""
        if candidate.facts.incident_id:
            return self.by_incident.get(candidate.facts.incident_id)
        return next((recent for recent in reversed(self.recent) if same_matter(recent.candidate, candidate)), None)

    def since(self, at_ns: int) -> Recent | None:
        """The newest that came after a time."""
        return next((recent for recent in reversed(self.recent) if recent.at_ns > at_ns), None)

    def without(self, recent: Recent) -> "_Alike":
        return _Alike.from_recent([each for each in self.recent if each is not recent])

    def and_then(self, recent: Recent) -> "_Alike":
        by_incident = {**self.by_incident, recent.incident_id: recent} if recent.incident_id else self.by_incident
        return _Alike((*self.recent, recent), by_incident)


@dataclass(frozen=True)  # without slots: what is looked up again and again is kept beside the fields
class Memory:
    """A value; every change gives another. `recent`, `shelves`: oldest first. `raised_ns`: of the last ten minutes."""

    recent: tuple[Recent, ...] = ()
    shelves: tuple[Shelf, ...] = ()
    raised_ns: tuple[int, ...] = ()

    def raised_count(self, at_ns: int) -> int:
        return sum(1 for raised_ns in self.raised_ns if at_ns - raised_ns < TEN_MINUTES_NS)

    def around(self, candidate: Candidate, rule: Rule, settings: AlertSettings) -> Around:
        same = self.same(candidate, rule, settings)
        if same is None:
            return Around(shelved_s=self._shelved_s(candidate), load=candidate.facts.load)
        repeat_s = None if same_matter(same.candidate, candidate) else max(rule.repeat_s, CROWDED_S)
        return Around(max(candidate.at_ns - same.at_ns, 0) / SECOND, repeat_s, self._shelved_s(candidate), candidate.facts.load)

    def same(self, candidate: Candidate, rule: Rule, settings: AlertSettings) -> Recent | None:
        """The newest that is the same by this rule: the same matter, or near a flood, and where it is not severe, the same cause.

        Only as long as its alert is open: one that was closed does not keep the next from being told.
        """
        crowded = gravity(candidate, rule) < SEVERE and (
            near_flood(candidate.facts.load, settings) or self._fails_together(candidate, rule)
        )
        alike = self._alike.get((rule.id, candidate.cause, rule.mode is RuleMode.SHADOW))
        if alike is None:
            return None
        return alike.same(candidate) or (alike.since(candidate.at_ns - TEN_MINUTES_NS) if crowded else None)

    def raised(self, candidate: Candidate, rule: Rule, alert_id: str) -> "Memory":
        recent = Recent(rule.id, alert_id, candidate, candidate.at_ns, rule.repeat_s)
        return self._with(recent, raised_ns=(*self.raised_ns, candidate.at_ns))

    def tried(self, candidate: Candidate, rule: Rule) -> "Memory":
        """A rule on trial would have raised it: so soon after, it would not raise the same again. No load comes of it."""
        return self._with(Recent(rule.id, TRIED, candidate, candidate.at_ns, rule.repeat_s))

    def again(self, recent: Recent, candidate: Candidate) -> "Memory":
        """It came once more: from here on it is the same for as long again, wherever it is by now."""
        return self._with(replace(recent, candidate=candidate, at_ns=candidate.at_ns), recent)

    def closed(self, alert_ids: Iterable[str]) -> "Memory":
        gone = frozenset(alert_ids)
        return replace(self, recent=tuple(replace(r, open=False) if r.alert_id in gone else r for r in self.recent))

    def shelve(self, shelf: Shelf) -> "Memory":
        return replace(self, shelves=(*self.unshelve(shelf.alert_id).shelves, shelf))

    def unshelve(self, alert_id: str) -> "Memory":
        return replace(self, shelves=tuple(shelf for shelf in self.shelves if shelf.alert_id != alert_id))

    def as_of(self, now_ns: int, also_open: bool = True) -> "Memory":
        """Without what is over. `also_open`: what is under an open alert is kept, however old."""
        recent = tuple(
            r
            for r in self.recent
            if now_ns - r.at_ns < min(max(r.repeat_s, CROWDED_S), LONGEST_S) * SECOND or (also_open and r.open and r.alert_id != TRIED)
        )
        shelves = tuple(shelf for shelf in self.shelves if now_ns < shelf.until_ns)
        raised_ns = tuple(raised_ns for raised_ns in self.raised_ns if now_ns - raised_ns < TEN_MINUTES_NS)
        unchanged = (len(recent), len(shelves), len(raised_ns)) == (len(self.recent), len(self.shelves), len(self.raised_ns))
        return self if unchanged else Memory(recent, shelves, raised_ns)

    @cached_property
    def _alike(self) -> Mapping[_Key, _Alike]:
        """What is open, by its key."""
        found: dict[_Key, list[Recent]] = {}
        for recent in self.recent:
            if recent.open:
                found.setdefault(recent.key, []).append(recent)
        return {key: _Alike.from_recent(several) for key, several in found.items()}

    def _with(self, recent: Recent, instead: Recent | None = None, raised_ns: tuple[int, ...] | None = None) -> "Memory":
        """What is known by key is carried over: gathering it anew takes far longer, and this may come at every alert of a flood."""
        others = self.recent if instead is None else tuple([each for each in self.recent if each is not instead])
        beyond = max(len(others) + 1 - MOST_RECENT, 0)
        memory = Memory((*others[beyond:], recent), self.shelves, self.raised_ns if raised_ns is None else raised_ns)
        gone = others[:beyond] if instead is None else (*others[:beyond], instead)
        memory.__dict__["_alike"] = _roll_similar(self._alike, gone, recent)
        return memory

    def _fails_together(self, candidate: Candidate, rule: Rule) -> bool:
        """Whether sensors fail by the dozen: a switch or the power did."""
        if candidate.facts.kind not in FACTS:
            return False
        alike = [r for r in self.recent if r.rule_id == rule.id and r.candidate.cause == candidate.cause]
        return sum(candidate.at_ns - recent.at_ns < CROWDED_S * SECOND for recent in alike) >= FAILING_TOGETHER

    def _shelved_s(self, candidate: Candidate) -> float:
        """Until the last shelf that holds what is like it is over."""
        alike = [s for s in self.shelves if s.candidate.cause == candidate.cause and same_matter(s.candidate, candidate)]
        return max((max(shelf.until_ns - candidate.at_ns, 0) / SECOND for shelf in alike), default=0.0)


def _roll_similar(alike: Mapping[_Key, _Alike], gone: Iterable[Recent], new: Recent) -> Mapping[_Key, _Alike]:
    found = dict(alike)
    for recent in gone:
        if recent.key in found:
            found[recent.key] = found[recent.key].without(recent)
    if new.open:
        found[new.key] = found.get(new.key, _Alike()).and_then(new)
    return found
