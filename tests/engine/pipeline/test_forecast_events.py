"""A forecast of incidents that could not be learnt is an event and an alert, until it is learnt again."""

import json

import pytest

from engine.model import wire
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import CandidateKind, Decision, Outcome, Stage
from engine.model.event import Event, EventKind, Severity
from engine.model.observation import EngineStarted, ForecastTried, Numbered, Observation, SettingsChanged, Tick
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker

START_NS = 1_700_000_000 * SECOND
DAY_NS = 86_400 * SECOND
FAILED = "Training failed: the database does not answer. The previous forecast remains in use."


class Nights:
    """A pipeline that is told of nights, and all that came of it."""

    def __init__(self) -> None:
        self.pipeline = Pipeline(Tracker)
        self.number, self.now_ns = 0, START_NS
        self.events: dict[str, Event] = {}
        self.alerts: dict[str, Alert] = {}
        self.decisions: list[Decision] = []
        self.take(EngineStarted(self.now_ns, "test"))
        self.take(SettingsChanged(self.now_ns, Settings()))

    def take(self, seen: Observation) -> None:
        result = self.pipeline.step(Numbered(self.number, self.now_ns, seen))
        self.number += 1
        self.events |= {event.id: event for event in result.events}
        self.alerts |= {alert.id: alert for alert in result.alerts}
        self.decisions += result.decisions

    def night(self, trouble: str = "") -> None:
        self.now_ns += DAY_NS
        self.take(ForecastTried(self.now_ns, trouble))
        self.now_ns += SECOND
        self.take(Tick(self.now_ns))

    def restarted(self) -> None:
        state = json.loads(json.dumps(self.pipeline.state()))
        self.pipeline = Pipeline(Tracker)
        self.pipeline.restore(state)
        assert self.pipeline.state() == state
        self.take(EngineStarted(self.now_ns, "test"))

    def event(self) -> Event:
        (event,) = self.events.values()
        return event

    def alert(self) -> Alert:
        (alert,) = self.alerts.values()
        return alert


@pytest.fixture
def nights() -> Nights:
    return Nights()


def test_a_night_that_failed_is_an_alert_with_its_reasons(nights: Nights) -> None:
    nights.night(FAILED)
    event, alert = nights.event(), nights.alert()
    assert (event.kind, event.severity, event.reason, event.ended_ns) == (EventKind.FORECAST_FAILED, Severity.MODERATE, FAILED, None)
    assert (alert.rule_id, alert.kind, alert.severity, alert.ended) == ("forecast", event.kind, Severity.MODERATE, False)
    assert FAILED in alert.reason and any("train the forecast again" in step for step in alert.procedure)
    of_event, of_alert = nights.decisions
    assert (of_event.stage, of_event.candidate, of_event.outcome) == (Stage.EVENT, CandidateKind.ENGINE_FAULT, Outcome.RAISED)
    assert (of_alert.stage, of_alert.outcome) == (Stage.ALERT, Outcome.RAISED)
    assert of_alert.evidence[0].source == "fact"


def test_the_next_good_night_ends_it(nights: Nights) -> None:
    nights.night(FAILED)
    nights.night()
    assert nights.event().ended_ns == START_NS + 2 * DAY_NS + SECOND
    assert nights.alert().ended and nights.pipeline.open_event_ids() == frozenset()


def test_a_second_night_that_fails_is_the_same_matter(nights: Nights) -> None:
    nights.night(FAILED)
    nights.night("Learning failed: the disk is full.")
    assert nights.event().reason == "Learning failed: the disk is full." and nights.event().started_ns == START_NS + DAY_NS
    assert "the disk is full" in nights.alert().reason
    nights.night()
    nights.night(FAILED)
    assert len(nights.events) == len(nights.alerts) == 2


def test_good_nights_are_no_news(nights: Nights) -> None:
    nights.night()
    nights.night()
    assert not nights.events and not nights.alerts and not nights.decisions


def test_it_goes_on_over_a_restart(nights: Nights) -> None:
    nights.night(FAILED)
    nights.restarted()
    assert nights.event().ended_ns is None and nights.pipeline.open_event_ids() == {nights.event().id}
    nights.night()
    assert nights.event().ended_ns is not None and nights.alert().ended


def test_it_is_journalled_as_it_enters() -> None:
    told = ForecastTried(START_NS, FAILED)
    assert wire.from_plain(Observation, wire.to_plain(told, tagged=True)) == told
