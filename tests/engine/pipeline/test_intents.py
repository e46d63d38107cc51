"""What was said at the hub while the site was away meets what was done at the site: forward only, once, and both stay to be seen."""

import json
from dataclasses import replace

from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import Alert, AlertState, Disposition, HubAct, IntentState
from engine.model.alerts.commands import AssignAlert, ChangeAlert, NoteAlert, ShelveAlert
from engine.model.alerts.intent import Intent, IntentCommand, taker, with_intents
from engine.model.event import EventKind, Severity
from engine.model.time import SECOND
from engine.model.wire import read_as, to_plain
from tests.fakes.alerting import Desk, event, settings

ANA, BEN = NamedUser("Ana", "us-1"), NamedUser("Ben", "hub-7")


def raised(desk: Desk, kind: EventKind = EventKind.PERSON) -> Alert:
    desk.raise_(event(kind))
    return desk.open[0]


def said(desk: Desk, command: IntentCommand, id_: str = "in-1", before_s: float = 0.0, seen: str | None = None) -> Intent:
    return Intent(id_, command, desk.now_ns - round(before_s * SECOND), BEN.name, BEN.id, seen)


def acknowledge(alert: Alert) -> ChangeAlert:
    return ChangeAlert((alert.id,), AlertState.ACKNOWLEDGED)


def close(alert: Alert, what: Disposition, note: str = "") -> ChangeAlert:
    return ChangeAlert((alert.id,), AlertState.CLOSED, what, note)


def outcomes(alert: Alert) -> list[IntentState]:
    return [act.outcome for act in alert.hub_acts]


def test_what_nobody_has_done_at_the_site_is_done() -> None:
    desk = Desk(settings())
    intent = said(desk, acknowledge(raised(desk)))
    desk.bring(intent)
    (alert,) = desk.open
    assert alert.state is AlertState.ACKNOWLEDGED and alert.is_with(BEN)
    assert alert.hub_acts == (HubAct("in-1", intent.said_ns, "Ben", "hub-7", AlertState.ACKNOWLEDGED),)
    assert read_as(Alert, json.loads(json.dumps(to_plain(alert)))) == alert


def test_it_is_done_once_also_by_a_lane_that_was_restored() -> None:
    desk = Desk(settings())
    note = said(desk, NoteAlert(raised(desk).id, "Called the owner."))
    desk.bring(note)
    other = desk.restarted()
    results = len(other.results)
    for lane in (desk, other):
        lane.bring(note)
        assert [each.text for each in lane.open[0].notes] == ["Called the owner."] and outcomes(lane.open[0]) == [IntentState.DONE]
    assert len(other.results) == results or not other.results[-1].alerts


def test_the_first_owner_keeps_it_and_the_second_is_kept_beside() -> None:
    desk = Desk(settings())
    alert = raised(desk)
    desk.do(acknowledge(alert), ANA)
    desk.bring(said(desk, replace(acknowledge(alert), note="I see it from here."), before_s=60))
    (now,) = desk.open
    assert now.state is AlertState.ACKNOWLEDGED and now.is_with(ANA) and not now.is_with(BEN)
    assert [(act.by, act.outcome) for act in now.hub_acts] == [("Ben", IntentState.BESIDE)]
    assert [(note.by, note.text) for note in now.notes] == [("Ben", "I see it from here.")]


def test_a_closed_alert_stays_closed_and_another_verdict_stands_beside() -> None:
    desk = Desk(settings())
    alert = raised(desk)
    desk.do(close(alert, Disposition.TRUE), ANA)
    closed = desk.alerts[alert.id]
    for intent in (said(desk, close(alert, Disposition.FALSE)), said(desk, acknowledge(alert), "in-2")):
        desk.bring(intent, desk.alerts[alert.id])
    now = desk.alerts[alert.id]
    assert not desk.open and (now.state, now.disposition, now.assignee) == (AlertState.CLOSED, Disposition.TRUE, "Ana")
    assert [act.disposition for act in now.hub_acts] == [Disposition.FALSE, None] and set(outcomes(now)) == {IntentState.BESIDE}
    assert replace(now, hub_acts=(), changed_ns=closed.changed_ns) == closed
    desk.bring(said(desk, close(alert, Disposition.FALSE)), now)
    assert desk.alerts[alert.id] == now


def test_an_alert_that_the_lane_still_has_is_not_taken_as_the_record_had_it() -> None:
    desk = Desk(settings())
    alert = raised(desk)
    desk.bring(said(desk, acknowledge(alert)), replace(alert, state=AlertState.CLOSED))
    assert desk.open[0].state is AlertState.ACKNOWLEDGED


def test_closing_goes_forward_and_ends_a_fall() -> None:
    desk = Desk(settings())
    alert = raised(desk, EventKind.FALL)
    desk.do(acknowledge(alert), ANA)
    desk.bring(said(desk, close(alert, Disposition.BENIGN)))
    now = desk.alerts[alert.id]
    assert (now.state, now.disposition, now.assignee) == (AlertState.CLOSED, Disposition.BENIGN, "Ana")
    assert outcomes(now) == [IntentState.DONE]


def test_what_became_graver_since_asks_for_somebody_all_the_same() -> None:
    desk = Desk(settings())
    alert = raised(desk)
    desk.do(acknowledge(alert), ANA)
    early = said(desk, ChangeAlert((alert.id,), AlertState.IN_PROGRESS))
    worse = event(EventKind.PERSON, Severity.HIGH)
    desk.tick(5)
    desk.raise_(worse)
    again = next(each for each in desk.open if each.id == alert.id)
    assert again.state is AlertState.NEW
    desk.bring(early)
    assert desk.alerts[alert.id].state is AlertState.NEW and outcomes(desk.alerts[alert.id]) == [IntentState.BESIDE]
    desk.tick(5)
    desk.bring(said(desk, acknowledge(alert), "in-2"))
    assert desk.alerts[alert.id].state is AlertState.ACKNOWLEDGED


def test_an_assignment_takes_from_nobody_but_whom_its_sender_saw() -> None:
    desk = Desk(settings())
    alert = raised(desk)
    desk.do(AssignAlert((alert.id,), "Ana", "us-1"), ANA)
    desk.bring(said(desk, AssignAlert((alert.id,), "Ben", "hub-7"), seen=""))
    assert desk.open[0].is_with(ANA) and [act.assignee for act in desk.open[0].hub_acts] == ["Ben"]
    desk.bring(said(desk, AssignAlert((alert.id,), "Ben", "hub-7"), "in-2", seen="Ana"))
    assert desk.open[0].is_with(BEN) and outcomes(desk.open[0]) == [IntentState.BESIDE, IntentState.DONE]


def test_shelved_alerts_are_taken_too_and_unknown_ones_change_nothing() -> None:
    desk = Desk(settings())
    alert = raised(desk)
    desk.do(ShelveAlert((alert.id,), 300.0, "Gardeners"), ANA)
    desk.bring(said(desk, ChangeAlert((alert.id, "al-9"), AlertState.ACKNOWLEDGED)))
    assert desk.open[0].state is AlertState.ACKNOWLEDGED and list(desk.alerts) == [alert.id]


def test_what_waits_is_shown_beside_the_alert_as_it_is() -> None:
    desk = Desk(settings())
    alert = raised(desk)
    late, early = said(desk, close(alert, Disposition.FALSE), "in-2"), said(desk, acknowledge(alert), before_s=60)
    told, of_another = replace(early, id="in-3", state=IntentState.DONE), replace(early, id="in-4", command=NoteAlert("al-9", "x"))
    shown = with_intents(alert, (late, early, told, of_another))
    assert replace(shown, hub_acts=()) == alert, "the site has not been told, and goes on"
    assert [(act.intent_id, act.outcome) for act in shown.hub_acts] == [("in-1", IntentState.WAITING), ("in-2", IntentState.WAITING)]
    first = taker(shown)
    assert first is not None and first.by == "Ben" and taker(alert) is None
    desk.bring(early)
    assert [act.intent_id for act in with_intents(desk.open[0], (early,)).hub_acts] == ["in-1"], "the site knows of it"
    assert taker(with_intents(desk.open[0], (late,))) is None
    refused = with_intents(alert, (replace(early, state=IntentState.REFUSED),))
    assert outcomes(refused) == [IntentState.REFUSED] and taker(refused) is None
