"""What the mouse does on a wall: pan and zoom pictures, carry them to other cells or corners, pull the edges of a free layout."""

from collections.abc import Callable
from dataclasses import field, replace
from typing import Protocol

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtWidgets import QApplication

from engine.model.value_class import dataclass
from widgets.wall.arrangement.arranging import WallArranging
from widgets.wall.arrangement.cells import WallCells
from widgets.wall.arrangement.edits import Edges, move_cell, resized
from widgets.wall.arrangement.grid import edges_at, units_between
from widgets.wall.arrangement.layouts import WallLayout
from widgets.wall.corner_place import nearest_corner
from widgets.wall.wall_inset import looking_at

_CURSORS = {
    (True, False): Qt.CursorShape.SizeHorCursor,
    (False, True): Qt.CursorShape.SizeVerCursor,
    (True, True): Qt.CursorShape.SizeAllCursor,
}


class Handled(Protocol):
    """The wall, as the mouse sees it."""

    @property
    def cells(self) -> WallCells: ...
    def wall_layout(self) -> WallLayout: ...
    def rect(self) -> QRect: ...
    def repaint_cell(self, cell: int) -> None: ...
    def maximised(self) -> str: ...
    def show_carried(self, rect: QRect | None) -> None: ...
    def setCursor(self, cursor: Qt.CursorShape, /) -> None: ...
    def unsetCursor(self) -> None: ...


@dataclass(slots=True)
class _Grip:
    """What the left button holds. `act` is one of this module's ways to follow the mouse."""

    cell: int
    begin: QPointF
    last: QPointF
    layout: WallLayout
    act: Callable[["WallHands", "_Grip", QPointF], None]
    edges: Edges = field(default_factory=Edges)
    began: bool = False


class WallHands:
    """Holds nothing between a press and its release but that. Main thread only."""

    def __init__(self, wall: Handled, arranging: WallArranging) -> None:
        self._wall, self._arranging = wall, arranging
        self._grip: _Grip | None = None

    @property
    def carrying(self) -> bool:
        return self._grip is not None and self._grip.began

    def press(self, cell: int, point: QPointF) -> None:
        """The left button goes down on a cell."""
        grip = _Grip(cell, point, point, self._wall.wall_layout(), WallHands._carry)
        tile = self._wall.cells.tile(cell)
        edges = self._edges(cell, point)
        if edges:
            grip = replace(grip, act=WallHands._pull, edges=edges)
        elif self._wall.cells.small_at(point) == cell:
            grip = replace(grip, act=WallHands._carry_small)
        elif tile is not None and tile.viewport.zoom > 1:
            in_inset = self._wall.cells.overview_rect(cell).contains(point.toPoint())
            grip = replace(grip, act=WallHands._look_around if in_inset else WallHands._pan)
        elif tile is None and not self._wall.wall_layout().free:
            return
        self._grip = grip
        if grip.act is WallHands._look_around:
            self._look_around(grip, point)

    def move(self, point: QPointF) -> None:
        if self._grip is None:
            self.point_at(point)
        else:
            self._grip.act(self, self._grip, point)
            self._grip.last = point

    def release(self, point: QPointF) -> None:
        grip, self._grip = self._grip, None
        self._wall.show_carried(None)
        if grip is None or not grip.began:
            return
        self._wall.unsetCursor()
        if grip.act is WallHands._carry:
            self._drop_cell(grip, point)
        elif grip.act is WallHands._carry_small:
            cells = self._wall.cells
            self._arranging.move_corner(cells.camera(grip.cell), nearest_corner(cells.rect(grip.cell), point))
        elif grip.act is WallHands._pull:
            self._arranging.keep_layout()

    def cancel(self) -> None:
        """Esc, or the wall is hidden: what was carried or pulled is as it was."""
        grip, self._grip = self._grip, None
        self._wall.show_carried(None)
        self._wall.unsetCursor()
        if grip is not None and grip.began and grip.act is WallHands._pull:
            self._arranging.try_layout(grip.layout)

    def point_at(self, point: QPointF) -> None:
        """The pointer says where edges can be pulled."""
        cell = self._wall.cells.cell_at(point)
        edges = self._edges(cell, point)
        if edges:
            self._wall.setCursor(_CURSORS[edges.left or edges.right, edges.top or edges.bottom])
        else:
            self._wall.unsetCursor()

    def _edges(self, cell: int, point: QPointF) -> Edges:
        held = self._wall.wall_layout().free and not self._wall.maximised() and cell >= 0
        return edges_at(self._wall.cells.rect(cell), point) if held else Edges()

    def _begin_drag(self, grip: _Grip, point: QPointF) -> bool:
        if not grip.began and (point - grip.begin).manhattanLength() >= QApplication.startDragDistance():
            grip.began = True
            self._wall.setCursor(Qt.CursorShape.ClosedHandCursor)
        return grip.began

    def _pan(self, grip: _Grip, point: QPointF) -> None:
        tile = self._wall.cells.tile(grip.cell)
        grip.began = True
        self._wall.setCursor(Qt.CursorShape.ClosedHandCursor)
        if tile is not None:
            tile.pan(point - grip.last, self._wall.cells.rect(grip.cell).toRectF())
            self._wall.repaint_cell(grip.cell)

    def _look_around(self, grip: _Grip, point: QPointF) -> None:
        tile = self._wall.cells.tile(grip.cell)
        grip.began = True
        if tile is not None:
            tile.viewport = looking_at(tile.viewport, self._wall.cells.overview_rect(grip.cell), point)
            self._wall.repaint_cell(grip.cell)

    def _pull(self, grip: _Grip, point: QPointF) -> None:
        grip.began = True
        across, down = units_between(self._wall.rect(), grip.layout, grip.begin, point)
        self._arranging.try_layout(resized(grip.layout, grip.cell, grip.edges, across, down))

    def _carry_small(self, grip: _Grip, point: QPointF) -> None:
        if self._begin_drag(grip, point):
            cells = self._wall.cells
            self._wall.show_carried(cells.corner_area(grip.cell, nearest_corner(cells.rect(grip.cell), point)))

    def _carry(self, grip: _Grip, point: QPointF) -> None:
        if self._wall.maximised() or not self._begin_drag(grip, point):
            return
        target = self._wall.cells.cell_at(point)
        if target >= 0 and target != grip.cell:
            self._wall.show_carried(self._wall.cells.rect(target))
        elif grip.layout.free:
            self._wall.show_carried(self._wall.cells.rect(grip.cell).translated((point - grip.begin).toPoint()))
        else:
            self._wall.show_carried(None)

    def _drop_cell(self, grip: _Grip, point: QPointF) -> None:
        target = self._wall.cells.cell_at(point)
        if target >= 0 and target != grip.cell:
            self._arranging.swap_cells(grip.cell, target)
        elif grip.layout.free:
            across, down = units_between(self._wall.rect(), grip.layout, grip.begin, point)
            self._arranging.try_layout(move_cell(grip.layout, grip.cell, across, down))
            self._arranging.keep_layout()
