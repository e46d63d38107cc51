"""The risk of the site's area enters the pipeline, is kept, and decides where a rule asks for it."""

from engine.model import wire
from engine.model.alerts.decision import Decision, Outcome
from engine.model.alerts.settings import Rule
from engine.model.event import EventKind, Severity
from engine.model.observation import AreaRiskKnown, Numbered, Observation
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker
from tests.fakes.alerting import START_NS, Desk, event, settings

CAUTIOUS = settings(Rule("risky", "In risky hours", area_risk=0.4))


def decided(area: AreaRiskKnown | None, **about: object) -> Decision:
    desk = Desk(CAUTIOUS)
    if area is not None:
        desk.lane.take(area, desk.step())
    return desk.raise_(event(**about))[1]  # type: ignore[arg-type]


def risk_gate(decision: Decision) -> tuple[float, float] | None:
    return next(((gate.value, gate.threshold) for gate in decision.gates if gate.gate == "area risk"), None)


def test_nobody_knows_the_risk_and_nothing_is_held_by_it() -> None:
    for area in (None, AreaRiskKnown(START_NS)):
        decision = decided(area, severity=Severity.LOW)
        assert risk_gate(decision) is None and decision.outcome is Outcome.RAISED


def test_a_calm_area_holds_and_a_risky_one_raises() -> None:
    calm, risky = (decided(AreaRiskKnown(START_NS, site=risk), severity=Severity.LOW) for risk in (0.35, 0.45))
    assert risk_gate(calm) == (0.35, 0.4) and calm.outcome is not Outcome.RAISED
    assert risk_gate(risky) == (0.45, 0.4) and risky.outcome is Outcome.RAISED
    assert calm.facts is not None and calm.facts.area_risk == 0.35


def test_the_zone_goes_before_the_site() -> None:
    area = AreaRiskKnown(START_NS, (("hall", 0.7), ("yard", 0.1)), 0.2)
    in_zone = decided(area, severity=Severity.LOW, zone_id="hall")
    elsewhere = decided(area, severity=Severity.LOW)
    assert risk_gate(in_zone) == (0.7, 0.4) and risk_gate(elsewhere) == (0.2, 0.4)


def test_what_people_report_is_not_measured_by_the_risk_it_makes() -> None:
    decision = decided(AreaRiskKnown(START_NS, site=0.0), kind=EventKind.INCIDENT, severity=Severity.LOW)
    assert risk_gate(decision) is None


def test_it_is_in_the_state_and_goes_on_after_a_restart() -> None:
    desk = Desk(CAUTIOUS)
    desk.lane.take(AreaRiskKnown(START_NS, (("hall", 0.125),), 0.1), desk.step())
    other = desk.restarted()
    assert other.lane.area == desk.lane.area and other.lane.state() == desk.lane.state()


def test_it_is_journalled_as_it_enters() -> None:
    known = AreaRiskKnown(START_NS, (("hall", 0.1 + 0.2),), None)
    assert wire.from_plain(Observation, wire.to_plain(known, tagged=True)) == known
    pipeline = Pipeline(Tracker)
    pipeline.step(Numbered(0, START_NS + SECOND, known))
    assert pipeline.alerts.area == known
