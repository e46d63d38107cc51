"""The rules' verdict on a candidate.

Rules are asked in order and the first whose gates all pass raises. Where none does, the nearest miss is on record: first what would be
held, then what failed fewer gates, then what failed them by less. It is held (shown, and can be promoted) where nothing but evidence or
the area's risk is missing, and narrowly, or nothing but fire weather or calm (alarm load). What is severe (4 and 5) is never held: load
and fire weather do not concern it, and a narrow miss of evidence raises it. Smoke that the second scorer declined is held, however severe.
Only what the rule says keeps what is severe from an operator: cameras,
zones, arming, known persons, modes, hours, shelving, being the same as what is open already, or evidence that is plainly too weak.

A rule on trial (shadow) decides after the others and raises nothing: what it would have raised is told beside.
"""

from collections.abc import Iterable, Sequence

from engine.alerts import rule_gates as g
from engine.alerts.candidate import SEVERE, Candidate
from engine.alerts.flip import flip_sentence
from engine.alerts.gates import at_least
from engine.alerts.memory import Memory, Recent
from engine.model.alerts.decision import GateReading, Outcome
from engine.model.alerts.settings import AlertSettings, Rule, RuleMode
from engine.model.event import Severity
from engine.model.value_class import dataclass

_NARROW = {
    g.EVIDENCE: g.NARROW_NATS,
    g.AREA_RISK: g.NARROW_RISK,
    g.FIRE_RISK: 1.0,
    g.SECOND_SCORER: 1.0,
}  # the last two hold, they never hide
_SPANS = {g.SCHEDULE: 60.0, g.ARMING: 60.0, g.DUPLICATE: 60.0, g.SHELVED: 3600.0}
_SCALES = {**_SPANS, g.EVIDENCE: 1.0, g.SEVERITY: 1.0, g.AREA_RISK: 0.1, g.FIRE_RISK: 0.1, g.LOAD: 1.0}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule_id` is empty where no rule is about such events. `same`: what it is the same as; the candidate joins that alert."""

    outcome: Outcome
    rule_id: str
    gates: tuple[GateReading, ...]
    flip: str
    severity: Severity
    same: Recent | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    rule: Rule
    gates: tuple[GateReading, ...]
    outcome: Outcome

    def failed_gates(self) -> list[GateReading]:
        return [reading for reading in self.gates if not reading.passed]

    def miss(self) -> tuple[bool, int, float]:
        failed = self.failed_gates()
        return self.outcome is not Outcome.HELD, len(failed), sum(-reading.margin / _SCALES.get(reading.gate, 1.0) for reading in failed)


def judge(candidate: Candidate, settings: AlertSettings, memory: Memory) -> Verdict:
    """The verdict of the rules that are armed."""
    read = _read_gates(candidate, settings, memory, RuleMode.ARMED)
    raising = [each for each in read if each.outcome is Outcome.RAISED]
    if raising:
        return _verdict(candidate, raising[0], memory, settings, raising[1].rule.name if len(raising) > 1 else "")
    if not read:
        return _no_rule(candidate)
    return _verdict(candidate, min(read, key=_Reading.miss), memory, settings)


def awaits(verdict: Verdict) -> frozenset[str]:
    """The gates that failed, where time may change all of them: evidence that grows, and the time to leave what was armed."""
    failed = frozenset(reading.gate for reading in verdict.gates if not reading.passed)
    return failed if verdict.rule_id and failed <= {g.EVIDENCE, g.ARMING} else frozenset()


def on_trial(candidate: Candidate, settings: AlertSettings, memory: Memory) -> tuple[Verdict, ...]:
    """What rules on trial would have raised, each with a gate that says that it is on trial."""
    raising = [each for each in _read_gates(candidate, settings, memory, RuleMode.SHADOW) if each.outcome is Outcome.RAISED]
    return tuple(_tried(candidate, each) for each in raising)


def outcome(gates: Iterable[GateReading], gravity: Severity) -> Outcome:
    """What gates that were read come to; `gravity` is that of the event or the alert, whichever is more."""
    failed = [reading for reading in gates if not reading.passed]
    if not failed:
        return Outcome.RAISED
    if all(reading.gate == g.SECOND_SCORER for reading in failed):
        return Outcome.HELD
    if gravity < SEVERE and all(reading.gate == g.LOAD or _narrow(reading) for reading in failed):
        return Outcome.HELD
    return Outcome.REJECTED


def _read_gates(candidate: Candidate, settings: AlertSettings, memory: Memory, mode: RuleMode) -> Sequence[_Reading]:
    found: list[_Reading] = []
    for rule in settings.rules:
        if rule.mode is mode and (not rule.kinds or candidate.facts.kind in rule.kinds):
            gates = g.readings(candidate, rule, settings, memory.around(candidate, rule, settings))
            found.append(_Reading(rule, gates, outcome(gates, g.gravity(candidate, rule))))
    return found


def _verdict(candidate: Candidate, read: _Reading, memory: Memory, settings: AlertSettings, else_rule: str = "") -> Verdict:
    failed = {reading.gate for reading in read.failed_gates()}
    only_same = g.DUPLICATE in failed and failed <= {g.DUPLICATE, g.LOAD}  # it adds nothing to the load
    same = memory.same(candidate, read.rule, settings) if only_same else None
    flip = flip_sentence(read.gates, else_rule)
    return Verdict(read.outcome, read.rule.id, read.gates, flip, g.severity_of(candidate, read.rule), same)


def _tried(candidate: Candidate, read: _Reading) -> Verdict:
    gates = (*read.gates, at_least(g.TRIAL, 0.0, 1.0))
    return Verdict(Outcome.REJECTED, read.rule.id, gates, flip_sentence(gates), g.severity_of(candidate, read.rule))


def _no_rule(candidate: Candidate) -> Verdict:
    gates = (at_least(g.EVIDENCE, candidate.log_odds, 0.0, "nats"), at_least(g.RULE, 0.0, 1.0))
    return Verdict(Outcome.REJECTED, "", gates, flip_sentence(gates[1:]), candidate.facts.severity)


def _narrow(reading: GateReading) -> bool:
    return -reading.margin <= _NARROW.get(reading.gate, -1.0)
