"""A small shape and word that say how something is."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.model.health import CameraHealth
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.shapes import draw_shape
from widgets.theme import color, font, shape_color
from widgets.wall.tile_status import tile_status

_HEIGHT = 22
_PAD = 8
_MARK = 9
LEVELS = {
    "neutral": ("ring", "minimal"),
    "info": ("disc", "accent"),
    "good": ("disc", "good"),
    "low": ("disc", "low"),
    "moderate": ("square", "moderate"),
    "high": ("diamond", "high"),
    "critical": ("triangle", "critical"),
}
"""Level → (shape, colour role)."""
_OUTLINED = ("info", "moderate", "high", "critical")  # they want somebody


class StatusChip(QWidget):
    def __init__(self, text: str = "", level: str = "neutral", parent: QWidget | None = None) -> None:
        """`level`: neutral, info, good, low, moderate, high, critical."""
        super().__init__(parent)
        self._text = ""
        self._level = "neutral"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_status(text, level)

    def set_status(self, text: str, level: str = "neutral") -> None:
        """KeyError for an unknown level."""
        if (text, level) == (self._text, self._level):
            return
        LEVELS[level]
        self._text, self._level = text, level
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()
        if self.isVisible() and self.sizeHint().width() > self.width():
            _lay_out_around(self)

    def set_camera(self, health: CameraHealth, now_ns: int) -> None:
        """State of a camera as the engine sees it, with how long it is lost."""
        status = tile_status(health, now_ns, now_ns)
        self.set_status(status.text, status.level)
        self.setToolTip(plain_tip(status.reason))

    def text(self) -> str:
        return self._text

    def level(self) -> str:
        return self._level

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(font("secondary")).horizontalAdvance(self._text) + _MARK + 6 + 2 * _PAD, scaled(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        shape, role = LEVELS[self._level]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(shape_color(role) if self._level in _OUTLINED else color("line"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        draw_shape(painter, shape, QRectF(_PAD, (scaled(_HEIGHT) - _MARK) / 2, _MARK, _MARK), shape_color(role))
        painter.setFont(font("secondary"))
        painter.setPen(color("text"))
        painter.drawText(self.rect().adjusted(_PAD + _MARK + 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)


def _lay_out_around(widget: QWidget) -> None:
    """Now, not when the event loop comes to it: until then its text would be cut. What is around it may have to grow for it as well."""
    above = widget.parentWidget()
    while above is not None and (layout := above.layout()) is not None:
        layout.activate()
        above = None if above.isWindow() else above.parentWidget()
