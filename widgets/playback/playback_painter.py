"""Draws one tile of recorded video: the picture with its time, or why there is none. Nothing of it looks live."""

from datetime import tzinfo

from PySide6.QtCore import QPoint, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QPainter, QPixmap

from engine.model.settings import CameraSettings
from engine.model.value_class import dataclass
from widgets.icons import icon_pixmap
from widgets.number_text import number_text
from widgets.plates import HEIGHT, Plates, PlateSpec, plate_width
from widgets.playback.clip_marks import ClipMarks
from widgets.playback.clip_overlay import OVERLAY, paint_marks
from widgets.playback.playback import RecordedTile, TileKind
from widgets.theme import color, font, plate_color
from widgets.time_text import duration_text, fine_clock_text, tick_text
from widgets.tokens import load_tokens
from widgets.translation import tr
from widgets.wall.arrangement.placement import placement
from widgets.wall.picture_outline import edge_tile, outline_picture
from widgets.wall.viewport import Viewport
from widgets.wall.zone_overlay import ZoneOverlay

_MARGIN = 8
_GAP = 4
_WIDEST = 380
_ICON = 28
_LEAST_NAME = 28
_WRAPPED = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
_ICONS = {
    TileKind.GAP: "video-off",
    TileKind.BLIND: "eye-off",
    TileKind.DAMAGED: "triangle-alert",
    TileKind.FAILED: "circle-alert",
    TileKind.LOADING: "clock",
}
_ROLES = {TileKind.DAMAGED: "high", TileKind.FAILED: "high", TileKind.BLIND: "moderate"}


@dataclass(frozen=True, slots=True)
class RecordedLook:
    """How the wall wants a tile drawn just now. ratio: device pixels per unit. zones: of this camera, to draw over its picture; marks:
    who was in it."""

    ratio: float
    selected: bool = False
    focused: bool = False
    zones: CameraSettings | None = None
    marks: ClipMarks | None = None


class RecordedPainter:
    """Paints tiles of one wall; keeps drawn plates between paints. Main thread only."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        """`zone`: of the times shown; None: this machine's."""
        self._plates = Plates()
        self._zones = ZoneOverlay(self._plates)
        self._zone = zone

    def paint(self, painter: QPainter, tile: RecordedTile, image: QImage, area: QRect, viewport: Viewport, look: RecordedLook) -> None:
        """Paint the whole tile, opaque; nothing leaves `area`. `image`: over the tile's pixels, null where it has none."""
        painter.setClipRect(area)
        self._paint_picture(painter, tile, image, area, viewport, look)
        self._paint_plates(painter, tile, area, look.ratio)
        if viewport.zoom > 1:
            self._plate(painter, PlateSpec(f"{number_text(viewport.zoom, '.1f')} ×"), area, look.ratio, right=True, bottom=True)
        if look.selected:
            outline_picture(painter, QRectF(area), 3 if look.focused else 2)

    def paint_empty(self, painter: QPainter, area: QRect) -> None:
        painter.setClipRect(area)
        painter.fillRect(area, color("panel"))
        edge_tile(painter, area)

    def _paint_picture(
        self, painter: QPainter, tile: RecordedTile, image: QImage, area: QRect, viewport: Viewport, look: RecordedLook
    ) -> None:
        if image.isNull():
            painter.fillRect(area, color("video"))
        else:
            frame = picture_size(tile, image)
            placed = placement(viewport.picture_rect(QRectF(area), frame), frame, image.size(), area, look.ratio)
            for bar in placed.bars:
                painter.fillRect(bar, color("video"))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, placed.corner is None)
            painter.drawImage(placed.seen, image, placed.source)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            if look.zones is not None and tile.kind is TileKind.PICTURE:
                self._zones.paint(painter, look.zones, placed.whole, QRectF(area), {})
            if look.marks and tile.kind is TileKind.PICTURE:
                paint_marks(painter, placed.whole, look.marks, tile.picture_ns, self._plates, OVERLAY.visible())
        if tile.kind is TileKind.PICTURE:
            return
        if not image.isNull():
            painter.fillRect(area, _dim())
        elif tile.kind in (TileKind.GAP, TileKind.BLIND):
            painter.fillRect(area, _hatch(tile.kind))
        edge_tile(painter, area)
        self._paint_words(painter, tile, area, look.ratio)

    def _paint_words(self, painter: QPainter, tile: RecordedTile, area: QRect, ratio: float) -> None:
        """Icon, what is the matter, for how long, and why, as far as there is room."""
        role = _ROLES.get(tile.kind, "secondary")
        lines = _lines(tile, area, self._zone)
        room = min(area.width() - 32, _WIDEST)
        boxes = [QFontMetrics(face).boundingRect(QRect(0, 0, room - 32, 200), _WRAPPED, text) for text, face, _ in lines]
        icon_room = _ICON + 6 if area.height() >= 120 else 0
        height = icon_room + sum(box.height() + 3 for box in boxes) + 16
        block = QRect(0, 0, max((box.width() for box in boxes), default=0) + 32, height)
        block.moveCenter(area.center() + QPoint(0, HEIGHT // 2))
        _paint_block(painter, block)
        y = block.top() + 8
        if icon_room:
            pixmap = icon_pixmap(_ICONS[tile.kind], color(role), _ICON, ratio)
            painter.drawPixmap(QPoint(block.center().x() - _ICON // 2, y), pixmap)
            y += icon_room
        for (text, face, text_role), box in zip(lines, boxes, strict=True):
            painter.setFont(face)
            painter.setPen(color(text_role))
            painter.drawText(QRect(block.left() + 16, y, block.width() - 32, box.height()), _WRAPPED, text)
            y += box.height() + 3

    def _paint_plates(self, painter: QPainter, tile: RecordedTile, area: QRect, ratio: float) -> None:
        """The name left, the picture's time right, the mark of simulated pictures between them, or below the time where that has
        no room: the lower left corner has the word that is burned into the picture."""
        room = area.width() - 2 * _MARGIN
        time = self._time_plate(tile, room - _GAP, ratio) if tile.picture_ns else None
        if time is not None:
            room -= self._plate(painter, time, area, ratio, right=True) + _GAP
        if tile.simulated:
            room -= self._paint_simulated(painter, tile, area.adjusted(0, 0, room + 2 * _MARGIN - area.width(), 0), area, ratio)
        self._plate(painter, PlateSpec(tile.name, weight=QFont.Weight.DemiBold, max_width=max(1, room)), area, ratio)

    def _paint_simulated(self, painter: QPainter, tile: RecordedTile, beside: QRect, area: QRect, ratio: float) -> int:
        """At the right of `beside` if the name remains whole, else in the second row of `area`; the width taken from the name."""
        spec = PlateSpec(tr("SIMULATED"), outlined=True)
        name = plate_width(self._plates.get(PlateSpec(tile.name, weight=QFont.Weight.DemiBold), ratio))
        taken = plate_width(self._plates.get(spec, ratio)) + _GAP
        if name + taken <= beside.width() - 2 * _MARGIN:
            self._plate(painter, spec, beside, ratio, right=True)
            return taken
        self._plate(painter, spec, area.adjusted(0, HEIGHT + _GAP, 0, 0), ratio, right=True)
        return 0

    def _time_plate(self, tile: RecordedTile, room: int, ratio: float) -> PlateSpec | None:
        """To the thousandth beside the whole name, else to the second; None in a tile that has no room for it: the transport shows it."""
        right = tile.kind is TileKind.PICTURE
        name = plate_width(self._plates.get(PlateSpec(tile.name, weight=QFont.Weight.DemiBold), ratio))
        exact, seconds = fine_clock_text(tile.picture_ns, self._zone), tick_text(tile.picture_ns, True, self._zone)
        for text, beside in ((exact, name), (seconds, _LEAST_NAME)):
            spec = PlateSpec(text, "ring" if right else "", color("secondary").name(), "text" if right else "secondary")
            if plate_width(self._plates.get(spec, ratio)) <= room - beside:
                return spec
        return None

    def _plate(self, painter: QPainter, spec: PlateSpec, area: QRect, ratio: float, right: bool = False, bottom: bool = False) -> int:
        """Draw it in a corner; its width."""
        plate: QPixmap = self._plates.get(spec, ratio)
        width = plate_width(plate)
        x = area.right() + 1 - _MARGIN - width if right else area.left() + _MARGIN
        y = area.bottom() + 1 - _MARGIN - HEIGHT if bottom else area.top() + _MARGIN
        painter.drawPixmap(x, y, plate)
        return width


def picture_size(tile: RecordedTile, image: QImage) -> QSizeF:
    """Of the recorded picture, which gives the aspect."""
    if tile.frame_width > 0 and tile.frame_height > 0:
        return QSizeF(tile.frame_width, tile.frame_height)
    return QSizeF(image.size()) if not image.isNull() else QSizeF(16, 9)


def tile_words(tile: RecordedTile) -> str:
    """What is the matter with a tile that has no picture of its time, in a few words."""
    return {
        TileKind.PICTURE: "",
        TileKind.LOADING: tr("Loading…"),
        TileKind.GAP: tr("No recording"),
        TileKind.BLIND: tr("Camera was offline"),
        TileKind.DAMAGED: tr("Recording damaged"),
        TileKind.FAILED: tr("Recording not available"),
    }[tile.kind]


def bounds_words(tile: RecordedTile, zone: tzinfo | None = None) -> str:
    """From when to when there is nothing, as far as is known."""
    since_ns, until_ns = tile.since_ns, tile.until_ns
    if since_ns is not None and until_ns is not None:
        return f"{fine_clock_text(since_ns, zone)} – {fine_clock_text(until_ns, zone)} ({duration_text(until_ns - since_ns)})"
    if since_ns is not None:
        return tr("Since {0}").format(fine_clock_text(since_ns, zone))
    if until_ns is not None:
        return tr("Until {0}").format(fine_clock_text(until_ns, zone))
    return ""


def _lines(tile: RecordedTile, area: QRect, zone: tzinfo | None) -> list[tuple[str, QFont, str]]:
    lines = [(tile_words(tile), font("section", QFont.Weight.DemiBold), "text")]
    bounds = bounds_words(tile, zone) if tile.kind in (TileKind.GAP, TileKind.BLIND, TileKind.DAMAGED) else ""
    if bounds and area.height() >= 130:
        lines.append((bounds, font("body"), "text"))
    if tile.reason and area.height() >= 150:
        lines.append((tile.reason, font("secondary"), "secondary"))
    return lines


def _hatch(kind: TileKind) -> QBrush:
    """Not recorded and not seen look different without reading, too."""
    style = Qt.BrushStyle.BDiagPattern if kind is TileKind.GAP else Qt.BrushStyle.Dense6Pattern
    return QBrush(color("line"), style)


def _paint_block(painter: QPainter, block: QRect) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate_color())
    painter.drawRoundedRect(block, 6, 6)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _dim() -> QColor:
    dim = QColor(color("video"))
    dim.setAlphaF(load_tokens().opacity["lost_dim"])
    return dim
