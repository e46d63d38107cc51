"""Alerts and their decisions in the record: whole, by stage and time, and without somebody who was erased."""

from dataclasses import replace

from engine.model.alert import Alert, Note
from engine.model.alert_settings import SiteMode
from engine.model.decision import AlertFacts, CandidateKind, Decision, EvidencePart, Outcome, Stage
from engine.model.event import EventKind, Severity
from engine.model.question import ListAlerts, ListDecisions
from engine.model.traces import Traces
from engine.store.store import Store

FACTS = AlertFacts(EventKind.FALL, Severity.HIGH, SiteMode.AWAY, ("hall",), "fu-1", "pe-7", area_risk=0.25)
DECISION = Decision(
    "de-1",
    CandidateKind.FALL,
    "tr-1",
    "door",
    1_000,
    Outcome.RAISED,
    (),
    "It rests on a fact.",
    stage=Stage.ALERT,
    evidence=(EvidencePart("camera", "door", "Camera", 1.5),),
    reason="fall of fall.",
    facts=FACTS,
)
ALERT = Alert(
    "al-1", "de-1", "urgent", EventKind.FALL, Severity.HIGH, 1_000, 1_000, event_id="ev-1", event_ids=("ev-1",),
    group="two_places pe-7", person="fall", person_id="pe-7", reason="fall fell.", notes=(Note(1, "rita", "Called fall."),),
)  # fmt: skip


def test_decisions_are_asked_for_by_stage_and_time(store: Store) -> None:
    store.save((DECISION, replace(DECISION, id="de-2", stage=Stage.EVENT, facts=None), replace(DECISION, id="de-3", decided_ns=2_000)))
    assert [d.id for d in store.answer(ListDecisions(stage=Stage.ALERT)).decisions] == ["de-3", "de-1"]
    assert [d.id for d in store.answer(ListDecisions(stage=Stage.ALERT, since_ns=1_500)).decisions] == ["de-3"]
    assert store.answer(ListDecisions(stage=Stage.ALERT)).decisions[-1] == DECISION


def test_somebody_erased_is_in_no_alert_and_what_it_was_stays(store: Store) -> None:
    """They are called as a kind of event is: that word stays where it is one."""
    store.save((DECISION, ALERT))
    store.pseudonymise(Traces("pe-7", ("fall",), "gone-1"))
    (alert,) = store.answer(ListAlerts()).alerts
    assert (alert.person, alert.person_id, alert.kind) == ("Erased person", "gone-1", EventKind.FALL)
    assert alert.group == "two_places gone-1" and alert.notes[0].text == "Called Erased person."
    (decision,) = store.answer(ListDecisions()).decisions
    assert decision.facts == replace(FACTS, person_id="gone-1") and decision.reason == "Erased person of Erased person."
