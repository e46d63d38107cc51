"""Events that are open, by what they are about."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.alerts.gates import outcome, smallest_flip
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, Decision, GateReading
from engine.model.event import Event, EventKind, Severity
from engine.model.people.traces import Traces
from engine.model.site import Position
from engine.pipeline.identities.event_identity import NOBODY, EventIdentity
from engine.pipeline.output import StepOutput


class Spans:
    """Opens, changes and closes the events of one radio lane; the engine thread only. Keys are blobs, zones, nodes."""

    def __init__(self) -> None:
        self._open: dict[str, Event] = {}
        self._person_ids: frozenset[str] = frozenset()  # of all who are on file

    def __contains__(self, key: str) -> bool:
        return key in self._open

    def get(self, key: str) -> Event | None:
        """As it was said last; None where it is not open."""
        return self._open.get(key)

    def open_keys(self) -> tuple[str, ...]:
        return tuple(self._open)

    def is_of_another(self, key: str, who: EventIdentity) -> bool:
        """Whether what is open is to end, and theirs to begin."""
        event = self._open.get(key)
        return event is not None and who.is_another(event, self._person_ids)

    def begin(self, key: str, event: Event, out: StepOutput) -> None:
        self._open[key] = event
        out.event(event)

    def change(
        self,
        key: str,
        out: StepOutput,
        severity: Severity | None = None,
        reason: str | None = None,
        who: EventIdentity = NOBODY,
        level: int = 0,
    ) -> None:
        """Say it again if anything about it is new; a name once known stays. What is not open is left alone."""
        if key not in self._open:
            return
        before = self._open[key]
        said = before.severity if severity is None else severity, before.reason if reason is None else reason, max(level, before.level)
        event = before
        if said != (before.severity, before.reason, before.level):
            event = replace(before, severity=said[0], reason=said[1], level=said[2])
        event = who.onto(event)
        if event is not before and event != before:
            self.begin(key, event, out)

    def hand_over(self, key: str, heir: str) -> None:
        """What is open under one key goes on under another."""
        if key in self._open:
            self._open[heir] = self._open.pop(key)

    def end(self, key: str, at_ns: int, out: StepOutput) -> None:
        """Close it, if it is open."""
        event = self._open.pop(key, None)
        if event is not None:
            out.event(replace(event, ended_ns=max(at_ns, event.started_ns)))

    def end_all(self, at_ns: int, out: StepOutput) -> None:
        for key in self.open_keys():
            self.end(key, at_ns, out)

    def know(self, ids: Mapping[str, str]) -> None:
        """The ids of persons by their names: what an older version opened has a name only, and is told with both when it changes."""
        self._person_ids = frozenset(ids.values())
        for key, event in self._open.items():
            if event.person and not event.person_id:
                self._open[key] = replace(event, person_id=ids.get(event.person, ""))

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """What tells of somebody who was erased, tells of nobody from now on."""
        for key, before in tuple(self._open.items()):
            event = traces.event(before)
            if event != before:
                self.begin(key, event, out)
        self._open = {traces.text(key): event for key, event in self._open.items()}

    def ids(self) -> frozenset[str]:
        return frozenset(event.id for event in self._open.values())

    def state(self) -> dict[str, Any]:
        return {key: wire.to_plain(event) for key, event in self._open.items()}

    def restore(self, state: dict[str, Any]) -> None:
        self._open = {key: wire.read_record(Event, event, "spans") for key, event in state.items()}


def decide(
    candidate: CandidateKind, subject_id: str, gates: tuple[GateReading, ...], event_id: str | None, at_ns: int, out: StepOutput
) -> Decision:
    """A decision about what no camera saw: raised exactly when all gates passed."""
    return out.decide(candidate, subject_id, "", outcome(gates), gates, smallest_flip(gates), event_id, at_ns)


def raised(
    kind: EventKind,
    candidate: CandidateKind,
    subject_id: str,
    gates: tuple[GateReading, ...],
    started_ns: int,
    at_ns: int,
    out: StepOutput,
    *,
    severity: Severity = Severity.MINIMAL,
    confidence: float = 1.0,
    reason: str = "",
    simulated: bool = False,
    position: Position | None = None,
    zone_id: str = "",
    who: EventIdentity = NOBODY,
) -> Event:
    """The event of a candidate whose gates all passed, with its decision; open until it is closed."""
    event_id = out.new_id("ev")
    decision = decide(candidate, subject_id, gates, event_id, at_ns, out)
    return Event(
        id=event_id,
        kind=kind,
        camera_id="",
        subject_id=subject_id,
        severity=severity,
        started_ns=started_ns,
        ended_ns=None,
        received_ns=out.received_ns,
        confidence=confidence,
        decision_id=decision.id,
        reason=reason,
        simulated=simulated,
        position=position,
        zone_id=zone_id,
        person=who.person,
        person_id=who.person_id,
        named_by=who.named_by,
    )
