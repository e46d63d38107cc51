"""Boxes, trails and labels of tracks, drawn over one picture."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import cast

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform

from engine.model.cameras.track import Track, TrackStatus
from engine.model.radio.fused import FusedIdentity
from engine.model.snapshot import CameraView
from engine.model.time import MILLISECOND, SECOND
from widgets.gestures.skeleton import draw_skeleton
from widgets.look import look_number
from widgets.people.identity_words import name_text
from widgets.plates import Plates, PlateSpec
from widgets.theme import color, person_color
from widgets.wall.overlays import Overlays
from widgets.wall.trail_layer import TrailLayers
from widgets.wall.trails import Trails
from widgets.wall.wall_people import WallPeople, fresh_pose
from widgets.words import category_word

LABEL_HEIGHT = 18
_NARROW = 400  # tiles below this width show numbers only
_TOP_STRIP = 34  # names and states stand here
_LABELS_KEPT = 400
_LONGEST = 220  # pixels of a name
NOBODY = WallPeople()
_STACKED = 4  # labels above each other before they cover one another
_AHEAD_NS = 250 * MILLISECOND
_TOO_OLD_NS = 3 * SECOND // 2
_Edges = tuple[float, float, float, float]
_SHOWN = (TrackStatus.CONFIRMED, TrackStatus.COASTING)


def shown_boxes(view: CameraView, picture_ns: int) -> list[tuple[Track, QRectF]]:
    """Tracks to draw on the picture of this time, with their boxes in frame pixels moved on to it.

    Boxes are a little older or newer than the picture: each is carried along its velocity for up to a quarter of a second. When they
    are further apart than 1.5 s they say nothing about this picture, and none is drawn.
    """
    apart_ns = picture_ns - view.tracks_ns
    if abs(apart_ns) > _TOO_OLD_NS:
        return []
    ahead_s = max(-_AHEAD_NS, min(_AHEAD_NS, apart_ns)) / SECOND
    return [(track, _carried(track, ahead_s)) for track in view.tracks if track.status in _SHOWN]


def track_label(track: Track, overlays: Overlays, identity: FusedIdentity | None = None) -> str:
    """`Person 12`, `Ada 12`, `Ada ? 12`, `Person`, `12` or nothing, as the toggles say."""
    if identity is not None and overlays.names:
        words = [name_text(identity)]
    else:
        words = [category_word(track.category)] if overlays.labels else []
    return " ".join([*words, str(track.number)] if overlays.ids else words)


class OverlayPainter:
    """Main thread only. Keeps the plates of labels at hand: a wall of sixteen draws a thousand of them per second."""

    def __init__(self, plates: Plates) -> None:
        self._plates = plates
        self._trails = TrailLayers()
        self._labels: dict[tuple[object, ...], tuple[QPixmap, float]] = {}

    def paint(
        self,
        painter: QPainter,
        boxes: list[tuple[Track, QRectF]],
        trails: Trails,
        to_tile: QTransform,
        tile: QRectF,
        overlays: Overlays,
        people: WallPeople = NOBODY,
        picture_ns: int = 0,
    ) -> None:
        """Draw in tile coordinates; `to_tile` maps frame pixels there. The painter is clipped to the tile."""
        names = people.names if overlays.names else {}
        tints = {track.id: _tint(track, names.get(track.id)) for track, _ in boxes}
        ratio = painter.device().devicePixelRatioF()
        if overlays.trails:
            self._trails.paint(painter, trails, tints, to_tile, tile.toRect(), ratio)
        if overlays.poses:
            _paint_poses(painter, boxes, to_tile, people, picture_ns)
        placed = _boxes_in_tile(boxes, to_tile)
        if overlays.boxes:
            _paint_boxes(painter, placed, tints)
        if overlays.labels or overlays.ids or names:
            self._paint_labels(painter, placed, tile, overlays, names, tints)

    def _paint_labels(
        self,
        painter: QPainter,
        placed: list[tuple[Track, _Edges]],
        tile: QRectF,
        overlays: Overlays,
        names: Mapping[str, FusedIdentity],
        tints: Mapping[str, str],
    ) -> None:
        room = _edges(tile.adjusted(2, _TOP_STRIP, -2, -2))
        said = overlays if tile.width() >= _NARROW else replace(overlays, labels=overlays.labels and not overlays.ids)
        ratio = painter.device().devicePixelRatioF()
        taken: list[_Edges] = []
        for track, box in placed:
            text = track_label(track, said, names.get(track.id))
            if text and _overlap(box, room):
                plate, width = self._label(text, tints[track.id], ratio)
                x, y = label_corner(box, width, room)
                place = _free_place((x, y, x + width, y + LABEL_HEIGHT), taken, room)
                painter.drawPixmap(round(place[0]), round(place[1]), plate)  # in whole pixels, which cost a quarter
                taken.append(place)

    def _label(self, text: str, tint: str, ratio: float) -> tuple[QPixmap, float]:
        """The plate, and its width on screen."""
        key = (text, tint, ratio, look_number())
        if key not in self._labels:
            if len(self._labels) >= _LABELS_KEPT:
                self._labels.clear()
            spec = PlateSpec(text, mark="bar", mark_color=tint, height=LABEL_HEIGHT, max_width=_LONGEST)
            plate = self._plates.get(spec, ratio)
            self._labels[key] = plate, plate.width() / ratio
        return self._labels[key]


def track_color(track: Track, identity: FusedIdentity | None) -> QColor:
    """Somebody's own colour, otherwise one that stays with the track."""
    return QColor(identity.color) if identity is not None and identity.color else person_color(track.number)


def _tint(track: Track, identity: FusedIdentity | None) -> str:
    return QColor(identity.color).name() if identity is not None and identity.color else _own_tint(track.number, look_number())


@lru_cache(maxsize=512)
def _own_tint(number: int, _look: int) -> str:
    return person_color(number).name()


def label_corner(box: _Edges, width: float, tile: _Edges) -> tuple[int, int]:
    """Above the box; where the tile ends there below it, or at its foot: in its top it would cover the face. Never out of the tile."""
    (left, top, _, bottom), (first, highest, last, lowest) = box, tile
    y = top - LABEL_HEIGHT - 2
    if y < highest:
        y = bottom + 2
    if y + LABEL_HEIGHT > lowest:
        y = max(highest, min(bottom, lowest) - LABEL_HEIGHT - 2)
    x = min(max(left - 1, first), max(first, last - width))
    return round(x), round(min(y, lowest - LABEL_HEIGHT))


def _edges(box: QRectF) -> _Edges:
    return cast(_Edges, box.getCoords())  # the stubs say object


def _overlap(one: _Edges, other: _Edges) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _boxes_in_tile(boxes: list[tuple[Track, QRectF]], to_tile: QTransform) -> list[tuple[Track, _Edges]]:
    """In the tile. Numbers instead of Qt's rectangles: a call between Python and Qt takes longer than what it would work out."""
    along, down, x, y = to_tile.m11(), to_tile.m22(), to_tile.dx(), to_tile.dy()
    placed: list[tuple[Track, _Edges]] = []
    for track, box in boxes:
        left, top, right, bottom = _edges(box)
        placed.append((track, (left * along + x, top * down + y, right * along + x, bottom * down + y)))
    return placed


def free_place(wanted: QRectF, taken: list[QRectF], tile: QRectF) -> QRectF:
    """Above the labels that are there already, so that people who walk together can be told apart, otherwise below them; as wanted where
    there is no room."""
    left, top, right, bottom = _free_place(_edges(wanted), [_edges(other) for other in taken], _edges(tile))
    return QRectF(left, top, right - left, bottom - top)


def _free_place(wanted: _Edges, taken: list[_Edges], tile: _Edges) -> _Edges:
    left, first, right, last = wanted
    height = last - first
    for upwards in (True, False):
        top = first
        for _ in range(_STACKED):
            place = (left, top, right, top + height)
            other = next((other for other in taken if _overlap(other, place)), None)
            if other is None:
                return place
            top = other[1] - 1 - height if upwards else other[3] + 1
            if top < tile[1] or top + height > tile[3]:
                break
    return wanted


def _paint_poses(painter: QPainter, boxes: list[tuple[Track, QRectF]], to_tile: QTransform, people: WallPeople, picture_ns: int) -> None:
    for track, _ in boxes:
        found = fresh_pose(track, people, picture_ns)
        if found is not None:
            pose, (dx, dy) = found
            tint = track_color(track, people.names.get(track.id))
            draw_skeleton(painter, pose.landmarks, pose.visibility, QTransform.fromTranslate(dx, dy) * to_tile, tint)


def _round(value: float) -> int:
    return int(value + 0.5) if value >= 0 else int(value - 0.5)


def box_on_pixels(box: _Edges) -> tuple[int, int, int, int]:
    """x, y, width and height, as `QRectF.toRect` rounds them."""
    left, top, right, bottom = box
    x, y = _round(left), _round(top)
    return x, y, _round(right - left + (left - x) / 2), _round(bottom - top + (top - y) / 2)


def _paint_boxes(painter: QPainter, placed: list[tuple[Track, _Edges]], tints: Mapping[str, str]) -> None:
    """Two one-pixel lines in the track's colour between two dark ones. Lines wider than a pixel, or see-through, cost ten times as much."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    rects = [(track, box_on_pixels(box)) for track, box in placed]
    painter.setPen(color("halo"))
    for _, (x, y, width, height) in rects:
        painter.drawRect(x - 1, y - 1, width + 2, height + 2)
        painter.drawRect(x + 2, y + 2, width - 4, height - 4)
    for track, (x, y, width, height) in rects:
        painter.setPen(_pen(tints[track.id], track.status is TrackStatus.COASTING))
        painter.drawRect(x, y, width, height)
        painter.drawRect(x + 1, y + 1, width - 2, height - 2)


@lru_cache(maxsize=256)
def _pen(name: str, dashed: bool) -> QPen:
    pen = QPen(QColor(name), 1)
    if dashed:
        pen.setDashPattern([6, 6])
    return pen


def _carried(track: Track, seconds: float) -> QRectF:
    left, top, right, bottom = track.box_xyxy
    along, down = track.velocity_xy
    return QRectF(left + along * seconds, top + down * seconds, right - left, bottom - top)
