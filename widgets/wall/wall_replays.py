"""The replays of one wall: each has a bar at the foot of its tile."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from widgets.wall.arrangement.cells import WallCells
from widgets.wall.replay_bar import BAR_HEIGHT, ReplayBar
from widgets.wall.tile_replay import TileReplay

_LEAST_WIDTH, _LEAST_HEIGHT = 150, 110  # of a tile: below that a bar would leave nothing to see


class WallReplays(QObject):
    """Main thread only.

    Signals: stepped_back(camera_id, seconds); play_toggled(camera_id); sought(camera_id, ns); live_requested(camera_id).
    """

    stepped_back = Signal(str, int)
    play_toggled = Signal(str)
    sought = Signal(str, object)
    live_requested = Signal(str)

    def __init__(self, wall: QWidget, cells: WallCells, show_barred: Callable[[frozenset[int]], None]) -> None:
        super().__init__(wall)
        self._wall, self._cells, self._show_barred = wall, cells, show_barred
        self._bars: dict[str, ReplayBar] = {}

    def bar(self, camera_id: str) -> ReplayBar | None:
        return self._bars.get(camera_id)

    def cameras(self) -> tuple[str, ...]:
        """Those that are replayed."""
        return tuple(self._bars)

    def show_replay(self, camera_id: str, replay: TileReplay | None, now_ns: int) -> None:
        bar = self._bars.get(camera_id)
        if replay is None:
            if bar is not None:
                self._remove(camera_id)
                self.place()
            return
        if bar is None:
            bar = self._bars[camera_id] = self._make_bar(camera_id)
            self.place()
        bar.show_replay(replay, now_ns)

    def place(self) -> None:
        """Where the tiles lie now."""
        barred: set[int] = set()
        for camera_id, bar in self._bars.items():
            cell, rect = next(self._roomy_cells(camera_id), (-1, QRect()))
            bar.setVisible(cell >= 0)
            if cell >= 0:
                barred.add(cell)
                bar.setGeometry(rect.left() + 2, rect.bottom() - BAR_HEIGHT - 1, rect.width() - 4, BAR_HEIGHT)
                bar.raise_()
        self._show_barred(frozenset(barred))

    def _roomy_cells(self, camera_id: str) -> Iterator[tuple[int, QRect]]:
        for cell in self._cells.cells_of(camera_id):
            rect = self._cells.rect(cell)
            if rect.width() >= _LEAST_WIDTH and rect.height() >= _LEAST_HEIGHT:
                yield cell, rect

    def _make_bar(self, camera_id: str) -> ReplayBar:
        bar = ReplayBar(self._wall)
        bar.stepped_back.connect(partial(self.stepped_back.emit, camera_id))
        bar.play_toggled.connect(partial(self.play_toggled.emit, camera_id))
        bar.sought.connect(partial(self.sought.emit, camera_id))
        bar.live_requested.connect(partial(self.live_requested.emit, camera_id))
        return bar

    def _remove(self, camera_id: str) -> None:
        bar = self._bars.pop(camera_id)
        if bar.isAncestorOf(self._wall.focusWidget() or self._wall):
            self._wall.setFocus()
        bar.hide()
        bar.deleteLater()
