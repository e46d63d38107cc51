"""The alert lane: judged at ticks, grouped, worked, shelved, escalated, held and promoted, and the same again from its state."""

import json
import random
from dataclasses import replace

import pytest

from engine.alerts.candidate import Candidate
from engine.alerts.judging import Verdict, judge
from engine.alerts.life import MOST_EVENTS
from engine.alerts.memory import Memory
from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.commands import (
    LONGEST_SHELF_S,
    AlertEdit,
    AssignAlert,
    ChangeAlert,
    DoStep,
    NoteAlert,
    PromoteHeld,
    SeeAlert,
    ShelveAlert,
)
from engine.model.alerts.decision import EvidencePart, Outcome
from engine.model.alerts.settings import AlertSettings, Rule, RuleMode, SiteMode, usual_rules
from engine.model.cameras.detection import Category
from engine.model.cameras.track import Track, TrackStatus
from engine.model.event import EventKind, Severity
from engine.model.observation import AlertsLoaded
from engine.model.people.traces import Traces
from engine.model.radio.blob import Covariance
from engine.model.radio.fused import FusedIdentity, FusedPicture, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.time import SECOND
from engine.pipeline.alerts.book import HELD, MOST_OPEN
from tests.fakes.alerting import START_NS, Desk, event, settings

FALL = event(EventKind.FALL, Severity.HIGH, reason="Went down at 2 m/s.")
SPREAD: Covariance = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.1))


def close(alert: Alert, as_what: Disposition = Disposition.TRUE) -> ChangeAlert:
    return ChangeAlert((alert.id,), AlertState.CLOSED, as_what)


def fused(person: str = "", *sources: FusedSource, name: str = "fu-1") -> FusedPicture:
    identity = FusedIdentity(person, person.title(), "#4cc2ff", 5.0, 0.99, (), ()) if person else None
    place = (5.0, 5.0, 1.0)
    track = FusedTrack(name, 1, FusedStatus.CONFIRMED, place, SPREAD, (0.0, 0.0, 0.0), START_NS, START_NS, sources, identity)
    return FusedPicture(START_NS, (track,))


def seen_by(kind: SourceKind, source_id: str, sensor: str) -> FusedSource:
    return FusedSource(kind, source_id, sensor, START_NS, 0.3)


def test_an_event_becomes_one_alert_with_all_that_is_known_of_it() -> None:
    desk = Desk()
    desk.floor = fused("", seen_by(SourceKind.CAMERA, "tr-1", "door"), seen_by(SourceKind.RADIO, "bl-1", "radio"))
    said, decision = desk.raise_(FALL)
    (alert,) = desk.open
    assert decision.outcome is Outcome.RAISED and decision.alert_id == alert.id and decision.event_id == said.id
    assert alert.decision_id == decision.id and alert.rule_id == "anything" and alert.event_ids == (said.id,)
    assert alert.severity is Severity.HIGH and alert.reason == "Fall detected, Door, Hall. Went down at 2 m/s."
    assert alert.position == (5.0, 5.0, 1.0) and alert.zone_id == "hall" and decision.facts is not None
    assert sum(part.log_odds for part in decision.evidence) == pytest.approx(decision.gates[0].value)
    assert [part.source for part in decision.evidence] == ["camera", "seen", "radio"]
    desk.tick()
    assert len(desk.decisions) == 1


def test_a_fall_that_radio_tells_has_the_camera_that_sees_the_same_person() -> None:
    desk = Desk()
    desk.floor = fused("", seen_by(SourceKind.CAMERA, "tr-1", "yard"), seen_by(SourceKind.RADIO, "bl-1", "radio"))
    desk.raise_(replace(FALL, camera_id="", subject_id="bl-1"))
    assert desk.open[0].camera_id == "yard"


def test_the_same_again_joins_its_alert_and_is_counted_there() -> None:
    desk = Desk()
    first, _ = desk.raise_(event())
    desk.tick(30)
    second, decision = desk.raise_(event())
    (alert,) = desk.open
    assert alert.event_ids == (first.id, second.id) and decision.alert_id == alert.id and decision.outcome is Outcome.REJECTED
    desk.tick(59)
    desk.raise_(event())
    assert len(desk.open[0].event_ids) == 3
    desk.tick(61)
    desk.raise_(event())
    assert len(desk.open) == 2


def test_of_very_many_the_first_and_the_newest_are_kept_and_it_goes_on_alike_from_its_state() -> None:
    desk = Desk(settings(flood_at=1000))
    said = [desk.raise_(event(EventKind.LOITERING, camera_id="yard", subject_id=f"t{n}"))[0] for n in range(MOST_EVENTS + 9)]
    (alert,) = desk.open
    assert len(alert.event_ids) == MOST_EVENTS and alert.event_ids[0] == said[0].id and alert.event_ids[-1] == said[-1].id
    other = desk.restarted()
    for each in (desk, other):
        each.say(replace(said[3], severity=Severity.CRITICAL))  # it is not among them any more
        each.tick(0.1)
        each.say(replace(said[-1], severity=Severity.HIGH))
        each.tick(6)
    assert desk.lane.state() == other.lane.state() and desk.open[0].severity is Severity.CRITICAL
    desk.do(close(alert))
    assert desk.open == []


def test_an_alert_has_ended_when_all_it_is_about_is_over() -> None:
    desk = Desk()
    first, _ = desk.raise_(event())
    second, _ = desk.raise_(event(subject_id="tr-2"))
    desk.say(replace(first, ended_ns=desk.now_ns))
    assert not desk.open[0].ended
    desk.say(replace(second, ended_ns=desk.now_ns))
    assert desk.open[0].ended
    desk.raise_(event(subject_id="tr-3"))
    assert not desk.open[0].ended


def test_what_gets_graver_after_it_was_acknowledged_is_told_again() -> None:
    desk = Desk()
    said, _ = desk.raise_(event(EventKind.FALL, Severity.MODERATE))
    desk.do(ChangeAlert((desk.open[0].id,), AlertState.ACKNOWLEDGED))
    worse = desk.say(replace(said, severity=Severity.CRITICAL, level=2, reason="Still down."))
    (alert,) = desk.open
    assert (alert.severity, alert.state, alert.level, alert.reason) == (Severity.CRITICAL, AlertState.NEW, 2, worse.reason)
    assert len(desk.decisions) == 1


def test_what_was_rejected_is_judged_anew_when_it_gets_graver() -> None:
    desk = Desk(settings(Rule("grave", "Grave", min_severity=Severity.HIGH)))
    said, decision = desk.raise_(event(severity=Severity.LOW))
    assert decision.outcome is Outcome.REJECTED and "severity of 4 (high) instead of 2 (low)" in decision.flip
    desk.say(replace(said, severity=Severity.HIGH))
    desk.tick()
    assert [alert.event_id for alert in desk.open] == [said.id]


def test_closing_a_fall_tells_which_events_are_over() -> None:
    desk = Desk()
    said, _ = desk.raise_(FALL)
    desk.do(ChangeAlert((desk.open[0].id,), AlertState.ACKNOWLEDGED))
    assert desk.over == ()
    desk.do(close(desk.open[0]))
    assert desk.over == (said,) and desk.open == []
    fight, _ = desk.raise_(event(EventKind.FIGHT, Severity.HIGH))
    desk.do(close(desk.open[0]))
    assert desk.over == () and fight


def test_a_decision_is_shelved_until_its_time_and_then_really_comes_back() -> None:
    desk = Desk(settings(escalate_s=30.0))
    desk.raise_(event())
    shelved_until_ns = desk.now_ns + 600 * SECOND
    desk.do(ShelveAlert((desk.open[0].id,), 600.0, "Gardeners"))
    desk.tick(200)
    _, decision = desk.raise_(event(subject_id="tr-2"))
    assert decision.outcome is Outcome.REJECTED and "the end of its suppression, in 7 min" in decision.flip
    _, elsewhere = desk.raise_(event(subject_id="tr-3", camera_id="yard"))
    assert elsewhere.outcome is Outcome.RAISED
    shelved = desk.open[0]
    assert shelved.shelved(desk.now_ns) and shelved.level == 0 and shelved.shelved_reason == "Gardeners"
    desk.tick((shelved_until_ns - desk.now_ns) / SECOND)
    assert desk.open[0].shelved_until_ns is None and desk.open[0].level == 0
    _, again = desk.raise_(event(subject_id="tr-4"))
    assert again.outcome is Outcome.RAISED
    desk.tick(31)
    assert desk.open[0].level == 1


def test_taking_a_shelf_back_lets_the_next_through() -> None:
    desk = Desk(settings(Rule("any", "Any", repeat_s=0.0)))
    desk.raise_(event())
    desk.do(ShelveAlert((desk.open[0].id,), LONGEST_SHELF_S, "Gardeners"))
    assert desk.raise_(event())[1].outcome is Outcome.REJECTED
    desk.do(ShelveAlert((desk.open[0].id,), 0.0))
    assert desk.raise_(event())[1].outcome is Outcome.RAISED


def test_what_operators_may_not_do_changes_nothing() -> None:
    desk = Desk()
    desk.raise_(event())
    before = desk.lane.state()
    alert_id = desk.open[0].id
    refused: list[AlertEdit] = [
        ChangeAlert((alert_id,), AlertState.CLOSED),
        ChangeAlert((alert_id,), AlertState.NEW),
        ChangeAlert(("al-nothing",), AlertState.ACKNOWLEDGED),
        ShelveAlert((alert_id,), LONGEST_SHELF_S + 1, "Too long"),
        ShelveAlert((alert_id,), float("nan"), "No time"),
        ShelveAlert((alert_id,), 60.0, ""),
        ShelveAlert((alert_id,), 0.0),
        DoStep(alert_id, 3),
        NoteAlert(alert_id, " "),
        PromoteHeld("de-nothing"),
    ]
    for edit in refused:
        desk.do(edit)
        assert desk.lane.state() == before, edit


def test_nobody_answers_and_it_escalates_up_to_a_limit() -> None:
    desk = Desk(settings(escalate_s=60.0))
    desk.raise_(event())
    desk.tick(59)
    assert desk.open[0].level == 0
    desk.tick(1)
    assert desk.open[0].level == 1
    desk.tick(3600)
    assert desk.open[0].level == 10
    desk.raise_(event(camera_id="yard"))
    desk.do(ChangeAlert((desk.open[1].id,), AlertState.ACKNOWLEDGED))
    desk.tick(600)
    assert desk.open[1].level == 0


# who and where


def armed_desk() -> Desk:
    """Armed for an hour already."""
    desk = Desk(settings(*usual_rules(), mode=SiteMode.AWAY))
    desk.tick(3600)
    desk.anybody_known = True
    return desk


def walker(desk: Desk, confidence: float = 0.9, at_ns: int | None = None, track_id: str = "tr-1") -> None:
    now_ns = desk.now_ns if at_ns is None else at_ns
    desk.tracks[track_id] = Track(
        track_id, 1, "door", Category.PERSON, TrackStatus.CONFIRMED, (0, 0, 1, 1), confidence, confidence, START_NS, now_ns
    )


def test_somebody_in_an_armed_zone_has_some_seconds_to_be_recognised() -> None:
    desk = armed_desk()
    walker(desk)
    desk.say(event(severity=Severity.LOW))
    desk.tick(1)
    assert not desk.decisions
    desk.floor = fused("ada", seen_by(SourceKind.CAMERA, "tr-1", "door"))
    desk.tick(1)
    (decision,) = desk.decisions.values()
    assert decision.outcome is Outcome.REJECTED and decision.flip == "Missing for an alert: an unidentified person."


def test_somebody_unknown_in_an_armed_zone_is_raised_after_that() -> None:
    desk = armed_desk()
    desk.say(event(severity=Severity.LOW))
    for _ in range(8):
        walker(desk)
        desk.tick(0.5)
    (alert,) = desk.open
    assert alert.rule_id == "armed-zone" and alert.severity is Severity.HIGH and alert.procedure


def test_a_shadow_that_is_there_for_a_moment_is_not_taken_for_somebody_who_stays() -> None:
    desk = armed_desk()
    desk.say(event(severity=Severity.LOW, confidence=0.5))
    walker(desk, 0.5)
    desk.tick(0.5)
    desk.tracks.clear()  # gone, though its event stays open for a while
    for _ in range(10):
        desk.tick(0.5)
    (decision,) = desk.decisions.values()
    assert decision.outcome is Outcome.REJECTED and decision.rule_id == "armed-zone"
    assert "more evidence" in decision.flip


def test_one_person_told_by_camera_radio_and_zone_is_one_alert() -> None:
    desk = armed_desk()
    desk.anybody_known = False
    sources = (seen_by(SourceKind.CAMERA, "tr-1", "door"), seen_by(SourceKind.RADIO, "bl-1", "radio"))
    desk.floor = fused("", *sources)
    walker(desk)
    desk.raise_(event(severity=Severity.LOW))
    desk.raise_(event(EventKind.PRESENCE, Severity.MINIMAL, camera_id="", subject_id="bl-1", position=(5.0, 5.0, 1.0)))
    desk.raise_(event(EventKind.ZONE_VISIT, Severity.MINIMAL, camera_id="", subject_id="bl-1", zone_id="hall"))
    (alert,) = desk.open
    assert len(alert.event_ids) == 3


def test_who_is_inside_when_it_is_armed_may_leave_first() -> None:
    desk = armed_desk()
    desk.configure(mode=SiteMode.HOME)
    walker(desk)
    desk.raise_(event(severity=Severity.LOW))
    desk.configure(mode=SiteMode.AWAY)
    desk.tick(59)
    assert desk.open == []
    walker(desk)
    desk.tick(2)
    assert [alert.rule_id for alert in desk.open] == ["armed-zone"]


def test_who_is_seen_leaving_just_after_it_was_armed_is_not_raised() -> None:
    desk = armed_desk()
    desk.anybody_known = False
    desk.configure(mode=SiteMode.HOME)
    desk.configure(mode=SiteMode.AWAY)
    walker(desk)
    said = desk.say(event(severity=Severity.LOW))
    desk.tick(10)
    assert not desk.decisions
    desk.say(replace(said, ended_ns=desk.now_ns))
    desk.tick()
    (decision,) = desk.decisions.values()
    assert decision.flip == "Missing for an alert: 50 s more after arming (exit delay)."
    restarted = desk.restarted()
    assert restarted.lane.state() == desk.lane.state()


# held, promoted, on trial


DOUBTED = Rule("doubted", "Doubted", kinds=(EventKind.INCIDENT,), min_log_odds=1.5, procedure=("Look.",))


def incident(desk: Desk, log_odds: float = 0.9, name: str = "in-1"):
    desk.reports[name] = (EvidencePart("reports", name, "1 reporter", log_odds),)
    return event(EventKind.INCIDENT, camera_id="", subject_id=name, label="theft", reason="One person reports theft.")


def test_what_was_held_narrowly_is_promoted_and_counted() -> None:
    desk = Desk(settings(DOUBTED))
    desk.say(incident(desk))
    desk.tick(6)
    (held,) = desk.lane.held_decisions
    assert held.outcome is Outcome.HELD and "0.60 more evidence" in held.flip
    desk.do(PromoteHeld(held.id))
    (alert,) = desk.open
    assert alert.promoted and alert.decision_id == held.id and alert.procedure == ("Look.",) and alert.incident_id == "in-1"
    assert desk.lane.held_decisions == () and desk.decisions[held.id].alert_id == alert.id
    desk.tick(1)
    assert desk.lane.load.promoted == (("doubted", 1),) and desk.lane.load.per_10_min == 1


def test_more_reports_raise_what_was_held() -> None:
    desk = Desk(settings(DOUBTED))
    said = desk.say(incident(desk))
    desk.tick(6)
    (held,) = desk.lane.held_decisions
    assert not desk.open
    incident(desk, 2.0)
    desk.say(replace(said, reason="4 people report theft."))
    desk.tick()
    assert [alert.reason for alert in desk.open] == ["4 people report theft."]
    assert desk.lane.held_decisions == () and desk.decisions[held.id].alert_id == desk.open[0].id


def test_an_incident_that_waits_for_evidence_is_judged_when_there_is_news_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []

    def counted(candidate: Candidate, alerting: AlertSettings, memory: Memory) -> Verdict:
        judged.append(candidate.at_ns)
        return judge(candidate, alerting, memory)

    monkeypatch.setattr("engine.pipeline.alerts.alerts.judge", counted)
    desk = Desk(settings(DOUBTED))
    said = desk.say(incident(desk))
    for _ in range(20):
        desk.tick(0.1)
    assert len(judged) == 1
    desk.configure(flood_at=20)
    desk.tick(0.1)
    assert len(judged) == 2, "other rules may judge otherwise"
    desk = desk.restarted()
    desk.tick(0.1)
    assert len(judged) == 2
    incident(desk, 2.0)
    desk.say(replace(said, reason="4 people report theft."))
    desk.tick(0.1)
    assert len(judged) == 3 and [alert.reason for alert in desk.open] == ["4 people report theft."]


def test_an_incident_that_waits_is_judged_when_its_time_is_over_and_when_the_clock_is_set_back() -> None:
    for seconds in (5.0, -3600.0):
        desk = Desk(settings(DOUBTED))
        desk.say(incident(desk))
        desk.tick(0.1)
        assert not desk.lane.held_decisions
        desk.tick(seconds)
        desk.tick(7200.0)
        assert len(desk.lane.held_decisions) == 1


def test_only_the_newest_held_are_kept() -> None:
    desk = Desk(settings(DOUBTED))
    for number in range(HELD + 5):
        desk.say(incident(desk, name=f"in-{number}"))
    desk.tick(6)
    assert len(desk.lane.held_decisions) == HELD and desk.lane.held_decisions[-1].subject_id == f"in-{HELD + 4}"


def test_a_rule_on_trial_raises_nothing_and_says_what_it_would_have() -> None:
    desk = Desk(settings(Rule("trial", "Trial", mode=RuleMode.SHADOW)))
    desk.raise_(FALL)
    assert desk.open == []
    told = sorted((decision.rule_id, decision.outcome) for decision in desk.decisions.values())
    assert told == [("", Outcome.REJECTED), ("trial", Outcome.REJECTED)]
    desk.tick(30)
    desk.raise_(FALL)
    assert [decision.rule_id for decision in desk.decisions.values()].count("trial") == 1, "it is the same as 30 s before"
    desk.tick(61)
    desk.raise_(FALL)
    assert [decision.rule_id for decision in desk.decisions.values()].count("trial") == 2
    desk.configure(rules=(Rule("trial", "Trial"),))
    desk.raise_(FALL)
    assert len(desk.open) == 1, "what was only tried is not the same as what is raised"
    desk.do(close(desk.open[0]))
    desk.tick(3600)
    assert not desk.lane.state()["book"]["memory"]["recent"]


# load


def test_a_flood_is_measured_and_severe_events_pass_it() -> None:
    desk = Desk(settings(Rule("any", "Any", repeat_s=0.0), cameras=tuple(f"c{n}" for n in range(30))))
    kinds = (EventKind.LOITERING, EventKind.RUNNING, EventKind.MOTION, EventKind.CROWD)
    for number in range(28):
        severity = Severity.HIGH if number % 2 else Severity.LOW
        desk.raise_(event(kinds[number % 4], severity, camera_id=f"c{number}", subject_id=f"t{number}"))
    desk.tick(1)
    load = desk.lane.load
    assert load.flooding and load.holding.startswith("Alarm flood: ") and dict(load.by_severity)[4] == 14
    assert not [held for held in desk.lane.held_decisions if held.facts is None or held.facts.severity >= Severity.HIGH]
    for alert in desk.open:
        desk.do(close(alert, Disposition.BENIGN))
    desk.tick(601)
    assert not desk.lane.load.flooding and 0 < desk.lane.load.flood_share < 0.01 and desk.lane.load.by_severity == ()


def test_sensors_that_fail_together_are_one_alert_after_the_second() -> None:
    desk = Desk(settings(*usual_rules()))
    for number in range(8):
        desk.raise_(event(EventKind.NODE_LOST, camera_id="", subject_id=f"node-{number}"))
    assert [len(alert.event_ids) for alert in desk.open] == [1, 7]


def test_where_nobody_ever_closes_anything_the_oldest_that_are_over_go() -> None:
    desk = Desk(settings(Rule("any", "Any", repeat_s=0.0), flood_at=1000))
    first = desk.say(*[event(EventKind.FIGHT, Severity.HIGH, camera_id="", subject_id=f"t{n}") for n in range(MOST_OPEN + 3)])
    desk.tick(1)
    desk.say(replace(first, ended_ns=desk.now_ns))
    desk.tick(1)
    assert len(desk.open) == MOST_OPEN
    gone = [alert for alert in desk.alerts.values() if not alert.open]
    assert len(gone) == 3 and all(alert.disposition is Disposition.UNKNOWN and "more than 1000" in alert.notes[-1].text for alert in gone)


# state


def test_erasing_a_person_leaves_nothing_of_them() -> None:
    desk = Desk()
    desk.floor = fused("pe-7", seen_by(SourceKind.CAMERA, "tr-1", "door"))
    desk.raise_(replace(FALL, person="Ada", person_id="pe-7", reason="Ada fell."))
    desk.do(NoteAlert(desk.open[0].id, "Called Ada."))
    out = desk.step()
    desk.lane.erase(Traces("pe-7", ("Ada",), "gone-1"), out)
    told = json.dumps(desk.lane.state())
    assert "Ada" not in told and "pe-7" not in told and "gone-1" in told
    (alert,) = out.result().alerts
    assert alert.person == "Erased person" and alert.person_id == "gone-1" and alert.notes[0].text == "Called Erased person."


def test_what_the_record_knows_besides_is_taken_in_once() -> None:
    known = Desk()
    known.raise_(FALL)
    desk = Desk()
    for _ in range(2):
        desk.lane.take(AlertsLoaded(START_NS, tuple(known.open)), desk.step())
    assert desk.open == [replace(alert, ended=True) for alert in known.open]
    desk.do(ShelveAlert((desk.open[0].id,), 60.0, "Later"))
    desk.do(close(desk.open[0]))
    assert desk.open == []


def test_from_its_state_it_goes_on_bit_for_bit() -> None:
    chance = random.Random(5)
    one = Desk(settings(*usual_rules(), DOUBTED, Rule("any", "Any", min_log_odds=1.0), mode=SiteMode.NIGHT))
    kinds = [kind for kind in EventKind if kind is not EventKind.INCIDENT]

    def live(desk: Desk, chance: random.Random) -> None:
        for number in range(60):
            severity, camera = Severity(chance.randint(1, 5)), chance.choice(["", "door", "yard"])
            desk.say(
                event(chance.choice(kinds), severity, camera_id=camera, subject_id=f"s{chance.randrange(9)}", confidence=chance.random())
            )
            desk.say(incident(desk, chance.uniform(0, 2), f"in-{number}"))
            desk.tick(chance.choice([0.1, 0.1, 5.0, 70.0]))
            if desk.open:
                about = chance.choice(desk.open)
                edits = [
                    ChangeAlert((about.id,), AlertState.ACKNOWLEDGED),
                    close(about),
                    ShelveAlert((about.id,), 300.0, "Later"),
                    SeeAlert(about.id),
                    AssignAlert((about.id,), "ada"),
                ]
                desk.do(chance.choice(edits))
            if desk.lane.held_decisions and chance.random() < 0.3:
                desk.do(PromoteHeld(desk.lane.held_decisions[0].id))

    live(one, chance)
    other, rest = one.restarted(), chance.getstate()
    live(one, chance)
    again = random.Random()
    again.setstate(rest)
    live(other, again)
    assert json.dumps(one.lane.state()) == json.dumps(other.lane.state())
    assert one.alerts == other.alerts and one.decisions == other.decisions


def test_what_operators_do_is_theirs_by_id_and_a_namesake_is_somebody_else() -> None:
    desk, ada, other = Desk(settings()), NamedUser("ada", "us-1"), NamedUser("ada", "us-2")
    desk.raise_(event())
    (alert,) = desk.open
    desk.do(ChangeAlert((alert.id,), AlertState.ACKNOWLEDGED, note="On my way."), ada)
    desk.do(SeeAlert(alert.id), ada)
    desk.do(SeeAlert(alert.id), ada)
    (alert,) = desk.open
    assert (alert.assignee, alert.assignee_id, alert.notes[0].by_id, alert.seen_by_ids) == ("ada", "us-1", "us-1", ("us-1",))
    assert alert.is_with(ada) and alert.is_seen_by(ada) and not alert.is_with(other) and not alert.is_seen_by(other)
    desk.do(SeeAlert(alert.id), other)
    desk.do(AssignAlert((alert.id,), "ada", "us-2"), ada)
    (alert,) = desk.open
    assert alert.is_with(other) and not alert.is_with(ada) and (alert.seen_by, alert.seen_by_ids) == (("ada", "ada"), ("us-1", "us-2"))
    desk.do(AssignAlert((alert.id,), ""), ada)
    assert (desk.open[0].assignee, desk.open[0].assignee_id) == ("", "")


def test_alerts_of_a_checkpoint_of_before_take_the_ids_that_the_record_has() -> None:
    desk, ada = Desk(settings()), NamedUser("ada", "us-1")
    desk.raise_(event())
    alert_id = desk.open[0].id
    desk.do(ChangeAlert((alert_id,), AlertState.ACKNOWLEDGED, note="On my way."), NamedUser("ada"))
    desk.do(SeeAlert(alert_id), NamedUser("ada"))
    (before,) = desk.open
    assert before.is_with(ada) and before.assignee_id == ""
    notes = tuple(replace(note, by_id="us-1") for note in before.notes)
    recorded = replace(before, assignee_id="us-1", seen_by_ids=("us-1",), notes=notes)
    again = desk.restarted()
    out = again.step()
    again.lane.take(AlertsLoaded(again.now_ns, (recorded,)), out)
    assert out.alerts == (recorded,) and again.lane.alerts == (recorded,)
    out = again.step()
    again.lane.take(AlertsLoaded(again.now_ns, (recorded,)), out)
    assert out.alerts == ()
