"""Two fake engines as sites of one console."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.session.remembered import Remembered
from console.sites.many_sites import ManySites
from console.window import MainWindow
from engine.model.time import SystemClock
from tests.fakes.engine import FakeEngine


@pytest.fixture
def engines() -> dict[str, FakeEngine]:
    """By name of the site. Both have a camera `Yard`."""
    made = {"North": FakeEngine(), "South": FakeEngine()}
    for name, camera in (("North", "Gate"), ("South", "Quay")):
        made[name].add_camera("yard", "Yard")
        made[name].add_camera("own", camera)
        made[name].commands.clear()
    return made


@pytest.fixture
def sites(engines: dict[str, FakeEngine], tmp_path: Path, qapp: QApplication) -> Iterator[ManySites]:
    made = ManySites(tmp_path)
    for number, (name, engine) in enumerate(engines.items()):
        made.sessions.keep(made.book.add(name, f"http://127.0.0.1:{number + 1}"), engine.port())
    yield made
    made.close()


@pytest.fixture
def key_of(sites: ManySites) -> Callable[[str], str]:
    return lambda name: next(site.key for site in sites.book.sites if site.name == name)


@pytest.fixture
def window(sites: ManySites, remembered: Remembered, qtbot: QtBot) -> Iterator[MainWindow]:
    bridge = sites.open_bridge()
    made = MainWindow(bridge, SystemClock(), remembered, sites=sites, engine_here=False)
    bridge.setParent(made)
    bridge.start()
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and len(bridge.snapshot.cameras) == 4)
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
