"""A calendar that says on which days there is anything: a dot for events, a triangle for alerts, a line for video."""

from datetime import date

from PySide6.QtCore import QDate, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QLabel, QToolButton, QWidget

from console.bridge import EngineBridge
from console.pages.investigate.zone import PageZone
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.history.timeline import CountDays, DayCount
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.shapes import draw_shape
from widgets.theme import color, set_role, shape_color
from widgets.translation import tr
from widgets.words import count_text

_LOOKS = """
QCalendarWidget QAbstractItemView { border: none; padding: 0; }
QCalendarWidget QAbstractItemView::item { padding: 0; }
QCalendarWidget #qt_calendar_navigationbar { background: palette(base); }
QCalendarWidget QToolButton { border: none; background: transparent; padding: 4px 8px; }
QCalendarWidget QToolButton:hover { background: palette(button); }
"""
_MARK = 6.0
_BESIDE = 0.5  # days of the months before and after


class DayCalendar(QCalendarWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[tuple[int, int, int], DayCount] = {}
        self.setGridVisible(False)
        self.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        plain = QTextCharFormat()
        plain.setForeground(color("text"))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.setWeekdayTextFormat(day, plain)
        self.setAccessibleName(tr("Recorded days"))
        self.setMinimumSize(364, 300)
        self.setStyleSheet(_LOOKS)
        for name, looks in (("qt_calendar_prevmonth", "chevron-left"), ("qt_calendar_nextmonth", "chevron-right")):
            if (button := self.findChild(QToolButton, name)) is not None:
                button.setIcon(icon(looks, "text"))  # Qt's own are dark in every theme

    def set_counts(self, year: int, month: int, days: tuple[DayCount, ...]) -> None:
        self._counts |= {(year, month, day.day): day for day in days}
        self.updateCells()

    def count(self, day: QDate) -> DayCount | None:
        return self._counts.get((day.year(), day.month(), day.day()))

    def paintCell(self, painter: QPainter, rect: QRect, day: QDate | date) -> None:
        shown = day if isinstance(day, QDate) else QDate(day.year, day.month, day.day)
        painter.setOpacity(1.0 if shown.month() == self.monthShown() else _BESIDE)
        super().paintCell(painter, rect, shown)
        count = self.count(shown)
        if count is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        foot = rect.bottom() - 4.0
        marks = [mark for mark, n in ((("disc", "low"), count.events), (("triangle", "high"), count.alerts)) if n]
        for number, (shape, role) in enumerate(marks):
            middle = rect.center().x() + (number - (len(marks) - 1) / 2) * 9
            draw_shape(painter, shape, QRectF(middle - _MARK / 2, foot - _MARK / 2, _MARK, _MARK), shape_color(role))
        if count.video:
            painter.fillRect(QRect(rect.left() + 8, rect.bottom() - 1, rect.width() - 16, 2), color("accent"))
        painter.restore()


class CalendarPopup(QWidget):
    """UI thread. Asks for each month once while it is open. Signals: day_chosen(date)."""

    day_chosen = Signal(object)

    def __init__(self, bridge: EngineBridge, zone: PageZone, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._bridge, self._zone = bridge, zone
        self.calendar = DayCalendar()
        self.words = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.words, "secondary")
        column = make_column(self, margins=(8, 8, 8, 8))
        column.addWidget(self.calendar)
        column.addWidget(self.words)
        self.calendar.currentPageChanged.connect(self._load)
        self.calendar.activated.connect(self._emit_day)
        self.calendar.clicked.connect(self._emit_day)
        self.calendar.selectionChanged.connect(self._show_count)

    def open_at(self, day: date, today: date, where: QWidget) -> None:
        """Below a button. Days after today cannot be chosen."""
        self.calendar.setMaximumDate(QDate(today.year, today.month, today.day))
        self.calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self.adjustSize()
        corner = where.mapToGlobal(where.rect().bottomLeft())
        room = where.screen().availableGeometry()
        self.move(min(corner.x(), room.right() - self.width()), min(corner.y() + 4, room.bottom() - self.height()))
        self.show()
        self.calendar.setFocus()
        self._load(day.year, day.month)

    def _load(self, year: int, month: int) -> None:
        self.words.setText(tr("Counting…"))
        question = CountDays(year, month, self._zone.key)
        self._bridge.ask(question, self._show_counts, self._show_count_error, year, month, owner=self)

    def _show_counts(self, year: int, month: int, days: tuple[DayCount, ...]) -> None:
        self.calendar.set_counts(year, month, days)
        self._show_count()

    def _show_count_error(self, error: WatchroomError) -> None:
        self.words.setText(error_text(error))

    def _show_count(self) -> None:
        count = self.calendar.count(self.calendar.selectedDate())
        if count is None:
            self.words.setText(tr("No records on this day"))
        else:
            video = tr("video") if count.video else tr("no video")
            events = count_text(count.events, tr("1 event"), tr("{0} events"))
            alerts = count_text(count.alerts, tr("1 alert"), tr("{0} alerts"))
            self.words.setText(f"{events}, {alerts}, {video}")

    def _emit_day(self, day: QDate | date) -> None:
        chosen = day if isinstance(day, QDate) else QDate(day.year, day.month, day.day)
        self.hide()
        self.day_chosen.emit(date(chosen.year(), chosen.month(), chosen.day()))
