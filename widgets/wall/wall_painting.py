"""What a wall shows besides its pictures, and how all of it is painted."""

from collections.abc import Mapping
from dataclasses import field, replace

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from engine.model.alerts.alert import Alert
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.plates import PlateSpec
from widgets.theme import color, severity_style
from widgets.time_text import clock_text
from widgets.translation import tr
from widgets.wall.arrangement.cells import WallCells
from widgets.wall.arrangement.state import NO_CELL, HotTile, WallState
from widgets.wall.heard_mark import ListeningMark
from widgets.wall.overlay_painter import NOBODY
from widgets.wall.overlays import Overlays
from widgets.wall.picture_outline import outline_picture
from widgets.wall.tile import Tile
from widgets.wall.tile_painter import SmallTile, TileLook, TilePainter
from widgets.wall.wall_people import WallPeople


@dataclass(slots=True)
class WallDress:
    """`alarms`: by camera, the newest alert that nobody has acknowledged. zones: how many are in each, by its id.

    heard: whose sound is played, and how. carried: where what is carried would be put. can_add: empty tiles invite to add a camera.
    barred: cells with the bar of a replay at their foot.
    """

    overlays: Overlays = field(default_factory=Overlays)
    people: WallPeople = NOBODY
    zones: Mapping[str, ZoneCount] = field(default_factory=dict[str, ZoneCount])
    alarms: Mapping[str, Alert] = field(default_factory=dict[str, Alert])
    heard: ListeningMark | None = None
    can_add: bool = True
    hovered: int = NO_CELL
    carried: QRect | None = None
    barred: frozenset[int] = frozenset()


class WallPainting:
    """Paints one wall. Main thread only."""

    def __init__(self, clock: Clock, state: WallState, cells: WallCells, painter: TilePainter) -> None:
        self._clock, self._state, self._cells, self._painter = clock, state, cells, painter
        self.dress = WallDress()

    def paint(self, painter: QPainter, event: QPaintEvent, ratio: float, focused: bool) -> None:
        """`ratio`: device pixels per unit. focused: keys go to the wall."""
        dress = self.dress
        plain = TileLook(dress.overlays, ratio, people=dress.people, zones=dress.zones)
        for cell in self._touched(painter, event):
            tile = self._cells.tile(cell)
            if tile is None:
                self._paint_empty(painter, cell)
            else:
                self._painter.paint(painter, tile, self._cells.rect(cell), self._state_look(plain, cell, tile, focused))
        if dress.carried is not None:
            painter.setClipping(False)
            paint_carried(painter, dress.carried)

    def _touched(self, painter: QPainter, event: QPaintEvent) -> list[int]:
        """Cells to paint: mostly the one with a new picture. Fills the gaps between them."""
        only = self._cells.only(event.rect())
        if only != NO_CELL:
            return [only]
        region = event.region()
        for gap in self._cells.gaps(region):  # pyright: ignore[reportGeneralTypeIssues]  # regions iterate; the stubs do not know
            painter.fillRect(gap, color("window"))
        return self._cells.within(region)

    def _paint_empty(self, painter: QPainter, cell: int) -> None:
        rect, hovered = self._cells.rect(cell), cell == self.dress.hovered
        if self._cells.is_hot(cell):
            self._painter.paint_waiting(painter, rect, tr("Hot tile"), tr("Shows the newest alert or the selected camera"))
            return
        first = not any(self._cells.camera(before) == "" and not self._cells.is_hot(before) for before in range(cell))
        self._painter.paint_empty(painter, rect, self.dress.can_add and (first or hovered), hovered)

    def _state_look(self, plain: TileLook, cell: int, tile: Tile, focused: bool) -> TileLook:
        state, dress, hot = self._state, self.dress, self._cells.is_hot(cell)
        camera_id = tile.view.settings.id
        small = self._small(cell)
        selected = camera_id == state.selected and (hot == state.selected_hot or bool(state.maximised))
        hovered = cell == dress.hovered
        heard = self._mark_of_camera(camera_id)
        barred = cell in dress.barred
        if not selected and not hovered and not hot and heard is None and small is None and not barred:
            return plain
        note = hot_note(state.hot, dress.alarms.get(camera_id), self._clock.now_ns()) if hot and state.hot else None
        return replace(
            plain, selected=selected, focused=selected and focused, hovered=hovered, note=note, heard=heard, small=small, barred=barred
        )

    def _small(self, cell: int) -> SmallTile | None:
        cornered = self._cells.cornered(cell)
        if cornered is None:
            return None
        return SmallTile(cornered.tile, self._cells.corner_rect(cell), cornered.corner, self._mark_of_camera(cornered.camera_id))

    def _mark_of_camera(self, camera_id: str) -> ListeningMark | None:
        heard = self.dress.heard
        return heard if heard is not None and heard.camera_id == camera_id else None


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
