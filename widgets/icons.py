"""Icons of `resources/icons`, tinted when loaded and crisp on every screen."""

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from widgets.theme import color

_SIZES = (16, 20, 24, 32, 48, 64)


@cache
def icon(name: str, role: str = "secondary") -> QIcon:
    """The icon of this Lucide name (file `resources/icons/<name>.svg`) in the colour of a role; greyed where disabled."""
    built = QIcon()
    for mode, tint in ((QIcon.Mode.Normal, color(role)), (QIcon.Mode.Disabled, color("disabled"))):
        for size in _SIZES:
            built.addPixmap(icon_pixmap(name, tint, size), mode)
    return built


def icon_pixmap(name: str, tint: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon drawn at `size` logical pixels for a screen of this device pixel ratio."""
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(_svg(name).replace("currentColor", tint.name()).encode())).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@cache
def _svg(name: str) -> str:
    return files("resources.icons").joinpath(f"{name}.svg").read_text("utf-8")
