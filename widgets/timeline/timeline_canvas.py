"""The lanes on one clock, under the mouse and the keyboard. The main thread only; what is shown is given to it and never fetched."""

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.model.cameras.segment import EvidenceLock
from engine.model.history.timeline import Bookmark, Timeline
from widgets.look import look_number
from widgets.marks.plain_tip import plain_tip
from widgets.theme import color
from widgets.time_text import duration_text
from widgets.timeline.timeline_layout import FLAGS_PX, GRIP_PX, HEAD_PX, PARTS_PX, TOP_PX, TimelineLayout, row_height
from widgets.timeline.timeline_paint import TimelineScene, draw_playhead, draw_pointer, draw_range, draw_scene, draw_words, flag_place
from widgets.timeline.timeline_raster import raster
from widgets.timeline.timeline_readout import readout
from widgets.timeline.timeline_rows import LaneRow
from widgets.timeline.timeline_window import HOUR_NS, TimeWindow, window
from widgets.timeline.timeline_words import moment_text
from widgets.translation import tr

COLUMN_PX = 2
_DRAG_PX = 4
_ZOOM_PER_NOTCH = 0.8
_NOTCH = 120.0

Range = tuple[int, int]


class TimelineCanvas(QWidget):
    """Wheel zooms at the pointer, dragging pans, a click moves the playhead; Shift and dragging chooses a stretch.

    Signals:
        window_changed(TimeWindow). sought(ns): the playhead is wanted there. range_changed((since, until) or None).
        pointed(str): what lies under the pointer or the chosen row, in words. folded(LaneKind): fold away, or out again.
        bookmark_chosen(id). ends_wanted(int): -1 the beginning of the record, 1 now. rows_changed(): their height.
    """

    window_changed = Signal(object)
    sought = Signal(object)
    range_changed = Signal(object)
    pointed = Signal(str)
    folded = Signal(object)
    bookmark_chosen = Signal(str)
    ends_wanted = Signal(int)
    scrolled = Signal()

    def __init__(self, zone: tzinfo | None = None, parent: QWidget | None = None) -> None:
        """`zone` None: the one that the operator wants times in."""
        super().__init__(parent)
        self._zone = zone
        self._window = window(0, HOUR_NS)
        self._timeline: Timeline | None = None
        self._rows: tuple[LaneRow, ...] = ()
        self._images: dict[str, QImage | None] = {}  # by row key, of rows that have been in view
        self._look = look_number()
        self._bookmarks: tuple[Bookmark, ...] = ()
        self._locks: tuple[EvidenceLock, ...] = ()
        self._scroll = self._now_ns = 0
        self._current = -1
        self._playhead_ns: int | None = None
        self._range: Range | None = None
        self._words = ""
        self._pointer: QPointF | None = None
        self._drag: Callable[[QPointF], None] | None = None
        self._pressed: QPointF | None = None
        self._still: QPixmap | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Timeline"))
        self.setMinimumHeight(TOP_PX + 60)

    # what is shown

    def set_timeline(self, timeline: Timeline | None, rows: tuple[LaneRow, ...]) -> None:
        """Rows of that timeline. The row that is chosen stays chosen as long as it is there."""
        key = self._rows[self._current].key if 0 <= self._current < len(self._rows) else ""
        self._timeline, self._rows = timeline, rows
        self._current = next((n for n, row in enumerate(rows) if row.key == key), -1)
        self._images.clear()
        self.set_scroll(self._scroll)
        self._renew()

    def _image_of(self, row: LaneRow) -> QImage | None:
        if row.key not in self._images and self._timeline is not None:
            self._images[row.key] = _image(row, self._timeline.columns)
        return self._images.get(row.key)

    def set_bookmarks(self, bookmarks: tuple[Bookmark, ...]) -> None:
        self._bookmarks = bookmarks
        self._renew()

    def set_locks(self, locks: tuple[EvidenceLock, ...]) -> None:
        if locks != self._locks:
            self._locks = locks
            self._renew()

    def set_window(self, shown: TimeWindow) -> None:
        if shown != self._window:
            self._window = shown
            self._renew()
            self.window_changed.emit(shown)

    def set_playhead(self, at_ns: int | None) -> None:
        self._playhead_ns = at_ns
        self.update()

    def set_range(self, chosen: Range | None) -> None:
        if chosen != self._range:
            self._range = chosen
            self.update()
            self.range_changed.emit(chosen)

    def set_now(self, now_ns: int) -> None:
        """What lies after it has not happened yet."""
        if self._window.until_ns > min(now_ns, self._now_ns) and abs(now_ns - self._now_ns) > self.layout_now().ns_per_px:
            self._now_ns = now_ns
            self._renew()

    def set_words(self, text: str) -> None:
        """Shown where there are no rows: that it is being loaded, or why there is nothing."""
        self._words = text
        self.update()

    def set_scroll(self, scroll: int) -> None:
        self._scroll = max(0, min(scroll, self.layout_now().most_scroll()))
        self._renew()
        self.scrolled.emit()

    def window_shown(self) -> TimeWindow:
        return self._window

    def range_chosen(self) -> Range | None:
        return self._range

    def playhead(self) -> int | None:
        return self._playhead_ns

    def scroll_now(self) -> int:
        return self._scroll

    def columns(self) -> int:
        """How many there is room for."""
        return max(1, self.layout_now().lanes_width // COLUMN_PX)

    def layout_now(self) -> TimelineLayout:
        return TimelineLayout(self.width(), self.height(), self._window, self._rows, self._scroll)

    def lane_rows(self) -> tuple[LaneRow, ...]:
        return self._rows

    def current_row(self) -> int:
        return self._current

    def select_row(self, number: int) -> None:
        self._current = number
        if 0 <= number < len(self._rows):
            self._reveal_row(number)
            self._show_readout(self._playhead_ns if self._playhead_ns is not None else self._window.middle_ns, number)
        self._renew()

    def _reveal_row(self, number: int) -> None:
        top = self.layout_now().tops()[number]
        bottom = top + row_height(self._rows[number])
        if top < TOP_PX:
            self.set_scroll(self._scroll + top - TOP_PX)
        elif bottom > self.height():
            self.set_scroll(self._scroll + bottom - self.height())

    def sizeHint(self) -> QSize:
        return QSize(900, 260)

    # drawing

    def _renew(self) -> None:
        self._still = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        layout = self.layout_now()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture(layout))
        if not self._rows and self._words:
            draw_words(painter, layout, self._words)
        if self._range is not None:
            draw_range(painter, layout, self._range, duration_text(self._range[1] - self._range[0]))
        if self._pointer is not None and self._pointer.x() >= HEAD_PX and self._pressed is None:
            draw_pointer(painter, layout, self._pointer.x())
        if self._playhead_ns is not None:
            draw_playhead(painter, layout, self._playhead_ns, _playhead_text(self._playhead_ns, self._window, self._zone), self._zone)
        if self.hasFocus():
            painter.setPen(color("accent"))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        painter.end()

    def _picture(self, layout: TimelineLayout) -> QPixmap:
        """Everything but playhead, range and pointer, drawn again only when it changed."""
        if self._look != look_number():
            self._look = look_number()
            self._images.clear()
            self._still = None
        if self._still is None:
            ratio = self.devicePixelRatioF()
            still = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            still.setDevicePixelRatio(ratio)
            painter = QPainter(still)
            marks = (self._bookmarks, self._locks)
            scene = TimelineScene(layout, self._timeline, self._image_of, *marks, self._now_ns, self._current, self._zone)
            draw_scene(painter, scene)
            painter.end()
            self._still = still
        return self._still

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.set_scroll(self._scroll)
        if event.oldSize().width() != event.size().width():
            self.window_changed.emit(self._window)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        self._pressed = at
        self._drag = self._begin_press(at, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _begin_press(self, at: QPointF, choosing: bool) -> Callable[[QPointF], None] | None:
        layout = self.layout_now()
        if at.x() < HEAD_PX:
            self._press_name(layout.row_at(at.y()))
            return None
        if (bookmark := self._flag_at(at)) is not None:
            self.bookmark_chosen.emit(bookmark.id)
            return None
        if choosing:
            return self._choose_from(layout.time_at(at.x()))
        if (other_ns := self._handle_at(at.x())) is not None:
            return self._choose_from(other_ns)
        if at.y() < TOP_PX:
            self._seek(at)
            return self._seek
        return self._pan_from(at)

    def _choose_from(self, other_ns: int) -> Callable[[QPointF], None]:
        """Drags one end of the range; the other one stays."""

        def drag(at: QPointF) -> None:
            here_ns = self.layout_now().time_at(min(max(at.x(), HEAD_PX), self.width()))
            if here_ns != other_ns:
                self.set_range((min(here_ns, other_ns), max(here_ns, other_ns)))

        return drag

    def _pan_from(self, start: QPointF) -> Callable[[QPointF], None]:
        begun, scroll, ns_per_px = self._window, self._scroll, self.layout_now().ns_per_px

        def drag(at: QPointF) -> None:
            if (at - start).manhattanLength() >= _DRAG_PX:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.set_window(begun.shifted(round((start.x() - at.x()) * ns_per_px)))
                self.set_scroll(scroll + round(start.y() - at.y()))

        return drag

    def _seek(self, at: QPointF) -> None:
        self.sought.emit(self.layout_now().time_at(min(max(at.x(), HEAD_PX), self.width())))

    def _handle_at(self, x: float) -> int | None:
        """The other end, where a handle is under the pointer."""
        if self._range is None:
            return None
        layout = self.layout_now()
        near = [(abs(layout.x_of(self._range[end]) - x), self._range[1 - end]) for end in (0, 1)]
        distance, other_ns = min(near)
        return other_ns if distance <= GRIP_PX else None

    def _flag_at(self, at: QPointF) -> Bookmark | None:
        layout = self.layout_now()
        return next((each for each in reversed(self._bookmarks) if flag_place(layout, each).contains(at)), None)

    def _press_name(self, number: int) -> None:
        if number >= 0:
            self.select_row(number)
            if self._rows[number].group:
                self.folded.emit(self._rows[number].lane.kind)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._pressed is not None and self._drag is not None:
            self._drag(event.position())
        elif self._pressed is None:
            self._hover(event.position())
        self.update()

    def _hover(self, at: QPointF) -> None:
        on_handle = at.x() >= HEAD_PX and self._handle_at(at.x()) is not None
        ruler = at.x() >= HEAD_PX and PARTS_PX <= at.y() < TOP_PX - FLAGS_PX
        self.setCursor(Qt.CursorShape.SplitHCursor if on_handle else Qt.CursorShape.IBeamCursor if ruler else Qt.CursorShape.ArrowCursor)
        self._show_readout(self.layout_now().time_at(max(at.x(), HEAD_PX)), self.layout_now().row_at(at.y()))

    def _show_readout(self, at_ns: int, row: int) -> None:
        shown = self._rows[row] if 0 <= row < len(self._rows) else None
        text = readout(shown, self._timeline, self._window, at_ns, self._now_ns, self._zone, self._locks)
        self.setAccessibleDescription(text)
        self.pointed.emit(text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        start, self._pressed, self._drag = self._pressed, None, None
        self.unsetCursor()
        still = (event.position() - start).manhattanLength() < _DRAG_PX
        on_lanes = start.x() >= HEAD_PX and start.y() >= TOP_PX
        if still and on_lanes and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._handle_at(start.x()) is None:
            self._current = self.layout_now().row_at(start.y())
            self._renew()
            self._seek(start)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().x() >= HEAD_PX and event.position().y() >= TOP_PX:
            self.set_window(self._window.zoomed(0.25, self.layout_now().time_at(event.position().x())))

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.pointed.emit("")
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the pointer; with Shift, or sideways, pans; over the names, or with Ctrl, scrolls the rows."""
        across, down = event.angleDelta().x(), event.angleDelta().y()
        event.accept()
        if event.position().x() < HEAD_PX or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_scroll(self._scroll - round(down / _NOTCH * 32))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(across) > abs(down):
            self.set_window(self._window.shifted(-round((down or across) / _NOTCH * self._window.length_ns / 10)))
        elif down:
            self.set_window(self._window.zoomed(_ZOOM_PER_NOTCH ** (down / _NOTCH), self.layout_now().time_at(event.position().x())))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip:
            self._show_tip(event.globalPos(), event.pos())  # type: ignore[attr-defined]
            return True
        return super().event(event)

    def _show_tip(self, where: QPoint, at: QPoint) -> None:
        bookmark = self._flag_at(QPointF(at))
        row = self.layout_now().row_at(at.y()) if at.x() < HEAD_PX else -1
        text = bookmark.note if bookmark is not None else self._rows[row].name if row >= 0 else ""
        QToolTip.showText(where, plain_tip(text), self)

    # keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self._window.length_ns // (2 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 10)
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: partial(self._shift_window, -step),
            Qt.Key.Key_Right: partial(self._shift_window, step),
            Qt.Key.Key_PageUp: partial(self._shift_window, -self._window.length_ns),
            Qt.Key.Key_PageDown: partial(self._shift_window, self._window.length_ns),
            Qt.Key.Key_Up: partial(self._step_row, -1),
            Qt.Key.Key_Down: partial(self._step_row, 1),
            Qt.Key.Key_Plus: partial(self.zoom, 0.5),
            Qt.Key.Key_Equal: partial(self.zoom, 0.5),
            Qt.Key.Key_Minus: partial(self.zoom, 2.0),
            Qt.Key.Key_Home: partial(self.ends_wanted.emit, -1),
            Qt.Key.Key_End: partial(self.ends_wanted.emit, 1),
            Qt.Key.Key_Return: self._fold_current,
            Qt.Key.Key_Escape: partial(self.set_range, None),
        }
        act = acts.get(event.key())
        if act is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        act()

    def _shift_window(self, by_ns: int) -> None:
        self.set_window(self._window.shifted(by_ns))

    def zoom(self, factor: float) -> None:
        """At the playhead where it is in view, else at the middle."""
        at_ns = self._playhead_ns
        self.set_window(self._window.zoomed(factor, at_ns if at_ns is not None and self._window.holds(at_ns) else self._window.middle_ns))

    def _step_row(self, by: int) -> None:
        if self._rows:
            self.select_row(min(max(0, self._current + by), len(self._rows) - 1))

    def _fold_current(self) -> None:
        if 0 <= self._current < len(self._rows) and self._rows[self._current].group:
            self.folded.emit(self._rows[self._current].lane.kind)


def _image(row: LaneRow, columns: int) -> QImage | None:
    if row.group and not row.collapsed:
        return None
    pixels = raster(row.lane.marks, columns, row_height(row) - 6)
    if pixels is None:
        return None
    height, width, _ = pixels.shape
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32).copy()


def _playhead_text(at_ns: int, shown: TimeWindow, zone: tzinfo | None) -> str:
    return moment_text(at_ns, shown, zone)
