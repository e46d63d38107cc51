"""Draws one row of the event feed."""

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.model.event import Event, EventKind, Severity
from engine.model.time import SECOND, Clock
from widgets.events.event_model import EventModel
from widgets.events.thumbnails import SIZE, Thumbnails
from widgets.icons import icon_pixmap
from widgets.layout.row_pictures import RowPictures
from widgets.look import look_number, scaled
from widgets.marks.chosen_row import fill_chosen
from widgets.marks.simulated_plate import paint_simulated
from widgets.shapes import draw_shape
from widgets.theme import color, font, severity_style
from widgets.time_text import clock_text, duration_text, relative_text
from widgets.words import event_title

ROW_HEIGHT = 74
_LEAST_PLACE = 96  # pixels of who and where it was
_PAD = 10
_STATES = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
_GLYPHS = {
    EventKind.PERSON: "person-standing",
    EventKind.MOTION: "activity",
    EventKind.CAMERA_LOST: "video-off",
    EventKind.PRESENCE: "waypoints",
    EventKind.ZONE_VISIT: "square-dashed",
    EventKind.ZONE_OCCUPIED: "users",
    EventKind.CROSSING: "footprints",
    EventKind.FALL: "triangle-alert",
    EventKind.NODE_LOST: "wifi-off",
    EventKind.GESTURE: "person-standing",
    EventKind.FIGHT: "triangle-alert",
    EventKind.LOITERING: "clock",
    EventKind.RUNNING: "footprints",
    EventKind.CROWD: "users",
    EventKind.NAMED: "tag",
    EventKind.WHO_IS_IT: "circle-help",
    EventKind.BADGE_WITHOUT_OWNER: "bluetooth",
    EventKind.TWO_PLACES: "split",
    EventKind.PHONE_LEFT: "bluetooth",
    EventKind.INCIDENT: "message-square",
    EventKind.SMOKE: "flame",
    EventKind.FORECAST_FAILED: "activity",
}


class EventDelegate(QStyledItemDelegate):
    def __init__(self, model: EventModel, thumbnails: Thumbnails, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self._clock = clock
        self._glyphs: dict[tuple[str, float, int, int], QPixmap] = {}
        self._rows = RowPictures()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(280, scaled(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        event, now_ns = self._model.event_at(index.row()), self._clock.now_ns()
        state = option.state & _STATES  # type: ignore[attr-defined]
        shown = (event, state, *self._beside(event), *_times(event, now_ns))
        self._rows.draw(painter, option.rect, event.id, shown, lambda on, row: self._paint_row(on, row, event, state, now_ns))  # type: ignore[attr-defined]

    def _beside(self, event: Event) -> tuple[object, ...]:
        """What a row shows that the event does not hold."""
        picture = self._thumbnails.get(event.id)
        judged = self._model.is_false_alarm(event.id)
        return self._model.place_words(event), judged, self._model.has_clip(event.id), picture.cacheKey() if picture is not None else 0

    def _paint_row(self, painter: QPainter, row: QRect, event: Event, state: QStyle.StateFlag, now_ns: int) -> None:
        _paint_ground(painter, row, state)
        picture = QRect(row.left() + _PAD, row.top() + (scaled(ROW_HEIGHT) - SIZE.height()) // 2, SIZE.width(), SIZE.height())
        self._paint_thumbnail(painter, event, picture)
        if event.simulated:
            paint_simulated(painter, picture)
        text = QRect(picture.right() + 13, row.top() + 9, row.right() - picture.right() - 13 - _PAD, scaled(ROW_HEIGHT) - 18)
        self._paint_texts(painter, event, text, now_ns)

    def _paint_thumbnail(self, painter: QPainter, event: Event, area: QRect) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(area), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outline, color("window"))
        pixmap = self._thumbnails.get(event.id)
        if pixmap is None:
            glyph = self._glyph(_GLYPHS[event.kind], painter.device().devicePixelRatioF(), 24)
            painter.drawPixmap(QPointF(area.center()) - QPointF(11.5, 11.5), glyph)
            return
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        painter.drawPixmap(area.topLeft(), pixmap)
        painter.setClipping(False)

    def _paint_texts(self, painter: QPainter, event: Event, area: QRect, now_ns: int) -> None:
        line = area.height() // 3
        lines = [QRect(area.left(), area.top() + line * i, area.width(), line) for i in range(3)]
        self._paint_title(painter, event, lines[0], now_ns)
        rest = self._paint_marks(painter, event, lines[1])
        _draw_elided(painter, rest, self._model.place_words(event), font("secondary"), "text")
        _, ago, clock = _times(event, now_ns)
        _draw_elided(painter, _text_right(painter, lines[2], ago, font("secondary"), "secondary"), clock, font("secondary"), "secondary")

    def _paint_title(self, painter: QPainter, event: Event, line: QRect, now_ns: int) -> None:
        style = severity_style(event.severity)
        draw_shape(painter, style.shape, QRectF(line.left(), line.center().y() - 4.5, 10, 10), style.fill)
        face, title = font("body", QFont.Weight.DemiBold), event_title(event)
        room = line.adjusted(17, 0, 0, 0)
        span = span_text(event, now_ns)
        if QFontMetrics(face).horizontalAdvance(f"{title}  ") + QFontMetrics(font("secondary")).horizontalAdvance(span) > room.width():
            span = length_text(event, now_ns)
        _draw_elided(painter, _text_right(painter, room, span, font("secondary"), "secondary"), title, face, "text")

    def _paint_marks(self, painter: QPainter, event: Event, line: QRect) -> QRect:
        """Clip and severity marks at the right; returns the room left of them."""
        right = line.right() + 1
        if self._model.has_clip(event.id):
            right -= 16
            painter.drawPixmap(QPointF(right, line.center().y() - 7.5), self._glyph("film", painter.device().devicePixelRatioF(), 16))
            right -= 6
        rest = QRect(line.left(), line.top(), right - line.left(), line.height())
        word, face = severity_style(event.severity).word, font("secondary")
        if self._model.is_false_alarm(event.id):
            return _text_right(painter, rest, QCoreApplication.translate("EventFeed", "False alarm"), face, "secondary")
        if event.severity < Severity.MODERATE or rest.width() - QFontMetrics(face).horizontalAdvance(word) < _LEAST_PLACE:
            return rest  # its shape stands before the title
        return _text_right(painter, rest, word, face, event.severity.name.lower())

    def _glyph(self, name: str, ratio: float, size: int) -> QPixmap:
        key = (name, ratio, size, look_number())
        if key not in self._glyphs:
            self._glyphs[key] = icon_pixmap(name, color("secondary"), size, ratio)
        return self._glyphs[key]


def span_text(event: Event, now_ns: int) -> str:
    """`34 s`, or `12 s so far` while it lasts."""
    length = length_text(event, now_ns)
    return QCoreApplication.translate("EventFeed", "{0} so far").format(length) if event.ended_ns is None else length


def length_text(event: Event, now_ns: int) -> str:
    """In whole seconds while it lasts."""
    if event.ended_ns is None:
        return duration_text((now_ns - event.started_ns) // SECOND * SECOND)
    return duration_text(event.ended_ns - event.started_ns)


def _times(event: Event, now_ns: int) -> tuple[str, str, str]:
    """How long it lasted, how long ago it began, and when."""
    return span_text(event, now_ns), relative_text(event.started_ns, now_ns), clock_text(event.started_ns, now_ns)


def _paint_ground(painter: QPainter, row: QRect, state: QStyle.StateFlag) -> None:
    selected = bool(state & QStyle.StateFlag.State_Selected)
    hovered = bool(state & QStyle.StateFlag.State_MouseOver)
    if hovered:
        painter.fillRect(row, color("hover"))
    painter.fillRect(QRect(row.left(), row.bottom(), row.width(), 1), color("line"))
    if selected:
        fill_chosen(painter, row)
        painter.fillRect(QRect(row.left(), row.top(), 3, row.height() - 1), color("accent"))


def _draw_elided(painter: QPainter, area: QRect, text: str, face: QFont, role: str) -> None:
    painter.setFont(face)
    painter.setPen(color(role))
    fitted = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitted)


def _text_right(painter: QPainter, area: QRect, text: str, face: QFont, role: str) -> QRect:
    """Draws at the right end; returns the room left of it."""
    painter.setFont(face)
    painter.setPen(color(role))
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    return area.adjusted(0, 0, -QFontMetrics(face).horizontalAdvance(text) - 8, 0)
