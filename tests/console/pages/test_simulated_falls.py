"""A fall that was asked for: said where and when it comes, then what became of it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.pages.space.simulated_falls import SimulatedFalls
from engine.model.alerts.decision import CandidateKind, Decision, Outcome, Stage
from engine.model.command import Command, SimulateFall
from engine.model.event import EventKind, Severity
from engine.model.radio.staged_fall import StagedFall
from engine.model.site import Floor, Zone
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine
from widgets.marks.toast import ToastArea

IN_S = 20


class DemoEngine(FakeEngine):
    def __init__(self) -> None:
        super().__init__()
        self.add_camera("hall", "Hall")
        self.settings = replace(self.settings, floor=Floor(zones=(Zone("hall", "Entrance hall", 0, 0, 4, 4),)))
        self.tick()

    def execute(self, command: Command, by: str = "ada") -> str:
        if isinstance(command, SimulateFall):
            return StagedFall("walker-1", "hall", self.now_ns + IN_S * SECOND).to_text()
        return super().execute(command, by)

    def pass_s(self, seconds: float) -> None:
        self.now_ns += round(seconds * SECOND)
        self.tick()


@pytest.fixture
def engine() -> DemoEngine:
    return DemoEngine()


class FallStage(QWidget):
    def __init__(self, engine: DemoEngine) -> None:
        super().__init__()
        self.resize(600, 400)
        self.bridge = EngineBridge(engine.port("ada"), self)
        self.toasts = ToastArea(self)
        self.falls = SimulatedFalls(self.bridge, self.toasts, self)
        self.bridge.start()

    def said(self) -> str:
        return " | ".join(toast.accessibleName() for toast in self.toasts.toasts())


@pytest.fixture
def stage(engine: DemoEngine, qtbot: QtBot) -> Iterator[FallStage]:
    made = FallStage(engine)
    made.show()
    qtbot.waitUntil(lambda: made.bridge.snapshot is not None)
    made.falls.ask()
    qtbot.waitUntil(lambda: len(made.falls.awaited) == 1)
    yield made
    qtbot.waitUntil(lambda: made.bridge.idle)
    made.bridge.close()
    made.close()
    made.deleteLater()


def decision(engine: DemoEngine, stage: Stage, event_id: str | None = None) -> Decision:
    flip = "Missing: 0.07 m more drop of the head." if event_id is None else "Missing for an alert: 1.00 more evidence."
    return Decision("de-1", CandidateKind.FALL, "blob-1", "", engine.now_ns, Outcome.REJECTED, (), flip, event_id, stage=stage)


def test_where_and_when_is_said_at_once(stage: FallStage) -> None:
    assert "Entrance hall: a simulated person falls in about 20 s" in stage.said()


def test_an_alert_is_told_and_it_is_no_longer_awaited(stage: FallStage, engine: DemoEngine, qtbot: QtBot) -> None:
    engine.pass_s(IN_S + 6)
    engine.alerts.add(EventKind.FALL, Severity.HIGH, age_s=5)
    engine.tick()
    qtbot.waitUntil(lambda: "Entrance hall: the simulated fall was detected, and an alert was raised." in stage.said())
    assert not stage.falls.awaited


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("nothing", "the simulated fall was not detected. No sensor saw anybody go down."),
        ("candidate", "the simulated fall was not detected. Missing: 0.07 m more drop of the head."),
        ("event", "the simulated fall was detected, but no alert was raised. Missing for an alert: 1.00 more evidence."),
    ],
)
def test_why_there_is_no_alert_is_said(stage: FallStage, engine: DemoEngine, qtbot: QtBot, found: str, said: str) -> None:
    engine.pass_s(IN_S + 6)
    if found == "candidate":
        engine.decisions = (decision(engine, Stage.EVENT),)
    if found == "event":
        event = engine.add_event("hall", EventKind.FALL, ended=False, age_s=5)
        engine.decisions = (decision(engine, Stage.ALERT, event.id),)
    engine.tick()
    assert len(stage.falls.awaited) == 1, "it may still be told"
    engine.pass_s(45)
    qtbot.waitUntil(lambda: said in stage.said())
    assert not stage.falls.awaited


def test_a_fall_of_before_is_not_the_one_that_was_asked_for(stage: FallStage, engine: DemoEngine, qtbot: QtBot) -> None:
    engine.alerts.add(EventKind.FALL, Severity.HIGH, age_s=5)
    engine.pass_s(IN_S + 1)
    qtbot.waitUntil(lambda: (now := stage.bridge.snapshot) is not None and now.at_ns == engine.now_ns)
    assert len(stage.falls.awaited) == 1 and "alert was raised" not in stage.said()


def test_a_staged_fall_is_the_same_from_its_text() -> None:
    for fall in (StagedFall("walker-1", "hall", 5), StagedFall("walker-1", "", 5)):
        assert StagedFall.from_text(fall.to_text()) == fall
