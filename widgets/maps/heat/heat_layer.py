"""Risk on a map: coloured cells, drawn once for each look of the screen, with the edge of where there is data."""

from PySide6.QtGui import QImage, QPainter, QPainterPath

from widgets.look import look_number
from widgets.maps.heat.heat_image import draw_heat, heat_image, heat_place
from widgets.maps.heat.heat_raster import HeatRaster
from widgets.maps.heat.heat_rim import draw_rim, heat_rim
from widgets.maps.map_view import MapView


class HeatLayer:
    def __init__(self) -> None:
        self.raster: HeatRaster | None = None
        self.simulated = False
        self._faded = False
        self._image: tuple[int, QImage] | None = None
        self._rim: QPainterPath | None = None

    def set_heat(self, raster: HeatRaster | None, faded: bool, simulated: bool) -> None:
        self.raster, self._faded, self.simulated = raster, faded, simulated
        self._image = self._rim = None

    def draw(self, painter: QPainter, view: MapView) -> None:
        raster = self.raster
        if raster is None:
            return
        if self._image is None or self._image[0] != look_number():
            self._image = (look_number(), heat_image(raster, self._faded))
        draw_heat(painter, view, raster, self._image[1])
        if self._rim is None:
            self._rim = heat_rim(raster)
        draw_rim(painter, heat_place(view, raster), raster, self._rim)
