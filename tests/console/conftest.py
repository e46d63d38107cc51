"""The console under test: a fake engine, a bridge that is closed again, the theme, and no leaked timers or windows."""

from collections.abc import Callable, Iterator, Set
from pathlib import Path

import pydantic  # noqa: F401  # here: Qt's import hook, which the program takes away, breaks it where threads load modules beside each other
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console.app import make_application
from console.bridge import EngineBridge
from console.session.remembered import Remembered
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.capability import Capability
from engine.model.command import CreateUser
from engine.model.time import SystemClock
from tests.fakes.engine import FakeEngine
from tests.fakes.engine_garbage import engines_freeze_nothing as engines_freeze_nothing
from tests.fakes.garbage import garbage_waits_for_the_end as garbage_waits_for_the_end
from tests.fakes.idle_windows import windows_build_nothing_ahead as windows_build_nothing_ahead
from tests.fakes.media import write_mp4
from tests.fakes.patient_screen import qtbot as qtbot
from tests.fakes.scene import Scene
from tests.fakes.world_drawn_once import world_is_drawn_once as world_is_drawn_once


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application as users get it: themed."""
    return make_application()


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


@pytest.fixture
def remembered(tmp_path: Path) -> Remembered:
    return Remembered.in_folder(tmp_path)


@pytest.fixture
def open_window(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    """Opens the main window for a user; closed again, with its bridge, at the end."""
    opened: list[MainWindow] = []

    def open_for(user: str = "ada", left_out: Set[Capability] = frozenset()) -> MainWindow:
        bridge = EngineBridge(engine.port(user))
        window = MainWindow(bridge, SystemClock(), remembered, left_out=left_out)
        bridge.setParent(window)
        opened.append(window)
        bridge.start()
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    yield open_for
    for window in opened:
        if isValid(window):
            window.close()
            window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """A test that leaves a window on screen has failed."""
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [type(window).__name__ for window in QApplication.topLevelWidgets() if window.isVisible()]
    assert not left, f"windows left open: {left}"
