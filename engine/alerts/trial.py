"""A dry run: what other rules would have made of candidates that were decided, beside the rules in force.

Both decide the same candidates anew, in order, with memories of their own; so what differs is due to the rules, and not to what operators
did meanwhile (shelved, closed). What the record no longer keeps of rejected candidates is not looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.alerts.candidate import Candidate, of_decision
from engine.alerts.judging import judge
from engine.alerts.memory import Memory
from engine.alerts.rule_gates import TRIAL
from engine.model.alerts.decision import Decision, Outcome
from engine.model.alerts.settings import AlertSettings
from engine.model.question import RuleTrial

MOST = 1_000
TIDY_EVERY = 64


def try_rules(decisions: Iterable[Decision], now: AlertSettings, other: AlertSettings) -> RuleTrial:
    """`decisions` in any order; those about events, and of rules on trial, are passed over."""
    known = sorted(_candidates(decisions), key=lambda pair: (pair[1].at_ns, pair[0]))
    before, after = _raised(known, now), _raised(known, other)
    return RuleTrial(len(known), _newest(after - before), _newest(before - after), _newest(before & after))


def _candidates(decisions: Iterable[Decision]) -> Iterable[tuple[str, Candidate]]:
    for decision in decisions:
        candidate = of_decision(decision)
        if candidate is not None and not any(reading.gate == TRIAL for reading in decision.gates):
            yield decision.id, candidate


def _raised(known: Sequence[tuple[str, Candidate]], settings: AlertSettings) -> frozenset[str]:
    """Ids of the decisions that the rules would have raised."""
    memory, found = Memory(), set[str]()
    rules = {rule.id: rule for rule in settings.rules}
    for index, (decision_id, was) in enumerate(known):
        if index % TIDY_EVERY == 0:
            memory = memory.as_of(was.at_ns, also_open=False)  # nobody closes anything here
        candidate = replace(was, facts=replace(was.facts, load=memory.raised_count(was.at_ns)))
        verdict = judge(candidate, settings, memory)
        if verdict.outcome is Outcome.RAISED:
            found.add(decision_id)
            memory = memory.raised(candidate, rules[verdict.rule_id], decision_id)
        elif verdict.same is not None:
            memory = memory.again(verdict.same, candidate)
    return frozenset(found)


def _newest(ids: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(ids, reverse=True)[:MOST])
