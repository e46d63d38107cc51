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
_WRAPPED = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap


class IdentityBars(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[EvidenceRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Evidence"))

    def show_rows(self, rows: tuple[EvidenceRow, ...]) -> None:
        if rows == self._rows:
            return
        before = self.heightForWidth(self.width())
        self._rows = rows
        text = "\n".join(f"{signed(row.value)} {row.title}, {row.detail}" for row in rows)
        self.setAccessibleDescription(text)
        self.setToolTip(plain_tip(text))
        if self.heightForWidth(self.width()) != before:
            self.updateGeometry()
        self.update()

    def evidence_rows(self) -> tuple[EvidenceRow, ...]:
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, max(1, len(self._rows)) * scaled(_ROW))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return sum(_row_height(row, _words_width(width)) for row in self._rows) or scaled(_ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = [0.0, *(row.start for row in self._rows), *(row.end for row in self._rows)]
        low, high = min(ends), max(max(ends), min(ends) + 1e-9)
        words, bars, top = _words_width(self.width()), self.width() * _BAR_SHARE, 0
        for row in self._rows:
            area = QRect(0, top, self.width(), _row_height(row, words))
            top += area.height()
            _paint_words(painter, row, QRect(0, area.top() + 2, words, area.height() - 4))
            _paint_bar(painter, row, QRectF(self.width() - _VALUE - bars, area.center().y() - 4, bars, 9), low, high)
            painter.setFont(font("body", QFont.Weight.DemiBold if row.total else QFont.Weight.Normal))
            painter.setPen(color("text"))
            value = area.adjusted(area.width() - _VALUE, 0, 0, 0)
            painter.drawText(value, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, signed(row.value))
        painter.end()


def _words_width(width: int) -> int:
    return max(1, round(width * (1 - _BAR_SHARE)) - _VALUE - _GAP)


def _row_height(row: EvidenceRow, width: int) -> int:
    """Texts that are too long for a line go on in the next one."""
    return max(scaled(_ROW), sum(_text_height(text, face, width) for text, face, _ in _texts(row)) + 6)


def _text_height(text: str, face: QFont, width: int) -> int:
    return QFontMetrics(face).boundingRect(QRect(0, 0, width, 1 << 16), _WRAPPED, text).height() if text else 0


def _texts(row: EvidenceRow) -> tuple[tuple[str, QFont, str], ...]:
    """Each with its font and the role of its colour."""
    title = font("body", QFont.Weight.DemiBold if row.total else QFont.Weight.Normal)
    return (row.title, title, "text"), (row.detail, font("secondary"), "secondary")


def _paint_words(painter: QPainter, row: EvidenceRow, area: QRect) -> None:
    for text, face, role in _texts(row):
        painter.setFont(face)
        painter.setPen(color(role))
        painter.drawText(area, _WRAPPED, text)
        area = area.adjusted(0, _text_height(text, face, area.width()), 0, 0)


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
