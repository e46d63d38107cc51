"""A machine with too much to do locates nobody by radio. That is told on the System page, and an empty floor is not taken for observed."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.history.timeline import SpanState
from engine.model.observation import Numbered, Tick
from engine.model.result import StepResult
from engine.model.time import SystemClock
from engine.radio.location.fusion import NO_LINKS
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.radio.radio_delay import DEAF_S, LATE_S, SLOW_S, STEADY_S, WINDOW_S, RadioDelay
from engine.vision.models import ModelStore
from tests.fakes.node_peer import MAC, OTHER, NodePeer, frame
from tests.fakes.waiting import until


class Steps:
    """Steps of radio sensing on a clock moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.delay = RadioDelay(lambda: self.now_s)

    def step(self, seconds: float, every_s: float = 0.1, trouble: str = "") -> str:
        for _ in range(round(seconds / every_s)):
            self.now_s += every_s
            self.delay.stepped(trouble)
        return self.delay.sentence()

    def wait(self, seconds: float) -> str:
        self.now_s += seconds
        return self.delay.sentence()


def test_punctual_steps_are_no_trouble() -> None:
    steps = Steps()
    assert steps.delay.sentence() == ""
    assert steps.step(60) == "" and steps.wait(LATE_S - 0.5) == ""
    assert not steps.delay.behind


def test_steps_that_stop_are_told_with_their_delay_until_they_are_punctual_again() -> None:
    steps = Steps()
    steps.step(20)
    assert steps.wait(90).startswith("Radio sensing is behind by 90 s")
    assert steps.delay.behind
    assert "behind" in steps.step(STEADY_S - 1)  # one punctual second is no recovery
    assert steps.step(WINDOW_S + STEADY_S) == ""
    assert not steps.delay.behind


def test_steps_that_all_come_late_are_told_though_none_comes_very_late() -> None:
    steps = Steps()
    assert "behind by 2 s" in steps.step(30, every_s=2 * SLOW_S)


def test_a_short_delay_between_two_looks_is_told_too() -> None:
    """System looks once a second, and may itself be late."""
    steps = Steps()
    steps.step(20)
    steps.now_s += 2 * LATE_S
    assert "behind" in steps.step(0.5)


def test_links_that_nobody_hears_are_told_after_a_while_and_not_of_a_site_without_radio() -> None:
    steps = Steps()
    assert steps.step(DEAF_S - 1, trouble=NO_LINKS) == ""
    assert steps.step(5, trouble=NO_LINKS) == f"Radio sensing has located nobody for 14 s. {NO_LINKS}"
    assert steps.step(1) == ""
    steps.step(20, trouble=NO_LINKS)
    steps.delay.idle()
    assert steps.delay.sentence() == "" and steps.wait(90) == ""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """With two nodes, running."""
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings(pairing_open=True))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


def connected(engine: Engine, mac: str) -> NodePeer:
    """A node with a token of this site."""
    return NodePeer(engine.radio.hub, mac, engine.radio.provisioner.document(mac, "home", "12345678")["node_token"]).hello()


def test_an_engine_whose_steps_take_seconds_says_so_and_does_not_call_it_observed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [connected(engine, mac) for mac in (MAC, OTHER)]
    nodes[0].session.binary(frame(MAC, peer=OTHER))
    until(lambda: engine.radio.view().picture is not None, "radio is sensed")
    assert not [sentence for sentence in engine.condition.vitals.health.troubles if "Radio sensing" in sentence]
    step = engine.record.pipeline.step

    def slow(numbered: Numbered) -> StepResult:
        if isinstance(numbered.observation, Tick):
            time.sleep(LATE_S + 1)
        return step(numbered)

    monkeypatch.setattr(engine.record.pipeline, "step", slow)
    until(lambda: any("Radio sensing is behind" in sentence for sentence in engine.condition.vitals.health.troubles), "System says it")
    seen = {each.sensor_id: each for each in engine.condition._seeing()}
    assert seen[MAC].state is SpanState.PARTLY and "radio sensing was behind" in seen[MAC].reason
    monkeypatch.undo()
    for node in nodes:
        node.session.closed()


def test_nodes_that_hear_no_link_are_told_and_a_single_node_is_not(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.radio.radio_delay.DEAF_S", 0.5)
    one = connected(engine, MAC)
    until(lambda: engine.radio.view().picture is not None, "radio is sensed")
    time.sleep(1.0)
    assert engine.radio.delay.sentence() == ""
    other = connected(engine, OTHER)
    until(lambda: any("has located nobody" in sentence for sentence in engine.condition.vitals.health.troubles), "System says it")
    for node in (one, other):
        node.session.closed()
