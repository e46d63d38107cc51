"""Draws marks over a recorded picture: box, trail, zone. The one overlay of all players; nothing is burned into a file."""

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from engine.model.geometry import Box, Point
from engine.model.time import EVER_NS
from engine.model.value_class import dataclass
from widgets.layout.picture_view import PictureView
from widgets.plates import Plates, PlateSpec
from widgets.playback.clip_marks import ClipMarks, MarkedBox, MarkedPlace, StillMarks, TrailPart
from widgets.theme import color, person_color

_LABEL_HEIGHT, _LONGEST = 20, 240
_DASHES = [5.0, 4.0]
_ZONE_ALPHA = 0.10
_SUBJECT_PX, _BESIDE_PX = 2.0, 1.25  # width of the line
_LEAST_PX = 160  # narrower pictures have no names


@dataclass(frozen=True, slots=True)
class OverlayParts:
    """What is marked over recorded pictures. `places`: zones and lines."""

    boxes: bool = True
    places: bool = True
    trails: bool = True


_NO_PARTS = OverlayParts(False, False, False)
_ALL_PARTS = OverlayParts()


class OverlayChoice(QObject):
    """Whether players mark people, zones and trails: one choice for all of them. Signals: changed()."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown, self.parts = True, _ALL_PARTS

    def visible(self) -> OverlayParts:
        """What is drawn now."""
        return self.parts if self.shown else _NO_PARTS

    def show(self, shown: bool) -> None:
        """All of it, or nothing."""
        self.use(shown, self.parts)

    def toggle(self) -> None:
        self.show(not self.shown)

    def choose(self, parts: OverlayParts) -> None:
        """A part that is chosen is shown at once."""
        self.use(True, parts)

    def use(self, shown: bool, parts: OverlayParts) -> None:
        if (shown, parts) != (self.shown, self.parts):
            self.shown, self.parts = shown, parts
            self.changed.emit()


OVERLAY = OverlayChoice()


def paint_marks(
    painter: QPainter, area: QRectF, marks: ClipMarks, at_ns: int, plates: Plates | None = None, parts: OverlayParts = _ALL_PARTS
) -> None:
    """`area`: where the whole picture lies. `plates`: with names."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    named = plates if area.width() >= _LEAST_PX else None
    for place in marks.places if parts.places else ():
        paint_place(painter, area, place, named)
    for part in marks.trail_parts(at_ns) if parts.trails else ():
        _paint_trail(painter, area, part)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # upright edges need none, and it costs most of a crowd
    for box in marks.boxes_at(at_ns) if parts.boxes else ():
        paint_box(painter, area, box)
        if named is not None and marks.label and not box.beside:
            _paint_label(painter, area, box.box, marks.label, named)
    painter.restore()


def paint_still(painter: QPainter, area: QRectF, still: StillMarks, parts: OverlayParts = _ALL_PARTS) -> None:
    """Over a small picture: without names."""
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place in still.places if parts.places else ():
        paint_place(painter, area, place)
    if still.box is not None and parts.boxes:
        paint_box(painter, area, MarkedBox(still.box, False, 0))
    painter.restore()


def paint_box(painter: QPainter, area: QRectF, marked: MarkedBox) -> None:
    """A line in the colour of the mark between two dark ones; dashed where it is predicted."""
    placed = _box_rect(marked.box, area)
    width = _BESIDE_PX if marked.beside else _SUBJECT_PX
    painter.setPen(_outline(color("halo"), width + 2))
    painter.drawRect(placed)
    painter.setPen(_pen(marked.number, width, marked.predicted))
    painter.drawRect(placed)


def paint_place(painter: QPainter, area: QRectF, place: MarkedPlace, plates: Plates | None = None) -> None:
    outline = QPolygonF([_pixel(point, area) for point in place.points])
    tint = QColor(color("mark"))
    if len(place.points) > 2:
        fill = QColor(tint)
        fill.setAlphaF(_ZONE_ALPHA)
        painter.setBrush(fill)
        outline.append(outline.first())
    painter.setPen(QPen(color("halo"), 3))
    painter.drawPolyline(outline)
    painter.setPen(QPen(tint, 1.5))
    if len(place.points) > 2:
        painter.drawPolygon(outline)
    else:
        painter.drawPolyline(outline)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if plates is not None and place.name:
        at = min((_pixel(point, area) for point in place.points), key=_height)
        _draw_plate(painter, area, at + QPointF(4, 4), place.name, tint, plates)


def _paint_trail(painter: QPainter, area: QRectF, part: TrailPart) -> None:
    line = QPolygonF([_pixel(point, area) for point in part.points])
    painter.setPen(QPen(color("halo"), 4))
    painter.drawPolyline(line)
    painter.setPen(_pen(part.number, 2, part.predicted))
    painter.drawPolyline(line)


def _paint_label(painter: QPainter, area: QRectF, box: Box, label: str, plates: Plates) -> None:
    placed = _box_rect(box, area)
    above = QPointF(placed.left() - 1, placed.top() - _LABEL_HEIGHT - 3)
    below = QPointF(placed.left() - 1, placed.bottom() + 3)
    _draw_plate(painter, area, above if above.y() >= area.top() else below, label, mark_color(0), plates)


def _draw_plate(painter: QPainter, area: QRectF, at: QPointF, text: str, tint: QColor, plates: Plates) -> None:
    """Inside the picture."""
    spec = PlateSpec(text, mark="bar", mark_color=tint.name(), height=_LABEL_HEIGHT, max_width=min(_LONGEST, int(area.width() * 0.6)))
    plate = plates.get(spec, painter.device().devicePixelRatioF())
    size = QSizeF(plate.deviceIndependentSize())
    x = min(max(at.x(), area.left()), max(area.left(), area.right() - size.width()))
    y = min(max(at.y(), area.top()), max(area.top(), area.bottom() - size.height()))
    painter.drawPixmap(QPointF(x, y), plate)


def mark_color(number: int) -> QColor:
    """The subject is amber; others have colours of their own."""
    return person_color(number)


def _pen(number: int, width: float, dashed: bool) -> QPen:
    pen = _outline(mark_color(number), width)
    if dashed:
        pen.setDashPattern(_DASHES)
    return pen


def _outline(tint: QColor, width: float) -> QPen:
    pen = QPen(tint, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _height(point: QPointF) -> float:
    return point.y()


def _pixel(share: Point, area: QRectF) -> QPointF:
    return QPointF(area.x() + share[0] * area.width(), area.y() + share[1] * area.height())


def _box_rect(box: Box, area: QRectF) -> QRectF:
    return QRectF(_pixel(box[:2], area), _pixel(box[2:], area))


class MarkedPicture(PictureView):
    """A recorded picture with its marks. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plates = Plates()
        self.marks = ClipMarks()
        self.at_ns: int | None = None
        OVERLAY.changed.connect(self._redraw)

    def show_marks(self, marks: ClipMarks) -> None:
        self.marks = marks
        self.update()

    def show_moment(self, at_ns: int | None) -> None:
        """Time of the picture; None: it is not known, and only places are marked."""
        self.at_ns = at_ns

    def _redraw(self) -> None:
        self.update()

    def paint_over(self, painter: QPainter, area: QRectF) -> None:
        if OVERLAY.shown and self.marks:
            painter.setClipRect(area)
            at_ns = self.at_ns if self.at_ns is not None else -EVER_NS
            paint_marks(painter, area, self.marks, at_ns, self._plates, OVERLAY.visible())
