"""The open alerts, what is held, and what both rest on: raised, joined, worked by operators, escalated, let go."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from typing import Any

from engine.alerts import life
from engine.alerts.candidate import Candidate, supersedes
from engine.alerts.load import Meter
from engine.alerts.memory import Memory, Recent, Shelf
from engine.model import wire
from engine.model.accounts.user_ref import NamedUser, UserRef
from engine.model.alerts.alert import AlarmLoad, Alert, AlertState, Disposition, Note
from engine.model.alerts.commands import AlertEdit, ChangeAlert, PromoteHeld, ShelveAlert
from engine.model.alerts.decision import Decision
from engine.model.alerts.settings import AlertSettings, Rule
from engine.model.errors import InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.observation import AlertsEdited, IntentBrought
from engine.model.people.traces import Traces
from engine.model.value_class import dataclass
from engine.pipeline.alerts.candidates import alert_of
from engine.pipeline.alerts.traces import without_in_alert, without_in_candidate, without_in_decision, without_in_memory
from engine.pipeline.output import StepOutput

HELD = 200
MOST_OPEN = 1_000


@dataclass(frozen=True, slots=True)
class HeldCandidate:
    """What would be promoted: the candidate as it was, and its event. `entered`: the event is in the record; else promoting enters it."""

    decision: Decision
    event: Event
    severity: Severity
    candidate: Candidate
    entered: bool = True


@dataclass(frozen=True, slots=True)
class BookState:
    """`asked_ns`: since when each new alert waits for somebody, by its id. candidates: that open alerts were raised for."""

    alerts: tuple[Alert, ...] = ()
    candidates: tuple[tuple[str, Candidate], ...] = ()
    asked_ns: tuple[tuple[str, int], ...] = ()
    held: tuple[HeldCandidate, ...] = ()
    memory: Memory = field(default_factory=Memory)
    meter: Meter = field(default_factory=Meter)
    promoted: tuple[tuple[str, int], ...] = ()
    load: AlarmLoad = field(default_factory=AlarmLoad)


class AlertBook:
    """Sans-IO; the engine thread only. `going_on` are the events that have not ended, kept by the lane."""

    def __init__(self) -> None:
        self.settings = AlertSettings()
        self.going_on: dict[str, Event] = {}
        self.memory = Memory()
        self.load = AlarmLoad()
        self._alerts: dict[str, Alert] = {}
        self._candidates: dict[str, Candidate] = {}
        self._asked_ns: dict[str, int] = {}
        self._under: dict[str, str] = {}  # the newest open alert of each event
        self._held: deque[HeldCandidate] = deque(maxlen=HELD)
        self._meter = Meter()
        self._promoted: dict[str, int] = {}

    @property
    def alerts(self) -> Sequence[Alert]:
        """All that are open, oldest first."""
        return tuple(self._alerts.values())

    @property
    def held_decisions(self) -> Sequence[Decision]:
        """Oldest first."""
        return tuple(held.decision for held in self._held)

    def adopt(self, alerts: Iterable[Alert], at_ns: int, out: StepOutput) -> None:
        """What the record has as open and this book does not know; nor is it known whether what they are about goes on. Of those that
        it knows it takes the ids of users."""
        for alert in alerts:
            known = self._alerts.get(alert.id)
            if known is not None:
                self.put(life.with_user_ids(known, alert), out)
            elif alert.open:
                self._alerts[alert.id] = alert
                self._index(alert, None)
                self._asked_ns[alert.id] = at_ns
                self.put(alert if self.goes_on(alert) else replace(alert, ended=True), out)

    def of_event(self, event_id: str) -> Alert | None:
        """The newest open alert that it is under."""
        return self._alerts.get(self._under.get(event_id, ""))

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.settings.rules if rule.id == rule_id), None)

    def _index(self, alert: Alert, before: Alert | None) -> None:
        """Its events are found under it, and those it has let go of no longer."""
        known = before.event_ids if before is not None else ()
        if known != alert.event_ids:
            for event_id in {*known} - {*alert.event_ids}:
                self._under.pop(event_id, None)
            self._under.update(dict.fromkeys(alert.event_ids, alert.id))

    def goes_on(self, alert: Alert) -> bool:
        return any(event_id in self.going_on for event_id in alert.event_ids)

    def open(self, candidate: Candidate, rule_id: str, severity: Severity, event: Event, decision: Decision, out: StepOutput) -> Alert:
        """A new alert; what was held of the same event is held no longer."""
        rule = self.rule(rule_id)
        made = alert_of(out.new_id("al"), candidate, rule, severity, event, decision.id, out.fused)
        alert = replace(made, rule_id=rule_id, ended=event.id not in self.going_on)
        self._candidates[alert.id] = candidate
        self._asked_ns[alert.id] = candidate.at_ns
        if rule is not None:
            self.memory = self.memory.raised(candidate, rule, alert.id)
        self._meter = self._meter.add_raised(candidate.at_ns, candidate.place_id)
        self.put(alert, out)
        for held in [held for held in self._held if held.event.id == event.id or _is_of(held, event)]:
            self._held.remove(held)
            out.keep(replace(held.decision, alert_id=alert.id))
        return alert

    def tried(self, candidate: Candidate, rule_id: str) -> None:
        """A rule on trial would have raised it."""
        rule = self.rule(rule_id)
        if rule is not None:
            self.memory = self.memory.tried(candidate, rule)

    def hold(self, held: HeldCandidate) -> None:
        for before in [each for each in self._held if supersedes(held.decision, each.decision)]:
            self._held.remove(before)
        self._held.append(held)

    def join(self, candidate: Candidate, same: Recent, severity: Severity, event: Event, out: StepOutput) -> None:
        """It is the same as what was raised before."""
        self.memory = self.memory.again(same, candidate)
        alert = self._alerts.get(same.alert_id)
        if alert is not None:
            grown = life.with_event(alert, event.id, candidate.at_ns)
            grown = replace(grown, ended=not self.goes_on(grown))
            self.put(life.worsened(grown, severity, candidate.at_ns), out)

    def put(self, alert: Alert, out: StepOutput) -> None:
        """As it is now; nothing where that is nothing new. One that is closed leaves."""
        before = self._alerts.get(alert.id)
        if alert is before or alert == before:
            return
        out.alert(alert)
        if alert.open:
            self._alerts[alert.id] = alert
            self._index(alert, before)
            if before is not None and before.state is not AlertState.NEW and alert.state is AlertState.NEW:
                self._asked_ns[alert.id] = alert.changed_ns
            return
        self._alerts.pop(alert.id, None)
        self._candidates.pop(alert.id, None)
        self._asked_ns.pop(alert.id, None)
        self.memory = self.memory.closed((alert.id,))
        self._index(replace(alert, event_ids=()), alert)

    def edited(self, edited: AlertsEdited, out: StepOutput) -> tuple[Event, ...]:
        """Do what an operator did; what cannot be done (any more) changes nothing. Gives the events of falls that are over by that."""
        if isinstance(edited.edit, PromoteHeld):
            self._promote(edited.edit.decision_id, edited.occurred_ns, out)
            return ()
        over: list[Event] = []
        for alert_id in life.alert_ids(edited.edit):
            alert = self._alerts.get(alert_id)
            if alert is not None:
                over += self._edit(alert, edited.edit, NamedUser(edited.edited_by, edited.edited_by_id), edited.occurred_ns, out)
        return tuple(over)

    def bring(self, brought: IntentBrought, out: StepOutput) -> tuple[Event, ...]:
        """As `edited`, of what was said at the hub; also about alerts that are closed."""
        closed = {alert.id: alert for alert in brought.closed}
        over: list[Event] = []
        for alert_id in brought.intent.alert_ids:
            alert = self._alerts.get(alert_id) or closed.get(alert_id)
            if alert is not None:
                over += self._bring(alert, brought, out)
        return tuple(over)

    def keep(self, now_ns: int, out: StepOutput) -> None:
        """As time has passed: shelves that are over, alerts that nobody answers, the load. Once a second is enough."""
        self.memory = self.memory.as_of(now_ns)
        self._meter = self._meter.as_of(now_ns, self.settings)
        for alert in tuple(self._alerts.values()):
            if alert.shelved_until_ns is not None and now_ns >= alert.shelved_until_ns:
                alert = replace(alert, shelved_until_ns=None, shelved_reason="", changed_ns=max(now_ns, alert.changed_ns))
                self._asked_ns[alert.id] = now_ns
            since_ns = self._asked_ns.get(alert.id, alert.raised_ns)
            self.put(life.escalated(alert, since_ns, self.settings.escalate_s, now_ns), out)
        self._let_go(now_ns, out)
        load = self._meter.alarm_load(now_ns, self._alerts.values(), self.settings, tuple(sorted(self._promoted.items())))
        if load != self.load:
            self.load = load
            out.load = load

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """Nothing that goes on tells of somebody who was erased."""
        self._candidates = {key: without_in_candidate(each, traces) for key, each in self._candidates.items()}
        self.memory = without_in_memory(self.memory, traces)
        for alert in self.alerts:
            self.put(without_in_alert(alert, traces), out)
        for index, held in enumerate(tuple(self._held)):
            decision, candidate = without_in_decision(held.decision, traces), without_in_candidate(held.candidate, traces)
            self._held[index] = HeldCandidate(decision, traces.event(held.event), held.severity, candidate)
            if decision != held.decision:
                out.keep(decision)

    def state(self) -> dict[str, Any]:
        return wire.to_plain(
            BookState(
                tuple(self._alerts.values()),
                tuple(self._candidates.items()),
                tuple(self._asked_ns.items()),
                tuple(self._held),
                self.memory,
                self._meter,
                tuple(self._promoted.items()),
                self.load,
            )
        )

    def restore(self, state: dict[str, Any]) -> None:
        values = wire.read_record(BookState, state, "alerts")
        self._alerts = {alert.id: alert for alert in values.alerts}
        self._under = {event_id: alert.id for alert in values.alerts for event_id in alert.event_ids}
        self._candidates, self._asked_ns = dict(values.candidates), dict(values.asked_ns)
        self._held = deque(values.held, HELD)
        self.memory, self._meter, self._promoted, self.load = values.memory, values.meter, dict(values.promoted), values.load

    def _edit(self, alert: Alert, edit: AlertEdit, by: UserRef, at_ns: int, out: StepOutput) -> Iterable[Event]:
        try:
            after = life.edited(alert, edit, by, at_ns)
        except InputError:  # two operators at once: the first was here
            return ()
        if isinstance(edit, ShelveAlert):
            self._shelve(after, at_ns)
        self.put(after, out)
        return self._falls_over(after) if isinstance(edit, ChangeAlert) else ()

    def _bring(self, alert: Alert, brought: IntentBrought, out: StepOutput) -> Iterable[Event]:
        asked_ns = self._asked_ns.get(alert.id, 0)
        anew_ns = asked_ns if asked_ns > alert.raised_ns else 0  # not when it was raised: the hub's clock may be behind
        try:
            after = life.join_intent(alert, brought.intent, anew_ns, brought.occurred_ns)
        except InputError:  # it has as many entries or notes as are kept
            return ()
        if alert.open:
            self.put(after, out)
            return self._falls_over(after)
        if after is not alert:
            out.alert(after)
        return ()

    def _falls_over(self, alert: Alert) -> Iterable[Event]:
        """Those that end with a closed alert: somebody has dealt with them."""
        if alert.open or alert.kind is not EventKind.FALL:
            return ()
        return tuple(self.going_on[event_id] for event_id in alert.event_ids if event_id in self.going_on)

    def _shelve(self, alert: Alert, at_ns: int) -> None:
        candidate = self._candidates.get(alert.id)
        if alert.shelved_until_ns is None:
            self.memory = self.memory.unshelve(alert.id)
            self._asked_ns[alert.id] = at_ns
        elif candidate is not None:
            self.memory = self.memory.shelve(Shelf(alert.id, candidate, alert.shelved_until_ns))

    def _promote(self, decision_id: str, at_ns: int, out: StepOutput) -> None:
        held = next((held for held in self._held if held.decision.id == decision_id), None)
        if held is None:
            return
        self._held.remove(held)
        rule_id = held.decision.rule_id
        candidate = replace(held.candidate, at_ns=at_ns)
        if not held.entered:
            out.event(held.event)
        alert = self.open(candidate, rule_id, held.severity, held.event, held.decision, out)
        self.put(replace(alert, promoted=True), out)
        self._promoted[rule_id] = self._promoted.get(rule_id, 0) + 1
        out.keep(replace(held.decision, alert_id=alert.id, event_id=held.event.id))

    def _let_go(self, now_ns: int, out: StepOutput) -> None:
        """Where nobody ever closes anything: what is over first, then what is least severe, then what is oldest."""
        beyond = len(self._alerts) - MOST_OPEN
        if beyond <= 0:
            return
        note = Note(now_ns, "Watchroom", f"Closed by the engine: more than {MOST_OPEN} alerts were open.")
        for alert in sorted(self._alerts.values(), key=lambda alert: (not alert.ended, alert.severity, alert.raised_ns, alert.id))[:beyond]:
            notes = (*alert.notes, note)
            self.put(replace(alert, state=AlertState.CLOSED, disposition=Disposition.UNKNOWN, notes=notes, changed_ns=now_ns), out)


def _is_of(held: HeldCandidate, event: Event) -> bool:
    """What was declined of smoke that is an event by now."""
    return not held.entered and held.event.subject_id == event.subject_id
