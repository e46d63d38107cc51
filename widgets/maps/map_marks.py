"""Marks of a map: the shape and colour of a severity on a dark plate, a count where several lie on each other."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from engine.model.event import Severity
from widgets.shapes import draw_shape
from widgets.theme import color, font, severity_style

HIT = 14
_PLATE, _SHAPE = 11.0, 11.0


def draw_mark(painter: QPainter, at: QPointF, severity: Severity) -> None:
    style = severity_style(severity)
    _plate(painter, at, _PLATE, style.color)
    draw_shape(painter, style.shape, _square(at, _SHAPE), style.fill)


def mark_box(at: QPointF, count: int = 1) -> QRectF:
    """What a mark covers, or one of several that lie on each other."""
    wide = QFontMetricsF(_figures()).horizontalAdvance(str(count)) + _SHAPE + 22 if count > 1 else 2 * _PLATE
    box = QRectF(0, 0, wide, 2 * _PLATE + (2 if count > 1 else 0))
    box.moveCenter(at)
    return box


def draw_cluster(painter: QPainter, at: QPointF, severity: Severity, count: int, picked: bool = False) -> None:
    """As many as it says; the shape and colour of the worst of them. `picked`: the selected one is among them."""
    style = severity_style(severity)
    text = str(count)
    plate = mark_box(at, count)
    height = plate.height()
    if picked:
        painter.setPen(QPen(color("accent"), 2.5))
        painter.setBrush(color("plate"))
        painter.drawRoundedRect(plate.adjusted(-3, -3, 3, 3), height / 2 + 3, height / 2 + 3)
    painter.setPen(QPen(style.color, 1.5))
    painter.setBrush(color("plate"))
    painter.drawRoundedRect(plate, height / 2, height / 2)
    draw_shape(painter, style.shape, _square(QPointF(plate.left() + 15, at.y()), _SHAPE - 1), style.fill)
    painter.setFont(_figures())
    painter.setPen(color("text"))
    painter.drawText(plate.adjusted(_SHAPE + 13, 0, -7, 0), Qt.AlignmentFlag.AlignCenter, text)


def draw_picked(painter: QPainter, at: QPointF, severity: Severity) -> None:
    """The selected one, above all others."""
    style = severity_style(severity)
    painter.setPen(QPen(color("accent"), 2.5))
    painter.setBrush(color("plate"))
    painter.drawEllipse(at, _PLATE + 4, _PLATE + 4)
    draw_shape(painter, style.shape, _square(at, _SHAPE + 3), style.fill)


def draw_circle(painter: QPainter, at: QPointF, wide: float, high: float, text: str) -> None:
    """How far other reports of the same occurrence may lie. Not where it would be lost under its mark."""
    if min(wide, high) < _PLATE + 6 or max(wide, high) > 1e5:
        return
    fill = QColor(color("accent"))
    fill.setAlphaF(0.08)
    painter.setBrush(fill)
    painter.setPen(QPen(color("accent"), 1.2, Qt.PenStyle.DashLine))
    painter.drawEllipse(at, wide, high)
    if wide > 34:
        painter.setFont(font("secondary"))
        painter.setPen(color("accent"))
        corner = at + QPointF(wide * math.sqrt(0.5) + 4, -high * math.sqrt(0.5) - 4)
        painter.drawText(corner, text)


def draw_focus(painter: QPainter, area: QRect) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color("accent"), 2))
    painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), 6, 6)


def _figures() -> QFont:
    return font("secondary", QFont.Weight.DemiBold)


def _plate(painter: QPainter, at: QPointF, radius: float, edge: QColor) -> None:
    painter.setPen(QPen(edge, 1.2))
    painter.setBrush(color("plate"))
    painter.drawEllipse(at, radius, radius)


def _square(at: QPointF, size: float) -> QRectF:
    return QRectF(at.x() - size / 2, at.y() - size / 2, size, size)
