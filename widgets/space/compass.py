"""North, a scale bar, and what the colours mean: painted into the corners of both views."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from engine.model.value_class import dataclass
from widgets.look import by_look, scaled
from widgets.number_text import number_text
from widgets.space.ramps import cividis, class_tints, viridis
from widgets.space.scene import Layers
from widgets.space.words import class_words
from widgets.theme import color, font, plate_color, shape_color
from widgets.translation import tr

_ROW = 18
_BAR = 64


def paint_compass(painter: QPainter, corner: QPointF, north_turn: float) -> None:
    """A needle around `corner` (its middle); `north_turn` radians clockwise from up."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate_color())
    painter.drawEllipse(corner, 19, 19)
    tip = QPointF(math.sin(north_turn), -math.cos(north_turn))
    across = QPointF(-tip.y(), tip.x())
    painter.setBrush(color("text"))
    painter.drawPolygon(QPolygonF([corner + tip * 9, corner + across * 4 - tip * 7, corner - tip * 4, corner - across * 4 - tip * 7]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(font("secondary"))
    painter.setPen(color("secondary"))
    middle = corner + tip * 28
    painter.drawText(QRectF(middle.x() - 8, middle.y() - 8, 16, 16), Qt.AlignmentFlag.AlignCenter, tr("N"))


def nice_length_m(pixels_per_metre: float, wanted_px: float = 90.0) -> float:
    """1, 2 or 5 times a power of ten, at most as long as wanted."""
    longest = wanted_px / max(pixels_per_metre, 1e-6)
    power = 10.0 ** math.floor(math.log10(longest))
    return next(step * power for step in (5, 2, 1) if step * power <= longest)


def paint_scale(painter: QPainter, right_bottom: QPointF, pixels_per_metre: float) -> None:
    length = nice_length_m(pixels_per_metre)
    left = right_bottom - QPointF(length * pixels_per_metre, 0)
    painter.setPen(QPen(color("secondary"), 1.5))
    for a, b in ((left, right_bottom), (left, left - QPointF(0, 5)), (right_bottom, right_bottom - QPointF(0, 5))):
        painter.drawLine(a, b)
    painter.setFont(font("secondary"))
    text = tr("{0} m").format(number_text(length, "g"))
    painter.drawText(QRectF(left.x() - 20, left.y() - 24, right_bottom.x() - left.x() + 40, 18), Qt.AlignmentFlag.AlignCenter, text)


@dataclass(frozen=True, slots=True)
class LegendRow:
    """`colors`: one for a swatch, more for a ramp from `text` to `upper`."""

    text: str
    colors: tuple[str, ...]
    upper: str = ""


def legend_rows(layers: Layers, has_links: bool, has_glow: bool, has_coverage: bool, has_losses: bool = False) -> tuple[LegendRow, ...]:
    """Only what is on screen is explained."""
    rows: list[LegendRow] = []
    if layers.links and has_links:
        rows.append(LegendRow(tr("Link quiet"), _link_tints(), tr("moving")))
    if layers.glow and has_glow:
        rows.append(LegendRow(tr("Glow weak"), _glow_tints(), tr("strong evidence")))
    if layers.coverage and has_coverage:
        rows += [LegendRow(word, (tint,)) for word, tint in zip(class_words(), class_tints(color("panel").name()), strict=True)]
    if layers.performance and has_losses:
        rows.append(LegendRow(tr("Crosses: people lost"), (shape_color("high").name(),)))
    return tuple(rows)


@by_look
def _link_tints() -> tuple[str, ...]:
    return _hexes(cividis(np.linspace(0.25, 1, 8)))


@by_look
def _glow_tints() -> tuple[str, ...]:
    return _hexes(viridis(np.linspace(0.1, 1, 8)))


def _hexes(colors: np.ndarray) -> tuple[str, ...]:
    return tuple(QColor.fromRgbF(*row).name() for row in colors.tolist())


def legend_area(left_bottom: QPointF, rows: tuple[LegendRow, ...]) -> QRectF:
    """The room that it takes, standing on `left_bottom`; empty without rows."""
    if not rows:
        return QRectF()
    metrics, lead = QFontMetrics(font("secondary")), _lead(rows)
    widths = [
        lead + _BAR + metrics.horizontalAdvance(row.upper) + 32 if row.upper else metrics.horizontalAdvance(row.text) + 38 for row in rows
    ]
    height = len(rows) * scaled(_ROW) + 10
    return QRectF(left_bottom.x(), left_bottom.y() - height, max(widths), height)


def paint_legend(painter: QPainter, area: QRectF, rows: tuple[LegendRow, ...]) -> None:
    """`area`: from `legend_area`."""
    if not rows:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate_color())
    painter.drawRoundedRect(area, 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(font("secondary"))
    lead = _lead(rows)
    for number, row in enumerate(rows):
        _paint_row(painter, row, QRectF(area.left() + 9, area.top() + 5 + number * scaled(_ROW), area.width() - 18, scaled(_ROW)), lead)


def _lead(rows: tuple[LegendRow, ...]) -> int:
    """The widest text before a ramp."""
    metrics = QFontMetrics(font("secondary"))
    return max((metrics.horizontalAdvance(row.text) for row in rows if row.upper), default=0)


def _paint_row(painter: QPainter, row: LegendRow, area: QRectF, lead: int) -> None:
    """Swatches and ramps have an edge: one of their ends is like the ground in every theme."""
    middle = area.center().y()
    if not row.upper:
        painter.fillRect(QRectF(area.left(), middle - 5, 14, 10), QColor(row.colors[0]))
        _paint_edge(painter, QRectF(area.left(), middle - 5, 14, 10))
        painter.drawText(area.adjusted(21, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.text)
        return
    step, left = _BAR / len(row.colors), area.left() + lead + 8
    for number, tint in enumerate(row.colors):
        painter.fillRect(QRectF(left + number * step, middle - 3, step + 0.5, 6), QColor(tint))
    _paint_edge(painter, QRectF(left, middle - 3, _BAR, 6))
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, row.text)
    painter.drawText(area.adjusted(lead + _BAR + 14, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.upper)


def _paint_edge(painter: QPainter, area: QRectF) -> None:
    """Leaves the pen that texts are written with."""
    painter.setPen(QPen(color("line_strong"), 1))
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.setPen(color("secondary"))
