"""Radio that does not answer in time is a trouble on *System* while it lasts: on a running engine, with nodes that go on sending."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.model.observation import Tick
from engine.model.time import SystemClock
from engine.runtime.added import Added
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.radio.pulse import Pulse
from engine.vision.models import ModelStore
from tests.fakes.node_peer import MAC, OTHER, NodePeer, frame
from tests.fakes.waiting import until


@contextmanager
def sending(engine: Engine) -> Iterator[None]:
    """Two nodes that send 20 frames a second each, whatever the engine does."""
    peers = [NodePeer(engine.radio.hub, mac).hello() for mac in (MAC, OTHER)]
    stop = threading.Event()

    def send() -> None:
        while not stop.wait(0.05):
            for peer, other in zip(peers, (OTHER, MAC), strict=True):
                peer.session.binary(frame(peer.mac, peer=other))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        for peer in peers:
            peer.session.closed()


def troubles(engine: Engine) -> list[str]:
    return [sentence for sentence in engine.snapshot(with_users=False).health.troubles if "Radio" in sentence]


def test_a_step_that_takes_long_is_told_while_nodes_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, loaded = DataFolder(tmp_path / "site"), threading.Event()
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), Added(pairing_open=True))
        pipeline = engine.core._pipeline
        usual = pipeline.step

        def slow(numbered: Any) -> Any:
            if loaded.is_set() and isinstance(numbered.observation, Tick):
                time.sleep(5.0)
            return usual(numbered)

        monkeypatch.setattr(pipeline, "step", slow)
        engine.start()
        try:
            with sending(engine):
                until(lambda: engine.radio.hub.frames_hz > 10, "frames arrive")
                time.sleep(1.5)
                assert troubles(engine) == []
                loaded.set()
                until(lambda: any("given no result for" in each for each in troubles(engine)), "it is told", 20.0)
                loaded.clear()
                until(lambda: troubles(engine) == [], "it is told no longer", 30.0)
        finally:
            engine.stop()


class Played:
    """A pulse and a clock, moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.pulse = Pulse(lambda: self.now_s)

    def answers(self, count: int, each_s: float, trouble: str = "") -> None:
        for _ in range(count):
            self.now_s += each_s
            self.pulse.answered(trouble)

    def said(self, frames_hz: float = 80.0, told_hz: float = 80.0) -> str:
        return " ".join(self.pulse.sentences(frames_hz, told_hz))


def test_what_is_told_and_what_is_not() -> None:
    played = Played()
    played.answers(20, 0.1)
    assert played.said() == ""
    played.answers(20, 1.5)
    assert "a result every 1.5 s" in played.said()
    played.now_s += 90
    assert "no result for 90 s" in played.said() and played.said(frames_hz=0.0) == ""
    played.answers(20, 0.1)
    assert played.said() == "" and "10 of 80 frames/s" in played.said(frames_hz=10.0)
    played.answers(50, 0.1, "No link can be used.")
    assert "located nobody for 5 s" in played.said() and "No link can be used." in played.said()
    played.answers(1, 0.1)
    assert played.said() == ""
