"""Marks that the wall puts on tiles: what the hot tile is up to, and where something carried would be put."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from engine.model.alerts.alert import Alert
from widgets.plates import PlateSpec
from widgets.theme import color, severity_style
from widgets.time_text import clock_text
from widgets.translation import tr
from widgets.wall.arrangement.state import HotTile
from widgets.wall.picture_outline import outline_picture


def hot_note(hot: HotTile, alert: Alert | None, now_ns: int) -> PlateSpec:
    """What stands on the hot tile: whether it is locked, and the alert that it shows."""
    words = [tr("Hot tile, locked") if hot.locked else tr("Hot tile")]
    if alert is None:
        return PlateSpec(words[0], "ring" if not hot.locked else "square", color("accent").name())
    words.append(tr("alert {0}").format(clock_text(alert.raised_ns, now_ns)))
    style = severity_style(alert.severity)
    return PlateSpec(" · ".join(words), style.shape, style.color.name(), alert.severity.name.lower(), outlined=True)


def paint_carried(painter: QPainter, rect: QRect) -> None:
    veil = QColor(color("accent"))
    veil.setAlphaF(0.18)
    painter.fillRect(rect, veil)
    outline_picture(painter, QRectF(rect), style=Qt.PenStyle.DashLine)
