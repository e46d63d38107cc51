"""Received strength over distance: what was measured, and the path loss that was fitted to it."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.model.site import ScannerCalibration
from widgets.look import scaled
from widgets.number_text import number_text
from widgets.theme import color, font

_LEFT, _RIGHT, _TOP, _FOOT = 72, 12, 12, 34  # at 100 % text
_TOP_DBM, _LOW_DBM = -30, -100
_NEAR_M, _FAR_M = 0.7, 11.0
_MARKS_M = (1, 2, 4, 8)
_MARKS_DBM = (-40, -60, -80, -100)


class CalibrationPlot(QWidget):
    """Distance on a logarithmic axis, so that a log-distance path loss is a straight line. The band is one standard deviation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[tuple[float, int], ...] = ()
        self._fit: ScannerCalibration | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(300, 220)
        self.setAccessibleName(self.tr("Signal over distance"))

    def set_readings(self, points: tuple[tuple[float, int], ...], fit: ScannerCalibration | None) -> None:
        """(metres, dBm) of each reading."""
        self._points, self._fit = points, fit
        self.setAccessibleDescription(self.tr("{0} readings").format(number_text(len(points))))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(380, 260)

    def reading_point(self, distance_m: float, rssi_dbm: float) -> QPointF:
        """Where a reading is drawn."""
        area = self._area()
        x = (math.log(distance_m) - math.log(_NEAR_M)) / (math.log(_FAR_M) - math.log(_NEAR_M))
        y = (_TOP_DBM - min(_TOP_DBM, max(_LOW_DBM, rssi_dbm))) / (_TOP_DBM - _LOW_DBM)
        return QPointF(area.left() + x * area.width(), area.top() + y * area.height())

    def _area(self) -> QRectF:
        left, foot = scaled(_LEFT), scaled(_FOOT)
        return QRectF(left, _TOP, self.width() - left - _RIGHT, self.height() - _TOP - foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("secondary"))
        self._draw_axes(painter)
        painter.setClipRect(self._area().adjusted(-4, -4, 4, 4))
        if self._fit is not None:
            self._draw_fit(painter, self._fit)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("text"))
        for distance_m, rssi in self._points:
            painter.drawEllipse(self.reading_point(distance_m, rssi), 3, 3)
        painter.end()

    def _draw_axes(self, painter: QPainter) -> None:
        area = self._area()
        for dbm in _MARKS_DBM:
            y = self.reading_point(1, dbm).y()
            painter.setPen(QPen(color("line"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(color("secondary"))
            place = QRectF(0, y - scaled(9), area.left() - 8, scaled(18))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.tr("−{0} dBm").format(-dbm))
        for metres in _MARKS_M:
            x = self.reading_point(metres, _LOW_DBM).x()
            painter.setPen(QPen(color("line"), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(color("secondary"))
            below = QRectF(x - scaled(30), area.bottom() + 6, scaled(60), scaled(18))
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.tr("{0} m").format(metres))

    def _draw_fit(self, painter: QPainter, fit: ScannerCalibration) -> None:
        def fit_point(distance_m: float, off_db: float = 0.0) -> QPointF:
            return self.reading_point(distance_m, fit.power_dbm - 10 * fit.exponent * math.log10(distance_m) + off_db)

        band = color("accent").darker(100)
        band.setAlpha(36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        corners = [
            fit_point(_NEAR_M, fit.sigma_db),
            fit_point(_FAR_M, fit.sigma_db),
            fit_point(_FAR_M, -fit.sigma_db),
            fit_point(_NEAR_M, -fit.sigma_db),
        ]
        painter.drawPolygon(QPolygonF(corners))
        painter.setPen(QPen(color("accent"), 2))
        painter.drawLine(fit_point(_NEAR_M), fit_point(_FAR_M))
