"""A polygon that the operator draws on a map, and the cell that is being explained."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter

from widgets.maps.map_view import MapView
from widgets.maps.mercator import Mercator, stretch
from widgets.maps.risk_layers import Place, lines_on_cells, on_screen, polygon
from widgets.theme import color


class AreaLayer:
    """`corners`: of the area shown; `open_corners`: of one being drawn, or None. `cell`: its middle, and its edge in metres."""

    def __init__(self) -> None:
        self.corners: tuple[Place, ...] = ()
        self.open_corners: list[Place] | None = None
        self.cell: tuple[Place, float] | None = None

    def begin(self) -> None:
        self.open_corners, self.corners = [], ()

    def end(self, keep: bool) -> tuple[Place, ...]:
        """The corners of the area that was drawn; empty where it is given up, or is none."""
        corners, self.open_corners = tuple(self.open_corners or ()), None
        if not keep or len(corners) < 3:
            return ()
        self.corners = corners
        return corners

    def draw(self, painter: QPainter, view: MapView, plane: Mercator) -> None:
        self._draw_corners(painter, view, plane)
        self._draw_cell(painter, view, plane)

    def _draw_corners(self, painter: QPainter, view: MapView, plane: Mercator) -> None:
        corners = tuple(self.open_corners or self.corners)
        if not corners:
            return
        fill = QColor(color("accent"))
        fill.setAlphaF(0.10)
        painter.setBrush(fill)
        drawn = polygon(view, plane, corners)
        for pen in lines_on_cells(color("accent"), 1.6, Qt.PenStyle.DashLine):
            painter.setPen(pen)
            painter.drawPolygon(drawn)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        for corner in map(drawn.at, range(drawn.size())):
            painter.drawEllipse(corner, 3, 3)

    def _draw_cell(self, painter: QPainter, view: MapView, plane: Mercator) -> None:
        if self.cell is None:
            return
        (latitude, longitude), cell_m = self.cell
        half = cell_m * stretch(latitude) / view.scale / 2
        at = on_screen(view, plane, latitude, longitude)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in lines_on_cells(color("accent"), 2.5):
            painter.setPen(pen)
            painter.drawRect(round(at.x() - half), round(at.y() - half), round(2 * half), round(2 * half))
