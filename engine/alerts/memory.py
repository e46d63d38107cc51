"""What was raised lately and what is shelved: by what a candidate is known to be the same again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.alerts.candidate import FACTS, SEVERE, Candidate, same_matter
from engine.alerts.rule_gates import LONGEST_S, Around, gravity, near_flood
from engine.model.alert_settings import AlertSettings, Rule, RuleMode
from engine.model.time import SECOND

MOST_RECENT = 2_000
FAILING_TOGETHER = 2  # sensors of one kind in ten minutes; from the third on, they are one alert
TRIED = "tried"  # instead of an alert's id
CROWDED_S = 600.0  # near a flood, one cause within so long is one alert
TEN_MINUTES_NS = 600 * SECOND


@dataclass(frozen=True, slots=True)
class Recent:
    """What a rule raised, as it came last: at `at_ns`, under `alert_id`. open: its alert is."""

    rule_id: str
    alert_id: str
    candidate: Candidate
    at_ns: int
    repeat_s: float
    open: bool = True


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is like this candidate is out of sight until a time."""

    alert_id: str
    candidate: Candidate
    until_ns: int


@dataclass(frozen=True, slots=True)
class Memory:
    """A value; every change gives another. `recent`, `shelves`: oldest first. `raised_ns`: of the last ten minutes."""

    recent: tuple[Recent, ...] = ()
    shelves: tuple[Shelf, ...] = ()
    raised_ns: tuple[int, ...] = ()

    def load(self, at_ns: int) -> int:
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
        on_trial = rule.mode is RuleMode.SHADOW  # what it would have raised then keeps nothing from being raised once it is armed
        known = (recent for recent in self.recent if recent.open and (recent.alert_id == TRIED) is on_trial)
        alike = [recent for recent in known if recent.rule_id == rule.id and recent.candidate.cause == candidate.cause]
        matters = [recent for recent in alike if same_matter(recent.candidate, candidate)]
        of_cause = [r for r in alike if crowded and candidate.at_ns - r.at_ns < CROWDED_S * SECOND]
        return next(reversed(matters or of_cause), None)

    def raised(self, candidate: Candidate, rule: Rule, alert_id: str) -> "Memory":
        recent = (*self.recent, Recent(rule.id, alert_id, candidate, candidate.at_ns, rule.repeat_s))
        return replace(self, recent=recent[-MOST_RECENT:], raised_ns=(*self.raised_ns, candidate.at_ns))

    def tried(self, candidate: Candidate, rule: Rule) -> "Memory":
        """A rule on trial would have raised it: so soon after, it would not raise the same again. No load comes of it."""
        recent = (*self.recent, Recent(rule.id, TRIED, candidate, candidate.at_ns, rule.repeat_s))
        return replace(self, recent=recent[-MOST_RECENT:])

    def again(self, recent: Recent, candidate: Candidate) -> "Memory":
        """It came once more: from here on it is the same for as long again, wherever it is by now."""
        others = tuple(each for each in self.recent if each is not recent)
        return replace(self, recent=(*others, replace(recent, candidate=candidate, at_ns=candidate.at_ns)))

    def closed(self, alert_ids: Iterable[str]) -> "Memory":
        gone = frozenset(alert_ids)
        return replace(self, recent=tuple(replace(r, open=False) if r.alert_id in gone else r for r in self.recent))

    def shelve(self, shelf: Shelf) -> "Memory":
        return replace(self, shelves=(*self.unshelve(shelf.alert_id).shelves, shelf))

    def unshelve(self, alert_id: str) -> "Memory":
        return replace(self, shelves=tuple(shelf for shelf in self.shelves if shelf.alert_id != alert_id))

    def at(self, now_ns: int, also_open: bool = True) -> "Memory":
        """Without what is over. `also_open`: what is under an open alert is kept, however old."""
        recent = tuple(
            r
            for r in self.recent
            if now_ns - r.at_ns < min(max(r.repeat_s, CROWDED_S), LONGEST_S) * SECOND or (also_open and r.open and r.alert_id != TRIED)
        )
        shelves = tuple(shelf for shelf in self.shelves if now_ns < shelf.until_ns)
        raised_ns = tuple(raised_ns for raised_ns in self.raised_ns if now_ns - raised_ns < TEN_MINUTES_NS)
        return Memory(recent, shelves, raised_ns)

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
