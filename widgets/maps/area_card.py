"""What was reported in an area, in twelve weeks and by the hour of the day."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.incidents.incident_words import category_word
from widgets.look import scaled
from widgets.marks.notice import Notice
from widgets.number_text import number_text
from widgets.theme import color, font, set_role
from widgets.time_text import minute_of_day_text
from widgets.translation import tr

_MOST_KINDS = 6


class CountBars(QWidget):
    """Bars for counts, each as high as its share of the largest; `labels`: (number of the bar, text) below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._counts: tuple[int, ...] = ()
        self._labels: tuple[tuple[int, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_counts(self, counts: tuple[int, ...], labels: tuple[tuple[int, str], ...]) -> None:
        self._counts, self._labels = counts, labels
        self.setAccessibleName(f"{self._name}: {', '.join(str(count) for count in counts)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, scaled(76))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("secondary"))
        line, high, step = scaled(18), self.height() - scaled(20), self.width() / max(1, len(self._counts))
        most = max(self._counts, default=0)
        for number, count in enumerate(self._counts):
            tall = max(1.0, (high - line) * count / most) if count else 1.0
            painter.fillRect(QRectF(number * step + 1, high - tall, max(1.0, step - 2), tall), color("accent" if count else "line"))
        painter.setPen(color("secondary"))
        if most:
            painter.drawText(QRectF(0, 0, self.width(), line), tr("most {0}").format(most))
        for number, text in self._labels:
            left = min(number * step, self.width() - painter.fontMetrics().horizontalAdvance(text))
            painter.drawText(QRectF(left, high + 2, self.width(), line), text)
        painter.end()


class AreaCard(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.count = QLabel(tr("Drawn area")), QLabel(textFormat=Qt.TextFormat.PlainText)
        self.state = Notice(level="neutral")
        self.weeks, self.hours = CountBars(tr("By week")), CountBars(tr("By hour of the day"))
        self.weeks_title, self.hours_title = QLabel(tr("By week")), QLabel(tr("By hour of the day"))
        self.kinds = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.title, "section")
        set_role(self.count, "figure")
        for label in (self.weeks_title, self.hours_title, self.kinds):
            set_role(label, "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.title, self.count, self.state, self.weeks_title, self.weeks, self.hours_title, self.hours, self.kinds):
            column.addWidget(widget)
        column.addStretch(1)
        self.set_state(tr("Searching records…"))

    def set_state(self, text: str, level: str = "neutral") -> None:
        """There is nothing to show yet, or it could not be asked."""
        self.state.set_notice(text, level)
        self.state.setVisible(bool(text))
        for widget in (self.count, self.weeks_title, self.weeks, self.hours_title, self.hours, self.kinds):
            widget.setVisible(not text)

    def set_history(
        self, count: int, by_week: tuple[int, ...], by_hour: tuple[int, ...], by_category: tuple[tuple[str, int], ...], cut: bool = False
    ) -> None:
        """`cut`: there are more than the record was asked for."""
        if not count:
            self.set_state(tr("No reports in this area in the last 12 weeks."))
            return
        self.set_state("")
        shown = tr("1 incident") if count == 1 else tr("{0} incidents").format(number_text(count))
        self.count.setText(tr("{0} or more").format(shown) if cut else shown)
        self.weeks.set_counts(by_week, ((0, tr("12 weeks ago")), (len(by_week) - 1, tr("now"))))
        self.hours.set_counts(by_hour, tuple((hour, minute_of_day_text(60 * hour)) for hour in (0, 6, 12, 18)))
        self.kinds.setText(" · ".join(f"{category_word(kind)} {number_text(number)}" for kind, number in by_category[:_MOST_KINDS]))
