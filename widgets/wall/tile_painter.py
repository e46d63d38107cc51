"""Draws one tile: picture, overlays, name, state. A picture that is not live is grey, dim and has a clock."""

from collections.abc import Mapping
from dataclasses import field, replace

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QPixmap

from engine.model.cameras.picture_zone import ZoneCount
from engine.model.value_class import dataclass
from widgets.icons import icon_pixmap
from widgets.look import look_number
from widgets.number_text import number_text
from widgets.people.blurring import hide_region, mosaic
from widgets.plates import HEIGHT, Plates, PlateSpec, plate_width
from widgets.theme import color, font, plate_color
from widgets.tokens import load_tokens
from widgets.wall.arrangement.placement import Placement
from widgets.wall.corner_pictures import Corner
from widgets.wall.heard_mark import ListeningMark, paint_heard
from widgets.wall.overlay_painter import NOBODY, OverlayPainter, shown_boxes
from widgets.wall.overlays import Overlays
from widgets.wall.picture_outline import edge_tile, outline_picture
from widgets.wall.replay_bar import BAR_HEIGHT
from widgets.wall.tile import Chrome, Tile
from widgets.wall.wall_inset import inset_rect, paint_inset, seen_share
from widgets.wall.wall_people import WallPeople, hidden_regions
from widgets.wall.zone_overlay import ZoneOverlay, paint_privacy

_MARGIN = 8
_NARROW = 150
_SLIM = 130  # tiles below this width say that they are live by the mark alone, so that there is room for the name
_LOW = 90  # tiles below this height have no room for a third row of plates
_TWO_ROWS = 2 * (HEIGHT + 2)
_PLATE_GAP = 4
_LEAST_NAME, _READABLE = 28, 80
_WIDEST = 360
_PLACED_KEPT = 64
_WRAPPED = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
_FROM_TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
_MARKS = {
    "replay": ("square", "moderate"),
    "good": ("disc", "secondary"),
    "neutral": ("ring", "minimal"),
    "critical": ("triangle", "critical"),
}


_NOTHING = Overlays(boxes=False, labels=False, ids=False, trails=False, names=False, poses=False, zones=False)


@dataclass(frozen=True, slots=True)
class SmallTile:
    """Another camera in the corner of a tile: where it is drawn, and whether it is listened to."""

    tile: Tile
    area: QRect
    corner: Corner
    heard: ListeningMark | None = None


@dataclass(frozen=True, slots=True)
class TileLook:
    """How the wall wants a tile drawn just now. `ratio`: device pixels per unit. `note`: stands below the name, on the hot tile.

    zones: how many are in each, by its id. heard: this tile's camera is listened to. small: what stands in its corner. cornered: it stands
    in one itself. barred: the bar of a replay stands at its foot.
    """

    overlays: Overlays
    ratio: float
    selected: bool = False
    focused: bool = False
    hovered: bool = False
    people: WallPeople = NOBODY
    note: PlateSpec | None = None
    zones: Mapping[str, ZoneCount] = field(default_factory=dict)
    heard: ListeningMark | None = None
    small: SmallTile | None = None
    cornered: bool = False
    barred: bool = False


class TilePainter:
    """Paints tiles of one wall; keeps drawn plates between paints. Main thread only."""

    def __init__(self) -> None:
        self._plates = Plates()
        self._overlays = OverlayPainter(self._plates)
        self._zones = ZoneOverlay(self._plates)
        self._placed: dict[
            tuple[str, bool, bool], tuple[tuple[Chrome, QRect, bool, float, int, PlateSpec | None], list[tuple[int, int, QPixmap]]]
        ] = {}

    def paint(self, painter: QPainter, tile: Tile, area: QRect, look: TileLook) -> None:
        """Paint the whole tile, opaque; nothing leaves `area`. The painter's clip is `area` afterwards."""
        painter.setClipRect(area)
        self._paint_picture(painter, tile, picture_area(tile, area, look), look)
        if look.small is not None:
            self._paint_small(painter, look.small, look)
            painter.setClipRect(area)
        self._paint_name_and_state(painter, tile, picture_area(tile, area, look), look)
        if tile.viewport.zoom > 1 and area.height() >= _LOW:
            self._paint_zoom(painter, tile, area, look)
        if tile.chrome.replayed:
            self._paint_replay(painter, tile, area, look)
        elif not tile.chrome.status.live and not (look.cornered and area.height() < _LOW):
            self._paint_trouble(painter, tile.chrome, area)
        if look.heard is not None:
            paint_heard(painter, _above(area, look.small, tile), look.heard, look.ratio)
        if look.selected:
            outline_picture(painter, QRectF(area), 3 if look.focused else 2)

    def paint_empty(self, painter: QPainter, area: QRect, invites: bool, hovered: bool) -> None:
        """A tile without a camera. One that invites shows a plus and says what a click does."""
        painter.setClipRect(area)
        painter.fillRect(area, color("raised" if hovered and invites else "panel"))
        edge_tile(painter, area)
        if not invites:
            return
        size = 32
        top = area.center().y() - 30
        painter.drawPixmap(QPointF(area.center().x() - size / 2, top), self._plus(hovered, painter.device().devicePixelRatioF(), size))
        painter.setFont(font("body"))
        painter.setPen(color("text" if hovered else "secondary"))
        text = QCoreApplication.translate("VideoWall", "Add a camera…")
        painter.drawText(QRect(area.left(), top + size + 8, area.width(), 24), Qt.AlignmentFlag.AlignHCenter, text)

    def paint_waiting(self, painter: QPainter, area: QRect, title: str, text: str) -> None:
        """A cell that shows something by itself, and does not now."""
        painter.setClipRect(area)
        painter.fillRect(area, color("panel"))
        edge_tile(painter, area)
        for words, face, role, y in (
            (title, font("section", QFont.Weight.DemiBold), "secondary", -24),
            (text, font("body"), "secondary", 4),
        ):
            painter.setFont(face)
            painter.setPen(color(role))
            painter.drawText(QRect(area.left() + 8, area.center().y() + y, area.width() - 16, 44), _FROM_TOP, words)

    def _paint_picture(self, painter: QPainter, tile: Tile, area: QRect, look: TileLook) -> None:
        if tile.picture is None or tile.image.isNull():
            painter.fillRect(area, color("video"))
            edge_tile(painter, area)
            return
        placed = tile.placement(area, look.ratio)
        for bar in placed.bars:
            painter.fillRect(bar, color("video"))
        if tile.chrome.replayed:  # faces are hidden in it already, and boxes are those of now
            _draw_image(painter, tile.image, placed)
            paint_privacy(painter, tile.view.settings, placed.whole, tile.frame_size())
            return
        if not tile.chrome.status.live:
            _draw_image(painter, mosaic(tile.faded()) if look.people.blurred else tile.faded(), placed)
            paint_privacy(painter, tile.view.settings, placed.whole, tile.frame_size())
            painter.fillRect(area, _dim())
            edge_tile(painter, area)
            return
        picture_ns = tile.picture.captured_ns
        hidden = hidden_regions(tile.view, look.people, picture_ns) if look.people.blurred else []
        _draw_image(painter, mosaic(tile.image) if hidden is None else tile.image, placed)
        if placed.edged:
            edge_tile(painter, area)
        for region in hidden or ():
            hide_region(painter, tile.image, region, tile.frame_size(), placed.to_tile)
        paint_privacy(painter, tile.view.settings, placed.whole, tile.frame_size())
        if look.overlays.zones:
            self._zones.paint(painter, tile.view.settings, placed.whole, QRectF(area), look.zones)
        if tile.view.tracks:
            boxes = shown_boxes(tile.view, picture_ns)
            self._overlays.paint(painter, boxes, tile.trails, placed.to_tile, QRectF(area), look.overlays, look.people, picture_ns)

    def _paint_small(self, painter: QPainter, small: SmallTile, look: TileLook) -> None:
        """A tile within the tile, with its own name and state, and hidden what is hidden of its camera anywhere."""
        plain = TileLook(_NOTHING, look.ratio, people=look.people, heard=small.heard, cornered=True)
        self.paint(painter, small.tile, small.area, plain)
        painter.setClipRect(small.area.adjusted(-2, -2, 2, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for role, beyond in (("halo", 2), ("mark_text", 1)):
            painter.setPen(color(role))
            painter.drawRect(small.area.adjusted(-beyond, -beyond, beyond - 1, beyond - 1))

    def _paint_name_and_state(self, painter: QPainter, tile: Tile, area: QRect, look: TileLook) -> None:
        chrome, camera_id = tile.chrome, tile.view.settings.id
        key = (chrome, area, look.hovered, look.ratio, look_number(), look.note)
        place = (camera_id, look.note is not None, look.cornered)
        kept = self._placed.get(place)
        if kept is None or kept[0] != key:
            if len(self._placed) > _PLACED_KEPT:
                self._placed.clear()
            kept = self._placed[place] = (key, self._place_plates(chrome, area, look.hovered, look.ratio, look.cornered))
            if look.note is not None and area.height() >= _LOW:
                note = replace(look.note, max_width=_room_below(kept[1], area))
                kept[1].append((area.left() + _MARGIN, area.top() + _MARGIN + HEIGHT + _PLATE_GAP, self._plates.get(note, look.ratio)))
        for x, y, plate in kept[1]:
            painter.drawPixmap(x, y, plate)

    def _place_plates(
        self, chrome: Chrome, area: QRect, hovered: bool, ratio: float, cornered: bool = False
    ) -> list[tuple[int, int, QPixmap]]:
        """The state at the right, the name in what is left of it; the mark of simulated pictures between them, in narrow tiles below the
        state: the lower left corner has the word that is burned in. Elsewhere the state goes to the foot where the name could not be read.
        A number gives way to the name, and the figures under the pointer to all of them."""
        margin = _MARGIN if area.height() >= _LOW else _MARGIN // 3
        left, top, bottom = area.left() + margin, area.top() + margin, area.bottom() + 1 - margin - HEIGHT
        name = plate_width(self._plates.get(PlateSpec(chrome.name, weight=QFont.Weight.DemiBold), ratio))
        mark = self._plates.get(PlateSpec(QCoreApplication.translate("VideoWall", "SIMULATED"), outlined=True), ratio)
        beside = plate_width(mark) + _PLATE_GAP if chrome.simulated else 0
        end = area.right() + 1 - margin
        state = self._state(chrome, area, hovered, ratio, cornered, end - left - name - beside - _PLATE_GAP)
        right = end - plate_width(state)
        placed = [(right, top, state)]
        low = _TWO_ROWS if cornered and not chrome.status.live else _LOW
        if chrome.simulated:
            if right - beside - _PLATE_GAP - left >= name:
                right -= beside
                placed.append((right, top, mark))
            elif area.height() >= 2 * (HEIGHT + margin):
                second = max(top, min(top + HEIGHT + _PLATE_GAP, bottom))
                placed.append((end - plate_width(mark), second, mark))
            else:  # no room for both, and what is simulated always says so
                return [(left, top, mark), *(placed if right - left >= beside else ())]
        elif right - left < min(name, _READABLE) and area.height() >= low:
            placed, right = [(right, bottom, state)], end
        return placed + self._name_plate(chrome, left, top, right - _PLATE_GAP - left, ratio)

    def _state(self, chrome: Chrome, area: QRect, hovered: bool, ratio: float, cornered: bool, room: int) -> QPixmap:
        """With figures where these fit into `room`."""
        width = _SLIM - 1 if cornered and area.width() < _NARROW * 1.4 else area.width()
        full = self._plates.get(_state_plate(chrome, hovered, width), ratio)
        return full if plate_width(full) <= room else self._plates.get(_state_plate(chrome, False, width), ratio)

    def _name_plate(self, chrome: Chrome, left: int, top: int, room: int, ratio: float) -> list[tuple[int, int, QPixmap]]:
        if room <= _LEAST_NAME:
            return []
        called = self._plates.get(PlateSpec(chrome.called or chrome.name, weight=QFont.Weight.DemiBold), ratio)
        short = PlateSpec(chrome.name, weight=QFont.Weight.DemiBold, max_width=room)
        return [(left, top, called if plate_width(called) <= room else self._plates.get(short, ratio))]

    def _paint_zoom(self, painter: QPainter, tile: Tile, area: QRect, look: TileLook) -> None:
        """How much larger it is shown, above the whole picture where that has room."""
        plate = self._plates.get(PlateSpec(f"{number_text(tile.viewport.zoom, '.1f')} ×"), look.ratio)
        at_left = _overview_at_left(look.small)
        inset = inset_rect(area, tile.frame_size(), at_left) if tile.picture is not None and tile.chrome.status.live else QRect()
        bottom = inset.top() - _PLATE_GAP if inset.isValid() else area.bottom() + 1 - _MARGIN
        x = area.left() + _MARGIN if at_left else area.right() + 1 - _MARGIN - plate_width(plate)
        painter.drawPixmap(x, bottom - HEIGHT, plate)
        if not inset.isValid() or tile.picture is None:
            return
        hidden = hidden_regions(tile.view, look.people, tile.picture.captured_ns) if look.people.blurred else []
        image, frame = mosaic(tile.image) if hidden is None else tile.image, tile.frame_size()
        paint_inset(painter, inset, image, hidden or [], frame, seen_share(tile.viewport, QRectF(area), frame))

    def _paint_replay(self, painter: QPainter, tile: Tile, area: QRect, look: TileLook) -> None:
        """An edge that no live tile has; and why there is less to see than was asked for."""
        pen = QPen(color("moderate"), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(1, 1, -2, -2))
        reason = tile.chrome.status.reason
        if not reason or look.cornered:
            return
        if tile.picture is None:
            self._paint_trouble(painter, replace(tile.chrome, status=replace(tile.chrome.status, text=reason, reason="")), area)
        elif area.height() >= _LOW:
            kept = self._placed.get((tile.view.settings.id, look.note is not None, look.cornered))
            room = _room_below(kept[1] if kept is not None else [], area)
            note = self._plates.get(PlateSpec(reason, max_width=room), look.ratio)
            painter.drawPixmap(area.left() + _MARGIN, area.top() + _MARGIN + HEIGHT + _PLATE_GAP, note)

    def _paint_trouble(self, painter: QPainter, chrome: Chrome, area: QRect) -> None:
        lines = _trouble_lines(chrome, area)
        room = min(area.width() - 48, _WIDEST)
        boxes = [QFontMetrics(face).boundingRect(QRect(0, 0, room, 80), _WRAPPED, text) for text, face, _ in lines]
        block = QRect(0, 0, max(box.width() for box in boxes) + 32, sum(box.height() + 2 for box in boxes) + 16)
        block.moveCenter(area.center() + QPoint(0, HEIGHT // 2))
        _paint_block(painter, block)
        y = block.top() + 8
        for (text, face, role), box in zip(lines, boxes, strict=True):
            painter.setFont(face)
            painter.setPen(color(role))
            painter.drawText(QRect(block.left() + 16, y, block.width() - 32, box.height()), _WRAPPED, text)
            y += box.height() + 2

    def _plus(self, hovered: bool, ratio: float, size: int) -> QPixmap:
        return icon_pixmap("plus", color("accent" if hovered else "secondary"), size, ratio)


def _room_below(placed: list[tuple[int, int, QPixmap]], area: QRect) -> int:
    """For a note below the name: beside the mark of simulated pictures, where that stands there."""
    second = area.top() + _MARGIN + HEIGHT
    right = min((x - _PLATE_GAP for x, y, _ in placed if second <= y < second + HEIGHT), default=area.right() + 1 - _MARGIN)
    return max(_LEAST_NAME, right - area.left() - _MARGIN)


def picture_area(tile: Tile, area: QRect, look: TileLook) -> QRect:
    """Of a tile's area what the picture has: the bar of a replay stands below it."""
    barred = look.barred and tile.replay is not None
    return area.adjusted(0, 0, 0, -BAR_HEIGHT) if barred else area


def _overview_at_left(small: SmallTile | None) -> bool:
    """The whole picture of a zoomed tile gives way to another camera."""
    return small is not None and small.corner is Corner.BOTTOM_RIGHT


def _above(area: QRect, small: SmallTile | None, tile: Tile) -> QRect:
    """The tile without what stands at its lower left already."""
    taken = area.bottom() + 1
    if small is not None and small.corner is Corner.BOTTOM_LEFT:
        taken = small.area.top()
    elif _overview_at_left(small) and tile.viewport.zoom > 1:
        taken = inset_rect(area, tile.frame_size(), at_left=True).top()
    return area.adjusted(0, 0, 0, taken - area.bottom() - 1)


def _draw_image(painter: QPainter, image: QImage, placed: Placement) -> None:
    if placed.corner is not None:
        painter.drawImage(placed.corner, image)
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(placed.seen, image, placed.source)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


def _state_plate(chrome: Chrome, hovered: bool, width: int) -> PlateSpec:
    mark, role = _MARKS[chrome.status.level]
    parts = [chrome.status.text if width >= _SLIM or not chrome.status.live else ""]
    if width >= _NARROW * 1.4:
        parts.append(chrome.age)
    if hovered and width >= _NARROW * 2.4:
        parts.append(chrome.figures)
    edge = {"critical": "critical", "replay": "moderate"}.get(chrome.status.level)
    text = " · ".join(part for part in parts if part)
    return PlateSpec(text, mark, color(role).name(), edge or "text", outlined=edge is not None)


def _trouble_lines(chrome: Chrome, area: QRect) -> list[tuple[str, QFont, str]]:
    """Texts, fonts and colour roles in the middle of a tile that is not live."""
    roomy = area.height() >= 190 and area.width() >= 240
    lines: list[tuple[str, QFont, str]] = []
    if chrome.clock:
        lines.append((chrome.clock, font("clock" if roomy else "page", QFont.Weight.Medium), "text"))
    else:
        lines.append((chrome.status.text, font("section", QFont.Weight.DemiBold), "text"))
    if chrome.last_picture and area.height() >= 130:
        lines.append((QCoreApplication.translate("VideoWall", "Last picture {0}").format(chrome.last_picture), font("body"), "text"))
    elif chrome.since and area.height() >= 130:
        lines.append((QCoreApplication.translate("VideoWall", "No picture since {0}").format(chrome.since), font("body"), "text"))
    if chrome.status.reason and roomy:
        lines.append((chrome.status.reason, font("secondary"), "secondary"))
    return lines


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
