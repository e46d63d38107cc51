"""What people change about a wall by hand: its cells, who is in them, large or small, and which of them is the hot tile."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QSize

from widgets.wall.arrangement.cells import WallCells
from widgets.wall.arrangement.edits import shaped, with_room
from widgets.wall.arrangement.layouts import WallLayout, freed, without
from widgets.wall.arrangement.state import HotTile, WallState
from widgets.wall.corner_pictures import Corner


class Arranged(Protocol):
    """The wall, which shows its state anew: as it is by now, and where another camera may be selected than `before`."""

    def size(self) -> QSize: ...
    def select_camera(self, camera_id: str) -> None: ...
    def rearranged(self) -> None: ...
    def chosen_anew(self, before: str) -> None: ...


class WallArranging:
    """Main thread only.

    Args:
        kept: told after every change that is to stay.
    """

    def __init__(self, wall: Arranged, state: WallState, cells: WallCells, kept: Callable[[], None]) -> None:
        self._wall, self._state, self._cells, self._kept = wall, state, cells, kept

    def try_layout(self, layout: WallLayout) -> None:
        """The same cells elsewhere, while the mouse still holds them."""
        if layout != self._state.layout:
            self._state.reshape(layout)
            self._wall.rearranged()

    def keep_layout(self) -> None:
        """What was tried stays."""
        self._kept()

    def edit_layout(self, layout: WallLayout) -> None:
        """Tried and kept at once."""
        self.try_layout(layout)
        self._kept()

    def add_cell(self) -> None:
        """One more cell of a free layout; another layout becomes a free one first."""
        self.edit_layout(with_room(freed(self._state.layout)))

    def remove_cell(self, cell: int) -> None:
        """A cell of a free layout goes; its camera goes with it off the wall. The last cell stays."""
        layout = without(freed(self._state.layout), cell)
        if layout != freed(self._state.layout):
            self._keep_selection(partial(self._state.drop_cell, cell, layout))

    def fit_cell(self, cell: int) -> None:
        """The cell of a free layout takes the shape of its pictures, so that there are no bars."""
        tile, wall = self._cells.tile(cell), self._wall.size()
        if tile is not None and wall.height():
            size = tile.frame_size()
            self.edit_layout(shaped(freed(self._state.layout), cell, size.width() / size.height(), wall.width() / wall.height()))

    def swap_cells(self, first: int, second: int) -> None:
        self._state.swap(first, second)
        self._wall.rearranged()
        self._kept()

    def put_camera(self, camera_id: str, cell: int) -> None:
        """From anywhere into a cell of this page."""
        self._state.put_camera(camera_id, cell)
        self._wall.select_camera(camera_id)
        self._wall.rearranged()
        self._kept()

    def put_in_corner(self, camera_id: str, small_id: str) -> None:
        """A camera small into the tile of another, instead of the one that is there; "": none."""
        self._keep_selection(partial(self._state.put_in_corner, camera_id, small_id))

    def move_corner(self, camera_id: str, corner: Corner) -> None:
        small = self._state.corner_of(camera_id)
        if small is not None and small.corner is not corner:
            self._keep_selection(partial(self._state.put_in_corner, camera_id, small.camera_id, corner))

    def turn_corner(self, camera_id: str) -> None:
        """The small picture goes to the next corner, clockwise."""
        small = self._state.corner_of(camera_id)
        if small is not None:
            self.move_corner(camera_id, small.corner.next)

    def exchange(self, camera_id: str) -> None:
        """The small picture of a camera's tile becomes the large one, and the other way round."""
        if self._state.corner_of(camera_id) is not None:
            self._keep_selection(partial(self._state.exchange, camera_id))

    def take_off(self, camera_id: str) -> None:
        self._keep_selection(partial(self._state.take_off, camera_id))

    def keep_only_page(self) -> None:
        self._keep_selection(self._state.keep_only_page)

    def set_hot_cell(self, cell: int) -> None:
        """Make a cell the hot tile; it shows what it showed. -1: there is none any more."""
        self._state.set_hot(HotTile(cell, self._state.nth_on_page(cell)) if cell >= 0 else None)
        self._wall.rearranged()
        self._kept()

    def _keep_selection(self, change: Callable[[], None]) -> None:
        """Of a change by which what is selected may go."""
        selected = self._state.selected
        change()
        self._wall.chosen_anew(selected)
        self._kept()
