"""Every gate, its margin, and the flip: what is said to change a decision does change it."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.alerts import rule_gates as g
from engine.alerts.candidate import Candidate, of_decision
from engine.alerts.flip import gates_to_move, without
from engine.alerts.judging import Verdict, judge, on_trial
from engine.alerts.memory import Memory, Shelf
from engine.alerts.schedule import inside_by_min, wall_minute
from engine.alerts.trial import try_rules
from engine.alerts.words import candidate_kind
from engine.model.alerts.decision import Decision, EvidencePart, GateReading, Outcome, Stage
from engine.model.alerts.settings import AlertSettings, Hours, Rule, RuleMode, SiteMode
from engine.model.event import EventKind, Severity
from engine.model.time import SECOND
from tests.fakes.alerting import START_NS, candidate

ZONES, CAMERAS = ("hall", "yard"), ("door", "gate")
MINUTE_NS = 60 * SECOND

some_hours = st.builds(
    Hours, st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))), st.integers(0, 1439), st.integers(1, 1440)
)
some_rules = st.builds(
    Rule,
    id=st.just("it"),
    name=st.just("It"),
    camera_ids=st.sampled_from([(), ("door",), CAMERAS]),
    zone_ids=st.sampled_from([(), ("hall",)]),
    modes=st.sampled_from([(), (SiteMode.AWAY,), (SiteMode.AWAY, SiteMode.NIGHT)]),
    hours=st.lists(some_hours, max_size=2).map(tuple),
    min_severity=st.sampled_from(Severity),
    min_log_odds=st.floats(-3, 6),
    armed_only=st.booleans(),
    unknown_only=st.booleans(),
    area_risk=st.none() | st.floats(0, 1),
    repeat_s=st.floats(0, 600),
    severity=st.none() | st.sampled_from(Severity),
)


@st.composite
def some_candidates(draw: st.DrawFn) -> Candidate:
    zone = draw(st.sampled_from(["", *ZONES]))
    made = candidate(
        draw(st.sampled_from([EventKind.PERSON, EventKind.SMOKE])),
        severity=draw(st.sampled_from(Severity)),
        odds=draw(st.floats(-4, 8)),
        at_s=draw(st.integers(0, 7 * 86_400)),
        camera_id=draw(st.sampled_from(["", "porch", *CAMERAS])),
        zone_id=zone,
        zone_ids=(zone,) if zone else (),
        mode=draw(st.sampled_from(SiteMode)),
        person_id=draw(st.sampled_from(["", "ada"])),
        area_risk=draw(st.none() | st.floats(0, 1)),
        load=draw(st.integers(0, 12)),
        armed_s=draw(st.sampled_from([0.0, 59.0, 60.0, 90.0, 86_400.0])),
        smoke_conf=draw(st.none() | st.floats(0, 1)),
        fire_threshold=draw(st.sampled_from([0.0, 0.45, 0.60])),
    )
    return made


@st.composite
def some_memories(draw: st.DrawFn, about: Candidate, rule: Rule) -> Memory:
    memory = Memory()
    if draw(st.booleans()):
        before = replace(about, at_ns=about.at_ns - draw(st.integers(0, 900)) * SECOND)
        memory = memory.raised(before, rule, "al-1")
    if draw(st.booleans()):
        memory = memory.shelve(Shelf("al-2", about, about.at_ns + draw(st.integers(1, 3600)) * SECOND))
    return memory


BY_MODE = ((SiteMode.AWAY, ("hall",)), (SiteMode.NIGHT, ("*",)))
ALWAYS = tuple((mode, ("hall",)) for mode in SiteMode)


def in_force(rule: Rule, armed: tuple[tuple[SiteMode, tuple[str, ...]], ...] = BY_MODE) -> AlertSettings:
    return AlertSettings((rule,), armed_zones=armed)


World = tuple[Candidate, AlertSettings, Memory]


def wanted(world: World, reading: GateReading) -> list[World]:
    """Worlds in which this gate, which failed, goes the other way by what its reading says; one of them is enough."""
    about, settings, memory = world
    rule, facts = settings.rules[0], about.facts
    match reading.gate:
        case g.EVIDENCE:
            more = EvidencePart("more", "", "More", -reading.margin + 1e-9)
            return [(replace(about, evidence=(*about.evidence, more)), settings, memory)]
        case g.SEVERITY:
            return [(replace(about, facts=replace(facts, severity=rule.min_severity)), settings, memory)]
        case g.CAMERA:
            return [(replace(about, camera_id=rule.camera_ids[0]), settings, memory)]
        case g.ZONE | g.ARMED:
            return [
                (replace(about, zone_id="hall", facts=replace(facts, mode=mode)), settings, memory) for mode in (facts.mode, SiteMode.AWAY)
            ]
        case g.ARMING:
            return [(replace(about, facts=replace(facts, armed_s=facts.armed_s - reading.margin)), settings, memory)]
        case g.UNKNOWN:
            return [(replace(about, facts=replace(facts, person_id="")), settings, memory)]
        case g.MODE:
            return [(replace(about, facts=replace(facts, mode=mode)), settings, memory) for mode in rule.modes]
        case g.SCHEDULE:
            shift = round(-reading.margin * MINUTE_NS) + SECOND
            return [(replace(about, at_ns=about.at_ns + way * shift), settings, memory) for way in (1, -1)]
        case g.DUPLICATE:
            return [(about, settings, replace(memory, recent=()))]
        case g.SHELVED:
            return [(about, settings, replace(memory, shelves=()))]
        case g.AREA_RISK:
            return [(replace(about, facts=replace(facts, area_risk=rule.area_risk)), settings, memory)]
        case g.FIRE_RISK:
            return [
                (replace(about, facts=changed), settings, memory)
                for changed in (replace(facts, smoke_conf=facts.fire_threshold), replace(facts, fire_threshold=0.0))
            ]
        case g.SECOND_SCORER:
            return [(replace(about, facts=replace(facts, declined_score=None)), settings, memory)]
        case g.LOAD:
            return [(replace(about, facts=replace(facts, load=0)), settings, memory)]
        case other:
            raise AssertionError(other)


def lost(world: World, reading: GateReading) -> list[World]:
    """Worlds in which this gate, which passed, goes the other way; one of them is enough."""
    about, settings, memory = world
    facts = about.facts
    match reading.gate:
        case g.EVIDENCE:
            less = EvidencePart("less", "", "Less", -(reading.margin + 0.01))
            return [(replace(about, evidence=(*about.evidence, less)), settings, memory)]
        case g.SEVERITY:
            return [(replace(about, facts=replace(facts, severity=Severity(int(reading.threshold) - 1))), settings, memory)]
        case g.CAMERA:
            return [(replace(about, camera_id="porch"), settings, memory)]
        case g.ZONE | g.ARMED:
            nowhere = replace(about, zone_id="", facts=replace(facts, zone_ids=(), mode=SiteMode.HOME))
            return [(nowhere, settings, memory), (replace(nowhere, facts=replace(facts, zone_ids=())), settings, memory)]
        case g.ARMING:
            return [(replace(about, facts=replace(facts, armed_s=facts.armed_s - reading.margin - 1)), settings, memory)]
        case g.UNKNOWN:
            return [(replace(about, facts=replace(facts, person_id="ada")), settings, memory)]
        case g.MODE:
            return [(replace(about, facts=replace(facts, mode=SiteMode.HOME)), settings, memory)]
        case g.SCHEDULE:
            shift = round(reading.margin * MINUTE_NS) + 2 * SECOND
            return [(replace(about, at_ns=about.at_ns + way * shift), settings, memory) for way in (1, -1)]
        case g.DUPLICATE:
            return [(replace(about, at_ns=about.at_ns - round((reading.margin + 1) * SECOND)), settings, memory)]
        case g.AREA_RISK:
            return [(replace(about, facts=replace(facts, area_risk=reading.threshold - 0.01)), settings, memory)]
        case g.FIRE_RISK:
            return [(replace(about, facts=replace(facts, smoke_conf=reading.threshold - 0.01)), settings, memory)]
        case other:
            raise AssertionError(other)


def failing(world: World) -> set[str]:
    return {reading.gate for reading in judge(*world).gates if not reading.passed}


@hypothesis.settings(deadline=None)
@given(st.data(), some_candidates(), some_rules)
def test_margins_tell_who_passed_and_what_the_flip_names_flips(data: st.DataObject, about: Candidate, rule: Rule) -> None:
    world = (about, in_force(rule), data.draw(some_memories(about, rule)))
    verdict = judge(*world)
    for reading in verdict.gates:
        assert reading.margin == reading.value - reading.threshold
        assert reading.passed is (reading.margin >= 0)
    if verdict.outcome is Outcome.RAISED:
        for reading in gates_to_move(verdict.gates):
            assert any(reading.gate in failing(flipped) for flipped in lost(world, reading)), verdict.flip
            assert verdict.flip.startswith("No alert ")
        return
    for reading in gates_to_move(verdict.gates):
        assert any(reading.gate not in failing(flipped) for flipped in wanted(world, reading)), (reading, verdict.flip)
    assert verdict.flip.startswith("Missing for an alert: ")


@hypothesis.settings(deadline=None)
@given(st.data(), some_candidates(), some_rules.filter(lambda rule: not rule.hours))
def test_all_flips_of_a_miss_together_raise_it(data: st.DataObject, about: Candidate, rule: Rule) -> None:
    """What is armed is the same in all modes here: otherwise another mode may disarm the zone."""
    worlds: list[World] = [(about, in_force(rule, ALWAYS), data.draw(some_memories(about, rule)))]
    missed = judge(*worlds[0])
    assume(missed.outcome is not Outcome.RAISED)
    for reading in gates_to_move(missed.gates):
        worlds = [flipped for world in worlds for flipped in wanted(world, reading)]
    assert any(judge(*world).outcome is Outcome.RAISED for world in worlds), missed.flip


@hypothesis.settings(deadline=None)
@given(st.data(), some_candidates(), some_rules)
def test_what_is_severe_is_never_held(data: st.DataObject, about: Candidate, rule: Rule) -> None:
    verdict = judge(about, in_force(rule), data.draw(some_memories(about, rule)))
    if max(about.facts.severity, verdict.severity) >= Severity.HIGH:
        assert verdict.outcome is not Outcome.HELD
        assert {reading.gate for reading in verdict.gates if not reading.passed} & {g.LOAD, g.AREA_RISK} == set()


@hypothesis.settings(deadline=None)
@given(st.data(), some_candidates(), some_rules)
def test_a_decision_holds_all_it_was_decided_on(data: st.DataObject, about: Candidate, rule: Rule) -> None:
    settings = in_force(rule)
    memory = data.draw(some_memories(about, rule))
    again = of_decision(decided(about, judge(about, settings, memory)))
    assert again is not None and judge(again, settings, memory) == judge(about, settings, memory)


def decided(about: Candidate, verdict: Verdict, number: int = 0) -> Decision:
    return Decision(
        id=f"de-{number:04d}",
        candidate=candidate_kind(about.facts.kind),
        subject_id=about.subject_id,
        camera_id=about.camera_id,
        decided_ns=about.at_ns,
        outcome=verdict.outcome,
        gates=verdict.gates,
        flip=verdict.flip,
        event_id=about.event_id,
        stage=Stage.ALERT,
        evidence=about.evidence,
        rule_id=verdict.rule_id,
        position=about.position,
        zone_id=about.zone_id,
        reason=about.reason,
        facts=about.facts,
    )


# single matters


def one(rule: Rule, about: Candidate, memory: Memory | None = None, **settings: object) -> Verdict:
    return judge(about, AlertSettings((rule,), **settings), memory or Memory())  # type: ignore[arg-type]


def test_the_first_rule_in_order_raises_and_another_that_would_have_is_named() -> None:
    first, second = Rule("first", "First"), Rule("second", "Second")
    verdict = judge(candidate(), AlertSettings((first, second)), Memory())
    assert verdict.rule_id == "first" and verdict.flip == "Without this rule, the rule “Second” raises the alert."


def test_the_nearest_miss_is_on_record() -> None:
    far = Rule("far", "Far", camera_ids=("gate",), modes=(SiteMode.AWAY,))
    near = Rule("near", "Near", min_log_odds=2.5)
    verdict = judge(candidate(odds=2.0), AlertSettings((far, near)), Memory())
    assert verdict.rule_id == "near" and verdict.outcome is Outcome.HELD
    assert "Missing for an alert: 0.50 more evidence" in verdict.flip


def test_what_no_rule_is_about_is_rejected_and_says_so() -> None:
    verdict = one(Rule("falls", "Falls", kinds=(EventKind.FALL,)), candidate())
    assert verdict.outcome is Outcome.REJECTED and verdict.rule_id == ""
    assert verdict.flip == "Missing for an alert: a rule for this kind of event."


def test_a_narrow_miss_of_something_severe_is_raised_and_a_plain_one_is_not() -> None:
    rule = Rule("sure", "Sure", min_log_odds=3.0)
    assert one(rule, candidate(severity=Severity.HIGH, odds=2.1)).outcome is Outcome.RAISED
    assert one(rule, candidate(severity=Severity.HIGH, odds=1.9)).outcome is Outcome.REJECTED
    assert one(rule, candidate(severity=Severity.MODERATE, odds=2.1)).outcome is Outcome.HELD
    assert one(rule, candidate(severity=Severity.MODERATE, odds=1.9)).outcome is Outcome.REJECTED


def test_near_a_flood_the_lowest_class_is_held_and_one_cause_is_one_alert() -> None:
    rule = Rule("any", "Any", repeat_s=0.0)
    assert one(rule, candidate(severity=Severity.LOW, load=6)).outcome is Outcome.RAISED
    held = one(rule, candidate(severity=Severity.LOW, load=7))
    assert held.outcome is Outcome.HELD and "fewer alerts in the last ten minutes" in held.flip
    memory = Memory().raised(candidate(camera_id="gate", subject_id="a"), rule, "al-1")
    other_place = candidate(camera_id="yard", subject_id="b", at_s=300, load=7)
    joined = one(rule, other_place, memory)
    assert joined.outcome is Outcome.REJECTED and joined.same is not None and joined.same.alert_id == "al-1"
    assert one(rule, replace(other_place, facts=replace(other_place.facts, load=6)), memory).outcome is Outcome.RAISED
    severe = replace(other_place, facts=replace(other_place.facts, severity=Severity.HIGH))
    assert one(rule, severe, memory).outcome is Outcome.RAISED


def test_places_on_the_floor_tell_two_matters_apart_and_one_person_stays_one() -> None:
    rule = Rule("any", "Any")
    memory = Memory().raised(candidate(position=(1.0, 1.0, 0.0), subject_id="a"), rule, "al-1")
    assert one(rule, candidate(position=(2.0, 1.0, 0.0), subject_id="b", at_s=5), memory).outcome is Outcome.REJECTED
    assert one(rule, candidate(position=(6.0, 1.0, 0.0), subject_id="b", at_s=5), memory).outcome is Outcome.RAISED
    assert one(rule, candidate(position=(6.0, 1.0, 0.0), subject_id="a", at_s=5), memory).outcome is Outcome.REJECTED


def test_a_second_camera_that_sees_the_same_person_adds_no_alert_though_the_first_knew_them_as_a_track() -> None:
    rule = Rule("any", "Any")
    memory = Memory().raised(candidate(subject_id="tr-1", camera_id="door"), rule, "al-1")
    second = candidate(subject_id="tr-9", camera_id="yard", at_s=9, same_id="fu-1", also_ids=("tr-1", "tr-9"))
    assert one(rule, second, memory).same is not None
    assert one(rule, replace(second, facts=replace(second.facts, also_ids=("tr-9",))), memory).outcome is Outcome.RAISED


def test_two_who_fall_before_one_camera_are_two_matters() -> None:
    rule = Rule("any", "Any")
    memory = Memory().raised(candidate(EventKind.FALL, Severity.HIGH, subject_id="a", box_xyxy=(100, 200, 140, 300)), rule, "al-1")
    beside = candidate(EventKind.FALL, Severity.HIGH, subject_id="b", box_xyxy=(150, 210, 220, 290), at_s=5)
    across = candidate(EventKind.FALL, Severity.HIGH, subject_id="b", box_xyxy=(400, 200, 470, 290), at_s=5)
    assert one(rule, beside, memory).same is not None and one(rule, across, memory).outcome is Outcome.RAISED
    people = Memory().raised(candidate(subject_id="a", box_xyxy=(100, 200, 140, 300)), rule, "al-1")
    assert one(rule, candidate(subject_id="b", box_xyxy=(400, 200, 440, 300), at_s=5), people).same is not None


def test_one_person_told_by_camera_radio_and_zone_is_one_matter() -> None:
    rule = Rule("any", "Any")
    memory = Memory().raised(candidate(EventKind.PERSON, same_id="fu-1"), rule, "al-1")
    for kind in (EventKind.PRESENCE, EventKind.ZONE_VISIT):
        assert one(rule, candidate(kind, camera_id="", same_id="fu-1", at_s=2), memory).same is not None
    assert one(rule, candidate(EventKind.FALL, same_id="fu-1", at_s=2), memory).outcome is Outcome.RAISED


@pytest.mark.parametrize("severity", [Severity.LOW, Severity.HIGH])
def test_what_comes_again_is_told_again_once_its_alert_is_closed(severity: Severity) -> None:
    rule = Rule("any", "Any")
    memory = Memory().raised(candidate(EventKind.FALL, severity), rule, "al-1")
    again = candidate(EventKind.FALL, severity, at_s=5)
    assert one(rule, again, memory).same is not None
    assert one(rule, again, memory.closed(("al-1",))).outcome is Outcome.RAISED


def test_a_rule_on_trial_tells_what_it_would_have_raised_and_raises_nothing() -> None:
    rule = Rule("trial", "Trial", mode=RuleMode.SHADOW)
    settings = AlertSettings((rule, Rule("off", "Off", mode=RuleMode.OFF)))
    assert judge(candidate(severity=Severity.HIGH), settings, Memory()).outcome is Outcome.REJECTED
    (tried,) = on_trial(candidate(severity=Severity.HIGH), settings, Memory())
    assert tried.outcome is Outcome.REJECTED and tried.rule_id == "trial" and tried.gates[-1].gate == g.TRIAL
    assert tried.flip == "Missing for an alert: the rule armed instead of on trial."


def test_what_people_report_is_never_held_back_by_fire_risk() -> None:
    """X2: whatever the risk, and whatever the category."""
    about = candidate(EventKind.INCIDENT, Severity.LOW, odds=0.85, label="fire", incident_id="in-1", area_risk=0.0)
    verdict = one(Rule("report", "Reports", kinds=(EventKind.INCIDENT,), repeat_s=0.0), about)
    assert verdict.outcome is Outcome.RAISED and g.FIRE_RISK not in {reading.gate for reading in verdict.gates}


def smoke(conf: float | None, threshold: float, severity: Severity = Severity.MODERATE) -> Candidate:
    return candidate(EventKind.SMOKE, severity, odds=1.0, camera_id="ridge", smoke_conf=conf, fire_threshold=threshold)


@pytest.mark.parametrize(
    ("conf", "threshold", "expected"),
    [
        (0.449, 0.45, Outcome.HELD),
        (0.45, 0.45, Outcome.RAISED),
        (0.05, 0.60, Outcome.HELD),
        (0.10, 0.0, Outcome.RAISED),
        (None, 0.60, Outcome.RAISED),
    ],
)
def test_smoke_is_held_by_fire_risk_and_never_hidden(conf: float | None, threshold: float, expected: Outcome) -> None:
    """P1–P3 in the decision; held however far it is below."""
    verdict = one(Rule("smoke", "Smoke", kinds=(EventKind.SMOKE,)), smoke(conf, threshold))
    assert verdict.outcome is expected
    assert (g.FIRE_RISK in {reading.gate for reading in verdict.gates}) is (conf is not None)


@pytest.mark.parametrize("severity", [Severity.LOW, Severity.MODERATE, Severity.CRITICAL])
@pytest.mark.parametrize("load", [0, 1_000])
def test_declined_smoke_is_held_whatever_else_holds(severity: Severity, load: int) -> None:
    rule = Rule("smoke", "Smoke", kinds=(EventKind.SMOKE,))
    about = smoke(0.9, 0.0, severity)
    declined = replace(about, facts=replace(about.facts, declined_score=0.45, load=load))
    verdict = one(rule, declined)
    assert verdict.outcome is Outcome.HELD and "more than 0.45 in the second smoke check instead of 0.45" in verdict.flip
    passed = one(rule, replace(declined, facts=replace(declined.facts, declined_score=None, load=0)))
    assert passed.outcome is Outcome.RAISED and g.SECOND_SCORER not in {reading.gate for reading in passed.gates}
    elsewhere = one(replace(rule, camera_ids=("yard",)), declined)
    assert elsewhere.outcome is Outcome.REJECTED


def test_severe_smoke_is_not_held_by_fire_risk() -> None:
    assert one(Rule("smoke", "Smoke"), smoke(0.1, 0.60, Severity.HIGH)).outcome is Outcome.RAISED


def test_without_a_sensor_it_stands_or_falls() -> None:
    parts = (EvidencePart("camera", "door", "Camera", 1.0), EvidencePart("radio", "radio", "Radio also detects the person", 1.5))
    about = replace(candidate(), evidence=parts)
    lenient, strict = decided(about, one(Rule("a", "A"), about)), decided(about, one(Rule("a", "A", min_log_odds=1.2), about))
    assert without(lenient, "radio").outcome is Outcome.RAISED and without(lenient, "radio").log_odds == pytest.approx(1.0)
    assert without(strict, "radio").outcome is Outcome.REJECTED
    assert without(strict, "", "door").outcome is Outcome.RAISED
    assert "Not raised without “Radio also" in without(strict, "radio").sentence
    single = decided(candidate(), one(Rule("a", "A"), candidate()))
    assert without(single, "camera").sentence == "Without “Camera: confidence 88%” there is no evidence."


def test_a_dry_run_tells_gained_lost_and_same() -> None:
    first = Rule("falls", "Falls", kinds=(EventKind.FALL,))
    second = Rule("people", "People", kinds=(EventKind.PERSON,), repeat_s=60.0)
    now, other = AlertSettings((first,)), AlertSettings((second,))
    made = [candidate(EventKind.FALL, Severity.HIGH, at_s=1), candidate(at_s=2), candidate(at_s=30), candidate(at_s=120)]
    decisions = [decided(about, judge(about, now, Memory()), number) for number, about in enumerate(made)]
    trial = try_rules(reversed(decisions), now, other)
    assert (trial.looked_at, trial.gained, trial.lost, trial.same) == (4, ("de-0003", "de-0001"), ("de-0000",), ())
    assert try_rules(decisions, now, now).same == ("de-0000",)


# schedule

STOCKHOLM = "Europe/Stockholm"


def at(text: str, fold: int = 0) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(STOCKHOLM), fold=fold).timestamp()) * SECOND


NIGHT = (Hours((5,), 22 * 60, 6 * 60),)  # from Saturday 22:00 to Sunday 06:00


@pytest.mark.parametrize(
    ("wall", "inside"),
    [
        ("2026-03-28 21:59:59", False), ("2026-03-28 22:00:00", True), ("2026-03-29 01:59:59", True), ("2026-03-29 03:00:00", True),
        ("2026-03-29 05:59:59", True), ("2026-03-29 06:00:00", False), ("2026-10-25 02:30:00", True), ("2026-10-25 05:59:59", True),
        ("2026-10-25 06:00:00", False), ("2026-07-04 22:00:00", True), ("2026-07-05 06:00:00", False), ("2026-07-03 23:00:00", False),
    ],
)  # fmt: skip
def test_hours_follow_the_clock_on_the_wall_also_when_it_is_changed(wall: str, inside: bool) -> None:
    for fold in (0, 1):
        assert (inside_by_min(NIGHT, wall_minute(at(wall, fold), STOCKHOLM)) >= 0) is inside


def test_an_hour_that_comes_twice_is_inside_twice_and_one_that_is_left_out_never_is() -> None:
    half_past_two = (Hours((6,), 150, 180),)
    assert at("2026-10-25 02:30", 1) - at("2026-10-25 02:30", 0) == 3600 * SECOND
    assert all(inside_by_min(half_past_two, wall_minute(at("2026-10-25 02:40", fold), STOCKHOLM)) >= 0 for fold in (0, 1))
    spring = range(at("2026-03-29 00:00"), at("2026-03-29 05:00"), 60 * SECOND)
    assert not any(inside_by_min(half_past_two, wall_minute(moment, STOCKHOLM)) >= 0 for moment in spring)


@hypothesis.settings(deadline=None)
@given(st.lists(some_hours, min_size=1, max_size=3).map(tuple), st.integers(0, 10_079))
def test_a_minute_is_inside_exactly_when_some_hours_hold_it(hours: tuple[Hours, ...], minute: int) -> None:
    def holds(each: Hours, day: int, of_day: int) -> bool:
        if each.end_min > each.start_min:
            return day in each.days and each.start_min <= of_day < each.end_min
        return (day in each.days and of_day >= each.start_min) or ((day - 1) % 7 in each.days and of_day < each.end_min)

    day, of_day = divmod(minute, 1440)
    assert (inside_by_min(hours, minute) >= 0) is any(holds(each, day, of_day) for each in hours)


@hypothesis.settings(deadline=None)
@given(st.lists(some_hours, min_size=1, max_size=3).map(tuple), st.integers(0, 10_079))
def test_the_margin_of_hours_is_the_way_to_their_edge(hours: tuple[Hours, ...], minute: int) -> None:
    margin = inside_by_min(hours, minute)
    step = abs(margin) + 2 / 60
    beyond = [inside_by_min(hours, (minute + way * step) % 10_080) >= 0 for way in (1, -1)]
    assert abs(margin) == 5040 or any(other is not (margin >= 0) for other in beyond)


def test_the_time_of_made_up_candidates_is_what_it_seems() -> None:
    assert candidate(at_s=1.0).at_ns == START_NS + SECOND
