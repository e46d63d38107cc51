"""The Space page in a window of its own: the main window with all its pages takes seconds to build."""

from collections.abc import Set

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.pages.page import PageContext
from console.pages.space.space import SpacePage
from console.session.remembered import Remembered
from engine.model.capability import Capability
from engine.model.snapshot import Snapshot
from engine.model.time import SystemClock
from tests.fakes.radio_scene import RadioEngine
from widgets.marks.toast import ToastArea


class SpaceStage(QWidget):
    """Hands snapshots on as the main window does. `close` ends the page and its bridge."""

    def __init__(self, engine: RadioEngine, remembered: Remembered, user: str = "ada", left_out: Set[Capability] = frozenset()) -> None:
        super().__init__()
        self.resize(1360, 860)
        self.bridge = EngineBridge(engine.port(user), self)
        self._remembered = remembered
        self.page = SpacePage(PageContext(self.bridge, SystemClock(), remembered, ToastArea(self), left_out=left_out), self)
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
