"""What stands on the tile of a camera that is listened to: a loudspeaker, the word, and how loud it is."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from engine.model.value_class import dataclass
from widgets.icons import icon_pixmap
from widgets.theme import color, font, plate_color
from widgets.translation import tr

_MARGIN, _PAD, _ICON, _HEIGHT = 8, 7, 14, 22
_BARS, _BAR, _BAR_GAP = 5, 3, 2
_NARROW = 150  # tiles below this width have room for the loudspeaker and the level alone


@dataclass(frozen=True, slots=True)
class ListeningMark:
    """`level` 0–1: how loud it is now. muted: listened to without a sound. coming: sound arrives; otherwise it is waited for."""

    camera_id: str
    level: float = 0.0
    muted: bool = False
    coming: bool = True

    @property
    def words(self) -> str:
        if self.muted:
            return tr("Listening, muted")
        return tr("Listening") if self.coming else tr("Waiting for sound")


def paint_heard(painter: QPainter, area: QRect, heard: ListeningMark, ratio: float) -> QRect:
    """At the lower left of a tile; where it was painted."""
    face = font("secondary", QFont.Weight.DemiBold)
    metrics = QFontMetrics(face)
    words = heard.words if area.width() >= _NARROW else ""
    bars = _BARS * (_BAR + _BAR_GAP)
    width = _PAD + _ICON + 6 + (metrics.horizontalAdvance(words) + 8 if words else 0) + bars + _PAD
    height = max(_HEIGHT, metrics.height() + 2)
    plate = QRect(area.left() + _MARGIN, area.bottom() + 1 - _MARGIN - height, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(color("accent"))
    painter.setBrush(plate_color())
    painter.drawRoundedRect(QRectF(plate).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    middle = plate.top() + height / 2
    picture = icon_pixmap("volume-x" if heard.muted else "volume-2", color("accent"), _ICON, ratio)
    painter.drawPixmap(QPointF(plate.left() + _PAD, middle - _ICON / 2), picture)
    x = plate.left() + _PAD + _ICON + 6
    if words:
        painter.setFont(face)
        painter.setPen(color("text"))
        painter.drawText(QRect(x, plate.top(), plate.width(), height), Qt.AlignmentFlag.AlignVCenter, words)
        x += metrics.horizontalAdvance(words) + 8
    paint_level(painter, QRect(x, plate.top() + 5, bars, height - 10), heard.level)
    return plate


def paint_level(painter: QPainter, area: QRect, level: float) -> None:
    """Five bars that grow; those above the level are outlines, so that it is not colour that tells."""
    for number in range(_BARS):
        high = max(3, round(area.height() * (number + 1) / _BARS))
        bar = QRect(area.left() + number * (_BAR + _BAR_GAP), area.bottom() + 1 - high, _BAR, high)
        if level * _BARS > number + 0.25:
            painter.fillRect(bar, color("accent"))
        else:
            painter.fillRect(QRect(bar.left(), bar.bottom() - 1, _BAR, 2), color("secondary"))
