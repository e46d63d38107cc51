"""The cells of a wall on the screen: where each lies, who is in it, and the tile that is drawn there."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSizeF
from PySide6.QtGui import QRegion

from widgets.wall.tile import Tile
from widgets.wall.wall_grid import cell_rects
from widgets.wall.wall_layouts import LAYOUTS
from widgets.wall.wall_state import NO_CELL, WallState
from widgets.wall.wall_tiles import WallTiles
from widgets.wall.wall_wants import ShownTile

_GAP = 2


class WallCells:
    """Worked out once per arrangement: it is asked for every picture that comes."""

    def __init__(self) -> None:
        self._rects: Sequence[QRect] = ()
        self._cameras: tuple[str, ...] = ()
        self._tiles: Sequence[Tile | None] = ()
        self._hot = NO_CELL
        self._of: dict[str, list[int]] = {}
        self._by_corner: dict[tuple[int, int], int] = {}
        self._gaps = QRegion()

    def arrange(self, area: QRect, state: WallState, tiles: WallTiles) -> None:
        """As the state says, on this area of the screen."""
        self._rects = cell_rects(area, LAYOUTS["1"] if state.maximised else state.layout, _GAP)
        self._cameras = (state.maximised,) if state.maximised else state.on_page()
        self._hot = state.hot.cell if state.hot is not None and not state.maximised else NO_CELL
        self._tiles = [tiles.get(camera_id, cell == self._hot) for cell, camera_id in enumerate(self._cameras)]
        self._of = {}
        for cell, camera_id in enumerate(self._cameras):
            if camera_id:
                self._of.setdefault(camera_id, []).append(cell)
        self._by_corner = {(rect.x(), rect.y()): cell for cell, rect in enumerate(self._rects)}
        self._gaps = QRegion(area)
        for rect in self._rects:
            self._gaps -= rect

    def at(self, point: QPointF) -> int:
        """-1 between cells."""
        return next((at for at, rect in enumerate(self._rects) if rect.contains(point.toPoint())), NO_CELL)

    def rect(self, cell: int) -> QRect:
        return self._rects[cell] if 0 <= cell < len(self._rects) else QRect()

    def camera(self, cell: int) -> str:
        """Who is in a cell; "" for an empty one, and for none."""
        return self._cameras[cell] if 0 <= cell < len(self._cameras) else ""

    def tile(self, cell: int) -> Tile | None:
        return self._tiles[cell] if 0 <= cell < len(self._tiles) else None

    def is_hot(self, cell: int) -> bool:
        """Whether it is the hot tile, with or without a camera."""
        return cell == self._hot != NO_CELL

    def of(self, camera_id: str) -> Sequence[int]:
        """The cells that show a camera: none, one or two."""
        return self._of.get(camera_id, ())

    def cameras(self) -> frozenset[str]:
        return frozenset(self._of)

    def only(self, area: QRect) -> int:
        """The cell that is just this area; -1: none is."""
        cell = self._by_corner.get((area.x(), area.y()), NO_CELL)
        return cell if cell != NO_CELL and self._rects[cell] == area else NO_CELL

    def within(self, region: QRegion) -> list[int]:
        """Those that a region touches."""
        return [cell for cell, rect in enumerate(self._rects) if region.intersects(rect)]

    def gaps(self, region: QRegion) -> QRegion:
        """What of a region lies between cells."""
        return self._gaps & region

    def shown(self, area: QRect, ratio: float) -> list[ShownTile]:
        """`area`: the wall's. ratio: device pixels per unit."""
        whole = max(1, area.width() * area.height())
        shown: list[ShownTile] = []
        for cell, rect in enumerate(self._rects):
            tile = self.tile(cell)
            if tile is not None:
                size = (QSizeF(rect.size()) * ratio).toSize()
                shown.append(ShownTile(tile.view.settings.id, size, rect.width() * rect.height() / whole, tile.viewport.zoom))
        return shown
