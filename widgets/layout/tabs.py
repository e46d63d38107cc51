"""Pages behind tabs that always fit."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from widgets.marks.plain_tip import plain_tip


class _FittingBar(QTabBar):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(False)

    def tabLayoutChange(self) -> None:
        for number in range(self.count()):
            cut = self.tabRect(number).width() < self.tabSizeHint(number).width()
            self.setTabToolTip(number, plain_tip(self.tabText(number).replace("&", "")) if cut else "")


class Tabs(QTabWidget):
    """Where there is no room for the words of all tabs they are cut with "…", and stand whole in the tooltip: none is ever out of reach."""

    def __init__(self, framed: bool = False, parent: QWidget | None = None) -> None:
        """`framed`: with a line around what is behind them."""
        super().__init__(parent)
        self.setTabBar(_FittingBar(self))
        self.setDocumentMode(not framed)
        self.tabBar().setDrawBase(False)
