"""Why somebody is taken for somebody, as bars: each begins where the one before ended, and the last is their sum."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.people.identity_words import EvidenceRow, signed
from widgets.theme import color, font

_ROW = 38
_BAR_SHARE = 0.34
_VALUE = 44
_GAP = 8


class IdentityBars(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[EvidenceRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Evidence"))

    def show_rows(self, rows: tuple[EvidenceRow, ...]) -> None:
        if rows == self._rows:
            return
        resized = len(rows) != len(self._rows)
        self._rows = rows
        text = "\n".join(f"{signed(row.value)} {row.title}, {row.detail}" for row in rows)
        self.setAccessibleDescription(text)
        self.setToolTip(plain_tip(text))
        if resized:
            self.updateGeometry()
        self.update()

    def evidence_rows(self) -> tuple[EvidenceRow, ...]:
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(320, max(1, len(self._rows)) * scaled(_ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, max(1, len(self._rows)) * scaled(_ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = [0.0, *(row.start for row in self._rows), *(row.end for row in self._rows)]
        low, high = min(ends), max(max(ends), min(ends) + 1e-9)
        bar = QRectF(self.width() * (1 - _BAR_SHARE) - _VALUE, 0, self.width() * _BAR_SHARE, 0)
        for number, row in enumerate(self._rows):
            area = QRect(0, number * scaled(_ROW), self.width(), scaled(_ROW))
            _paint_words(painter, row, area.adjusted(0, 2, -round(self.width() - bar.left()) - _GAP, -2))
            _paint_bar(painter, row, QRectF(bar.left(), area.center().y() - 4, bar.width(), 9), low, high)
            painter.setFont(font("body", QFont.Weight.DemiBold if row.total else QFont.Weight.Normal))
            painter.setPen(color("text"))
            value = area.adjusted(area.width() - _VALUE, 0, 0, 0)
            painter.drawText(value, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, signed(row.value))
        painter.end()


def _paint_words(painter: QPainter, row: EvidenceRow, area: QRect) -> None:
    for text, role, size, side, weight in (
        (row.title, "text", "body", Qt.AlignmentFlag.AlignTop, QFont.Weight.DemiBold if row.total else QFont.Weight.Normal),
        (row.detail, "secondary", "secondary", Qt.AlignmentFlag.AlignBottom, QFont.Weight.Normal),
    ):
        face = font(size, weight)
        painter.setFont(face)
        painter.setPen(color(role))
        shown = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, side | Qt.AlignmentFlag.AlignLeft, shown)


def _paint_bar(painter: QPainter, row: EvidenceRow, area: QRectF, low: float, high: float) -> None:
    """For in the accent, against in orange; a line at zero."""

    def x_of(value: float) -> float:
        return area.left() + area.width() * (value - low) / (high - low)

    painter.setPen(QPen(color("line_strong"), 1))
    painter.drawLine(QPointF(x_of(0.0), area.top() - 5), QPointF(x_of(0.0), area.bottom() + 5))
    left, right = sorted((x_of(row.start), x_of(row.end)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("accent" if row.value >= 0 else "high"))
    height = area.height() if row.total else area.height() - 3
    painter.drawRoundedRect(QRectF(left, area.center().y() - height / 2, max(2.0, right - left), height), 2, 2)
