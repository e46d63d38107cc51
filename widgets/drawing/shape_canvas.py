"""A picture with shapes drawn over it, zoomed and panned; what it is made of, and where things are on the screen."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFocusEvent, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.model.geometry import Point
from widgets.drawing.shape_draft import Refusal, ShapesDraft
from widgets.drawing.shape_geometry import snapped
from widgets.drawing.shape_ground import ground
from widgets.drawing.shape_looks import looks
from widgets.drawing.shape_painter import (
    Foot,
    paint_feet,
    paint_label,
    paint_pen,
    paint_points,
    paint_refusal,
    paint_refused,
    paint_shape,
    paint_under_way,
)
from widgets.layout.ground import fill_ground
from widgets.theme import color
from widgets.wall.viewport import Viewport

ZOOM_STEP = 1.25
_SNAP_PX = 9.0


class ShapeCanvas(QWidget):
    """UI thread. Shows the shapes of `draft`; where there is no picture, on a ground of tenths."""

    def __init__(self, draft: ShapesDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self.labels: dict[str, tuple[str, str]] = {}
        self._image = ground()
        self._scaled: tuple[object, QPixmap] | None = None
        self._dim = False
        self._viewport = Viewport()
        self._feet: Sequence[Foot] = ()
        self._refusal: Refusal | None = None
        self._refused: tuple[Point, ...] = ()
        self._pointer: QPointF | None = None
        self._pen: Point | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 200)

    def sizeHint(self) -> QSize:
        return QSize(760, 460)

    # what is shown

    def show_image(self, image: QImage, dim: bool = False) -> None:
        """Instead of the ground of tenths. `dim`: it is not of now."""
        self._image, self._dim = image, dim
        self.update()

    def image_size(self) -> QSize:
        return self._image.size()

    def set_feet(self, feet: Sequence[Foot]) -> None:
        if feet != self._feet:
            self._feet = feet
            self.update()

    def set_labels(self, labels: dict[str, tuple[str, str]]) -> None:
        """What stands at each shape, by key: a name, which is cut where it is long, and what is told besides."""
        if labels != self.labels:
            self.labels = labels
            self.update()

    # zoom

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """0 shows all again."""
        if factor:
            self._viewport = self._viewport.zoomed(factor, about or self._zoom_centre(), self._area(), QSizeF(self._image.size()))
        else:
            self._viewport = Viewport()
        self.update()

    def zoom_in(self) -> None:
        self.zoom(ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom(1 / ZOOM_STEP)

    def show_all(self) -> None:
        self.zoom(0)

    def zoom_factor(self) -> float:
        return self._viewport.zoom

    def _zoom_centre(self) -> QPointF:
        shape = self.draft.selected_shape
        if shape is not None and self.draft.point >= 0:
            return self.pixel(shape.points[self.draft.point])
        return self.pixel(self._pen) if self._pen is not None else self._area().center()

    # where things are

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(2, 2, -2, -2)

    def _picture_rect(self) -> QRectF:
        return self._viewport.picture_rect(self._area(), QSizeF(self._image.size()))

    def pixel(self, share: Point) -> QPointF:
        placed = self._picture_rect()
        return QPointF(placed.x() + share[0] * placed.width(), placed.y() + share[1] * placed.height())

    def _picture_share(self, point: QPointF, loose: bool = False, but: str = "") -> Point:
        """In the picture, to a hundredth of a percent; snapped unless `loose`, to corners of shapes other than `but`."""
        placed = self._picture_rect()
        u, v = (point.x() - placed.x()) / placed.width(), (point.y() - placed.y()) / placed.height()
        at = min(max(u, 0.0), 1.0), min(max(v, 0.0), 1.0)
        if not loose:
            corners = (corner for shape in self.draft.shapes if shape.key != but for corner in shape.points)
            at = snapped(at, (_SNAP_PX / placed.width(), _SNAP_PX / placed.height()), corners)
        return round(at[0], 4), round(at[1], 4)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_ground(painter, self, "video")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_image(painter)
        painter.setClipRect(self._picture_rect().intersected(self._area()))
        self._paint_shapes(painter)
        painter.setClipping(False)
        self._paint_frame(painter)
        painter.end()

    def _paint_image(self, painter: QPainter) -> None:
        """Scaling takes longer than all else, so what is seen of the picture is kept while only shapes change."""
        ratio = self.devicePixelRatioF()
        key = (self._image.cacheKey(), self._viewport, self.size(), ratio, self._dim)
        if self._scaled is None or self._scaled[0] != key:
            seen = QPixmap(self.size() * ratio)
            seen.setDevicePixelRatio(ratio)
            seen.fill(color("video"))
            onto = QPainter(seen)
            onto.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            onto.drawImage(self._picture_rect(), self._image)
            if self._dim:
                onto.setOpacity(0.35)
                onto.fillRect(self._picture_rect(), color("halo"))
            onto.end()
            self._scaled = (key, seen)
        painter.drawPixmap(0, 0, self._scaled[1])

    def _paint_shapes(self, painter: QPainter) -> None:
        draft = self.draft
        known = looks((*draft.shapes, *((draft.under_way,) if draft.under_way else ())))
        chosen = draft.selected_shape
        for shape in draft.shapes:
            paint_shape(painter, shape, known[shape.key], shape is chosen, self.pixel)
        paint_feet(painter, self._feet, self.pixel)
        for shape in draft.shapes:
            text, besides = self.labels.get(shape.key, (shape.name, ""))
            if text:
                paint_label(painter, shape, known[shape.key], (text, besides), shape is chosen, self.pixel)
        if chosen is not None:
            paint_points(painter, chosen, known[chosen.key], draft.point, self.pixel)
        if draft.under_way is not None:
            cursor = self.pixel(self._pen) if self._pen is not None else self._pointer
            paint_under_way(painter, draft.under_way, known[draft.under_way.key], cursor, self.pixel)
            if self._pen is not None:
                paint_pen(painter, self.pixel(self._pen))
        if self._refused:
            paint_refused(painter, self._refused, chosen is not None and chosen.closed, self.pixel)
        if self._refusal is not None:
            paint_refusal(painter, self._refusal, self.pixel)

    def _paint_frame(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color("accent" if self.hasFocus() else "line"), 2 if self.hasFocus() else 1))
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
