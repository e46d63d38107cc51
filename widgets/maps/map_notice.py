"""A sentence in the corner of a map, on a plate of its own, that clicks go through."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.marks.notice import Notice
from widgets.theme import color

_MARGIN, _EDGE, _WIDEST = 12, 30, 460  # pixels
_BESIDE = 50  # of the text: the mark, and room at the sides


class MapNotice(Notice):
    """At the bottom left of the map it is made for, above the degrees at its edge; hidden while it says nothing."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(parent=over)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if (layout := self.layout()) is not None:
            layout.setContentsMargins(10, 7, 12, 7)
        over.installEventFilter(self)

    def set_notice(self, text: str, level: str = "moderate") -> None:
        super().set_notice(text, level)
        self._place_over_map()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_over_map()
        return False

    def _place_over_map(self) -> None:
        over = self.parentWidget()
        if over is None:
            return
        one_line = self.fontMetrics().horizontalAdvance(self.text()) + _BESIDE
        width = max(0, min(_WIDEST, one_line, over.width() - 2 * _MARGIN))
        height = self.heightForWidth(width)
        self.setGeometry(_MARGIN, max(0, over.height() - height - _EDGE), width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color("line"), 1))
        painter.setBrush(color("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()
