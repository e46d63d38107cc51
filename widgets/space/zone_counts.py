"""How many people are in each zone of the floor, as a list."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.marks.elided_label import ElidedLabel
from widgets.number_text import number_text
from widgets.shapes import draw_shape
from widgets.space.scene import ZoneMark
from widgets.theme import set_role
from widgets.translation import tr

_MARK = 12


class ZoneCounts(QWidget):
    """Only zones whose people are counted. Hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, str, str], ...] = ()
        self._rows: list[tuple[QLabel, ElidedLabel, QLabel]] = []
        title = QLabel(tr("People in zones"))
        set_role(title, "section")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(8)
        column.addWidget(title)
        column.addLayout(self._grid)
        self.hide()

    def show_zones(self, zones: Sequence[ZoneMark]) -> None:
        shown = tuple((mark.zone.name, people_text(mark), mark.color) for mark in zones if mark.counted)
        if shown == self._shown:
            return
        self._shown = shown
        while len(self._rows) < len(shown):
            self._add_row()
        for number, row in enumerate(self._rows):
            for part in row:
                part.setVisible(number < len(shown))
        for (mark, name, count), (title, text, tint) in zip(self._rows, shown, strict=False):
            mark.setPixmap(_square(tint, self.devicePixelRatioF()))
            name.setText(title)
            count.setText(text)
            count.setAccessibleName(f"{title}: {text}")

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Zones and what is said of each, as they stand."""
        return tuple((name, text) for name, text, _ in self._shown)

    def _add_row(self) -> None:
        row = QLabel(textFormat=Qt.TextFormat.PlainText), ElidedLabel(), QLabel(textFormat=Qt.TextFormat.PlainText)
        row[2].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row[1].setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        set_role(row[2], "secondary")
        for column, part in enumerate(row):
            self._grid.addWidget(part, len(self._rows), column)
        self._rows.append(row)


def people_text(mark: ZoneMark) -> str:
    return tr("not known") if mark.people is None else number_text(mark.people)


def _square(tint: str, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(_MARK * ratio), round(_MARK * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_shape(painter, "square", QRectF(1, 1, _MARK - 2, _MARK - 2), QColor(tint))
    painter.end()
    return pixmap
