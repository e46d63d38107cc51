"""Numbered spots, over a picture and on a plan: a fine cross where the spot is, the number beside it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from widgets.theme import color, font, plate_color

REACH_PX = 14.0
_RING, _GAP, _ARM = 7.0, 2.5, 11.0


def mark_at(places: Sequence[QPointF | None], point: QPointF, chosen: int) -> int:
    """Index of the nearest within reach, the chosen one before all others; −1 for none."""
    apart = {index: _pixel_distance(place, point) for index, place in enumerate(places) if place is not None}
    near = {index: px for index, px in apart.items() if px <= REACH_PX}
    if chosen in near:
        return chosen
    return min(near, key=near.__getitem__) if near else -1


def mark_area(at: QPointF) -> QRectF:
    """With its number: what nothing else should cover."""
    digits = QFontMetrics(font("secondary", QFont.Weight.DemiBold)).horizontalAdvance("88") + 10
    return QRectF(at.x() - _ARM, at.y() - 26, _ARM + 9 + digits, 26 + _ARM)


def paint_marks(painter: QPainter, places: Sequence[QPointF | None], chosen: int, wrong: int = 0) -> None:
    """`wrong`: number, from 1, of the one that is far off; 0 for none. The chosen one lies above the others."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index in sorted(range(len(places)), key=lambda each: each == chosen):
        place = places[index]
        if place is not None:
            _paint_mark(painter, place, index + 1, index == chosen, index + 1 == wrong)
    painter.restore()


def _paint_mark(painter: QPainter, at: QPointF, number: int, chosen: bool, wrong: bool) -> None:
    tint = color("high" if wrong else "accent" if chosen else "text")
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(plate_color(), 4.5), QPen(tint, 2.0 if chosen else 1.5)):
        painter.setPen(pen)
        painter.drawEllipse(at, _RING, _RING)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(QPointF(at.x() + _GAP * dx, at.y() + _GAP * dy), QPointF(at.x() + _ARM * dx, at.y() + _ARM * dy))
    _paint_number(painter, at, f"{number} ▲" if wrong else str(number), chosen, tint)


def _paint_number(painter: QPainter, at: QPointF, text: str, chosen: bool, tint: QColor) -> None:
    face = font("secondary", QFont.Weight.DemiBold)
    area = QRectF(at.x() + 9, at.y() - 26, QFontMetrics(face).horizontalAdvance(text) + 10, 18)
    painter.setPen(QPen(tint, 1) if chosen else Qt.PenStyle.NoPen)
    painter.setBrush(plate_color())
    painter.drawRoundedRect(area, 3, 3)
    painter.setFont(face)
    painter.setPen(tint)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _pixel_distance(a: QPointF, b: QPointF) -> float:
    between = a - b
    return QPointF.dotProduct(between, between) ** 0.5
