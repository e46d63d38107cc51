"""Plumes of smoke as events and alerts: what fire weather holds, what makes them graver, when they end."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from engine.alerts.rule_gates import FIRE_RISK
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision, Outcome, Stage
from engine.model.alerts.settings import AlertSettings
from engine.model.event import Event, EventKind, Severity
from engine.model.fire.fire import FireClass, FireRiskPolicy
from engine.model.fire.smoke import Crossing, Plume, SmokeLabel, SmokeSequence, ValidationState
from engine.model.observation import EngineStarted, FireRiskKnown, Numbered, Observation, PlumeChanged, SettingsChanged, Tick
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.pipeline.reports.plume_events import ENDS_NS
from engine.vision.tracking import Tracker
from tests.fakes.smoke import NOW_NS, sequence

LOW, HIGH = FireClass.LOW, FireClass.HIGH
SHARP = Crossing(59.335, 18.075, 70.0, 900.0, 400.0, 30.0, 500.0, True)


class Watch:
    """A pipeline with two cameras, and all that came of it."""

    def __init__(self) -> None:
        self.pipeline = Pipeline(Tracker)
        cameras = (CameraSettings("ridge", "Ridge", "simulated:a"), CameraSettings("mast", "Mast", "simulated:b"))
        self.now_ns, self.number = NOW_NS + 120 * SECOND, 0
        self.events: dict[str, Event] = {}
        self.alerts: dict[str, Alert] = {}
        self._decisions: dict[str, Decision] = {}
        self.take(EngineStarted(self.now_ns, "test"))
        self.take(SettingsChanged(self.now_ns, Settings(cameras=cameras, alerts=AlertSettings())))

    def take(self, *seen: Observation) -> None:
        for each in seen:
            result = self.pipeline.step(Numbered(self.number, self.now_ns, each))
            self.number += 1
            self.events |= {event.id: event for event in result.events}
            self.alerts |= {alert.id: alert for alert in result.alerts}
            self._decisions |= {each.id: each for each in result.decisions if each.stage is Stage.ALERT}

    def tick(self, seconds: float = 0.1) -> None:
        self.now_ns += round(seconds * SECOND)
        self.take(Tick(self.now_ns))

    def plume(self, *sequences: SmokeSequence, place: Crossing | None = None, gone: bool = False) -> None:
        last_ns = max(each.last_seen_ns for each in sequences)
        plume = Plume("pl-1", tuple(each.id for each in sequences), NOW_NS, last_ns, place)
        self.take(PlumeChanged(self.now_ns, plume, sequences, gone))
        self.tick()

    def weather(self, *classes: tuple[str, FireClass]) -> None:
        self.take(FireRiskKnown(self.now_ns, classes, FireRiskPolicy().thresholds))
        self.tick()

    @property
    def decisions(self) -> list[Decision]:
        return list(self._decisions.values())

    @property
    def event(self) -> Event:
        (event,) = self.events.values()
        return event


def of(camera: str, conf: float | None, **fields: object) -> SmokeSequence:
    return sequence(camera, 120.0, max_conf=conf, **fields)


def outcomes(decisions: Iterable[Decision]) -> list[Outcome]:
    return [decision.outcome for decision in decisions]


def test_smoke_that_is_shown_is_an_event_and_an_alert() -> None:
    watch = Watch()
    watch.plume(of("ridge", 0.7))
    assert (watch.event.kind, watch.event.severity, watch.event.camera_id) == (EventKind.SMOKE, Severity.MODERATE, "ridge")
    assert watch.event.reason == "Seen by Ridge." and watch.event.ended_ns is None
    (alert,) = watch.alerts.values()
    assert alert.rule_id == "smoke" and alert.procedure


def test_what_waits_for_its_score_is_none_yet() -> None:
    watch = Watch()
    for state in (ValidationState.WAITING, ValidationState.DECLINED, ValidationState.EXHAUSTED):
        watch.plume(of("ridge", 0.7, validation=state))
    assert not watch.events
    watch.plume(of("ridge", 0.7, validation=ValidationState.UNAVAILABLE))
    assert watch.event.ended_ns is None


@pytest.mark.parametrize(("conf", "held"), [(0.449, True), (0.45, False), (None, False)])
def test_p1_p3_on_a_day_of_low_danger(conf: float | None, held: bool) -> None:
    watch = Watch()
    watch.weather(("ridge", LOW))
    watch.plume(of("ridge", conf))
    watch.tick(6)
    assert outcomes(watch.decisions)[-1] is (Outcome.HELD if held else Outcome.RAISED)
    assert bool(watch.alerts) is not held
    if held:
        (gate,) = (reading for reading in watch.decisions[-1].gates if reading.gate == FIRE_RISK)
        assert (gate.value, gate.threshold, gate.passed) == (conf, 0.45, False)
        assert watch.decisions[-1].facts is not None and watch.decisions[-1].facts.fire_class is LOW


@pytest.mark.parametrize("classes", [(), (("mast", LOW),), (("ridge", FireClass.MODERATE),), (("ridge", FireClass.EXTREME),)])
def test_p2_p4_unknown_and_moderate_and_above_hold_nothing(classes: tuple[tuple[str, FireClass], ...]) -> None:
    watch = Watch()
    watch.weather(*classes)
    watch.plume(of("ridge", 0.5))
    assert watch.alerts


def test_p8_of_several_sequences_one_that_passes_is_enough() -> None:
    watch = Watch()
    watch.weather(("ridge", LOW), ("mast", LOW))
    watch.plume(of("ridge", 0.30), of("mast", 0.55))
    assert watch.alerts and watch.event.severity is Severity.MODERATE


def test_p13_what_was_held_is_raised_when_the_class_changes() -> None:
    watch = Watch()
    watch.weather(("ridge", LOW))
    watch.plume(of("ridge", 0.42))
    watch.tick(6)
    assert not watch.alerts and outcomes(watch.decisions) == [Outcome.HELD]
    watch.weather(("ridge", LOW))
    watch.tick(6)
    assert outcomes(watch.decisions) == [Outcome.HELD]
    watch.weather(("ridge", HIGH))
    watch.tick(6)
    assert outcomes(watch.decisions) == [Outcome.HELD, Outcome.RAISED] and watch.alerts


def test_what_grows_is_judged_anew() -> None:
    watch = Watch()
    watch.weather(("ridge", LOW), ("mast", LOW))
    watch.plume(of("ridge", 0.40))
    watch.tick(6)
    watch.plume(of("ridge", 0.40), of("mast", 0.62), place=SHARP)
    assert watch.alerts and watch.event.severity is Severity.HIGH
    assert watch.event.reason == "Seen by Mast and Ridge, which cross at 59.3350, 18.0750 within 0.9 × 0.4 km."


def test_two_that_are_sure_are_severe_and_cross_as_evidence() -> None:
    watch = Watch()
    watch.plume(of("ridge", 0.7), of("mast", 0.66), place=SHARP)
    (decision,) = watch.decisions
    assert watch.event.severity is Severity.HIGH
    assert [part.source for part in decision.evidence] == ["camera", "camera", "crossing"]


@pytest.mark.parametrize("label", [SmokeLabel.OTHER, SmokeLabel.OTHER_SMOKE])
def test_what_an_operator_calls_something_else_ends(label: SmokeLabel) -> None:
    watch = Watch()
    watch.plume(of("ridge", 0.7))
    watch.plume(of("ridge", 0.7, label=label))
    assert watch.event.ended_ns == NOW_NS + 60 * SECOND
    (alert,) = watch.alerts.values()
    assert alert.ended


def test_it_ends_when_it_was_not_seen_for_long_or_is_no_more() -> None:
    watch = Watch()
    seen = of("ridge", 0.7)
    watch.plume(seen)
    watch.tick((seen.last_seen_ns + ENDS_NS - watch.now_ns) / SECOND - 1)
    assert watch.event.ended_ns is None
    watch.tick(2)
    assert watch.event.ended_ns == seen.last_seen_ns
    watch.plume(seen)
    assert len(watch.events) == 1  # old news open nothing
    other = Watch()
    other.plume(seen)
    other.plume(seen, gone=True)
    assert other.event.ended_ns == seen.last_seen_ns


def test_an_experimental_detector_is_said() -> None:
    watch = Watch()
    watch.plume(of("ridge", 0.7, experimental=True))
    assert watch.event.reason == "Seen by Ridge. The detector is experimental."


def test_a_doubtful_place_is_said() -> None:
    watch = Watch()
    watch.plume(of("ridge", 0.7), of("mast", 0.7), place=replace(SHARP, angle_deg=2.0, accurate=False))
    assert "they cross at 2° only" in watch.event.reason


def test_it_goes_on_after_a_restart_as_if_nothing_was() -> None:
    one, other = Watch(), Watch()
    for watch in (one, other):
        watch.weather(("ridge", LOW))
        watch.plume(of("ridge", 0.40))
    other.pipeline.restore(json.loads(json.dumps(other.pipeline.state())))
    for watch in (one, other):
        watch.plume(of("ridge", 0.46))
        watch.tick(6)
    assert one.alerts == other.alerts and one.events == other.events and one.alerts
