"""Alerts and their decisions in the record: whole, by stage and time, and without somebody who was erased."""

from dataclasses import replace

import pytest

from engine.model.alerts.alert import Alert, AlertState, Disposition, Note
from engine.model.alerts.decision import AlertFacts, CandidateKind, Decision, EvidencePart, Outcome, Stage
from engine.model.alerts.settings import SiteMode
from engine.model.event import EventKind, Severity
from engine.model.people.traces import Traces
from engine.model.question import Called, ListAlerts, ListDecisions
from engine.store.search import searching
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
    assert [d.id for d in store.answer(ListDecisions(stage=Stage.ALERT))] == ["de-3", "de-1"]
    assert [d.id for d in store.answer(ListDecisions(stage=Stage.ALERT, since_ns=1_500))] == ["de-3"]
    assert store.answer(ListDecisions(stage=Stage.ALERT))[-1] == DECISION


def test_somebody_erased_is_in_no_alert_and_what_it_was_stays(store: Store) -> None:
    """They are called as a kind of event is: that word stays where it is one."""
    store.save((DECISION, ALERT))
    store.pseudonymise(Traces("pe-7", ("fall",), "gone-1"))
    (alert,) = store.answer(ListAlerts()).alerts
    assert (alert.person, alert.person_id, alert.kind) == ("Erased person", "gone-1", EventKind.FALL)
    assert alert.group == "two_places gone-1" and alert.notes[0].text == "Called Erased person."
    (decision,) = store.answer(ListDecisions())
    assert decision.facts == replace(FACTS, person_id="gone-1") and decision.reason == "Erased person of Erased person."


def test_past_alerts_are_searched_by_words_names_and_all_filters(store: Store) -> None:
    ids = ("al-1", "al-2", "al-3", "al-4")
    kinds = (EventKind.FALL, EventKind.PERSON, EventKind.PERSON, EventKind.INCIDENT)
    several = [
        replace(ALERT, id=each, kind=kind, raised_ns=n, person="", reason="") for n, (each, kind) in enumerate(zip(ids, kinds, strict=True))
    ]
    several[0] = replace(several[0], person="Åsa Öberg", state=AlertState.CLOSED)
    several[1] = replace(several[1], reason="Seen at 100 %.", zone_id="gate", severity=Severity.LOW)
    several[2] = replace(several[2], camera_id="cam-2", assignee="rita", state=AlertState.CLOSED)
    several[1] = replace(several[1], person_id="pe-9")
    several[3] = replace(several[3], rule_id="night")
    store.save(tuple(several))

    def found(text: str = "", *called: Called, **more: object) -> list[str]:
        return [each.id for each in store.answer(ListAlerts(text=text, called=called, **more)).alerts]  # pyright: ignore[reportArgumentType]

    assert found("ÖBERG") == found("öberg urgent") == ["al-1"] and found("urgent", open=False) == ["al-3", "al-1"]
    assert found("%") == ["al-2"] and found("_") == found("öberg %") == []
    assert found("gate", Called("gate", ("gate", "cam-2"))) == ["al-3", "al-2"]
    assert found("Fall", Called("fall", ("fall",))) == ["al-1"] and found("fall", Called("falls", ("fall",))) == []
    assert found("rita", Called("gate", ("gate",))) == ["al-3"]
    assert found(min_severity=Severity.HIGH) == ["al-4", "al-3", "al-1"] and found(zone_id="gate") == ["al-2"]
    assert found(assignee="rita", open=False) == ["al-3"]
    assert found(camera_ids=("cam-2", "cam-9")) == ["al-3"] and found(camera_ids=("cam-9",)) == []
    assert found(kinds=(EventKind.FALL, EventKind.INCIDENT)) == ["al-4", "al-1"] and found(kinds=(EventKind.SMOKE,)) == []
    assert found(rule_id="night") == ["al-4"] and found(person_id="pe-9") == ["al-2"]
    assert found(open=False, camera_ids=("cam-2",), kinds=(EventKind.PERSON,), rule_id="urgent") == ["al-3"]


def test_past_alerts_are_found_by_the_words_of_their_rows(store: Store) -> None:
    """State, outcome, rule and severity are no texts of the record: the question says what the words stand for."""
    plain = replace(ALERT, person="", reason="", severity=Severity.LOW)
    store.save((plain, replace(plain, id="al-2", state=AlertState.CLOSED, disposition=Disposition.FALSE, rule_id="night")))
    store.save((replace(plain, id="al-3", severity=Severity.CRITICAL, simulated=True),))

    def found(sense: Called) -> list[str]:
        return [each.id for each in store.answer(ListAlerts(text=sense.word, called=(sense,))).alerts]

    assert (
        found(Called("Falsch", ("false",))) == found(Called("nachts", ("night",))) == found(Called("geschlossen", ("closed",))) == ["al-2"]
    )
    assert found(Called("kritisch", (), (Severity.CRITICAL,))) == found(Called("simuliert", (), simulated=True)) == ["al-3"]


def test_a_search_of_alerts_goes_on_where_it_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SCANNED", 3)
    store.save(tuple(replace(ALERT, id=f"al-{n}", raised_ns=n, reason="wolf" if n == 1 else "") for n in range(8)))
    first = store.answer(ListAlerts(text="wolf"))
    second = store.answer(ListAlerts(text="wolf", before_id=first.next_id))
    third = store.answer(ListAlerts(text="wolf", before_id=second.next_id))
    assert (first.alerts, first.next_id, second.alerts, second.next_id) == ((), "al-5", (), "al-2")
    assert [each.id for each in third.alerts] == ["al-1"] and third.next_id is None
