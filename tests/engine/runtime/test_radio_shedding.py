"""What is left out is told in words on the System page, while it goes on and a little longer."""

from pathlib import Path

from engine.model.observation import FrameSeen, Motion
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.shedding import TOLD_S, Loss, Shedding
from engine.sources.node.collector import CAPACITY
from engine.vision.models import ModelStore
from tests.fakes.node_peer import MAC, OTHER, NodePeer, frame


class Counted:
    """Losses and a clock, moved by hand."""

    def __init__(self) -> None:
        self.frames, self.rows, self.now_s = 0, 0, 100.0
        self.shedding = Shedding(
            lambda: {"frames": Loss(self.frames, "{count} frames."), "rows": Loss(self.rows, "{count} rows.")}, self.time
        )

    def time(self) -> float:
        return self.now_s

    def after(self, seconds: float, frames: int = 0, rows: int = 0) -> list[str]:
        self.now_s, self.frames, self.rows = self.now_s + seconds, self.frames + frames, self.rows + rows
        return list(self.shedding.sentences())


def test_a_bout_of_losses_is_told_with_its_count_and_forgotten() -> None:
    counted = Counted()
    assert counted.after(1) == []
    assert counted.after(1, frames=3) == ["3 frames."]
    assert counted.after(1, frames=2, rows=1) == ["5 frames.", "1 rows."]
    assert counted.after(TOLD_S - 1) == ["5 frames.", "1 rows."]
    assert counted.after(2) == []
    assert counted.after(60, frames=4) == ["4 frames."]


def test_frames_of_nodes_and_cameras_that_are_shed_are_on_the_system_page(tmp_path: Path) -> None:
    """Before anybody takes them in: what waits is more than there is room for."""
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings(pairing_open=True))
        try:
            assert troubles(engine) == ()
            node = NodePeer(engine.radio.hub, MAC).hello()
            for _ in range(CAPACITY + 50):
                node.session.binary(frame(MAC, peer=OTHER))
            for index in range(2_007):
                engine.mailbox.post(FrameSeen("door", index, index, 64, 36, Motion.none()))
            engine.radio.gather(engine.clock.now_ns())
            view = engine.radio.view()
            assert view.shed_level >= 1 and view.shedding >= 50
            said = " ".join(troubles(engine))
            assert f"{view.shedding:,.0f} frames were left out" in said and "7 camera frames were left out" in said
            for _ in range(10):
                engine.radio.gather(engine.clock.now_ns())
            assert (engine.radio.view().shed_level, engine.radio.view().shedding) == (0, 0.0)
            node.session.closed()
        finally:
            engine.record.close()


def troubles(engine: Engine) -> tuple[str, ...]:
    engine.condition.vitals.sample()
    return tuple(sentence for sentence in engine.condition.vitals.health.troubles if "left out" in sentence)
