"""The console under test: a fake engine, a bridge that is closed again, the theme, and no leaked timers or windows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from engine.model.access import Role
from engine.model.command import CreateUser
from fakes.engine import FakeEngine
from fakes.media import write_mp4
from fakes.scene import Scene


@pytest.fixture
def engine() -> FakeEngine:
    """Two live cameras, an admin `ada` and an operator `bo`."""
    fake = FakeEngine()
    fake.add_camera("yard", "Yard")
    fake.add_camera("gate", "Gate", "rtsp://gate/1")
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    return fake


@pytest.fixture
def bridge(engine: FakeEngine, qtbot: QtBot) -> Iterator[EngineBridge]:
    made = EngineBridge(engine.port())
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="session")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real, tiny video of three seconds."""
    scene = Scene(people=2, width=320, height=180)
    pictures = [scene.picture_at(n / 10, 320, 180) for n in range(30)]
    return write_mp4(tmp_path_factory.mktemp("clips") / "clip.mp4", pictures)
