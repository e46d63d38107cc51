"""Alerts and what they rest on, without somebody who was erased."""

from dataclasses import replace

from engine.alerts.candidate import Candidate
from engine.alerts.memory import Memory
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import AlertFacts, Decision, EvidencePart
from engine.model.people.traces import Traces


def without_in_alert(alert: Alert, traces: Traces) -> Alert:
    return replace(
        alert,
        person=traces.instead if alert.person in traces.names else alert.person,
        person_id=_person(alert.person_id, traces),
        reason=traces.text(alert.reason),
        subject_id=traces.text(alert.subject_id),
        shelved_reason=traces.text(alert.shelved_reason),
        notes=tuple(replace(note, text=traces.text(note.text)) for note in alert.notes),
    )


def without_in_decision(decision: Decision, traces: Traces) -> Decision:
    return replace(
        decision,
        subject_id=traces.text(decision.subject_id),
        evidence_ids=tuple(traces.text(evidence_id) for evidence_id in decision.evidence_ids),
        reason=traces.text(decision.reason),
        evidence=_evidence(decision.evidence, traces),
        facts=None if decision.facts is None else _facts(decision.facts, traces),
    )


def without_in_candidate(candidate: Candidate, traces: Traces) -> Candidate:
    return replace(
        candidate,
        facts=_facts(candidate.facts, traces),
        evidence=_evidence(candidate.evidence, traces),
        subject_id=traces.text(candidate.subject_id),
        reason=traces.text(candidate.reason),
    )


def without_in_memory(memory: Memory, traces: Traces) -> Memory:
    recent = tuple(replace(each, candidate=without_in_candidate(each.candidate, traces)) for each in memory.recent)
    shelves = tuple(replace(each, candidate=without_in_candidate(each.candidate, traces)) for each in memory.shelves)
    return replace(memory, recent=recent, shelves=shelves)


def _facts(facts: AlertFacts, traces: Traces) -> AlertFacts:
    return replace(
        facts,
        person_id=_person(facts.person_id, traces),
        same_id=traces.text(facts.same_id),
        also_ids=tuple(map(traces.text, facts.also_ids)),
    )


def _evidence(parts: tuple[EvidencePart, ...], traces: Traces) -> tuple[EvidencePart, ...]:
    return tuple(replace(part, label=traces.text(part.label)) for part in parts)


def _person(who: str, traces: Traces) -> str:
    return traces.pseudonym if who == traces.person_id else who
