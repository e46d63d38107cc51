"""The cells of a wall on the screen: where each lies, who is in it, and the tiles that are drawn there."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRect, QSizeF
from PySide6.QtGui import QRegion

from engine.model.value_class import dataclass
from widgets.wall.arrangement.grid import cell_rects
from widgets.wall.arrangement.layouts import LAYOUTS
from widgets.wall.arrangement.state import NO_CELL, WallState
from widgets.wall.arrangement.wants import ShownTile
from widgets.wall.corner_pictures import Corner
from widgets.wall.corner_place import corner_rect, corner_room
from widgets.wall.tile import Tile
from widgets.wall.wall_inset import inset_rect
from widgets.wall.wall_tiles import WallTiles

_GAP = 2


@dataclass(frozen=True, slots=True)
class Cornered:
    """The tile that stands small in a corner of a cell. It has its place there even while its first picture is to come."""

    tile: Tile
    corner: Corner

    @property
    def camera_id(self) -> str:
        return self.tile.view.settings.id


class WallCells:
    """Worked out once per arrangement: it is asked for every picture that comes."""

    def __init__(self) -> None:
        self._rects: Sequence[QRect] = ()
        self._cameras: tuple[str, ...] = ()
        self._tiles: Sequence[Tile | None] = ()
        self._cornered: Sequence[Cornered | None] = ()
        self._hot = NO_CELL
        self._of: dict[str, list[int]] = {}
        self._small_of: dict[str, list[int]] = {}
        self._by_corner: dict[tuple[int, int], int] = {}
        self._gaps = QRegion()

    def arrange(self, area: QRect, state: WallState, tiles: WallTiles) -> None:
        """As the state says, on this area of the screen."""
        self._rects = cell_rects(area, LAYOUTS["1"] if state.maximised else state.layout, _GAP)
        self._cameras = (state.maximised,) if state.maximised else state.on_page()
        self._hot = state.hot.cell if state.hot is not None and not state.maximised else NO_CELL
        self._tiles = [tiles.get(camera_id, cell == self._hot) for cell, camera_id in enumerate(self._cameras)]
        self._cornered = [self._corner(cell, state, tiles) for cell in range(len(self._cameras))]
        self._note_cameras()
        tiles.keep_small(self._small_of)
        self._by_corner = {(rect.x(), rect.y()): cell for cell, rect in enumerate(self._rects)}
        self._gaps = QRegion(area)
        for rect in self._rects:
            self._gaps -= rect

    def _corner(self, cell: int, state: WallState, tiles: WallTiles) -> Cornered | None:
        small = state.corner_of(self._cameras[cell])
        tile = tiles.small(small.camera_id) if small is not None and not corner_room(self._rects[cell]).isEmpty() else None
        return Cornered(tile, small.corner) if tile is not None and small is not None else None

    def _note_cameras(self) -> None:
        self._of, self._small_of = {}, {}
        for cell, camera_id in enumerate(self._cameras):
            if camera_id:
                self._of.setdefault(camera_id, []).append(cell)
        for cell, cornered in enumerate(self._cornered):
            if cornered is not None:
                self._small_of.setdefault(cornered.camera_id, []).append(cell)

    def cell_at(self, point: QPointF) -> int:
        """-1 between cells."""
        return next((at for at, rect in enumerate(self._rects) if rect.contains(point.toPoint())), NO_CELL)

    def rect(self, cell: int) -> QRect:
        return self._rects[cell] if 0 <= cell < len(self._rects) else QRect()

    def camera(self, cell: int) -> str:
        """Who is in a cell; "" for an empty one, and for none."""
        return self._cameras[cell] if 0 <= cell < len(self._cameras) else ""

    def tile(self, cell: int) -> Tile | None:
        return self._tiles[cell] if 0 <= cell < len(self._tiles) else None

    def cornered(self, cell: int) -> Cornered | None:
        """What stands small in its corner; None also where the cell is too small for that."""
        return self._cornered[cell] if 0 <= cell < len(self._cornered) else None

    def corner_rect(self, cell: int) -> QRect:
        """Where the small picture of a cell lies; empty where there is none."""
        cornered = self.cornered(cell)
        return self._in_corner(cell, cornered.corner, cornered.tile.frame_size()) if cornered is not None else QRect()

    def corner_area(self, cell: int, corner: Corner) -> QRect:
        """All that a small picture may take in that corner of a cell, whatever its shape."""
        return self._in_corner(cell, corner, QSizeF(corner_room(self.rect(cell))))

    def _in_corner(self, cell: int, corner: Corner, frame: QSizeF) -> QRect:
        tile = self.tile(cell)
        rows = {Corner.TOP_LEFT: 2 if self.is_hot(cell) else 1, Corner.TOP_RIGHT: 1}
        if tile is not None and tile.view.settings.simulated:
            rows[Corner.BOTTOM_LEFT] = 1
        return corner_rect(self.rect(cell), frame, corner, rows.get(corner, 0))

    def small_at(self, point: QPointF) -> int:
        """The cell whose small picture is there; -1: none is."""
        cell = self.cell_at(point)
        return cell if self.corner_rect(cell).contains(point.toPoint()) else NO_CELL

    def overview_rect(self, cell: int) -> QRect:
        """Where the whole picture of a zoomed tile lies: beside the small picture of another camera."""
        tile, cornered = self.tile(cell), self.cornered(cell)
        at_left = cornered is not None and cornered.corner is Corner.BOTTOM_RIGHT
        return inset_rect(self.rect(cell), tile.frame_size(), at_left) if tile is not None else QRect()

    def is_hot(self, cell: int) -> bool:
        """Whether it is the hot tile, with or without a camera."""
        return cell == self._hot != NO_CELL

    def cells_of(self, camera_id: str) -> tuple[int, ...]:
        """Where a camera is shown large."""
        return tuple(self._of.get(camera_id, ()))

    def areas(self, camera_id: str) -> Iterator[QRect]:
        """Where a camera is shown: its own cells, and the corners of others."""
        for cell in self._of.get(camera_id, ()):
            yield self._rects[cell]
        for cell in self._small_of.get(camera_id, ()):
            cornered = self._cornered[cell]
            if cornered is not None:
                yield self.corner_area(cell, cornered.corner)

    def cameras(self) -> frozenset[str]:
        """All that are on the screen, large or small."""
        return frozenset(self._of) | frozenset(self._small_of)

    def small_cameras(self) -> tuple[str, ...]:
        return tuple(self._small_of)

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

    def visible_tiles(self, area: QRect, ratio: float) -> list[ShownTile]:
        """`area`: the wall's. ratio: device pixels per unit."""
        whole = max(1, area.width() * area.height())
        shown: list[ShownTile] = []
        for cell, rect in enumerate(self._rects):
            tile = self.tile(cell)
            if tile is not None:
                size = (QSizeF(rect.size()) * ratio).toSize()
                shown.append(ShownTile(tile.view.settings.id, size, rect.width() * rect.height() / whole, tile.viewport.zoom))
            cornered = self.cornered(cell)
            if cornered is not None:
                shown.append(ShownTile(cornered.camera_id, (QSizeF(corner_room(rect)) * ratio).toSize(), share=0.0))
        return shown
