"""The floor as a plan: north up, drawn with Qt's own painter. It shows what the 3D view shows, and needs no OpenGL."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from engine.model.geometry import Floats
from widgets.layout.ground import fill_ground
from widgets.space.canvas import SpaceCanvas
from widgets.space.projection import PlanProjection
from widgets.space.ramps import CLASS_ALPHA, CLASS_COLORS, accuracy_class, glow_shares, viridis
from widgets.space.scene import CoverageMap, Highlight, PersonMark, SpaceScene
from widgets.space.shapes import Points, ellipse_outline, ellipsoid_shadow, grid_lines
from widgets.theme import color, edge_color

_CONE_M = 4.0
_FOOT = 72  # room for legend and scale below the floor
_FOLLOW_SCALE = 90.0
_GROUND_OPACITY = 0.4  # what is drawn over it has to stand out


class FloorPlan(SpaceCanvas):
    """Drag moves, the wheel zooms about the mouse; arrows move, plus and minus zoom. UI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._projection = PlanProjection()
        self._glow: tuple[Floats, QImage, QRectF] | None = None
        self._coverage: tuple[CoverageMap, QImage] | None = None
        self._ground: tuple[QImage, tuple[float, float, float, float]] = (QImage(), (0.0, 0.0, 0.0, 0.0))
        self.setAccessibleName(self.tr("Floor plan"))

    def projection(self) -> PlanProjection:
        return self._projection

    def set_ground(self, image: QImage, bounds_m: tuple[float, float, float, float]) -> None:
        """A picture under everything, with its edges x0, y0, x1, y1 in metres; a null one takes it away."""
        if (image.cacheKey(), bounds_m) != (self._ground[0].cacheKey(), self._ground[1]):
            self._ground = (image, bounds_m)
            self.redraw_soon()

    def top_view(self) -> None:
        """It always is."""
        self.fit()

    def _fit_now(self) -> None:
        self._projection = PlanProjection.fitted(self.scene.bounds, self.width(), self.height(), _FOOT if self.has_legend else 44)

    def set_following(self, following: bool) -> None:
        if following and not self._following:
            self._zoom(max(1.0, _FOLLOW_SCALE / self._projection.scale), QPointF(self.width() / 2, self.height() / 2))
        super().set_following(following)

    def _look_at(self, person: PersonMark) -> None:
        pixels, _ = self._projection.points(np.array([person.position], np.float64))
        self._projection = self._projection.panned(self.width() / 2 - float(pixels[0, 0]), self.height() / 2 - float(pixels[0, 1]))

    def _pan(self, dx_px: float, dy_px: float) -> None:
        self._projection = self._projection.panned(dx_px, dy_px)

    def _zoom(self, factor: float, about: QPointF) -> None:
        self._projection = self._projection.zoomed(factor, about.x(), about.y())

    # painting

    def _paint_ground(self, painter: QPainter, stale: bool) -> None:
        scene, layers = self.scene, self.marks.layers
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill_ground(painter, self, "window")
        b = scene.bounds
        painter.fillRect(self._area(b.x0, b.y0, b.x1, b.y1), color("panel"))
        if not self._ground[0].isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(_GROUND_OPACITY)
            painter.drawImage(self._area(*self._ground[1]), self._ground[0])
            painter.setOpacity(1.0)
        if layers.floor:
            step = 1.0 if max(b.width, b.depth) <= 40 else 5.0
            self._paint_lines(painter, grid_lines(b.x0, b.y0, b.x1, b.y1, b.z0, step), QPen(color("line"), 1))
        if layers.coverage and scene.coverage is not None:
            self._paint_coverage(painter, scene.coverage)
        if layers.zones:
            self._paint_zones(painter, scene, layers.coverage and scene.coverage is not None)
        painter.setPen(QPen(color("line_strong"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._area(b.x0, b.y0, b.x1, b.y1))
        if layers.floor:
            self._paint_walls(painter, scene)
        if layers.cameras:
            self._paint_cones(painter, scene)
        if layers.glow and len(scene.voxels):
            self._paint_glow(painter, scene)
        self._paint_ellipsoids(painter, self.marks.highlight)

    def _area(self, x0: float, y0: float, x1: float, y1: float) -> QRectF:
        p = self._projection
        return QRectF(QPointF(p.left + x0 * p.scale, p.top - y1 * p.scale), QPointF(p.left + x1 * p.scale, p.top - y0 * p.scale))

    def _polygon(self, outline: Points) -> QPolygonF:
        return QPolygonF([QPointF(x, y) for x, y in self._projection.points(outline)[0].tolist()])

    def _paint_lines(self, painter: QPainter, ends: Points, pen: QPen) -> None:
        painter.setPen(pen)
        for x0, y0, x1, y1 in self._projection.segments(ends).tolist():
            painter.drawLine(QPointF(x0, y0), QPointF(x1, y1))

    def _paint_zones(self, painter: QPainter, scene: SpaceScene, covered: bool) -> None:
        areas = [self._area(mark.zone.x0, mark.zone.y0, mark.zone.x1, mark.zone.y1) for mark in scene.zones]
        if covered:  # the edge alone says which zone it is, and has to stand out of every class
            painter.setPen(QPen(color("panel"), 5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRects(areas)
        for mark, area in zip(scene.zones, areas, strict=True):
            tint = QColor(mark.color)
            tint.setAlphaF(mark.fill(covered))
            painter.setBrush(tint)
            painter.setPen(QPen(edge_color(mark.color), 2 if covered else 1.2))
            painter.drawRect(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for portal in scene.portals:
            ends = np.array([(*portal.a, 0.0), (*portal.b, 0.0)], np.float64)
            self._paint_lines(painter, ends, QPen(color("window"), 7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            self._paint_lines(painter, ends, QPen(color("text"), 2, Qt.PenStyle.DotLine))

    def _paint_walls(self, painter: QPainter, scene: SpaceScene) -> None:
        for wall in scene.walls:
            ends = np.array([(*wall.a, 0.0), (*wall.b, 0.0)], np.float64)
            self._paint_lines(painter, ends, QPen(color("line_strong"), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))

    def _paint_cones(self, painter: QPainter, scene: SpaceScene) -> None:
        tint = QColor(color("accent"))
        painter.setPen(QPen(tint, 1))
        tint.setAlphaF(0.10)
        painter.setBrush(tint)
        for mark in scene.cameras:
            x, y, z = mark.pose.position
            middle = math.atan2(mark.pose.aim[1] - y, mark.pose.aim[0] - x)
            half = math.radians(mark.pose.fov_deg / 2)
            rim = [(x + _CONE_M * math.cos(a), y + _CONE_M * math.sin(a), z) for a in np.linspace(middle - half, middle + half, 9)]
            painter.drawPolygon(self._polygon(np.array([(x, y, z), *rim], np.float64)))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_coverage(self, painter: QPainter, coverage: CoverageMap) -> None:
        if self._coverage is None or self._coverage[0] is not coverage:
            self._coverage = coverage, coverage_image(coverage)
        rows, columns = coverage.accuracy_m.shape
        area = self._area(coverage.x0, coverage.y0, coverage.x0 + columns * coverage.cell_m, coverage.y0 + rows * coverage.cell_m)
        painter.drawImage(area, self._coverage[1])

    def _paint_glow(self, painter: QPainter, scene: SpaceScene) -> None:
        """The strongest voxel of each column, blurred by scaling."""
        if self._glow is None or self._glow[0] is not scene.voxels:
            self._glow = scene.voxels, *glow_image(scene.voxels, scene.cell_m)
        _, image, floor = self._glow
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._area(floor.left(), floor.top(), floor.right(), floor.bottom()), image)

    def _paint_ellipsoids(self, painter: QPainter, highlight: Highlight) -> None:
        tint = color("accent")
        for zone in sorted(highlight.zones, key=lambda z: z.link == highlight.link):
            pointed = zone.link == highlight.link
            faint = QColor(tint)
            faint.setAlphaF(0.95 if pointed else 0.18 if highlight.link else 0.4)
            painter.setPen(QPen(faint, 2 if pointed else 1))
            faint.setAlphaF(0.16 if pointed else 0.03)
            painter.setBrush(faint)
            painter.drawPolygon(self._polygon(ellipse_outline(ellipsoid_shadow(zone), corners=64)))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def coverage_image(coverage: CoverageMap) -> QImage:
    """One pixel for each cell, north up."""
    table = np.array([_bgra(tint, alpha) for tint, alpha in zip(CLASS_COLORS, CLASS_ALPHA, strict=True)], np.uint8)
    return _image(table[accuracy_class(coverage.accuracy_m)][::-1])


def _bgra(tint: str, alpha: float) -> tuple[int, int, int, int]:
    known = QColor(tint)
    return known.blue(), known.green(), known.red(), round(255 * alpha)


def glow_image(voxels: Floats, cell_m: float) -> tuple[QImage, QRectF]:
    """The largest value of each column of voxels as a picture, and the floor it covers (top is the smaller y, in metres)."""
    low = voxels[:, :2].min(axis=0) - cell_m
    cells = np.rint((voxels[:, :2] - low) / cell_m).astype(np.int64)
    columns, rows = (cells.max(axis=0) + 2).tolist()
    strongest = np.zeros((rows, columns), np.float32)
    np.maximum.at(strongest, (cells[:, 1], cells[:, 0]), glow_shares(voxels[:, 3]))
    pixels = np.zeros((rows, columns, 4), np.uint8)
    pixels[:, :, :3] = np.rint(255 * viridis(0.2 + 0.8 * strongest.reshape(-1)).reshape(rows, columns, 3)[:, :, ::-1])
    pixels[:, :, 3] = np.rint(190 * np.sqrt(strongest))
    corner = low - cell_m / 2
    return _image(pixels[::-1]), QRectF(float(corner[0]), float(corner[1]), columns * cell_m, rows * cell_m)


def _image(bgra: np.ndarray) -> QImage:
    pixels = np.ascontiguousarray(bgra)
    return QImage(pixels.data, pixels.shape[1], pixels.shape[0], 4 * pixels.shape[1], QImage.Format.Format_ARGB32).copy()
