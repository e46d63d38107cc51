"""The gates that something went through, one rung each: passed or not, by how much, and what was asked."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.alert_delegate import text_left
from widgets.gate_words import GateRow
from widgets.icons import icon_pixmap
from widgets.look import scaled
from widgets.plain_tip import plain_tip
from widgets.theme import color, font
from widgets.translation import inside

_ROW, _TITLE, _GAP, _MARK = 28, 136, 12, 22
_BAR, _SHORT_BAR, _NARROW = 110, 56, 520


class GateLadder(QWidget):
    """Gates that the rule does not ask for are one line at the foot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[GateRow, ...] = ()
        self._unasked = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Gates"))

    def show_rows(self, rows: tuple[GateRow, ...]) -> None:
        asked = tuple(row for row in rows if row.asked)
        unasked = ", ".join(inside(row.title) for row in rows if not row.asked)
        if (asked, unasked) == (self._rows, self._unasked):
            return
        self._rows, self._unasked = asked, unasked
        text = "\n".join(row.spoken() for row in rows)
        self.setAccessibleDescription(text)
        self.setToolTip(plain_tip(text))
        self.updateGeometry()
        self.update()

    def rows(self) -> tuple[GateRow, ...]:
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(460, (len(self._rows) + bool(self._unasked)) * scaled(_ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(360, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, row in enumerate(self._rows):
            self._paint_row(painter, row, QRect(0, number * scaled(_ROW), self.width(), scaled(_ROW)))
        if self._unasked:
            foot = QRect(_MARK, len(self._rows) * scaled(_ROW), self.width() - _MARK, scaled(_ROW))
            text_left(painter, foot, self.tr("Not asked: {0}").format(self._unasked), font("secondary"), "secondary")
        painter.end()

    def _paint_row(self, painter: QPainter, row: GateRow, area: QRect) -> None:
        if row.stopped:
            ground = QColor(color("high"))
            ground.setAlphaF(0.12)
            painter.fillRect(area, ground)
        mark = icon_pixmap("check" if row.passed else "x", color("good" if row.passed else "high"), 16, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(area.left() + 2, area.center().y() - 7.5), mark)
        face = font("body", QFont.Weight.DemiBold if row.stopped else QFont.Weight.Normal)
        text_left(painter, QRect(area.left() + _MARK, area.top(), _TITLE, scaled(_ROW)), row.title, face, "text")
        length = _BAR if self.width() >= _NARROW else _SHORT_BAR
        bar = QRectF(area.left() + _MARK + _TITLE + _GAP, area.top(), length, scaled(_ROW))
        _paint_bar(painter, row, bar)
        words = area.adjusted(_MARK + _TITLE + length + 2 * _GAP, 0, -4, 0)
        text = " · ".join(part for part in (row.value, row.needed, row.margin) if part)
        text_left(painter, words, text, font("secondary"), "text" if row.stopped else "secondary")


def _paint_bar(painter: QPainter, row: GateRow, area: QRectF) -> None:
    """From the line, which is the threshold, to the right where passed, to the left where not."""
    middle = area.center()
    track = QRectF(area.left(), middle.y() - 3, area.width(), 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("raised"))
    painter.drawRoundedRect(track, 3, 3)
    end = middle.x() + row.reach * area.width() / 2
    painter.setBrush(color("good" if row.passed else "high"))
    painter.drawRect(QRectF(min(middle.x(), end), track.top(), abs(end - middle.x()), track.height()))
    painter.setPen(QPen(color("secondary"), 1))
    painter.drawLine(QPointF(middle.x(), track.top() - 4), QPointF(middle.x(), track.bottom() + 4))
