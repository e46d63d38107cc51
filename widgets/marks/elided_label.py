"""One line of text that gives way: what does not fit is cut with "…" and stands whole in the tooltip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from widgets.marks.plain_tip import plain_tip


class ElidedLabel(QLabel):
    """Takes at most the room of its text, and any less than that."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._detail = ""

    def set_detail(self, detail: str) -> None:
        """What the tooltip says besides, whether or not the text fits."""
        self._detail = detail
        self.setAccessibleDescription(detail)
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…") + 2, super().minimumSizeHint().height())

    def shown_text(self) -> str:
        """What fits now."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.shown_text()
        cut = self.text() if shown != self.text() else ""
        self.setToolTip(plain_tip("\n".join(filter(None, (cut, self._detail)))))
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
