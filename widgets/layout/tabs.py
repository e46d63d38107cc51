"""Pages behind tabs that always fit."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role

_TIGHT, _SAVED = "tight", 16  # in the style sheet; pixels that it saves for each tab


class _FittingBar(QTabBar):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(False)
        self.whole: dict[int, str] = {}  # words of tabs that have fewer, too

    def fit(self, room: int) -> bool:
        """Less padding before words are cut. Gives whether all are whole."""
        tight = self.property("role") == _TIGHT
        natural = sum(self.tabSizeHint(number).width() + (_SAVED if tight else 0) for number in range(self.count()))
        if (natural > room) != tight:
            set_role(self, _TIGHT if natural > room else "")
            self.setElideMode(Qt.TextElideMode.ElideRight)  # lays the tabs out anew: another padding alone does not
        return natural - _SAVED * self.count() <= room

    def tabLayoutChange(self) -> None:
        for number in range(self.count()):
            cut = self.tabRect(number).width() < self.tabSizeHint(number).width()
            whole = self.whole.get(number, self.tabText(number))
            short = cut or self.tabText(number) != whole
            self.setTabToolTip(number, plain_tip(whole.replace("&", "")) if short else "")


class Tabs(QTabWidget):
    """Where there is no room for the words of all tabs they are cut with "…", and stand whole in the tooltip: none is ever out of reach."""

    def __init__(self, framed: bool = False, parent: QWidget | None = None) -> None:
        """`framed`: with a line around what is behind them."""
        super().__init__(parent)
        self._words: dict[int, tuple[str, str]] = {}
        self._bar = _FittingBar(self)
        self.setTabBar(self._bar)
        self.setDocumentMode(not framed)
        self.tabBar().setDrawBase(False)

    def set_words(self, index: int, words: str, fewer: str) -> None:
        """Of a tab; `fewer` where there is no room for the words of all tabs."""
        self._words[index] = (words, fewer)
        self._bar.whole[index] = words
        self._fit(self.width())

    def _fit(self, room: int) -> None:
        for words in (0, 1):
            for index, texts in self._words.items():
                self.setTabText(index, texts[words])
            if self._bar.fit(room):
                return

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit(event.size().width())
        super().resizeEvent(event)

    def tabInserted(self, index: int) -> None:
        super().tabInserted(index)
        self._fit(self.width())
