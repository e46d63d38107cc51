"""Draws one row of the list of alerts: severity by shape, word and colour, what, where, who has it, since when."""

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.model.alerts.alert import Alert, AlertState
from engine.model.time import Clock
from widgets.alerts.alert_model import AlertModel
from widgets.alerts.alert_rows import AlertRow, GroupRow
from widgets.alerts.alert_words import alert_title, disposition_word, shelf_text, state_word
from widgets.layout.row_pictures import RowPictures
from widgets.look import scaled
from widgets.marks.chosen_row import fill_chosen
from widgets.shapes import draw_shape
from widgets.theme import color, font, severity_style
from widgets.time_text import relative_text

ROW_HEIGHT, HEAD_HEIGHT, LARGE_HEIGHT = 66, 30, 84
_PAD, _INDENT, _SHAPE = 12, 14, 13
_DRAWN = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
_STATES = {AlertState.NEW: "accent", AlertState.ACKNOWLEDGED: "secondary", AlertState.IN_PROGRESS: "good", AlertState.CLOSED: "secondary"}


class AlertDelegate(QStyledItemDelegate):
    def __init__(self, model: AlertModel, clock: Clock, parent: QObject | None = None, large: bool = False) -> None:
        super().__init__(parent)
        self._height, self._title_font = (LARGE_HEIGHT, "section") if large else (ROW_HEIGHT, "body")
        self._model, self._clock = model, clock
        self._rows = RowPictures()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        head = isinstance(self._model.row_at(index.row()), GroupRow)
        return QSize(280, scaled(HEAD_HEIGHT if head else self._height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        area: QRect = option.rect  # type: ignore[attr-defined]
        row = self._model.row_at(index.row())
        if isinstance(row, GroupRow):
            self._rows.draw(painter, area, (row.key,), row, lambda on, room: self._paint_head(on, row, room))
            return
        alert, now_ns = row.alert, self._clock.now_ns()
        state = option.state & _DRAWN  # type: ignore[attr-defined]
        times = relative_text(alert.raised_ns, now_ns), shelf_text(alert, now_ns)
        shown = row, state, self._model.is_seen(alert), self._model.place_words(alert), times
        self._rows.draw(painter, area, alert.id, shown, lambda on, room: self._paint_row(on, row, room, state, now_ns))

    def _paint_row(self, painter: QPainter, row: AlertRow, area: QRect, state: QStyle.StateFlag, now_ns: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, area, state)
        self._paint_alert(painter, row, area.adjusted(_PAD, 7, -_PAD, -7), now_ns)

    def _paint_head(self, painter: QPainter, row: GroupRow, area: QRect) -> None:
        painter.fillRect(area, color("raised"))
        text = area.adjusted(_PAD, 0, -_PAD, 0)
        new = self.tr("{0} new of {1}").format(row.new, row.count) if row.new else self.tr("{0} alerts").format(row.count)
        rest = text_right(painter, text, new, font("secondary"), "secondary")
        text_left(painter, rest, row.title, font("secondary", QFont.Weight.DemiBold), "text")

    def _paint_alert(self, painter: QPainter, row: AlertRow, area: QRect, now_ns: int) -> None:
        alert = row.alert
        if row.in_group:
            area = area.adjusted(_INDENT, 0, 0, 0)
        line = area.height() // 3
        lines = [QRect(area.left(), area.top() + line * number, area.width(), line) for number in range(3)]
        self._paint_title(painter, alert, lines[0], now_ns)
        inset = _SHAPE + 8
        self._paint_place(painter, alert, lines[1].adjusted(inset, 0, 0, 0))
        paint_state(painter, alert, lines[2].adjusted(inset, 0, 0, 0), now_ns)

    def _paint_title(self, painter: QPainter, alert: Alert, line: QRect, now_ns: int) -> None:
        style = severity_style(alert.severity)
        draw_shape(painter, style.shape, QRectF(line.left(), line.center().y() - _SHAPE / 2 + 0.5, _SHAPE, _SHAPE), style.color)
        seen = self._model.is_seen(alert)
        rest = text_right(
            painter, line.adjusted(_SHAPE + 8, 0, 0, 0), relative_text(alert.raised_ns, now_ns), font("secondary"), "secondary"
        )
        if not seen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("accent"))
            painter.drawEllipse(QPointF(rest.right() - 1, line.center().y() + 0.5), 3.5, 3.5)
            rest.adjust(0, 0, -12, 0)
        face = font(self._title_font, QFont.Weight.Normal if seen else QFont.Weight.Bold)
        text_left(painter, rest, alert_title(alert), face, "text")

    def _paint_place(self, painter: QPainter, alert: Alert, line: QRect) -> None:
        count = len(alert.event_ids)
        rest = text_right(painter, line, self.tr("{0} times").format(count), font("secondary"), "secondary") if count > 1 else line
        who = " · ".join(part for part in (alert.person, self._model.place_words(alert)) if part)
        text_left(painter, rest, who or alert.reason, font("secondary"), "text")


def paint_state(painter: QPainter, alert: Alert, line: QRect, now_ns: int) -> None:
    """Severity in words, then what was done about it; what is simulated says so."""
    style = severity_style(alert.severity)
    rest = _word(painter, line, style.word, style.color)
    state = disposition_word(alert.disposition) if alert.disposition is not None else state_word(alert.state)
    rest = _word(painter, rest, state, color(_STATES[alert.state]))
    shelved = shelf_text(alert, now_ns)
    if shelved:
        rest = _word(painter, rest, shelved, color("moderate"))
    if alert.assignee:
        rest = _word(painter, rest, alert.assignee, color("secondary"))
    if alert.simulated:
        _paint_simulated(painter, rest)


def text_left(painter: QPainter, area: QRect, text: str, face: QFont, role: str) -> None:
    painter.setFont(face)
    painter.setPen(color(role))
    fitted = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitted)


def text_right(painter: QPainter, area: QRect, text: str, face: QFont, role: str) -> QRect:
    """Draws at the right end; returns the room left of it."""
    painter.setFont(face)
    painter.setPen(color(role))
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    return area.adjusted(0, 0, -QFontMetrics(face).horizontalAdvance(text) - 10, 0)


def _word(painter: QPainter, area: QRect, text: str, tint: QColor) -> QRect:
    """One word of a line, cut where there is no room; returns the room right of it."""
    face = font("secondary")
    fitted = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, max(0, area.width()))
    painter.setFont(face)
    painter.setPen(tint)
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitted)
    return area.adjusted(QFontMetrics(face).horizontalAdvance(fitted) + 14, 0, 0, 0)


def _paint_simulated(painter: QPainter, area: QRect) -> None:
    text = QCoreApplication.translate("Alerts", "simulated")
    width = QFontMetrics(font("secondary")).horizontalAdvance(text) + 10
    if width > area.width():
        return
    plate = QRect(area.right() - width, area.center().y() - 8, width, 17)
    painter.setPen(QPen(color("secondary"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(plate, 3, 3)
    painter.setFont(font("secondary"))
    painter.setPen(color("text"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _paint_ground(painter: QPainter, row: QRect, state: QStyle.StateFlag) -> None:
    if state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(row, color("hover"))
    painter.fillRect(QRect(row.left(), row.bottom(), row.width(), 1), color("line"))
    if state & QStyle.StateFlag.State_Selected:
        fill_chosen(painter, row)
    if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(row.adjusted(1, 1, -1, -1))
