"""Short texts on dark plates, drawn once and kept: shaping text for every frame of every tile would cost more than the picture."""

from collections import OrderedDict

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from engine.model.value_class import dataclass
from widgets.look import look_number
from widgets.shapes import draw_shape
from widgets.theme import color, edge_color, font, plate_color

HEIGHT = 22
_PAD = 7
_MARK = 8
_KEPT = 600


@dataclass(frozen=True, slots=True)
class PlateSpec:
    """Attributes:
    mark: shape in front of the text in `mark_color` (`#RRGGBB`), "" for none; `bar` is a full-height strip.
    text_color: role of the theme. outlined: a one-pixel edge in the text's colour. max_width: longer text is cut with "…"; 0 never.
    ending: stands behind the text, and is never cut.
    """

    text: str
    mark: str = ""
    mark_color: str = ""
    text_color: str = "text"
    weight: int = QFont.Weight.Normal
    outlined: bool = False
    max_width: int = 0
    height: int = HEIGHT
    ending: str = ""


class Plates:
    """A bounded store of drawn plates for one widget. Main thread only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[PlateSpec, float, int], QPixmap] = OrderedDict()

    def get(self, spec: PlateSpec, ratio: float) -> QPixmap:
        """The plate, for a screen of this device pixel ratio."""
        key = (spec, ratio, look_number())
        drawn = self._kept.get(key)
        if drawn is None:
            drawn = self._kept[key] = _draw_plate(spec, ratio)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return drawn


def plate_width(pixmap: QPixmap) -> int:
    return round(pixmap.deviceIndependentSize().width())


def _draw_plate(spec: PlateSpec, ratio: float) -> QPixmap:
    face = font("secondary", spec.weight)
    metrics = QFontMetrics(face)
    lead = _PAD + {"": 0, "bar": 3 + 5}.get(spec.mark, _MARK + 6)
    text, ending = spec.text, f" · {spec.ending}" if spec.ending else ""
    if spec.max_width:
        room = spec.max_width - lead - _PAD - metrics.horizontalAdvance(ending)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
    text += ending
    size = QSize(lead + metrics.horizontalAdvance(text) + _PAD, max(spec.height, metrics.height() + 2))
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _draw_ground(painter, spec, size)
    _draw_mark(painter, spec, size)
    painter.setFont(face)
    painter.setPen(color(spec.text_color))
    painter.drawText(QRectF(lead, 0, size.width() - lead, size.height()), Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return pixmap


def _draw_ground(painter: QPainter, spec: PlateSpec, size: QSize) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color(spec.text_color), 1) if spec.outlined else Qt.PenStyle.NoPen)
    painter.setBrush(plate_color())
    inset = 0.5 if spec.outlined else 0.0
    painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()).adjusted(inset, inset, -inset, -inset), 4, 4)


def _draw_mark(painter: QPainter, spec: PlateSpec, size: QSize) -> None:
    if spec.mark == "bar":
        paint_bar(painter, QRectF(_PAD, 4, 3, size.height() - 8), QColor(spec.mark_color))
    elif spec.mark:
        draw_shape(painter, spec.mark, QRectF(_PAD, (size.height() - _MARK) / 2, _MARK, _MARK), QColor(spec.mark_color))


def paint_bar(painter: QPainter, area: QRectF, tint: QColor) -> None:
    """A strip in somebody's colour, or in that of a zone, before their name; with an edge where the colour is hard to see on the plate."""
    edge = edge_color(tint.name())
    if edge.rgb() != tint.rgb():
        painter.fillRect(area.adjusted(-1, -1, 1, 1), edge)
    painter.fillRect(area, tint)
