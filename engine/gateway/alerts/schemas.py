"""What HTTP says and takes of alerts. OpenAPI is made from these."""

from typing import Annotated

from pydantic import BaseModel, Field, StrictFloat, StrictStr

from engine.gateway.schemas import optional_iso
from engine.model.alerts.alert import Alert, AlertState, Disposition, HubAct, IntentState, Note
from engine.model.alerts.cap import CapSeverity, cap_severity
from engine.model.alerts.commands import LONGEST_SHELF_S
from engine.model.question import RulesText, RuleTrial
from engine.model.time import to_iso

NoteText = Annotated[StrictStr, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class NoteOut(BaseModel):
    at: str
    by: str = Field(description="the name that the user had then")
    by_id: str | None = Field(description="id of the user; null in old notes")
    text: str

    @classmethod
    def of(cls, note: Note) -> "NoteOut":
        return cls(at=to_iso(note.at_ns), by=note.by, by_id=note.by_id or None, text=note.text)


class HubActOut(BaseModel):
    """What somebody said at the hub while this site was away."""

    intent_id: str
    said: str = Field(description="by the hub's clock")
    by: str
    by_id: str
    state: AlertState | None = Field(description="to which they took it")
    disposition: Disposition | None
    assignee: str | None
    outcome: IntentState = Field(description="`done`, or `beside`: somebody at the site was first")

    @classmethod
    def of(cls, act: HubAct) -> "HubActOut":
        return cls(
            intent_id=act.intent_id,
            said=to_iso(act.said_ns),
            by=act.by,
            by_id=act.by_id,
            state=act.state,
            disposition=act.disposition,
            assignee=act.assignee or None,
            outcome=act.outcome,
        )


class AlertOut(BaseModel):
    id: str
    state: AlertState
    kind: str
    severity: int = Field(description="1 minimal … 5 critical")
    cap_severity: CapSeverity
    raised: str
    changed: str
    reason: str
    rule_id: str
    decision_id: str = Field(description="why it was raised")
    event_id: str
    event_ids: list[str] = Field(description="all that were grouped under it, oldest first")
    incident_id: str | None
    group: str = Field(description="what alerts of one cause share")
    camera_id: str | None
    zone_id: str | None
    subject_id: str
    position: list[float] | None = Field(description="x, y, z in metres on the floor")
    person: str | None
    person_id: str | None
    procedure: list[str]
    steps_done: list[int]
    assignee: str | None = Field(description="the name that the user had then")
    assignee_id: str | None = Field(description="id of the user; null with nobody, and in old alerts")
    disposition: Disposition | None
    shelved_until: str | None
    shelved_reason: str | None
    notes: list[NoteOut]
    level: int = Field(description="how often it was escalated because nobody answered")
    ended: bool = Field(description="what it is about is over")
    promoted: bool = Field(description="it was held, and an operator raised it")
    simulated: bool
    hub_acts: list[HubActOut] = Field(description="what was said at the hub while this site was away")

    @classmethod
    def of(cls, alert: Alert) -> "AlertOut":
        place = alert.position
        return cls(
            id=alert.id,
            state=alert.state,
            kind=alert.kind.value,
            severity=int(alert.severity),
            cap_severity=cap_severity(alert.severity),
            raised=to_iso(alert.raised_ns),
            changed=to_iso(alert.changed_ns),
            reason=alert.reason,
            rule_id=alert.rule_id,
            decision_id=alert.decision_id,
            event_id=alert.event_id,
            event_ids=list(alert.event_ids),
            incident_id=alert.incident_id or None,
            group=alert.group,
            camera_id=alert.camera_id or None,
            zone_id=alert.zone_id or None,
            subject_id=alert.subject_id,
            position=None if place is None else list(place),
            person=alert.person or None,
            person_id=alert.person_id or None,
            procedure=list(alert.procedure),
            steps_done=list(alert.steps_done),
            assignee=alert.assignee or None,
            assignee_id=alert.assignee_id or None,
            disposition=alert.disposition,
            shelved_until=optional_iso(alert.shelved_until_ns),
            shelved_reason=alert.shelved_reason or None,
            notes=[NoteOut.of(note) for note in alert.notes],
            level=alert.level,
            ended=alert.ended,
            promoted=alert.promoted,
            simulated=alert.simulated,
            hub_acts=[HubActOut.of(act) for act in alert.hub_acts],
        )


class AlertsOut(BaseModel):
    alerts: list[AlertOut]
    next: str | None = Field(description="give it as `before` to page on; null at the end")


class RemarkIn(BaseModel):
    note: NoteText | None = None


class CloseIn(BaseModel):
    disposition: Disposition = Field(description="what it was")
    note: NoteText | None = None


class ShelveIn(BaseModel):
    seconds: Annotated[StrictFloat, Field(ge=0, le=LONGEST_SHELF_S, description="out of sight for so long; 0 takes it back")]
    reason: NoteText | None = Field(None, description="needed unless it is taken back")


class NoteIn(BaseModel):
    note: Annotated[StrictStr, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class WrongLineOut(BaseModel):
    line: int = Field(description="from 1; 0 where no line is to blame")
    field: str
    message: str


class RulesReadOut(BaseModel):
    rules: int = Field(description="how many they are; 0 where something is wrong")
    wrong: list[WrongLineOut]

    @classmethod
    def of(cls, told: RulesText) -> "RulesReadOut":
        wrong = [WrongLineOut(line=each.line, field=each.field, message=each.message) for each in told.wrong]
        return cls(rules=len(told.rules), wrong=wrong)


class RuleTrialOut(BaseModel):
    looked_at: int = Field(description="candidates of the time")
    gained: list[str] = Field(description="decisions that would be alerts then, at most the newest thousand")
    lost: list[str]
    same: list[str]

    @classmethod
    def of(cls, trial: RuleTrial) -> "RuleTrialOut":
        return cls(looked_at=trial.looked_at, gained=list(trial.gained), lost=list(trial.lost), same=list(trial.same))
