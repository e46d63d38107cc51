"""The alert lane: every event that opens or becomes graver goes through the rules, and what deserves an operator becomes an alert.

Events are gathered as the lanes say them and judged at the next tick, when it is known who and where on the floor they are about. Somebody
whom only a rule about unknown persons would raise is given a few seconds to be recognised; what only lacks evidence, a few to gather it.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.alerts import life
from engine.alerts.candidate import SOMEBODY, Candidate
from engine.alerts.judging import Verdict, judge, lacks_evidence, on_trial
from engine.alerts.load import Meter
from engine.alerts.memory import Memory, Recent, Shelf
from engine.alerts.words import candidate_kind
from engine.model import wire
from engine.model.alert import AlarmLoad, Alert, AlertState, Disposition, Note
from engine.model.alert_command import AlertEdit, ChangeAlert, PromoteHeld, ShelveAlert
from engine.model.alert_settings import Rule
from engine.model.decision import Decision, Outcome, Stage
from engine.model.errors import InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.ids import derived_id
from engine.model.observation import AlertsEdited, AlertsLoaded
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.model.traces import Traces
from engine.pipeline.alert_traces import without_in_alert, without_in_candidate, without_in_decision, without_in_memory
from engine.pipeline.candidates import Evidence, Living, alert_of, candidate_of
from engine.pipeline.output import StepOutput

HELD = 200
MOST_OPEN = 1_000
RECOGNISE_NS = 3 * SECOND  # a face needs some pictures, a phone a second or two
WEIGH_NS = 5 * SECOND  # evidence grows with every picture, and when another sensor agrees
ARMING_NS = 60 * SECOND  # who is inside when it is armed may leave
UPKEEP_NS = SECOND


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits to be judged, not before `ready_ns`; since `since_ns`. `seen_ns`: when its track was seen last."""

    event: Event
    since_ns: int
    ready_ns: int = 0
    seen_ns: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """What would be promoted: the candidate as it was, and its event."""

    decision: Decision
    event: Event
    severity: Severity
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class LaneState:
    """`asked_ns`: since when each new alert waits for somebody, by its id."""

    alerts: tuple[Alert, ...] = ()
    candidates: tuple[tuple[str, Candidate], ...] = ()
    asked_ns: tuple[tuple[str, int], ...] = ()
    watched: tuple[Event, ...] = ()
    pending: tuple[Pending, ...] = ()
    held: tuple[Held, ...] = ()
    memory: Memory = field(default_factory=Memory)
    meter: Meter = field(default_factory=Meter)
    promoted: tuple[tuple[str, int], ...] = ()
    load: AlarmLoad = field(default_factory=AlarmLoad)
    kept_ns: int = 0


class AlertLane:
    """Sans-IO; the engine thread only. A tick with nothing new takes microseconds.

    Args:
        evidence: what else is known of an event's subject, such as the reports of an incident.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._settings = Settings()
        self._alerts: dict[str, Alert] = {}
        self._candidates: dict[str, Candidate] = {}  # that open alerts were raised for
        self._asked_ns: dict[str, int] = {}
        self._watched: dict[str, Event] = {}
        self._pending: dict[str, Pending] = {}
        self._held: deque[Held] = deque(maxlen=HELD)
        self._memory = Memory()
        self._meter = Meter()
        self._promoted: dict[str, int] = {}
        self._load = AlarmLoad()
        self._kept_ns = 0

    @property
    def alerts(self) -> Sequence[Alert]:
        """All that are open, oldest first."""
        return tuple(self._alerts.values())

    @property
    def held(self) -> Sequence[Decision]:
        """Oldest first."""
        return tuple(held.decision for held in self._held)

    @property
    def load(self) -> AlarmLoad:
        return self._load

    def configure(self, settings: Settings, now_ns: int) -> None:
        """Where more is armed than before, who is there already is judged again, when they have had time to leave."""
        before, self._settings = self._settings, settings
        if {*settings.alerts.armed()} - {*before.alerts.armed()}:
            for event in self._watched.values():
                if event.kind in SOMEBODY and self._of_event(event.id) is None:
                    self._pending.setdefault(event.id, Pending(event, now_ns, now_ns + ARMING_NS))

    def loaded(self, loaded: AlertsLoaded) -> None:
        """What the record has as open and this lane does not know."""
        for alert in loaded.alerts:
            if alert.open and alert.id not in self._alerts:
                self._alerts[alert.id] = alert
                self._asked_ns[alert.id] = loaded.occurred_ns

    def edited(self, edited: AlertsEdited, out: StepOutput) -> tuple[Event, ...]:
        """Do what an operator did; what cannot be done (any more) changes nothing. Gives the events of falls that are over by that."""
        if isinstance(edited.edit, PromoteHeld):
            self._promote(edited.edit.decision_id, edited.occurred_ns, out)
            return ()
        over: list[Event] = []
        for alert_id in life.alert_ids(edited.edit):
            alert = self._alerts.get(alert_id)
            if alert is not None:
                over += self._edit(alert, edited.edit, edited.edited_by, edited.occurred_ns, out)
        return tuple(over)

    def gather(self, out: StepOutput) -> None:
        """After every step: note what the lanes said."""
        for event in out.events:
            if event.shadow:
                continue
            before = self._watched.get(event.id)
            if event.id.startswith(derived_id("ev", out.number).rpartition("-")[0]):
                self._pending[event.id] = Pending(event, out.received_ns)
            elif before is not None:
                self._changed(before, event, out)
            if event.id in self._pending:
                self._pending[event.id] = replace(self._pending[event.id], event=event)
            if event.ended_ns is None:
                self._watched[event.id] = event
            else:
                self._watched.pop(event.id, None)
                self._note_end(event, out)

    def tick(self, now_ns: int, anybody_known: bool, living: Living, out: StepOutput) -> None:
        """`anybody_known`: there are persons who could be recognised. `living`: a camera's track, None once it is gone."""
        for pending in tuple(self._pending.values()):
            if pending.event.ended_ns is not None or now_ns >= pending.ready_ns:
                self._judge(_seen(pending, now_ns, living), now_ns, anybody_known, out)
        if now_ns - self._kept_ns >= UPKEEP_NS or now_ns < self._kept_ns:
            self._kept_ns = now_ns
            self._keep(now_ns, out)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """Nothing that goes on tells of somebody who was erased."""
        self._candidates = {key: without_in_candidate(each, traces) for key, each in self._candidates.items()}
        self._memory = without_in_memory(self._memory, traces)
        self._watched = {event.id: traces.event(event) for event in self._watched.values()}
        self._pending = {key: replace(each, event=traces.event(each.event)) for key, each in self._pending.items()}
        for alert in tuple(self._alerts.values()):
            self._put(without_in_alert(alert, traces), out)
        for index, held in enumerate(tuple(self._held)):
            decision, candidate = without_in_decision(held.decision, traces), without_in_candidate(held.candidate, traces)
            self._held[index] = Held(decision, traces.event(held.event), held.severity, candidate)
            if decision != held.decision:
                out.keep(decision)

    def state(self) -> dict[str, Any]:
        return wire.to_plain(
            LaneState(
                tuple(self._alerts.values()),
                tuple(self._candidates.items()),
                tuple(self._asked_ns.items()),
                tuple(self._watched.values()),
                tuple(self._pending.values()),
                tuple(self._held),
                self._memory,
                self._meter,
                tuple(self._promoted.items()),
                self._load,
                self._kept_ns,
            )
        )

    def restore(self, state: dict[str, Any], settings: Settings) -> None:
        values = wire.read_as(LaneState, state, "alerts")
        self._settings = settings
        self._alerts = {alert.id: alert for alert in values.alerts}
        self._candidates, self._asked_ns = dict(values.candidates), dict(values.asked_ns)
        self._watched = {event.id: event for event in values.watched}
        self._pending = {pending.event.id: pending for pending in values.pending}
        self._held = deque(values.held, HELD)
        self._memory, self._meter, self._promoted = values.memory, values.meter, dict(values.promoted)
        self._load, self._kept_ns = values.load, values.kept_ns

    # events

    def _changed(self, before: Event, event: Event, out: StepOutput) -> None:
        alert = self._of_event(event.id)
        graver = event.severity > before.severity or event.level > before.level
        if alert is None:
            more = event.kind is EventKind.INCIDENT and event.reason != before.reason
            if (graver or more) and event.ended_ns is None:
                self._pending.setdefault(event.id, Pending(event, out.received_ns))
            return
        rule = self._rule(alert.rule_id)
        severity = event.severity if rule is None or rule.severity is None else rule.severity
        self._put(_told_anew(life.worsened(alert, severity, out.received_ns), event, out.received_ns), out)

    def _note_end(self, event: Event, out: StepOutput) -> None:
        alert = self._of_event(event.id)
        if alert is not None and not alert.ended and not any(event_id in self._watched for event_id in alert.event_ids):
            self._put(replace(alert, ended=True, changed_ns=max(out.received_ns, alert.changed_ns)), out)

    def _of_event(self, event_id: str) -> Alert | None:
        """The newest open alert that it is under."""
        return next((alert for alert in reversed(self._alerts.values()) if event_id in alert.event_ids), None)

    # judging

    def _judge(self, pending: Pending, now_ns: int, anybody_known: bool, out: StepOutput) -> None:
        alerting, event = self._settings.alerts, pending.event
        del self._pending[event.id]  # first: what fails once would fail at every tick
        candidate = candidate_of(event, pending.seen_ns, out.fused, self._evidence, self._settings, self._memory.load(now_ns), now_ns)
        verdict = judge(candidate, alerting, self._memory)
        waited_ns = now_ns - pending.since_ns
        may_be_known = anybody_known and not candidate.facts.person_id and self._asks_who(verdict) and waited_ns < RECOGNISE_NS
        if event.ended_ns is None and (may_be_known or (lacks_evidence(verdict) and waited_ns < WEIGH_NS)):
            self._pending[event.id] = pending
            return
        for tried in on_trial(candidate, alerting, self._memory):
            out.keep(_decision(candidate, tried, out.new_id("de")))
        self._conclude(candidate, verdict, event, out)

    def _asks_who(self, verdict: Verdict) -> bool:
        rule = self._rule(verdict.rule_id)
        return verdict.outcome is Outcome.RAISED and rule is not None and rule.unknown_only

    def _conclude(self, candidate: Candidate, verdict: Verdict, event: Event, out: StepOutput) -> None:
        decision = _decision(candidate, verdict, out.new_id("de"))
        match verdict.outcome:
            case Outcome.RAISED:
                alert = self._raise(candidate, verdict.rule_id, verdict.severity, event, decision, out)
                decision = replace(decision, alert_id=alert.id)
                self._no_longer_held(event.id, alert.id, out)
            case Outcome.HELD:
                self._held.append(Held(decision, event, verdict.severity, candidate))
            case Outcome.REJECTED if verdict.same is not None:
                decision = replace(decision, alert_id=verdict.same.alert_id)
                self._join(candidate, verdict.same, verdict.severity, event, out)
            case Outcome.REJECTED:
                pass
        out.keep(decision)

    def _raise(self, candidate: Candidate, rule_id: str, severity: Severity, event: Event, decision: Decision, out: StepOutput) -> Alert:
        rule = self._rule(rule_id)
        made = alert_of(out.new_id("al"), candidate, rule, severity, event, decision.id, out.fused)
        alert = replace(made, rule_id=rule_id, ended=event.id not in self._watched)
        self._candidates[alert.id] = candidate
        self._asked_ns[alert.id] = candidate.at_ns
        if rule is not None:
            self._memory = self._memory.raised(candidate, rule, alert.id)
        self._meter = self._meter.add(candidate.at_ns, candidate.place)
        self._put(alert, out)
        return alert

    def _no_longer_held(self, event_id: str, alert_id: str, out: StepOutput) -> None:
        """It was, before more spoke for it."""
        for held in [held for held in self._held if held.event.id == event_id]:
            self._held.remove(held)
            out.keep(replace(held.decision, alert_id=alert_id))

    def _join(self, candidate: Candidate, same: Recent, severity: Severity, event: Event, out: StepOutput) -> None:
        self._memory = self._memory.again(same, candidate)
        alert = self._alerts.get(same.alert_id)
        if alert is not None:
            grown = life.joined(alert, event.id, candidate.at_ns)
            grown = replace(grown, ended=not any(each in self._watched for each in grown.event_ids))
            self._put(life.worsened(grown, severity, candidate.at_ns), out)

    def _rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self._settings.alerts.rules if rule.id == rule_id), None)

    # operators

    def _edit(self, alert: Alert, edit: AlertEdit, by: str, at_ns: int, out: StepOutput) -> Iterable[Event]:
        try:
            after = life.edited(alert, edit, by, at_ns)
        except InputError:  # two operators at once: the first was here
            return ()
        if isinstance(edit, ShelveAlert):
            self._shelve(after, at_ns)
        self._put(after, out)
        if isinstance(edit, ChangeAlert) and not after.open and after.kind is EventKind.FALL:
            return tuple(self._watched[event_id] for event_id in after.event_ids if event_id in self._watched)
        return ()

    def _shelve(self, alert: Alert, at_ns: int) -> None:
        candidate = self._candidates.get(alert.id)
        if alert.shelved_until_ns is None:
            self._memory = self._memory.unshelve(alert.id)
            self._asked_ns[alert.id] = at_ns
        elif candidate is not None:
            self._memory = self._memory.shelve(Shelf(alert.id, candidate, alert.shelved_until_ns))

    def _promote(self, decision_id: str, at_ns: int, out: StepOutput) -> None:
        held = next((held for held in self._held if held.decision.id == decision_id), None)
        if held is None:
            return
        self._held.remove(held)
        rule_id = held.decision.rule_id
        candidate = replace(held.candidate, at_ns=at_ns)
        alert = self._raise(candidate, rule_id, held.severity, held.event, held.decision, out)
        self._put(replace(alert, promoted=True), out)
        self._promoted[rule_id] = self._promoted.get(rule_id, 0) + 1
        out.keep(replace(held.decision, alert_id=alert.id))

    def _put(self, alert: Alert, out: StepOutput) -> None:
        before = self._alerts.get(alert.id)
        if alert == before:
            return
        out.alert(alert)
        if alert.open:
            self._alerts[alert.id] = alert
            if before is not None and before.state is not AlertState.NEW and alert.state is AlertState.NEW:
                self._asked_ns[alert.id] = alert.changed_ns
            return
        self._alerts.pop(alert.id, None)
        self._candidates.pop(alert.id, None)
        self._asked_ns.pop(alert.id, None)
        self._memory = self._memory.closed((alert.id,))

    # time

    def _keep(self, now_ns: int, out: StepOutput) -> None:
        self._memory = self._memory.at(now_ns)
        self._meter = self._meter.at(now_ns, self._settings.alerts)
        for alert in tuple(self._alerts.values()):
            if alert.shelved_until_ns is not None and now_ns >= alert.shelved_until_ns:
                alert = replace(alert, shelved_until_ns=None, shelved_reason="", changed_ns=max(now_ns, alert.changed_ns))
                self._asked_ns[alert.id] = now_ns
            since_ns = self._asked_ns.get(alert.id, alert.raised_ns)
            self._put(life.escalated(alert, since_ns, self._settings.alerts.escalate_s, now_ns), out)
        self._let_go(now_ns, out)
        load = self._meter.load(now_ns, self._alerts.values(), self._settings.alerts, tuple(sorted(self._promoted.items())))
        if load != self._load:
            self._load = load
            out.load = load

    def _let_go(self, now_ns: int, out: StepOutput) -> None:
        """Where nobody ever closes anything: what is over first, then what is least severe, then what is oldest."""
        beyond = len(self._alerts) - MOST_OPEN
        if beyond <= 0:
            return
        note = Note(now_ns, "Watchroom", f"Closed by the engine: more than {MOST_OPEN} alerts were open.")
        for alert in sorted(self._alerts.values(), key=lambda alert: (not alert.ended, alert.severity, alert.raised_ns, alert.id))[:beyond]:
            notes = (*alert.notes, note)
            self._put(replace(alert, state=AlertState.CLOSED, disposition=Disposition.UNKNOWN, notes=notes, changed_ns=now_ns), out)


def _decision(candidate: Candidate, verdict: Verdict, decision_id: str) -> Decision:
    return Decision(
        id=decision_id,
        candidate=candidate_kind(candidate.facts.kind),
        subject_id=candidate.subject_id,
        camera_id=candidate.camera_id,
        decided_ns=candidate.at_ns,
        outcome=verdict.outcome,
        gates=verdict.gates,
        flip=verdict.flip,
        event_id=candidate.event_id,
        evidence_ids=(candidate.subject_id,),
        stage=Stage.ALERT,
        evidence=candidate.evidence,
        rule_id=verdict.rule_id,
        position=candidate.position,
        zone_id=candidate.zone_id,
        reason=candidate.reason,
        facts=candidate.facts,
    )


def _seen(pending: Pending, now_ns: int, living: Living) -> Pending:
    """A person's event stays open for a while after the track is gone, and its track may become surer."""
    event = pending.event
    if event.kind is not EventKind.PERSON:
        return replace(pending, seen_ns=now_ns)
    track = living(event.camera_id, event.subject_id)
    if track is None:
        return replace(pending, seen_ns=pending.seen_ns or pending.since_ns)
    return replace(pending, event=replace(event, confidence=max(event.confidence, track.max_conf)), seen_ns=track.last_seen_ns)


def _told_anew(alert: Alert, event: Event, at_ns: int) -> Alert:
    """With what its event says now. What was grouped under it is told of by the first."""
    if event.id != alert.event_id:
        return alert
    told = replace(
        alert,
        level=max(alert.level, min(event.level, life.MOST_LEVEL)),
        reason=event.reason or alert.reason,
        person=event.person or alert.person,
        person_id=event.person_id or alert.person_id,
        position=event.position or alert.position,
    )
    return told if told == alert else replace(told, changed_ns=max(at_ns, alert.changed_ns))
