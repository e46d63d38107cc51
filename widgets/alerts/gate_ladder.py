"""The gates that something went through, one rung each: passed or not, by how much, and what was asked.

Where there is no room for its words beside the bar, a rung takes two lines.
"""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.alerts.alert_delegate import text_left
from widgets.alerts.gate_words import GateRow
from widgets.icons import icon_pixmap
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.theme import color, font
from widgets.translation import inside

_ROW, _LOWER, _TITLE, _GAP, _MARK, _BAR = 28, 20, 136, 12, 22, 110
_WIDE = 520  # from here on a rung is one line
_LEAST = 240


class GateLadder(QWidget):
    """Gates that the rule does not ask for are one line at the foot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[GateRow, ...] = ()
        self._unasked = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Conditions"))

    def show_rows(self, rows: tuple[GateRow, ...]) -> None:
        asked = tuple(row for row in rows if row.asked)
        unasked = ", ".join(inside(row.title) for row in rows if not row.asked)
        if (asked, unasked) == (self._rows, self._unasked):
            return
        self._rows, self._unasked = asked, unasked
        text = "\n".join(row.accessible_text() for row in rows)
        self.setAccessibleDescription(text)
        self.setToolTip(plain_tip(text))
        self.updateGeometry()
        self.update()

    def gate_rows(self) -> tuple[GateRow, ...]:
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(scaled(_WIDE), self.heightForWidth(scaled(_WIDE)))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, self.heightForWidth(_LEAST))

    def heightForWidth(self, width: int) -> int:
        return len(self._rows) * _rung_height(width) + bool(self._unasked) * scaled(_ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = _rung_height(self.width())
        for number, row in enumerate(self._rows):
            self._paint_rung(painter, row, QRect(0, number * height, self.width(), height))
        if self._unasked:
            foot = QRect(_MARK, len(self._rows) * height, self.width() - _MARK, scaled(_ROW))
            text_left(painter, foot, self.tr("Not used by this rule: {0}").format(self._unasked), font("secondary"), "secondary")
        painter.end()

    def _paint_rung(self, painter: QPainter, row: GateRow, area: QRect) -> None:
        if row.stopped:
            ground = QColor(color("high"))
            ground.setAlphaF(0.12)
            painter.fillRect(area, ground)
        first = QRect(area.left(), area.top(), area.width(), scaled(_ROW))
        mark = icon_pixmap("check" if row.passed else "x", color("good" if row.passed else "high"), 16, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(area.left() + 2, first.center().y() - 7.5), mark)
        title, bar, words = _rung_rects(area, first)
        face = font("body", QFont.Weight.DemiBold if row.stopped else QFont.Weight.Normal)
        text_left(painter, title, row.title, face, "text")
        _paint_bar(painter, row, QRectF(bar))
        text = " · ".join(part for part in (row.value, row.needed, row.margin) if part)
        text_left(painter, words, text, font("secondary"), "text" if row.stopped else "secondary")


def _rung_height(width: int) -> int:
    return scaled(_ROW) if width >= scaled(_WIDE) else scaled(_ROW + _LOWER)


def _rung_rects(area: QRect, first: QRect) -> tuple[QRect, QRect, QRect]:
    """Of the title, the bar and the words. `first`: the upper line of the rung."""
    left, right = area.left() + _MARK, area.right() - 4
    if area.height() == first.height():
        bar = QRect(left + scaled(_TITLE) + _GAP, first.top(), _BAR, first.height())
        return first.adjusted(_MARK, 0, bar.left() - _GAP - first.right(), 0), bar, first.adjusted(bar.right() + _GAP, 0, -4, 0)
    bar = QRect(right - _BAR, first.top(), _BAR, first.height())
    title = QRect(left, first.top(), bar.left() - _GAP - left, first.height())
    return title, bar, QRect(left, first.bottom() - scaled(4), right - left, area.bottom() - first.bottom())


def _paint_bar(painter: QPainter, row: GateRow, area: QRectF) -> None:
    """From the line, which is the threshold, to the right where passed, to the left where not."""
    middle = area.center()
    track = QRectF(area.left(), middle.y() - 3, area.width(), 6)
    painter.setPen(QPen(color("line"), 1))
    painter.setBrush(color("raised"))
    painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(Qt.PenStyle.NoPen)
    end = middle.x() + row.reach * area.width() / 2
    painter.setBrush(color("good" if row.passed else "high"))
    painter.drawRect(QRectF(min(middle.x(), end), track.top(), abs(end - middle.x()), track.height()))
    painter.setPen(QPen(color("secondary"), 1))
    painter.drawLine(QPointF(middle.x(), track.top() - 4), QPointF(middle.x(), track.bottom() + 4))
