"""A share as a bar with its words, for cards."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.cells import draw_bar
from widgets.theme import color, font

_TITLE_WIDTH = 108
_WORDS_WIDTH = 146.0


class LevelBar(QWidget):
    """`title ▬▬▬── words`; without a share there is only the words, for there is nothing to draw."""

    def __init__(self, title: str, title_width: int = _TITLE_WIDTH, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title_width = title_width
        self._title = title
        self._share: float | None = None
        self._text, self._role = "", "accent"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_level(self, text: str, share: float | None, role: str = "accent") -> None:
        """`share` 0–1; `role`: colour of the theme."""
        if (text, share, role) != (self._text, self._share, self._role):
            self._text, self._share, self._role = text, share, role
            self.setAccessibleName(f"{self._title} {text}")
            self.update()

    def text(self) -> str:
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(280, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("secondary"))
        painter.setPen(color("secondary"))
        line = QFontMetrics(font("secondary")).height() // 2 - 2
        middle = self.height() / 2
        metrics = QFontMetrics(font("secondary"))
        painter.drawText(0, round(middle + line), metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, self._title_width - 8))
        left = self._title_width
        if self._share is not None:
            width = max(40.0, self.width() - self._title_width - _WORDS_WIDTH)
            draw_bar(painter, QRectF(left, middle - 3, width, 6), self._share, color(self._role))
            left = round(left + width + 10)
        painter.setFont(font("body"))
        painter.setPen(color("text"))
        painter.drawText(left, round(middle + line), self._text)
        painter.end()
