"""Draws one row of the review: an item, or an event of one that is unfolded."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.model.alerts.alert import Disposition
from engine.model.event import Event
from engine.model.review.review import ReviewCause, ReviewItem
from engine.model.time import Clock
from widgets.events.event_delegate import length_text
from widgets.events.thumbnails import SIZE, Thumbnails
from widgets.icons import icon_pixmap
from widgets.look import scaled
from widgets.marks.chosen_row import fill_chosen
from widgets.marks.simulated_plate import paint_simulated
from widgets.number_text import number_text
from widgets.review.review_model import ReviewLine, ReviewModel
from widgets.review.review_words import event_count, item_kinds, item_length, item_place, item_title, plain_length, verdict_word
from widgets.review.row_play import RowPlay
from widgets.shapes import draw_shape
from widgets.theme import color, font, severity_style
from widgets.time_text import clock_text, relative_text, short_clock_text
from widgets.words import event_title

ITEM_HEIGHT, EVENT_HEIGHT = 74, 34
MARK_WIDTH = 30  # at the right: the mark of who reviewed it
_PAD, _INDENT = 10, 32
_GLYPHS = {
    ReviewCause.ACTIVITY: "person-standing",
    ReviewCause.MOTION: "activity",
    ReviewCause.OUTAGE: "video-off",
    ReviewCause.INCIDENT: "message-square",
    ReviewCause.SMOKE: "flame",
    ReviewCause.IDENTITY: "split",
    ReviewCause.ENGINE: "triangle-alert",
}
_VERDICT_GLYPHS = {
    Disposition.TRUE: "circle-alert",
    Disposition.BENIGN: "circle-check",
    Disposition.FALSE: "x",
    Disposition.UNKNOWN: "circle-help",
}


class ReviewDelegate(QStyledItemDelegate):
    def __init__(self, model: ReviewModel, thumbnails: Thumbnails, play: RowPlay, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._thumbnails, self._play, self._clock = model, thumbnails, play, clock

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(280, scaled(ITEM_HEIGHT if self._model.line_at(index.row()).event is None else EVENT_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        line, row = self._model.line_at(index.row()), QRect(option.rect)  # type: ignore[attr-defined]
        painter.save()
        _paint_ground(painter, row, option.state)  # type: ignore[attr-defined]
        if line.event is None:
            self._paint_item(painter, row, line)
        else:
            self._paint_event(painter, row, line, line.event)
        painter.restore()

    def _paint_item(self, painter: QPainter, row: QRect, line: ReviewLine) -> None:
        item, reviewed = line.item, self._model.is_reviewed(line.item.id)
        picture = QRect(row.left() + _PAD, row.top() + (row.height() - SIZE.height()) // 2, SIZE.width(), SIZE.height())
        painter.setOpacity(0.55 if reviewed else 1.0)
        self._paint_picture(painter, picture, item)
        if item.simulated:
            paint_simulated(painter, picture)
        text = QRect(picture.right() + 13, row.top() + 9, row.right() - MARK_WIDTH - picture.right() - 13, row.height() - 18)
        self._paint_texts(painter, text, line, reviewed)
        painter.setOpacity(1.0)
        self._paint_mark(painter, mark_area(row), reviewed)

    def _paint_picture(self, painter: QPainter, area: QRect, item: ReviewItem) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(area), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outline, color("window"))
        plays = self._play.item_id == item.id
        pixmap = self._play.moment if plays and self._play.moment is not None else self._still(item, self._play.event_id if plays else "")
        if pixmap is None:
            self._glyph(painter, _GLYPHS[item.cause], QPointF(area.center()) - QPointF(11.5, 11.5), 24)
            return
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        painter.drawPixmap(area.topLeft(), pixmap)
        if plays and (self._play.moment is not None or self._play.event_id):
            self._paint_progress(painter, area, self._play.share)
        painter.setClipping(False)

    def _still(self, item: ReviewItem, first_id: str) -> QPixmap | None:
        wanted = (first_id, item.best_event_id, *item.event_ids)  # the best one's may not be made yet
        return next((found for each in wanted if (found := self._thumbnails.get(each)) is not None), None)

    @staticmethod
    def _paint_progress(painter: QPainter, area: QRect, share: float) -> None:
        """How far through the item the picture is."""
        painter.fillRect(QRectF(area.left(), area.bottom() - 2, area.width(), 3), color("halo"))
        painter.fillRect(QRectF(area.left(), area.bottom() - 2, max(4.0, area.width() * share), 3), color("accent"))

    def _paint_texts(self, painter: QPainter, area: QRect, line: ReviewLine, reviewed: bool) -> None:
        """The title has the first line to itself; then place and kinds; then when, how long and how many events."""
        item, third = line.item, area.height() // 3
        first, second, last = (QRect(area.left(), area.top() + third * i, area.width(), third) for i in range(3))
        draw_shape(
            painter, (style := severity_style(item.severity)).shape, QRectF(first.left(), first.center().y() - 4.5, 10, 10), style.fill
        )
        title = font("body", QFont.Weight.Normal if reviewed else QFont.Weight.DemiBold)
        _draw_elided(painter, first.adjusted(17, 0, 0, 0), item_title(item), title, "text")
        place = item_place(item, self._model.cameras, self._model.places)
        about = " · ".join(each for each in (place, item_kinds(item)) if each)
        _draw_elided(painter, self._paint_verdict(painter, second, line), about, font("secondary"), "text")
        self._paint_last(painter, last, item)

    def _paint_last(self, painter: QPainter, line: QRect, item: ReviewItem) -> None:
        """One event is said by the title; several by their number, beside the sign that unfolds them."""
        now_ns, secondary = self._clock.now_ns(), font("secondary")
        open_glyph = "chevron-down" if self._model.is_unfolded(item.id) else "chevron-right"
        self._glyph(painter, open_glyph, QPointF(line.right() - 13, line.center().y() - 6.5), 14)
        room, metrics = line.adjusted(0, 0, -18, 0), QFontMetrics(secondary)
        short = short_clock_text(item.started_ns, now_ns)
        if (count := len(item.event_ids)) > 1:
            fits = metrics.horizontalAdvance(f"{short}  {event_count(item)}") <= room.width()
            room = _text_right(painter, room, event_count(item) if fits else number_text(count, "d"), secondary, "secondary")
        clock, ago = clock_text(item.started_ns, now_ns), relative_text(item.started_ns, now_ns)
        length = plain_length(item, now_ns)
        told = (f"{clock} · {item_length(item, now_ns)} · {ago}", f"{clock} · {item_length(item, now_ns)}", f"{clock} · {length}")
        fitting = next((each for each in (*told, f"{short} · {length}", clock) if metrics.horizontalAdvance(each) <= room.width()), short)
        _draw_elided(painter, room, fitting, secondary, "secondary")

    def _paint_verdict(self, painter: QPainter, area: QRect, line: ReviewLine) -> QRect:
        """At the right end; returns the room left of it."""
        verdict = self._model.verdict_of(line)
        if verdict is None:
            return area
        painter.drawPixmap(QPointF(area.right() - 13, area.center().y() - 6.5), _pixmap(painter, _VERDICT_GLYPHS[verdict], "secondary", 14))
        return _text_right(painter, area.adjusted(0, 0, -18, 0), verdict_word(verdict), font("secondary"), "secondary")

    def _paint_mark(self, painter: QPainter, area: QRect, reviewed: bool) -> None:
        at = QPointF(area.center()) - QPointF(8.5, 8.5)
        painter.drawPixmap(at, _pixmap(painter, "circle-check" if reviewed else "circle-dashed", "accent" if reviewed else "secondary", 18))

    def _paint_event(self, painter: QPainter, row: QRect, of: ReviewLine, event: Event) -> None:
        now_ns, secondary, style = self._clock.now_ns(), font("secondary"), severity_style(event.severity)
        line = row.adjusted(_INDENT, 0, -_PAD, 0)
        draw_shape(painter, style.shape, QRectF(line.left(), line.center().y() - 4.5, 10, 10), style.fill)
        room = _text_right(painter, line.adjusted(17, 0, 0, 0), length_text(event, now_ns), secondary, "secondary")
        room = _text_right(painter, room, clock_text(event.started_ns, now_ns), secondary, "secondary")
        room = self._paint_verdict(painter, room, of)
        zone = self._model.places.get(event.zone_id, "")
        _draw_elided(painter, room, " · ".join(part for part in (event_title(event), event.person, zone) if part), secondary, "text")

    @staticmethod
    def _glyph(painter: QPainter, name: str, at: QPointF, size: int) -> None:
        painter.drawPixmap(at, _pixmap(painter, name, "secondary", size))


def mark_area(row: QRect) -> QRect:
    """Where a click marks the item of a row as reviewed."""
    return QRect(row.right() - MARK_WIDTH, row.top(), MARK_WIDTH, row.height())


def unfold_area(row: QRect) -> QRect:
    """Where a click unfolds it: the number of its events."""
    third = row.height() // 3
    return QRect(row.right() - MARK_WIDTH - 90, row.bottom() - third - 6, 90, third + 6)


def _pixmap(painter: QPainter, name: str, role: str, size: int) -> QPixmap:
    return icon_pixmap(name, color(role), size, painter.device().devicePixelRatioF())


def _paint_ground(painter: QPainter, row: QRect, state: QStyle.StateFlag) -> None:
    if state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(row, color("hover"))
    painter.fillRect(QRect(row.left(), row.bottom(), row.width(), 1), color("line"))
    if state & QStyle.StateFlag.State_Selected:
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
