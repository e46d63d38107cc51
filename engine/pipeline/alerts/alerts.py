"""The alert lane: every event that opens or becomes graver goes through the rules, and what deserves an operator becomes an alert.

Events are gathered as the lanes say them and judged at the next tick, when it is known who and where on the floor they are about. Somebody
whom only a rule about unknown persons would raise is given a few seconds to be recognised; what only lacks evidence, a few to gather it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.alerts import evidence, life
from engine.alerts import rule_gates as g
from engine.alerts.candidate import SOMEBODY, Candidate
from engine.alerts.judging import Verdict, awaits, judge, on_trial
from engine.alerts.words import candidate_kind
from engine.model import wire
from engine.model.alerts.alert import AlarmLoad, Alert
from engine.model.alerts.decision import Decision, EvidencePart, Outcome, Stage
from engine.model.event import Event, EventKind
from engine.model.fire.fire import FireRiskPolicy
from engine.model.ids import number_of
from engine.model.observation import (
    AlertsEdited,
    AlertsLoaded,
    AreaRiskKnown,
    FireRiskKnown,
    IntentBrought,
    Observation,
    PlumeChanged,
    Tick,
)
from engine.model.people.traces import Traces
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.alerts.book import AlertBook, HeldCandidate
from engine.pipeline.alerts.candidates import candidate_of
from engine.pipeline.alerts.subjects import SmokeSequences, Subjects
from engine.pipeline.lane import Lane
from engine.pipeline.output import DeclinedSmoke, StepOutput
from engine.pipeline.reports.plume_events import direction_of

RECOGNISE_NS = 3 * SECOND  # a face needs some pictures, a phone a second or two
WEIGH_NS = 5 * SECOND  # evidence grows with every picture, and when another sensor agrees
UPKEEP_NS = SECOND
_GROWING = (EventKind.INCIDENT, EventKind.SMOKE)  # what is told of them changes while they go on


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits to be judged since `since_ns`. `seen_ns`: when its track was seen last.

    `until_ns`: before that nothing but news of it can change the verdict. In a flood of reports hundreds wait at once.
    """

    event: Event
    since_ns: int
    seen_ns: int = 0
    until_ns: int = 0


@dataclass(frozen=True, slots=True)
class LaneState:
    """`watched`: events that have not ended. kept_ns: of the last upkeep. armed_ns: when it was armed further. Of `fire` and `area` None:
    unknown."""

    watched: tuple[Event, ...] = ()
    pending: tuple[Pending, ...] = ()
    kept_ns: int = 0
    armed_ns: int = 0
    fire: FireRiskKnown | None = None
    area: AreaRiskKnown | None = None


class AlertLane(Lane):
    """The last of all: what the others say may deserve an operator. A tick with nothing new takes microseconds."""

    name = "alerts"
    subjects = (AlertsEdited, IntentBrought, AlertsLoaded, AreaRiskKnown, FireRiskKnown, PlumeChanged)

    def __init__(self, subjects: Subjects) -> None:
        self._about = subjects
        self._settings = Settings()
        self._book = AlertBook()
        self._watched = self._book.going_on
        self._pending: dict[str, Pending] = {}
        self._kept_ns, self._armed_ns = 0, 0
        self._fire: FireRiskKnown | None = None
        self._area: AreaRiskKnown | None = None

    @property
    def area(self) -> AreaRiskKnown | None:
        """The risk of the site's area, as it was told last."""
        return self._area

    @property
    def alerts(self) -> Sequence[Alert]:
        """All that are open, oldest first."""
        return self._book.alerts

    @property
    def held_decisions(self) -> Sequence[Decision]:
        """Oldest first."""
        return self._book.held_decisions

    @property
    def load(self) -> AlarmLoad:
        return self._book.load

    def take(self, seen: Observation, out: StepOutput) -> None:
        match seen:
            case AlertsEdited() | IntentBrought():
                self._edit(seen, out)
            case AlertsLoaded():  # what the record has as open and this lane does not know
                self._book.adopt(seen.alerts, seen.occurred_ns, out)
            case AreaRiskKnown():  # what is judged from now on is judged by it
                self._area = seen
            case FireRiskKnown():
                self._weather(seen, seen.occurred_ns)
            case PlumeChanged():
                for smoke in out.declined:
                    self._hold_declined(smoke, out)
            case _:
                pass

    def conclude(self, seen: Observation, out: StepOutput) -> None:
        self._gather(out)
        if isinstance(seen, Tick):
            self._judge_pending(seen.occurred_ns, out)

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        """Where more is armed than before, who is there already is judged again, when they have had time to leave."""
        before, self._settings, self._book.settings = self._settings, settings, settings.alerts
        self._pending = {key: replace(pending, until_ns=0) for key, pending in self._pending.items()}
        if {*settings.alerts.armed()} - {*before.alerts.armed()}:
            self._armed_ns = at_ns
            for event in self._watched.values():
                if event.kind in SOMEBODY and self._book.of_event(event.id) is None:
                    self._pending.setdefault(event.id, Pending(event, at_ns))

    @property
    def fire(self) -> FireRiskPolicy:
        """What smoke needs today, camera by camera; nothing where that is not known."""
        return FireRiskPolicy(thresholds=()) if self._fire is None else FireRiskPolicy(self._fire.classes, self._fire.thresholds)

    def _weather(self, known: FireRiskKnown, now_ns: int) -> None:
        """Smoke that was held is judged anew: in drier weather less is enough."""
        before, self._fire = self.fire, known
        if self.fire == before:
            return
        for event in self._watched.values():
            if event.kind is EventKind.SMOKE and self._book.of_event(event.id) is None:
                self._pending.setdefault(event.id, Pending(event, now_ns))

    def _edit(self, edited: AlertsEdited | IntentBrought, out: StepOutput) -> None:
        """Do what an operator did; what cannot be done (any more) changes nothing. Closing the alert of a fall ends the fall: somebody has
        dealt with it."""
        falls = self._book.edited(edited, out) if isinstance(edited, AlertsEdited) else self._book.bring(edited, out)
        for fall in falls:
            self._about.close_fall(fall, edited.occurred_ns, out)

    def _gather(self, out: StepOutput) -> None:
        """Note what the lanes said."""
        for event in out.events:
            if event.shadow:
                continue
            before = self._watched.get(event.id)
            if number_of(event.id) == out.number:
                self._pending[event.id] = Pending(event, out.received_ns)
            elif before is not None:
                self._changed(before, event, out)
            if event.id in self._pending:
                self._pending[event.id] = replace(self._pending[event.id], event=event, until_ns=0)
            if event.ended_ns is None:
                self._watched[event.id] = event
            else:
                self._watched.pop(event.id, None)
                self._note_end(event, out)

    def _hold_declined(self, smoke: DeclinedSmoke, out: StepOutput) -> None:
        """It raises nothing; it is held, unless the rules keep it from operators all the same."""
        event, sequence = smoke.event, smoke.sequence

        def smoke_evidence(_plume: str) -> tuple[EvidencePart, ...]:
            return evidence.of_smoke((sequence,), None)

        load = self._book.memory.raised_count(out.received_ns)
        known = (None, smoke_evidence, self._about.picture_zones, self._settings, load, self._armed_ns, out.received_ns)
        candidate = _in_area(candidate_of(event, event.started_ns, *known), self._area)
        candidate = _in_weather(candidate, self.fire, ((sequence.camera_id, sequence.max_conf),))
        facts = replace(candidate.facts, directions=(direction_of(sequence),), declined_score=sequence.score)
        candidate = replace(candidate, facts=facts)
        verdict = judge(candidate, self._settings.alerts, self._book.memory)
        decision = replace(_decision(candidate, verdict, out.new_id("de")), event_id=None, evidence_ids=(sequence.id,))
        if verdict.outcome is Outcome.HELD:
            entered_by = replace(event, decision_id=decision.id)
            self._book.hold(HeldCandidate(decision, entered_by, verdict.severity, candidate, entered=False))
        out.keep(decision)

    def _judge_pending(self, now_ns: int, out: StepOutput) -> None:
        anybody_known = self._about.has_persons()
        for pending in [pending for pending in self._pending.values() if not pending.since_ns <= now_ns < pending.until_ns]:
            self._judge(self._with_sighting_time(pending, now_ns, out), now_ns, anybody_known, out)
        if now_ns - self._kept_ns >= UPKEEP_NS or now_ns < self._kept_ns:
            self._kept_ns = now_ns
            self._book.keep(now_ns, out)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._watched.update({event.id: traces.event(event) for event in self._watched.values()})
        self._pending = {key: replace(each, event=traces.event(each.event)) for key, each in self._pending.items()}
        self._book.erase(traces, out)

    def state(self) -> Mapping[str, Any]:
        values = LaneState(
            tuple(self._watched.values()), tuple(self._pending.values()), self._kept_ns, self._armed_ns, self._fire, self._area
        )
        return {"lane": wire.to_plain(values), "book": self._book.state()}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        values = wire.read_record(LaneState, state["lane"], "alerts")
        self._settings, self._book.settings = settings, settings.alerts
        self._book.restore(state["book"])
        self._watched.clear()
        self._watched.update({event.id: event for event in values.watched})
        self._pending = {pending.event.id: pending for pending in values.pending}
        self._kept_ns, self._armed_ns, self._fire = values.kept_ns, values.armed_ns, values.fire
        self._area = values.area

    def _changed(self, before: Event, event: Event, out: StepOutput) -> None:
        alert = self._book.of_event(event.id)
        graver = event.severity > before.severity or event.level > before.level
        if alert is None:
            more = event.kind in _GROWING and (event.reason, event.confidence) != (before.reason, before.confidence)
            if (graver or more) and event.ended_ns is None:
                self._pending.setdefault(event.id, Pending(event, out.received_ns))
            return
        rule = self._book.rule(alert.rule_id)
        severity = event.severity if rule is None or rule.severity is None else rule.severity
        self._book.put(_told_anew(life.worsened(alert, severity, out.received_ns), event, out.received_ns), out)

    def _note_end(self, event: Event, out: StepOutput) -> None:
        alert = self._book.of_event(event.id)
        if alert is not None and not alert.ended and not self._book.goes_on(alert):
            self._book.put(replace(alert, ended=True, changed_ns=max(out.received_ns, alert.changed_ns)), out)

    def _judge(self, pending: Pending, now_ns: int, anybody_known: bool, out: StepOutput) -> None:
        alerting, event = self._settings.alerts, pending.event
        del self._pending[event.id]  # first: what fails once would fail at every tick
        load = self._book.memory.raised_count(now_ns)
        known = (out.fused, self._about.evidence, self._about.picture_zones, self._settings)
        candidate = candidate_of(event, pending.seen_ns, *known, load, self._armed_ns, now_ns)
        candidate = _in_weather(_in_area(candidate, self._area), self.fire, self._about.smoke_sequences(event.subject_id))
        if event.kind is EventKind.SMOKE:
            candidate = replace(candidate, facts=replace(candidate.facts, directions=self._about.smoke_directions(event.subject_id)))
        verdict = judge(candidate, alerting, self._book.memory)
        waited_ns = now_ns - pending.since_ns
        may_be_known = anybody_known and not candidate.facts.person_id and self._asks_who(verdict) and waited_ns < RECOGNISE_NS
        awaited = awaits(verdict)
        may_come = g.ARMING in awaited or (g.EVIDENCE in awaited and waited_ns < WEIGH_NS)
        if event.ended_ns is None and (may_be_known or may_come):
            only_news = event.kind is EventKind.INCIDENT and awaited == frozenset({g.EVIDENCE})
            self._pending[event.id] = replace(pending, until_ns=pending.since_ns + WEIGH_NS if only_news else 0)
            return
        for tried in on_trial(candidate, alerting, self._book.memory):
            out.keep(_decision(candidate, tried, out.new_id("de")))
            self._book.tried(candidate, tried.rule_id)
        self._conclude(candidate, verdict, event, out)

    @staticmethod
    def _with_sighting_time(pending: Pending, now_ns: int, out: StepOutput) -> Pending:
        """A person's event stays open for a while after the track is gone, and its track may become surer."""
        event = pending.event
        if event.kind is not EventKind.PERSON:
            return replace(pending, seen_ns=now_ns)
        view = out.views.get(event.camera_id)
        track = next((track for track in view.people if track.id == event.subject_id), None) if view is not None else None
        if track is None:
            return replace(pending, seen_ns=pending.seen_ns or pending.since_ns)
        return replace(pending, event=replace(event, confidence=max(event.confidence, track.max_conf)), seen_ns=track.last_seen_ns)

    def _asks_who(self, verdict: Verdict) -> bool:
        rule = self._book.rule(verdict.rule_id)
        return verdict.outcome is Outcome.RAISED and rule is not None and rule.unknown_only

    def _conclude(self, candidate: Candidate, verdict: Verdict, event: Event, out: StepOutput) -> None:
        decision = _decision(candidate, verdict, out.new_id("de"))
        match verdict.outcome:
            case Outcome.RAISED:
                alert = self._book.open(candidate, verdict.rule_id, verdict.severity, event, decision, out)
                decision = replace(decision, alert_id=alert.id)
            case Outcome.HELD:
                self._book.hold(HeldCandidate(decision, event, verdict.severity, candidate))
            case Outcome.REJECTED if verdict.same is not None:
                decision = replace(decision, alert_id=verdict.same.alert_id)
                self._book.join(candidate, verdict.same, verdict.severity, event, out)
            case Outcome.REJECTED:
                pass
        out.keep(decision)


def _in_area(candidate: Candidate, area: AreaRiskKnown | None) -> Candidate:
    """With the risk of its riskiest zone, else of the site. An incident raises that risk itself, so that it says nothing of it."""
    if area is None or candidate.facts.kind is EventKind.INCIDENT:
        return candidate
    risk = max((risk for zone_id, risk in area.zones if zone_id in candidate.facts.zone_ids), default=area.site)
    return candidate if risk is None else replace(candidate, facts=replace(candidate.facts, area_risk=risk))


def _in_weather(candidate: Candidate, policy: FireRiskPolicy, seen_by: SmokeSequences) -> Candidate:
    """With the surest of its sequences, measured by what the fire weather of its camera asks for."""
    if candidate.facts.kind is not EventKind.SMOKE or not seen_by:
        return candidate
    if any(conf is None for _, conf in seen_by):
        return candidate  # what is not known holds nothing
    camera_id, conf = max(seen_by, key=lambda seen: ((seen[1] or 0.0) - policy.threshold(seen[0]), seen))
    fire_class = next((each for camera, each in policy.classes if camera == camera_id), None)
    facts = replace(candidate.facts, smoke_conf=conf, fire_threshold=policy.threshold(camera_id), fire_class=fire_class)
    return replace(candidate, facts=facts)


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
