"""One figure of the System page."""

from collections import deque

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.marks.elided_label import ElidedLabel
from widgets.marks.plain_tip import plain_tip
from widgets.marks.sparkline import Sparkline
from widgets.marks.status_chip import LEVELS
from widgets.shapes import draw_shape
from widgets.theme import font, set_role, shape_color

_SAMPLES = 120
_MARK = 18  # pixels beside the title, for the mark of a figure that is wrong


class FigureCard(QFrame):
    """One figure with its unit, a note below and an optional sparkline."""

    def __init__(self, title: str, unit: str = "", tip: str = "", parent: QWidget | None = None) -> None:
        """`unit`: of every value; otherwise a value names its own, as `41 GiB` does. `tip`: what it is, and when to worry."""
        super().__init__(parent)
        set_role(self, "panel")
        self.setToolTip(plain_tip(tip))
        self._fixed_unit, self._unit = unit, QLabel(unit, alignment=Qt.AlignmentFlag.AlignBottom, textFormat=Qt.TextFormat.PlainText)
        self._title = ElidedLabel(title)
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._figure = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._sparkline = Sparkline()
        self._samples: deque[float | None] = deque(maxlen=_SAMPLES)
        self._level, self._large = "", False
        self._lay_out_card()
        self.set_value("")

    def _lay_out_card(self) -> None:
        for label, role in ((self._title, "secondary"), (self._unit, "secondary"), (self._note, "secondary")):
            set_role(label, role)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._figure)
        row.addWidget(self._unit)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addLayout(row)
        column.addWidget(self._note)
        column.addStretch(1)
        column.addWidget(self._sparkline)
        self._sparkline.hide()
        self.setMinimumWidth(118)

    def set_value(self, text: str, note: str = "", level: str = "") -> None:
        """`text`: the figure, "" shows "No data". `level`: "", `moderate`, `high` or `critical` colours and marks it."""
        figure, _, unit = (text, "", self._fixed_unit) if self._fixed_unit else text.partition(" ")
        self._figure.setText(figure or self.tr("No data"))
        self._unit.setText(unit)
        self._large = bool(text)
        self._fit_figure()
        self._unit.setVisible(bool(text and unit))
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(f"{self._title.text()} {self._figure.text()} {self._unit.text()}".strip())
        if level != self._level:
            self._level = level
            self._title.setContentsMargins(0, 0, _MARK if level else 0, 0)
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_figure()

    def _fit_figure(self) -> None:
        """The figure is smaller where the card has no room for it: large text on a small screen."""
        below = QFontMetrics(font("figure")).descent() - QFontMetrics(font("secondary")).descent()
        self._unit.setContentsMargins(0, 0, 0, below)  # both stand on one line
        unit = self._unit.sizeHint().width() + 6 if self._unit.text() else 0
        room = self.width() - 28 - unit
        fits = QFontMetrics(font("figure")).horizontalAdvance(self._figure.text()) <= room
        role = ("figure" if fits else "page") if self._large else "section"
        if role != self._figure.property("role"):
            set_role(self._figure, role)

    def add_sample(self, value: float | None) -> None:
        """Append to the sparkline (newest 120 are kept)."""
        self._samples.append(value)
        self._sparkline.set_values(tuple(self._samples))
        self._sparkline.show()  # from the first one on, so that nothing below moves when there is a line to draw

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._level:
            shape, role = LEVELS[self._level]
            draw_shape(QPainter(self), shape, QRectF(self.width() - 28, 14, 12, 12), shape_color(role))
