"""How shapes on a picture look: a colour of Okabe-Ito and a hatch of its own each, so that colour is never alone."""

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from engine.model.cameras.picture_zone import LineDirection
from engine.model.value_class import dataclass
from widgets.drawing.shape_draft import Shape, ShapeKind
from widgets.drawing.shape_geometry import left_of
from widgets.theme import color, person_color

_HATCHES = (
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.FDiagPattern,
    Qt.BrushStyle.VerPattern,
    Qt.BrushStyle.Dense6Pattern,
    Qt.BrushStyle.CrossPattern,
)
_ARROW, _HEAD = 26.0, 8.0
_LINES_BEGIN = 3  # so that the first line is not of the first zone's colour


@dataclass(frozen=True, slots=True)
class ShapeLook:
    """`tint`: of its edge; `ground`: what it is filled with; `hatch`: over that."""

    tint: QColor
    ground: QColor
    hatch: Qt.BrushStyle


def looks(shapes: tuple[Shape, ...]) -> dict[str, ShapeLook]:
    """By key. What is drawn later gets the next colour of its kind."""
    counts = {ShapeKind.ZONE: 0, ShapeKind.LINE: _LINES_BEGIN, ShapeKind.PRIVACY: 0, ShapeKind.MASK: 0}
    found: dict[str, ShapeLook] = {}
    for shape in shapes:
        found[shape.key] = look_of(shape.kind, counts[shape.kind])
        counts[shape.kind] += 1
    return found


def look_of(kind: ShapeKind, number: int) -> ShapeLook:
    if kind is ShapeKind.PRIVACY:
        return ShapeLook(QColor(color("mark_text")), privacy_color(), Qt.BrushStyle.NoBrush)
    if kind is ShapeKind.MASK:
        return ShapeLook(QColor(color("mark_quiet")), _clear(privacy_color(), 0.45), Qt.BrushStyle.DiagCrossPattern)
    tint = place_color(number)
    return ShapeLook(tint, _clear(tint, 0.12), _HATCHES[number % len(_HATCHES)])


def place_color(number: int) -> QColor:
    """One of seven. The darkest of them is lifted: on a dim picture it could not be seen."""
    tint = person_color(number)
    return tint.lighter(150) if tint.lightnessF() < 0.4 and tint.blueF() > 0.6 else tint


def line_color(number: int) -> QColor:
    return place_color(number + _LINES_BEGIN)


def privacy_color() -> QColor:
    """Of what nobody is shown: dark in every theme."""
    return QColor(color("halo"))


def _clear(tint: QColor, alpha: float) -> QColor:
    made = QColor(tint)
    made.setAlphaF(alpha)
    return made


def arrows(begin: QPointF, end: QPointF, direction: LineDirection, length: float = _ARROW) -> list[tuple[QPointF, QPointF]]:
    """From the middle of a line across it, one for each way that is told; pixels."""
    middle = (begin + end) / 2
    left = QPointF(*left_of(begin.toTuple(), end.toTuple())) * length  # type: ignore[arg-type]
    ways = {LineDirection.TO_LEFT: (left,), LineDirection.TO_RIGHT: (-left,), LineDirection.BOTH: (left, -left)}
    return [(middle, middle + way) for way in ways[direction]]


def draw_arrow(painter: QPainter, begin: QPointF, end: QPointF, head: float = _HEAD) -> None:
    """With the painter's pen."""
    painter.drawLine(begin, end)
    painter.drawPolyline(QPolygonF(arrow_head(begin, end, head)))


def arrow_head(begin: QPointF, end: QPointF, head: float) -> list[QPointF]:
    """From one of its ends over the tip to the other."""
    along = (end - begin) / max(QPointF.dotProduct(end - begin, end - begin) ** 0.5, 1e-9)
    side = QPointF(-along.y(), along.x())
    return [end - along * head + side * head * 0.6, end, end - along * head - side * head * 0.6]


def swatch(kind: ShapeKind, look: ShapeLook, size: int, ratio: float) -> QPixmap:
    """What stands for it in a list."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.tint, 2))
    if kind is ShapeKind.LINE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(privacy_color())  # bright colours need it where the theme is light
        painter.drawRoundedRect(QRectF(0.5, 0.5, size - 1, size - 1), 3, 3)
        painter.setPen(QPen(look.tint, 2.5))
        painter.drawLine(QPointF(3, size - 3), QPointF(size - 3, 3))
        draw_arrow(painter, QPointF(size / 2, size / 2), QPointF(size - 2, size - 3), 5)
    else:
        _draw_area(painter, QRectF(1.5, 1.5, size - 3, size - 3), look)
    painter.end()
    return pixmap


def _draw_area(painter: QPainter, area: QRectF, look: ShapeLook) -> None:
    painter.fillRect(area, privacy_color())
    painter.fillRect(area, look.ground)
    painter.setBrush(QBrush(look.tint, look.hatch))
    painter.drawRoundedRect(area, 3, 3)


def kind_icon(kind: ShapeKind) -> QIcon:
    """Of the first of a kind."""
    return QIcon(swatch(kind, looks((Shape("a", kind, ()),))["a"], 18, 2.0))


def kind_word(kind: ShapeKind) -> str:
    return {
        ShapeKind.ZONE: QCoreApplication.translate("ShapeEditor", "Zone"),
        ShapeKind.LINE: QCoreApplication.translate("ShapeEditor", "Line"),
        ShapeKind.PRIVACY: QCoreApplication.translate("ShapeEditor", "Privacy area"),
        ShapeKind.MASK: QCoreApplication.translate("ShapeEditor", "Excluded area"),
    }[kind]
