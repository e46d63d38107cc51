"""How many alerts of each severity are open, as a button for a narrow bar: shape and number, each in its colour."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from engine.model.event import Severity
from widgets.marks.plain_tip import plain_tip
from widgets.shapes import draw_shape
from widgets.theme import color, font, set_role, severity_style, severity_word
from widgets.translation import tr

_MARK, _PAD = 10, 8


class AlertCounts(QToolButton):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: tuple[tuple[Severity, int], ...] = ()
        set_role(self, "quiet")
        self._describe_counts()

    def show_counts(self, counts: tuple[tuple[Severity, int], ...]) -> None:
        """Gravest first."""
        if counts != self._counts:
            self._counts = counts
            self._describe_counts()
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        said = ", ".join(f"{count} {severity_word(severity).lower()}" for severity, count in self._counts)
        return tr("Open alerts: {0}").format(said) if said else tr("No open alerts")

    def _describe_counts(self) -> None:
        self.setAccessibleName(self.words())
        self.setToolTip(plain_tip(self.words()))

    def _count_parts(self) -> list[tuple[Severity, str, int]]:
        metrics = QFontMetrics(font("secondary"))
        return [(severity, str(count), _MARK + 5 + metrics.horizontalAdvance(str(count)) + 10) for severity, count in self._counts]

    def sizeHint(self) -> QSize:
        nothing = QFontMetrics(font("secondary")).horizontalAdvance(tr("No open alerts"))
        return QSize((sum(width for _, _, width in self._count_parts()) - 10 if self._counts else nothing) + 2 * _PAD, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(font("secondary"))
        if not self._counts:
            painter.setPen(color("text"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("No open alerts"))
        x = float(_PAD)
        for severity, count, width in self._count_parts():
            style = severity_style(severity)
            draw_shape(painter, style.shape, QRectF(x, (self.height() - _MARK) / 2, _MARK, _MARK), style.fill)
            painter.setPen(color("text"))
            painter.drawText(QRectF(x + _MARK + 5, 0, width, self.height()), Qt.AlignmentFlag.AlignVCenter, count)
            x += width
        painter.end()
