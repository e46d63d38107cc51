"""Something the operator should know, with a shape in front: beside what it is about, not in a corner."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.marks.status_chip import LEVELS
from widgets.shapes import draw_shape
from widgets.theme import shape_color


class LevelMark(QWidget):
    """The shape of a level (`widgets.marks.status_chip.LEVELS`). The words beside it say the same, so it has no name."""

    def __init__(self, level: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = level
        self.setFixedSize(QSize(12, 18))

    def set_level(self, level: str) -> None:
        if level != self._level:
            self._level = level
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        shape, role = LEVELS[self._level]
        painter = QPainter(self)
        draw_shape(painter, shape, QRectF(1, 4, 10, 10), shape_color(role))
        painter.end()


class Notice(QFrame):
    """One sentence with its mark."""

    def __init__(self, text: str = "", level: str = "moderate", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = LevelMark(level)
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self._show_text(text, level)
        if not text:
            self.hide()  # with a text it shows with whatever it is put into: without that it would be a window of its own

    def set_notice(self, text: str, level: str = "moderate") -> None:
        self._show_text(text, level)
        self.setVisible(bool(text))

    def _show_text(self, text: str, level: str) -> None:
        self._mark.set_level(level)
        if text != self._text.text():
            self._text.setText(text)
            self.setAccessibleName(text)

    def text(self) -> str:
        return self._text.text()


class Notices(QWidget):
    """Several of them; hidden while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, str], ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.hide()

    def set_notices(self, notices: tuple[tuple[str, str], ...]) -> None:
        """(text, level) of each, worst first. Rebuilt only when something else is to be said."""
        if notices == self._shown:
            return
        self._shown = notices
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for text, level in notices:
            self._column.addWidget(Notice(text, level))
        self.setVisible(bool(notices))

    def texts(self) -> tuple[str, ...]:
        return tuple(text for text, _ in self._shown)
