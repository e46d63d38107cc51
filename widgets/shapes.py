"""Severity shapes: filled or hollow outlines that read without colour."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF


def draw_shape(painter: QPainter, shape: str, area: QRectF, color: QColor) -> None:
    """Draw `triangle`, `diamond`, `square`, `disc` or `ring` inside the area."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    _DRAW[shape](painter, area, color)
    painter.restore()


def shape_icon(shape: str, tint: QColor, size: int = 16) -> QIcon:
    """The shape with air around it, as high as other icons; crisp on dense screens too."""
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


def _triangle(painter: QPainter, area: QRectF, color: QColor) -> None:
    painter.drawPolygon(QPolygonF([QPointF(area.center().x(), area.top()), area.bottomRight(), area.bottomLeft()]))


def _diamond(painter: QPainter, area: QRectF, color: QColor) -> None:
    middle = area.center()
    corners = [(middle.x(), area.top()), (area.right(), middle.y()), (middle.x(), area.bottom()), (area.left(), middle.y())]
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))


def _square(painter: QPainter, area: QRectF, color: QColor) -> None:
    inset = area.width() * 0.08
    painter.drawRect(area.adjusted(inset, inset, -inset, -inset))


def _disc(painter: QPainter, area: QRectF, color: QColor) -> None:
    painter.drawEllipse(area)


def _ring(painter: QPainter, area: QRectF, color: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, area.width() * 0.16))
    inset = area.width() * 0.1
    painter.drawEllipse(area.adjusted(inset, inset, -inset, -inset))


_DRAW = {"triangle": _triangle, "diamond": _diamond, "square": _square, "disc": _disc, "ring": _ring}
