"""The Alerts page over a real engine: smoke that the second scorer declined is in the lane of what was held, and can be raised."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.pages.alerts.alerts import AlertsPage
from console.pages.page import PageContext
from console.session.remembered import Remembered
from engine.model.alerts.alert import AlertState
from engine.model.event import EventKind
from engine.model.fire.smoke import SmokeBox, SmokeFrame
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort, demo_port
from engine.vision.models import ModelStore
from widgets.marks.toast import ToastArea

LONG_MS = 20_000
CAMERA = CameraSettings("ridge", "Ridge", "rtsp://192.0.2.1/a", enabled=False)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[LocalPort]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings((CAMERA,)))
        engine.start()
        yield demo_port(engine)
        engine.stop()


@pytest.fixture
def page(port: LocalPort, remembered: Remembered, qtbot: QtBot) -> Iterator[AlertsPage]:
    bridge, holder = EngineBridge(port), QWidget()
    qtbot.addWidget(holder)
    made = AlertsPage(PageContext(bridge, SystemClock(), remembered, ToastArea(holder)), holder)
    QVBoxLayout(holder).addWidget(made)
    bridge.snapshot_changed.connect(made.show_snapshot)
    holder.resize(1400, 860)
    holder.show()
    bridge.start()
    yield made
    made.shutdown()
    bridge.close()


def watched(port: LocalPort, confidence: float, count: int) -> None:
    """`count` pictures, ten seconds apart."""
    now_ns = SystemClock().now_ns() // SECOND * SECOND
    for index in range(count):
        at_ns = now_ns - (count - index) * 10 * SECOND
        frame = SmokeFrame("ridge", "0", at_ns, (SmokeBox((0.45, 0.4, 0.55, 0.5), confidence),), "edge")
        port.see_smoke(frame).result(60)


def test_declined_smoke_is_in_the_lane_says_why_and_can_be_raised(page: AlertsPage, port: LocalPort, qtbot: QtBot) -> None:
    assert page.held.head.text() == "Held (0)"
    watched(port, 0.40, 4)
    qtbot.waitUntil(lambda: page.held.head.text() == "Held (1) · by second smoke check (1)", timeout=LONG_MS)
    page.held.show_list()
    qtbot.waitUntil(lambda: page.promote_button.isVisible(), timeout=LONG_MS)
    row = page.held.model.data(page.held.model.index(0))
    assert "Smoke" in row and "Ridge" in row and "Second smoke check – 0.40, at least 0.45 needed, 0.05 below" in row
    assert any("The second smoke check rejected it." in label.text() for label in page.card.findChildren(QLabel))
    page.promote_button.click()
    qtbot.waitUntil(lambda: bool(port.snapshot().alerts.alerts) and page.held.head.text() == "Held (0)", timeout=LONG_MS)
    (alert,) = port.snapshot().alerts.alerts
    assert (alert.kind, alert.camera_id, alert.promoted, alert.state) == (EventKind.SMOKE, "ridge", True, AlertState.NEW)
