"""Icons of `resources/icons`, in the colours of the theme on screen and crisp on every screen."""

from importlib.resources import files

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel

from widgets.look import by_look
from widgets.theme import color

_NAME, _ROLE, _SIZE = "icon_name", "icon_role", "icon_size"


class _Tinted(QIconEngine):
    """Asks for its colour whenever it is drawn: whoever holds the icon has nothing to do when the theme changes."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatioF()
        pixmap = _icon_pixmap(self._name, self._tint(mode), min(rect.width(), rect.height()), ratio)
        side = min(rect.width(), rect.height())
        painter.drawPixmap(rect.x() + (rect.width() - side) // 2, rect.y() + (rect.height() - side) // 2, pixmap)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return QPixmap(_icon_pixmap(self._name, self._tint(mode), min(size.width(), size.height()), 1.0))

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        side = min(size.width(), size.height())
        return QSize(side, side)

    def isNull(self) -> bool:
        return False

    def clone(self) -> QIconEngine:
        copied = _Tinted(self._name, self._role)
        _CLONES.append(copied)
        return copied

    def _tint(self, mode: QIcon.Mode) -> str:
        return color("disabled" if mode is QIcon.Mode.Disabled else self._role).name()


_CLONES: list[QIconEngine] = []  # Qt owns a copy without Python's knowledge
_ICONS: dict[tuple[str, str], tuple[QIcon, QIconEngine]] = {}


def icon(name: str, role: str = "secondary") -> QIcon:
    """The icon of this Lucide name (file `resources/icons/<name>.svg`) in the colour of a role; greyed where disabled."""
    if (name, role) not in _ICONS:
        engine = _Tinted(name, role)
        _ICONS[name, role] = (QIcon(engine), engine)
    return _ICONS[name, role][0]


def show_icon(label: QLabel, name: str, size: int, role: str = "secondary") -> None:
    """The icon as the picture of a label, also after the theme has changed (`retint`)."""
    for key, value in ((_NAME, name), (_ROLE, role), (_SIZE, size)):
        label.setProperty(key, value)
    label.setPixmap(icon(name, role).pixmap(QSize(size, size), label.devicePixelRatioF()))


def retint(app: QApplication) -> None:
    """Draw the pictures of labels again, in the colours of the theme on screen."""
    for widget in app.allWidgets():
        if isinstance(widget, QLabel) and (name := widget.property(_NAME)):
            show_icon(widget, name, widget.property(_SIZE), widget.property(_ROLE))


def icon_pixmap(name: str, tint: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon drawn at `size` logical pixels for a screen of this device pixel ratio."""
    return _render_icon(name, tint.name(), size, ratio)


@by_look
def _icon_pixmap(name: str, tint: str, size: int, ratio: float) -> QPixmap:
    return _render_icon(name, tint, size, ratio)


def _render_icon(name: str, tint: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(_svg(name).replace("currentColor", tint).encode())).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@by_look
def _svg(name: str) -> str:
    return files("resources.icons").joinpath(f"{name}.svg").read_text("utf-8")
