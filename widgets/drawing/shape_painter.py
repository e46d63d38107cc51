"""Draws shapes over a picture that is worked on: areas, lines with their arrows, the points of the chosen one, and sentences in place."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from engine.model.geometry import Point
from engine.model.value_class import dataclass
from widgets.drawing.shape_draft import Refusal, Shape, ShapeKind
from widgets.drawing.shape_geometry import inner_point, segments
from widgets.drawing.shape_looks import ShapeLook, arrows, draw_arrow
from widgets.plates import paint_bar
from widgets.theme import color, font, plate_color

POINT_PX, MIDDLE_PX = 6.0, 4.0
_LABEL_PX, _LEAST_LABEL_PX = 180, 60
_SENTENCE_PX = 300
ToPixel = Callable[[Point], QPointF]


@dataclass(frozen=True, slots=True)
class Foot:
    """Where somebody stands now (shares of the picture). `counted`: of a zone."""

    at: Point
    label: str
    counted: bool = False


def paint_shape(painter: QPainter, shape: Shape, look: ShapeLook, chosen: bool, to: ToPixel) -> None:
    pixels = [to(point) for point in shape.points]
    if shape.kind is ShapeKind.LINE:
        _paint_line(painter, shape, pixels, look, chosen)
        return
    area = QPolygonF(pixels)
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(look.ground)
    if chosen and shape.kind is ShapeKind.PRIVACY:
        ground.setAlphaF(0.7)  # what it is put over is seen while it is
    for brush in (QBrush(ground), QBrush(look.tint, look.hatch)):
        painter.setOpacity(0.45 if brush.style() is look.hatch and look.hatch is not Qt.BrushStyle.NoBrush else 1.0)
        painter.setBrush(brush)
        painter.drawPolygon(area)
    painter.setOpacity(1.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (_halo(5 if chosen else 4), _pen(look, chosen)):
        painter.setPen(pen)
        painter.drawPolygon(area)


def _paint_line(painter: QPainter, shape: Shape, pixels: list[QPointF], look: ShapeLook, chosen: bool) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (_halo(5 if chosen else 4), _pen(look, chosen)):
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(pixels))
        for begin, end in arrows(pixels[0], pixels[-1], shape.direction):
            draw_arrow(painter, begin, end)
    painter.setBrush(look.tint)
    painter.drawEllipse(pixels[0], 4, 4)  # where it begins


def paint_label(painter: QPainter, shape: Shape, look: ShapeLook, text: tuple[str, str], chosen: bool, to: ToPixel) -> None:
    """Its name on a dark plate in its middle; beside a line, where its arrow is not."""
    face = font("secondary", QFont.Weight.DemiBold if chosen else QFont.Weight.Normal)
    metrics = QFontMetrics(face)
    short = " · ".join(
        part
        for part in (metrics.elidedText(text[0], Qt.TextElideMode.ElideRight, _room(shape, to) - _width(metrics, text[1])), text[1])
        if part
    )
    size = QSizeF(metrics.horizontalAdvance(short) + 21, metrics.height() + 4)
    at = to(shape.points[0] if shape.kind is ShapeKind.LINE else inner_point(shape.points))
    plate = QRectF(at.x() - size.width() / 2, at.y() - size.height() / 2, size.width(), size.height())
    if shape.kind is ShapeKind.LINE:
        plate.moveTopLeft(at + QPointF(10, 8))
    plate = inside(plate, painter.clipBoundingRect())
    painter.setPen(QPen(look.tint, 1) if chosen else Qt.PenStyle.NoPen)
    painter.setBrush(plate_color())
    painter.drawRoundedRect(plate, 4, 4)
    paint_bar(painter, QRectF(plate.left() + 6, plate.top() + 4, 3, plate.height() - 8), look.tint)
    painter.setFont(face)
    painter.setPen(color("text"))
    painter.drawText(plate.adjusted(14, 0, -4, 0), int(Qt.AlignmentFlag.AlignVCenter), short)


def _room(shape: Shape, to: ToPixel) -> int:
    """Of a name: as wide as its area, within bounds."""
    if not shape.closed:
        return _LABEL_PX
    across = [to(point).x() for point in shape.points]
    return round(min(max(max(across) - min(across) - 34, _LEAST_LABEL_PX), _LABEL_PX))


def _width(metrics: QFontMetrics, besides: str) -> int:
    return metrics.horizontalAdvance(f" · {besides}") if besides else 0


def paint_points(painter: QPainter, shape: Shape, look: ShapeLook, point: int, to: ToPixel) -> None:
    """Squares at its points, the chosen one larger and filled; small rings in the middle of its edges, where a point can be put in."""
    if shape.closed:
        for a, b in segments(shape.points, closed=True):
            _ring(painter, (to(a) + to(b)) / 2, MIDDLE_PX, look)
    for index, at in enumerate(shape.points):
        here = index == point
        half = POINT_PX + 1.5 if here else POINT_PX - 1
        square = QRectF(to(at) - QPointF(half, half), QSizeF(2 * half, 2 * half))
        painter.setBrush(color("mark") if here else QBrush(color("halo")))
        for pen in (QPen(color("halo"), 4), QPen(look.tint if not here else Qt.GlobalColor.white, 2)):
            painter.setPen(pen)
            if index == 0 and not shape.closed:  # where a line begins
                painter.drawEllipse(square)
            else:
                painter.drawRect(square)


def _ring(painter: QPainter, at: QPointF, radius: float, look: ShapeLook) -> None:
    painter.setBrush(color("halo"))
    painter.setPen(QPen(look.tint, 1.5))
    painter.drawEllipse(at, radius, radius)


def paint_under_way(painter: QPainter, shape: Shape, look: ShapeLook, cursor: QPointF | None, to: ToPixel) -> None:
    """What there is of it, and where it would go on. The first point is a ring to close it at."""
    pixels = [to(point) for point in shape.points]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (_halo(4), QPen(look.tint, 2)):
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(pixels))
    if cursor is not None and pixels:
        painter.setPen(QPen(look.tint, 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(pixels[-1], cursor)
    for index, at in enumerate(pixels):
        _ring(painter, at, POINT_PX + 3 if index == 0 and len(pixels) >= shape.least else MIDDLE_PX, look)


def paint_pen(painter: QPainter, at: QPointF) -> None:
    """Where the next point would be put with the keys."""
    for pen in (_halo(5), QPen(color("mark"), 2)):
        painter.setPen(pen)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(at + QPointF(4 * dx, 4 * dy), at + QPointF(16 * dx, 16 * dy))


def paint_refused(painter: QPainter, points: Sequence[Point], closed: bool, to: ToPixel) -> None:
    """The shape that is not taken."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    shape = QPolygonF([to(point) for point in points])
    for pen in (_halo(4), QPen(color("mark_wrong"), 2, Qt.PenStyle.DashLine)):
        painter.setPen(pen)
        if closed:
            painter.drawPolygon(shape)
        else:
            painter.drawPolyline(shape)


def paint_refusal(painter: QPainter, refusal: Refusal, to: ToPixel) -> None:
    """The sentence beside the spot that it is about, with a triangle."""
    face, at, bounds = font("body"), to(refusal.at), painter.clipBoundingRect()
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
    text = f"▲ {refusal.text}"
    room = QFontMetrics(face).boundingRect(QRectF(0, 0, _SENTENCE_PX, 400).toRect(), flags, text)
    plate = inside(QRectF(at.x() + 14, at.y() + 12, room.width() + 22, room.height() + 12), bounds)
    ground = QColor(plate_color())
    ground.setAlpha(255)  # lines that cross beneath would be read with it
    painter.setPen(QPen(color("critical"), 1.5))
    painter.setBrush(ground)
    painter.drawEllipse(at, 5, 5)
    painter.drawRoundedRect(plate, 5, 5)
    painter.setFont(face)
    painter.setPen(color("text"))
    painter.drawText(plate.adjusted(10, 0, -8, 0), flags, text)


def paint_feet(painter: QPainter, feet: Sequence[Foot], to: ToPixel) -> None:
    """A disc where somebody stands; a ring where they are in no zone. The number of the track beside it."""
    face = font("secondary", QFont.Weight.DemiBold)
    for foot in feet:
        at = to(foot.at)
        for pen in (_halo(4.5), QPen(color("mark"), 2)):
            painter.setPen(pen)
            painter.setBrush(color("mark") if foot.counted else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, 5, 5)
        size = QFontMetrics(face).size(0, foot.label)
        plate = QRectF(at.x() + 8, at.y() - size.height() / 2, size.width() + 8, size.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate_color())
        painter.drawRoundedRect(plate, 3, 3)
        painter.setFont(face)
        painter.setPen(color("text"))
        painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), foot.label)


def inside(plate: QRectF, bounds: QRectF) -> QRectF:
    """Moved so far that it does not leave the bounds, where it fits."""
    x = min(max(plate.x(), bounds.left() + 4), max(bounds.left() + 4, bounds.right() - plate.width() - 4))
    y = min(max(plate.y(), bounds.top() + 4), max(bounds.top() + 4, bounds.bottom() - plate.height() - 4))
    return QRectF(x, y, plate.width(), plate.height())


def _halo(width: float) -> QPen:
    return QPen(color("halo"), width)


def _pen(look: ShapeLook, chosen: bool) -> QPen:
    return QPen(look.tint, 3 if chosen else 2)
