"""A share as a bar with its words, for cards."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.layout.cells import draw_bar
from widgets.look import scaled
from widgets.theme import color, font

_TITLE_WIDTH = 108
_WORDS_WIDTH = 146
_BEFORE_WORDS, _HIGH = 10, 22
_BAR_WIDTH, _LEAST_BAR = 40, 24  # where room is short, and below which there is none


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
        return QSize(280, max(_HIGH, QFontMetrics(font("body")).height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        needed = QFontMetrics(font("body")).horizontalAdvance(self._text) + _BEFORE_WORDS + 2
        middle, left = self.height() / 2, min(scaled(self._title_width), max(0, self.width() - needed - _BAR_WIDTH))
        self._paint_words(painter, QRectF(0, 0, left - 8, self.height()), self._title, "secondary")
        words = min(scaled(_WORDS_WIDTH), self.width() - left - _BAR_WIDTH)
        width = self.width() - left - max(words, needed)
        if self._share is not None and width >= _LEAST_BAR:  # the words say the same
            draw_bar(painter, QRectF(left, middle - 3, width, 6), self._share, color(self._role))
            left += width + _BEFORE_WORDS
        self._paint_words(painter, QRectF(left, 0, self.width() - left, self.height()), self._text, "text", "body")
        painter.end()

    def _paint_words(self, painter: QPainter, area: QRectF, text: str, role: str, size: str = "secondary") -> None:
        painter.setFont(font(size))
        painter.setPen(color(role))
        short = QFontMetrics(font(size)).elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, short)
