"""The Investigate page in a window of its own: the main window with all its pages takes seconds to build."""

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.pages.investigate.investigate import InvestigatePage
from console.pages.page import PageContext
from console.session.remembered import Remembered
from engine.model.snapshot import Snapshot
from engine.model.time import SystemClock
from tests.fakes.engine import FakeEngine
from widgets.marks.toast import ToastArea

Open = Callable[..., InvestigatePage]


class InvestigateStage(QWidget):
    """Hands snapshots on as the main window does. `shut` ends the page and its bridge."""

    def __init__(self, engine: FakeEngine, remembered: Remembered, user: str = "ada") -> None:
        super().__init__()
        self.resize(1480, 860)
        self.bridge = EngineBridge(engine.port(user), self)
        self._remembered = remembered
        self.page = InvestigatePage(PageContext(self.bridge, SystemClock(), remembered, ToastArea(self)), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        self.bridge.snapshot_changed.connect(self._show)

    def _show(self, snapshot: Snapshot) -> None:
        self.page.show_snapshot(snapshot)

    def shut(self) -> None:
        self.page.shutdown()
        self._remembered.flush()
        self.bridge.close()
        self.close()


def opening(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Open]:
    """Opens the page for a user; shut again at the end. One at a time."""
    stages: list[InvestigateStage] = []

    def open_for(user: str = "ada") -> InvestigatePage:
        for stage in stages:
            stage.shut()
        made = InvestigateStage(engine, remembered, user)
        stages.append(made)
        made.bridge.start()
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        qtbot.waitUntil(made.page.has_content)
        return made.page

    yield open_for
    for each in stages:
        each.shut()
        each.deleteLater()
