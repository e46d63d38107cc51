"""Small pictures in rows of alerts: the moment with its subject boxed, the photo of a report, the spot on plan or map, or what kind of
thing it is about."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap

from engine.model.alerts.alert import Alert
from engine.model.event import EventKind
from engine.model.site import Floor, Position, SiteAnchor
from engine.model.time import Clock
from widgets.alerts.small_map import Earth, paint_small_map
from widgets.events.thumbnails import Thumbnails
from widgets.icons import icon_pixmap
from widgets.look import look_number
from widgets.maps.base.base_map import BaseMap
from widgets.playback.clip_marks import StillMarks
from widgets.theme import color
from widgets.tokens import load_tokens

_GLYPHS = {
    EventKind.CAMERA_LOST: "video-off",
    EventKind.NODE_LOST: "router",
    EventKind.INCIDENT: "map",
    EventKind.SMOKE: "flame",
    EventKind.FORECAST_FAILED: "triangle-alert",
    EventKind.PHONE_LEFT: "bluetooth",
    EventKind.BADGE_WITHOUT_OWNER: "bluetooth",
    EventKind.FALL: "person-standing",
    EventKind.PRESENCE: "activity",
}
_GLYPH, _EDGE, _DOT = 22, 5.0, 4.0


class AlertPictures(QObject):
    """Main thread only. Signals: wanted(Alert): a row without its picture is on screen; changed(picture id): there is one now."""

    wanted = Signal(object)
    changed = Signal(str)

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._thumbnails = Thumbnails()
        self._floor = Floor()
        self._anchor: SiteAnchor | None = None
        self._earth: Mapping[str, Earth] = {}
        self._base = BaseMap()
        self._missing: dict[str, Alert] = {}
        self._ask_soon = QTimer(self, interval=0, singleShot=True)
        self._ask_soon.timeout.connect(self._ask)

    def set_floor(self, floor: Floor) -> None:
        self._floor = floor

    def set_earth(self, anchor: SiteAnchor | None, places: Mapping[str, Earth]) -> None:
        """Where the site is, and each incident by its id."""
        self._anchor, self._earth = anchor, places

    def put(self, picture_id: str, jpeg: bytes, marks: StillMarks, ratio: float) -> None:
        """`picture_id`: as `picture_id_of` says."""
        if self._thumbnails.put(picture_id, jpeg, ratio, marks):
            self.changed.emit(picture_id)

    def ask_again(self, picture_id: str) -> None:
        """There may be one now."""
        self._thumbnails.ask_again(picture_id)

    def drop_all(self) -> None:
        """They are shown otherwise now."""
        self._thumbnails.drop_all()
        self.changed.emit("")

    def has_photo(self, alert: Alert) -> bool:
        """And no plan or map, whose mark could be anywhere."""
        return self._thumbnail(alert) is not None

    def look_key(self, alert: Alert) -> object:
        """All that the picture of a row depends on."""
        pixmap = self._thumbnail(alert)
        return (
            pixmap.cacheKey()
            if pixmap is not None
            else (alert.position, id(self._floor), self._place_of(alert), self._anchor, look_number())
        )

    def paint(self, painter: QPainter, alert: Alert, area: QRect) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(area), 4, 4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outline, color("window"))
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        pixmap = self._thumbnail(alert)
        if pixmap is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(area, pixmap)
        elif alert.position is not None and self._floor.extent is not None:
            paint_small_plan(painter, QRectF(area), self._floor, alert.position, color(alert.severity.name.lower()))
        elif (place := self._place_of(alert)) is not None:
            paint_small_map(painter, area, self._base, place, self._anchor, alert.severity)
        else:
            glyph = icon_pixmap(_GLYPHS.get(alert.kind, "bell"), color("secondary"), _GLYPH, painter.device().devicePixelRatioF())
            painter.drawPixmap(QPointF(area.center()) - QPointF(_GLYPH / 2, _GLYPH / 2), glyph)
        painter.restore()

    def _place_of(self, alert: Alert) -> Earth | None:
        return self._earth.get(alert.incident_id)

    def _thumbnail(self, alert: Alert) -> QPixmap | None:
        picture_id = picture_id_of(alert)
        pixmap = self._thumbnails.get(picture_id)
        if pixmap is None and picture_id and self._thumbnails.should_ask(picture_id, self._clock.now_ns()):
            self._missing[picture_id] = alert
            self._ask_soon.start()
        return pixmap

    def _ask(self) -> None:
        missing, self._missing = self._missing, {}
        for alert in missing.values():
            self.wanted.emit(alert)


def picture_id_of(alert: Alert) -> str:
    """Of the event that a camera saw, else of the incident, whose reports may have a photo; empty: there can be none."""
    return alert.event_id if alert.camera_id else alert.incident_id


def paint_small_plan(painter: QPainter, area: QRectF, floor: Floor, spot: Position, tint: QColor) -> None:
    """The floor with its zones and one spot, north up."""
    if floor.extent is None:
        return
    x0, y0, x1, y1 = floor.extent
    scale = min((area.width() - 2 * _EDGE) / (x1 - x0), (area.height() - 2 * _EDGE) / (y1 - y0))
    left, bottom = area.center().x() - scale * (x0 + x1) / 2, area.center().y() + scale * (y0 + y1) / 2

    def at(x: float, y: float) -> QPointF:
        return QPointF(left + x * scale, bottom - y * scale)

    painter.setPen(color("line_strong"))
    painter.setBrush(color("panel"))
    painter.drawRect(QRectF(at(x0, y1), at(x1, y0)))
    people = load_tokens().people
    for number, zone in enumerate(floor.zones):
        fill = QColor(people[number % len(people)])
        fill.setAlphaF(0.25)
        painter.setBrush(fill)
        painter.drawRect(QRectF(at(zone.x0, zone.y1), at(zone.x1, zone.y0)))
    for wall in floor.walls:
        painter.drawLine(at(*wall.a[:2]), at(*wall.b[:2]))
    painter.setPen(color("window"))
    painter.setBrush(tint)
    painter.drawEllipse(at(spot[0], spot[1]), _DOT, _DOT)
