"""Severity shapes: filled or hollow outlines that read without colour."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPen, QPixmap, QPolygonF

from widgets.theme import edge_color, shape_color


def draw_shape(painter: QPainter, shape: str, area: QRectF, tint: QColor) -> None:
    """Draw `triangle`, `diamond`, `square`, `disc` or `ring` inside the area; with an edge where the colour is hard to see."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = edge_color(tint.name())
    painter.setPen(QPen(edge, 1) if edge.rgb() != tint.rgb() else Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    _DRAW[shape](painter, area, tint)
    painter.restore()


class _Shape(QIconEngine):
    """Asks for its colour whenever it is drawn."""

    def __init__(self, shape: str, role: str) -> None:
        super().__init__()
        self._shape, self._role = shape, role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        edge = 0.16 * min(rect.width(), rect.height())
        draw_shape(painter, self._shape, QRectF(rect).adjusted(edge, edge, -edge, -edge), shape_color(self._role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        return size

    def isNull(self) -> bool:
        return False

    def clone(self) -> QIconEngine:
        copied = _Shape(self._shape, self._role)
        _CLONES.append(copied)
        return copied


_CLONES: list[QIconEngine] = []  # Qt owns a copy without Python's knowledge
_ICONS: dict[tuple[str, str], tuple[QIcon, QIconEngine]] = {}


def role_icon(shape: str, role: str) -> QIcon:
    """The shape in the colour that a role of the theme has when it is drawn."""
    if (shape, role) not in _ICONS:
        engine = _Shape(shape, role)
        _ICONS[shape, role] = (QIcon(engine), engine)
    return _ICONS[shape, role][0]


def shape_icon(shape: str, tint: QColor, size: int = 16) -> QIcon:
    """The shape in a colour of somebody's own, with air around it, as high as other icons; crisp on dense screens too."""
    found = QIcon()
    for scale in (1, 2, 3):
        pixmap = QPixmap(size * scale, size * scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        edge = 0.16 * size * scale
        draw_shape(painter, shape, QRectF(pixmap.rect()).adjusted(edge, edge, -edge, -edge), tint)
        painter.end()
        found.addPixmap(pixmap)
    return found


def _triangle(painter: QPainter, area: QRectF, tint: QColor) -> None:
    painter.drawPolygon(QPolygonF([QPointF(area.center().x(), area.top()), area.bottomRight(), area.bottomLeft()]))


def _diamond(painter: QPainter, area: QRectF, tint: QColor) -> None:
    middle = area.center()
    corners = [(middle.x(), area.top()), (area.right(), middle.y()), (middle.x(), area.bottom()), (area.left(), middle.y())]
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))


def _square(painter: QPainter, area: QRectF, tint: QColor) -> None:
    inset = area.width() * 0.08
    painter.drawRect(area.adjusted(inset, inset, -inset, -inset))


def _disc(painter: QPainter, area: QRectF, tint: QColor) -> None:
    painter.drawEllipse(area)


def _ring(painter: QPainter, area: QRectF, tint: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tint, area.width() * 0.16))
    inset = area.width() * 0.1
    painter.drawEllipse(area.adjusted(inset, inset, -inset, -inset))


_DRAW = {"triangle": _triangle, "diamond": _diamond, "square": _square, "disc": _disc, "ring": _ring}
