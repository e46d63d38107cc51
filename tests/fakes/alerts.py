"""Alerts of a pretended engine: made up as a test asks, worked as the real one works them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.alerts import life
from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import AlarmLoad, Alert
from engine.model.alerts.commands import (
    AssignAlert,
    ChangeAlert,
    ChangeAlerting,
    DoStep,
    NoteAlert,
    PromoteHeld,
    SeeAlert,
    SetSiteMode,
    ShelveAlert,
)
from engine.model.alerts.decision import AlertFacts, CandidateKind, Decision, EvidencePart, GateReading, Outcome, Stage
from engine.model.alerts.settings import AlertSettings
from engine.model.errors import Conflict, InputError, NotFound
from engine.model.event import EventKind, Severity
from engine.model.question import AlertPage, GetDecision, ListAlerts, PrintRules, ReadRules, RuleTrial, TryRules, WhyNothing
from engine.model.snapshot import AlertView
from engine.model.time import SECOND
from engine.runtime.alerts.rule_questions import printed, read
from tests.fakes.unanswered import UNANSWERED

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine

PROCEDURE = ("Check the live picture.", "Speak to them, or send somebody.", "Close with the outcome.")
CAMERA_PARTS = (
    EvidencePart("camera", "hall", "Camera: confidence 87%", 1.9),
    EvidencePart("seen", "hall", "Seen for 3.4 s", 2.0),
    EvidencePart("radio", "radio", "Radio also detects the person", 1.5),
)


def reading(gate: str, value: float, threshold: float, unit: str = "") -> GateReading:
    return GateReading(gate, value, threshold, value - threshold, value >= threshold, unit)


def gates(evidence: float, needed: float = 2.0, severity: int = 4, load_needs: int = 1) -> tuple[GateReading, ...]:
    """As the engine reads them, in its order."""
    return (
        reading("evidence", evidence, needed, "nats"),
        reading("severity", severity, 1),
        reading("camera", 1, 0),
        reading("zone", 1, 0),
        reading("armed zone", 1, 1),
        reading("arming", 86_400, 60, "s"),
        reading("unknown person", 1, 1),
        reading("site mode", 1, 0),
        reading("schedule", 5040, 0, "min"),
        reading("duplicate", 86_400, 60, "s"),
        reading("shelved", 0, 0, "s"),
        reading("alarm load", severity, load_needs),
    )


class FakeAlerts:
    """The alert side of a fake engine. Everything is newest first, as the engine gives it."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine
        self.open: tuple[Alert, ...] = ()
        self.closed: tuple[Alert, ...] = ()
        self.held: tuple[Decision, ...] = ()
        self.shadows: tuple[Decision, ...] = ()
        self.decisions: dict[str, Decision] = {}
        self.load: AlarmLoad | None = None
        self.trial: RuleTrial = RuleTrial(0, (), (), ())
        self.asked: list[ListAlerts] = []

    def view(self, settings: AlertSettings) -> AlertView:
        return AlertView(self.open, self.held, self.load or self._measured(), settings.mode, self.shadows)

    def _measured(self) -> AlarmLoad:
        now_ns = self._engine.now_ns
        counts = {level: sum(1 for alert in self.open if alert.severity == level) for level in Severity}
        by = tuple((int(level), count) for level, count in sorted(counts.items(), reverse=True) if count)
        recent = sum(1 for alert in self.open if now_ns - alert.raised_ns < 600 * SECOND)
        return AlarmLoad(per_10_min=recent, by_severity=by)

    # What a test makes up

    def add(self, kind: EventKind, severity: Severity, camera_id: str = "hall", age_s: float = 5.0, **more: object) -> Alert:
        """With an event, and a decision whose parts add up."""
        engine = self._engine
        number = len(self.open) + len(self.closed)
        event = engine.add_event(camera_id, kind, age_s=age_s) if camera_id else None
        decision = self.decide(f"de-a{number}", kind, severity, Outcome.RAISED, camera_id, CAMERA_PARTS, age_s)
        at_ns = engine.now_ns - round(age_s * SECOND)
        made = Alert(
            id=f"al-{number:04d}",
            decision_id=decision.id,
            rule_id="urgent" if kind in (EventKind.FALL, EventKind.FIGHT) else "armed-zone",
            kind=kind,
            severity=severity,
            raised_ns=at_ns,
            changed_ns=at_ns,
            event_id=event.id if event else "",
            event_ids=(event.id,) if event else (),
            camera_id=camera_id,
            reason=decision.reason,
            procedure=PROCEDURE,
            position=(3.0, 2.0, 1.0),
            simulated=event is not None and event.simulated,
        )
        made = replace(made, **more)  # type: ignore[arg-type]
        with engine.lock:
            self.open = tuple(sorted((made, *self.open), key=lambda alert: (alert.raised_ns, alert.id), reverse=True))
            engine.publish()
        return made

    def decide(
        self,
        decision_id: str,
        kind: EventKind,
        severity: Severity,
        outcome: Outcome,
        camera_id: str = "hall",
        parts: tuple[EvidencePart, ...] = CAMERA_PARTS,
        age_s: float = 5.0,
        read: tuple[GateReading, ...] | None = None,
    ) -> Decision:
        odds = sum(part.log_odds for part in parts)
        made = Decision(
            id=decision_id,
            candidate=CandidateKind.ACTIVITY,
            subject_id="tr-1",
            camera_id=camera_id,
            decided_ns=self._engine.now_ns - round(age_s * SECOND),
            outcome=outcome,
            gates=read or gates(odds, severity=int(severity)),
            flip=f"Margin: {odds - 2:.2f} above the threshold (evidence {odds:.2f}, threshold 2.00).",
            event_id="ev-1",
            stage=Stage.ALERT,
            evidence=parts,
            rule_id="armed-zone",
            position=(3.0, 2.0, 1.0),
            reason=f"{kind.value.replace('_', ' ').capitalize()}, near the door.",
            facts=AlertFacts(kind, severity, self._engine.settings.alerts.mode),
        )
        self.decisions[decision_id] = made
        return made

    def hold(self, decision_id: str, kind: EventKind = EventKind.PERSON, camera_id: str = "hall", age_s: float = 30.0) -> Decision:
        parts = (EvidencePart("camera", camera_id, "Camera: confidence 71%", 0.9), EvidencePart("seen", camera_id, "Seen for 0.5 s", 0.48))
        made = self.decide(decision_id, kind, Severity.LOW, Outcome.HELD, camera_id, parts, age_s, gates(1.38, severity=2))
        made = replace(made, flip="Missing for an alert: 0.62 more evidence (1.38, threshold 2.00).")
        self.decisions[decision_id] = made
        with self._engine.lock:
            self.held = (made, *self.held)
            self._engine.publish()
        return made

    def change(self, alert_id: str, **values: object) -> None:
        """What somebody else, or time, made of it."""
        with self._engine.lock:
            self.open = tuple(replace(a, **values) if a.id == alert_id else a for a in self.open)  # type: ignore[arg-type]
            self._engine.publish()

    def alert(self, alert_id: str) -> Alert:
        found = next((alert for alert in (*self.open, *self.closed) if alert.id == alert_id), None)
        if found is None:
            raise NotFound(f"There is no open alert {alert_id!r}. Somebody may have closed it.")
        return found

    # What commands and questions do

    def execute(self, command: object, by: str) -> str | None:
        """None for what is no command about alerts."""
        match command:
            case SetSiteMode(mode):
                self._settle(replace(self._engine.settings.alerts, mode=mode))
                return mode.value
            case ChangeAlerting(alerts):
                return self._replace_rules(alerts)
            case PromoteHeld(decision_id):
                return self._promote(decision_id)
            case ChangeAlert() | ShelveAlert() | AssignAlert() | NoteAlert() | DoStep() | SeeAlert():
                return self._edit(command, by)
            case _:
                return None

    def answer(self, question: object) -> Any:
        match question:
            case ListAlerts(open=wanted, limit=limit, before_id=before):
                self.asked.append(question)
                rows = [*(self.open if wanted is not False else ()), *(self.closed if wanted is not True else ())]
                fitting = [each for each in rows if _fits(question, each)]
                after = next((number + 1 for number, each in enumerate(fitting) if each.id == before), 0)
                return AlertPage(tuple(fitting[after : after + limit]))
            case GetDecision(decision_id):
                if decision_id not in self.decisions:
                    raise NotFound("This decision is no longer kept.")
                return self.decisions[decision_id]
            case WhyNothing():
                near = [d for d in self.decisions.values() if question.camera_id in (None, d.camera_id)]
                return tuple(near[: question.limit])
            case TryRules():
                return self.trial
            case PrintRules(rules):
                return printed(self._engine.settings, rules)
            case ReadRules(text):
                return read(self._engine.settings, text)
            case _:
                return UNANSWERED

    def _settle(self, alerts: AlertSettings) -> None:
        self._engine.settings = replace(self._engine.settings, alerts=alerts)

    def _replace_rules(self, alerts: AlertSettings) -> str:
        now = self._engine.settings.alerts
        if alerts.version != now.version:
            raise Conflict("version", f"The rules were changed meanwhile: they are version {now.version} now.")
        self._settle(replace(alerts, version=alerts.version + 1, mode=now.mode))
        return str(alerts.version + 1)

    def _promote(self, decision_id: str) -> str:
        held = next((each for each in self.held if each.id == decision_id), None)
        if held is None or held.facts is None:
            raise NotFound("It is no longer held: somebody promoted it, or too much came after it.")
        self.held = tuple(each for each in self.held if each.id != decision_id)
        made = self.add(held.facts.kind, held.facts.severity, held.camera_id, age_s=0.0, promoted=True, decision_id=decision_id)
        return made.id

    def _edit(self, edit: life.AlertEdit, by: str) -> str:
        ids, now_ns = life.alert_ids(edit), self._engine.now_ns
        refused: list[InputError] = []
        for alert_id in ids:
            try:
                after = life.edited(self.alert(alert_id), edit, NamedUser(by), now_ns)
            except InputError as error:
                refused.append(error)
                continue
            self._put(after)
        if len(refused) == len(ids):
            raise refused[0]
        return ids[0]

    def _put(self, after: Alert) -> None:
        if after.open:
            self.open = tuple(after if alert.id == after.id else alert for alert in self.open)
        else:
            self.open = tuple(alert for alert in self.open if alert.id != after.id)
            self.closed = (after, *self.closed)


def _fits(ask: ListAlerts, alert: Alert) -> bool:
    words = f"{alert.reason} {alert.person} {alert.assignee} {alert.rule_id}".lower()
    ids = {alert.zone_id, alert.camera_id, alert.subject_id, alert.kind.value, alert.rule_id, alert.state.value, alert.disposition}
    called = {each.word: bool(ids & set(each.ids)) or alert.severity in each.severities for each in ask.called}
    return (
        all(word in words or called.get(word) for word in ask.text.lower().split())
        and alert.severity >= ask.min_severity
        and ask.assignee in (None, alert.assignee)
        and ask.zone_id in (None, alert.zone_id)
        and (not ask.camera_ids or alert.camera_id in ask.camera_ids)
        and (not ask.kinds or alert.kind in ask.kinds)
        and ask.person_id in (None, alert.person_id)
        and ask.rule_id in (None, alert.rule_id)
    )
