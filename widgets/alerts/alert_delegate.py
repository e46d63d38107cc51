"""Draws one row of the list of alerts: severity by shape, word and colour, what, where, who has it, since when."""

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.model.alerts.alert import Alert, AlertState
from engine.model.time import Clock
from widgets.alerts.alert_model import AlertModel
from widgets.alerts.alert_pictures import AlertPictures
from widgets.alerts.alert_rows import AlertRow, GroupRow
from widgets.alerts.alert_words import alert_title, disposition_word, shelf_text, state_word, taker_text
from widgets.layout.row_pictures import RowPictures
from widgets.look import scaled
from widgets.marks.chosen_row import fill_chosen
from widgets.marks.simulated_plate import paint_simulated
from widgets.number_text import number_text
from widgets.shapes import draw_shape
from widgets.theme import color, font, severity_style
from widgets.time_text import relative_text
from widgets.translation import tr

ROW_HEIGHT, HEAD_HEIGHT, LARGE_HEIGHT = 72, 30, 84
_PICTURE = QSize(96, 54)
_SMALL_PICTURE, _NARROW = QSize(64, 36), 370  # beside it the longest title fits in Live's column
_ROOM_FOR_PICTURE = 260  # of a row: a narrower one is words alone, as is one whose title needs the room
_PAD, _INDENT, _SHAPE, _GAP = 12, 14, 13, 10
_INSET = _SHAPE + 8  # of text, beside the shape
_DRAWN = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
_STATES = {AlertState.NEW: "accent", AlertState.ACKNOWLEDGED: "secondary", AlertState.IN_PROGRESS: "good", AlertState.CLOSED: "secondary"}


class AlertDelegate(QStyledItemDelegate):
    def __init__(
        self, model: AlertModel, clock: Clock, pictures: AlertPictures, parent: QObject | None = None, large: bool = False
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
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
        shown = row, state, self._model.is_seen(alert), self._model.place_words(alert), times, self._pictures.look_key(alert)
        self._rows.draw(painter, area, alert.id, shown, lambda on, room: self._paint_row(on, row, room, state, now_ns))

    def _paint_row(self, painter: QPainter, row: AlertRow, area: QRect, state: QStyle.StateFlag, now_ns: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, area, state)
        self._paint_alert(painter, row, area.adjusted(_PAD, 7, -_PAD, -7), now_ns)

    def _paint_head(self, painter: QPainter, row: GroupRow, area: QRect) -> None:
        painter.fillRect(area, color("raised"))
        text = area.adjusted(_PAD, 0, -_PAD, 0)
        new = (
            self.tr("{0} new of {1}").format(number_text(row.new), number_text(row.count))
            if row.new
            else self.tr("{0} alerts").format(number_text(row.count))
        )
        rest = text_right(painter, text, new, font("secondary"), "secondary")
        text_left(painter, rest, row.title, font("secondary", QFont.Weight.DemiBold), "text")

    def _paint_alert(self, painter: QPainter, row: AlertRow, area: QRect, now_ns: int) -> None:
        alert = row.alert
        narrow = area.width() < scaled(_NARROW)
        face = self._title_face(alert, narrow)
        if row.in_group:
            area = area.adjusted(_INDENT, 0, 0, 0)
        size = _SMALL_PICTURE if narrow else _PICTURE
        beside = area.width() - size.width() - _GAP
        on_picture = False
        if area.width() >= scaled(_ROOM_FOR_PICTURE) and _width_of(alert, face) <= beside - _INSET:
            top = area.center().y() - size.height() // 2 + 1
            picture = QRect(QPoint(area.left(), top), size)
            self._pictures.paint(painter, alert, picture)
            if on_picture := alert.simulated and not narrow and self._pictures.has_photo(alert):
                paint_simulated(painter, picture)
            area = area.adjusted(size.width() + _GAP, 0, 0, 0)
        line = area.height() // 3
        lines = [QRect(area.left(), area.top() + line * number, area.width(), line) for number in range(3)]
        _paint_title(painter, alert, lines[0], face)
        self._paint_place(painter, alert, lines[1].adjusted(_INSET, 0, 0, 0), now_ns)
        paint_state(painter, alert, lines[2].adjusted(_INSET, 0, 0, 0), now_ns, alert.simulated and not on_picture)

    def _title_face(self, alert: Alert, narrow: bool) -> QFont:
        weight = QFont.Weight.Normal if self._model.is_seen(alert) else QFont.Weight.Bold
        return font("body" if narrow else self._title_font, weight)

    def _paint_place(self, painter: QPainter, alert: Alert, line: QRect, now_ns: int) -> None:
        """Who and where; at its end how long ago, and a dot where it is unread."""
        rest = text_right(painter, line, relative_text(alert.raised_ns, now_ns), font("secondary"), "secondary")
        if not self._model.is_seen(alert):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("accent"))
            painter.drawEllipse(QPointF(rest.right() - 1, line.center().y() + 0.5), 3.5, 3.5)
            rest.adjust(0, 0, -12, 0)
        who = " · ".join(part for part in (alert.person, self._model.place_words(alert)) if part)
        text_left(painter, rest, who or alert.reason, font("secondary"), "text")


def _paint_title(painter: QPainter, alert: Alert, line: QRect, face: QFont) -> None:
    """It has the line to itself."""
    style = severity_style(alert.severity)
    draw_shape(painter, style.shape, QRectF(line.left(), line.center().y() - _SHAPE / 2 + 0.5, _SHAPE, _SHAPE), style.fill)
    text_left(painter, line.adjusted(_INSET, 0, 0, 0), alert_title(alert), face, "text")


def _width_of(alert: Alert, face: QFont) -> int:
    return QFontMetrics(face).horizontalAdvance(alert_title(alert))


def paint_state(painter: QPainter, alert: Alert, line: QRect, now_ns: int, simulated: bool) -> None:
    """Severity in words, then what was done about it and how often it was told; `simulated`: says so, as the picture does not."""
    style = severity_style(alert.severity)
    line = _paint_simulated(painter, line) if simulated else line
    rest = _word(painter, line, style.word, style.color)
    state = disposition_word(alert.disposition) if alert.disposition is not None else state_word(alert.state)
    rest = _word(painter, rest, state, color(_STATES[alert.state]))
    shelved = shelf_text(alert, now_ns)
    if shelved:
        rest = _word(painter, rest, shelved, color("moderate"))
    if alert.assignee:
        rest = _word(painter, rest, alert.assignee, color("secondary"))
    elif at_hub := taker_text(alert):
        rest = _word(painter, rest, at_hub, color("moderate"))
    if len(alert.event_ids) > 1:
        rest = _word(painter, rest, tr("{0} times").format(number_text(len(alert.event_ids))), color("secondary"))


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
    """One word of a line, cut where there is no room for it, left out where there is next to none; returns the room right of it."""
    face = font("secondary")
    metrics = QFontMetrics(face)
    if area.width() < min(metrics.horizontalAdvance(text), metrics.horizontalAdvance("00000")):
        return area
    fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.setFont(face)
    painter.setPen(tint)
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitted)
    return area.adjusted(QFontMetrics(face).horizontalAdvance(fitted) + 14, 0, 0, 0)


def _paint_simulated(painter: QPainter, area: QRect) -> QRect:
    """At the right end, whatever else there is to be said; returns the room left of it."""
    text, face = QCoreApplication.translate("EventFeed", "SIMULATED"), QFont(font("secondary"))
    face.setPixelSize(scaled(10))
    width = QFontMetrics(face).horizontalAdvance(text) + 10
    if width > area.width():
        return area
    plate = QRect(area.right() - width, area.center().y() - 8, width, 17)
    painter.setPen(QPen(color("secondary"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(plate, 3, 3)
    painter.setFont(face)
    painter.setPen(color("text"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    return area.adjusted(0, 0, -width - 8, 0)


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
