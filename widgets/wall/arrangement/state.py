"""What is on the wall now: layout, who is where, page, selection, the one that fills it, the hot tile, small pictures. No Qt."""

from engine.model.value_class import dataclass
from widgets.wall.arrangement.assignment import Assignment
from widgets.wall.arrangement.layouts import LAYOUTS, WallLayout, neighbour
from widgets.wall.corner_pictures import Corner, CornerPicture, CornerPictures

NO_CELL = -1


@dataclass(slots=True)
class HotTile:
    """A cell that shows what wants to be seen: its place in the layout, whom it shows now, and whether it is kept from changing."""

    cell: int
    camera_id: str = ""
    locked: bool = False


class WallState:
    """A selected or maximised camera that is removed, or taken off the wall, is no longer either.

    Attributes:
        selected_hot: what is selected is the hot tile, not its camera's own place.
        corners: which cameras stand small in whose tile; `corner_of` knows which of them there are.
    """

    def __init__(self) -> None:
        self.ids: tuple[str, ...] = ()
        self.layout: WallLayout = LAYOUTS["4"]
        self.assignment = Assignment()
        self.corners = CornerPictures()
        self.page = 0
        self.selected = ""
        self.selected_hot = False
        self.maximised = ""
        self._hot: HotTile | None = None
        self._slots: tuple[str, ...] = ()

    # what is where

    def set_ids(self, ids: tuple[str, ...]) -> None:
        self.ids = ids
        self._drop_missing()

    def assign(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self._drop_missing()

    def _drop_missing(self) -> None:
        self._slots = self.assignment.arranged(self.ids)
        if self._hot is not None and self._hot.camera_id not in self.ids:
            self._hot.camera_id = ""
        self.maximised = self.maximised if self.maximised in self.ids else ""
        self.selected = self.selected if self.selected in (*self.shown_anywhere(), self.maximised) else ""
        self.selected_hot = self.selected_hot and self.selected == self.hot_camera()
        self.set_page(self.page)

    def shown_anywhere(self) -> tuple[str, ...]:
        """Cameras of all pages, and that of the hot tile."""
        return tuple(dict.fromkeys(each for each in (*self._slots, self.hot_camera()) if each))

    def set_layout(self, layout: WallLayout) -> None:
        """Another layout; the page that holds the selected (or the first shown) camera stays in sight."""
        anchor = self.selected or next(iter(self.visible_ids()), "")
        self.layout = layout
        self.maximised = ""
        self.set_page(self._page_of(anchor))

    def fit_layout(self, layout: WallLayout) -> None:
        """Another automatic arrangement of the same cameras: what is selected or first stays in sight, and what fills the wall does."""
        anchor = self.selected or next((each for each in self.on_page() if each), "")
        self.layout = layout
        self.set_page(self._page_of(anchor) if anchor else self.page)

    def wanted_cells(self) -> int:
        """Of an automatic layout: one a camera, and the hot tile."""
        return len(self._slots) + (1 if self._hot is not None else 0)

    def reshape(self, layout: WallLayout) -> None:
        """The same cells elsewhere, or in other sizes: everything else stays."""
        self.layout = layout
        self.set_page(self.page)

    # the hot tile

    @property
    def hot(self) -> HotTile | None:
        """None: there is none, or the layout has no cell to spare for it."""
        return self._hot if self._hot is not None and self._hot.cell < len(self.layout.cells) > 1 else None

    def set_hot(self, hot: HotTile | None) -> None:
        self._hot = hot
        self._drop_missing()

    def hot_camera(self) -> str:
        return self.hot.camera_id if self.hot is not None else ""

    def heat(self, camera_id: str) -> bool:
        """Show a camera in the hot tile; False where there is none, it is locked, or it does so already."""
        if self.hot is None or self.hot.locked or camera_id not in self.ids or self.hot.camera_id == camera_id:
            return False
        self.hot.camera_id = camera_id
        self.selected = camera_id if self.selected_hot else self.selected
        return True

    # small pictures

    def corner_of(self, camera_id: str) -> CornerPicture | None:
        """The small picture in a camera's tile; None also where its camera is gone, or is not shown to this account."""
        small = self.corners.of_camera(camera_id)
        return small if small is not None and {camera_id, small.camera_id} <= set(self.ids) else None

    def put_in_corner(self, camera_id: str, small_id: str, corner: Corner | None = None) -> None:
        """`small_id`: "" for none. Where no corner is said it is the one that is used there already, or the usual one."""
        before = self.corners.of_camera(camera_id)
        where = corner or (before.corner if before is not None else Corner.BOTTOM_RIGHT)
        if camera_id in self.ids and (not small_id or small_id in self.ids):
            self.corners = self.corners.with_picture(camera_id, CornerPicture(small_id, where) if small_id else None)

    def exchange(self, camera_id: str) -> None:
        """The small picture of a camera's tile becomes the large one and the other way round, wherever the two are on this wall."""
        small = self.corner_of(camera_id)
        if small is None:
            return
        other = {camera_id: small.camera_id, small.camera_id: camera_id}
        self.corners = self.corners.exchanged(camera_id, small.camera_id)
        if self._hot is not None:
            self._hot.camera_id = other.get(self._hot.camera_id, self._hot.camera_id)
        self.maximised = other.get(self.maximised, self.maximised)
        self.selected = other.get(self.selected, self.selected)
        self.assign(self.assignment.exchanged(self.ids, camera_id, small.camera_id))

    # pages

    def places(self) -> tuple[int, ...]:
        """Cells that cameras have of their own, in order."""
        hot = self.hot.cell if self.hot is not None else NO_CELL
        return tuple(at for at in range(len(self.layout.cells)) if at != hot)

    def pages(self) -> int:
        return max(1, -(-len(self._slots) // len(self.places())))

    def set_page(self, page: int) -> None:
        """While there are no cameras yet, the page that was wished waits for them."""
        self.page = min(max(0, page), self.pages() - 1) if self.ids else max(0, page)

    def _page_of(self, camera_id: str) -> int:
        return self._slots.index(camera_id) // len(self.places()) if camera_id in self._slots else 0

    def on_page(self) -> tuple[str, ...]:
        """By cell of the layout who is there on this page, "" for nobody."""
        places, hot = self.places(), self.hot
        begin = self.page * len(places)
        of_page = {cell: self._slots[begin + n] for n, cell in enumerate(places) if begin + n < len(self._slots)}
        if hot is not None:
            of_page[hot.cell] = hot.camera_id
        return tuple(of_page.get(at, "") for at in range(len(self.layout.cells)))

    def visible_ids(self) -> tuple[str, ...]:
        """Ids on the screen, in order of the cells; each once."""
        return (self.maximised,) if self.maximised else tuple(dict.fromkeys(each for each in self.on_page() if each))

    def is_hot(self, cell: int) -> bool:
        return self.hot is not None and self.hot.cell == cell and not self.maximised

    # choosing

    def select_camera(self, camera_id: str, hot: bool = False) -> None:
        """Select a camera and turn to its page (`hot`: in the hot tile); while one is maximised, that one gives way to it.

        Those that are not on the wall select none.
        """
        self.selected = camera_id if camera_id in self.shown_anywhere() else ""
        self.selected_hot = bool(self.selected) and self.selected == self.hot_camera() and (hot or self.selected not in self._slots)
        if self.selected and not self.selected_hot:
            self.page = self._page_of(camera_id)
        if self.selected and self.maximised:
            self.maximised = camera_id

    def maximise(self, camera_id: str) -> None:
        """Let a camera fill the wall and select it, one that was taken off too; "" or an unknown one goes back to the cells."""
        if camera_id not in self.ids:
            self.maximised = ""
            self._drop_missing()
            return
        self.select_camera(camera_id, hot=self.selected_hot)
        self.selected = self.maximised = camera_id

    def nth_on_page(self, cell: int) -> str:
        """Id of the camera in a cell of this page; "" where there is none."""
        of_page = self.on_page()
        return of_page[cell] if 0 <= cell < len(of_page) else ""

    def position(self) -> int:
        """Cell of what is selected, 0 when nothing is."""
        if self.selected_hot and self.hot is not None:
            return self.hot.cell
        own = [at for at in self.places() if self.selected and self.nth_on_page(at) == self.selected]
        return own[0] if own else 0

    def towards(self, across: int, down: int) -> int:
        """The next cell with a camera from the selected one in a direction; the same where there is none."""
        at = self.position()
        while (there := neighbour(self.layout, at, across, down)) != at:
            at = there
            if self.nth_on_page(at):
                return at
        return self.position()

    def beside(self, across: int, down: int) -> int:
        """The next cell from the selected one in a direction, with or without a camera."""
        return neighbour(self.layout, self.position(), across, down)

    # arranging

    def swap(self, first: int, second: int) -> None:
        """The cameras of two cells change them. One put on the hot tile, or taken from it, is in its own place, too."""
        if self.hot is not None and self.hot.cell in (first, second):
            self.put_camera(self.nth_on_page(first), second)
            return
        self.assign(self.assignment.swapped(self.ids, self._slot(first), self._slot(second)))

    def put_camera(self, camera_id: str, cell: int) -> None:
        """A camera from anywhere into a cell."""
        if camera_id not in self.ids or not 0 <= cell < len(self.layout.cells):
            return
        if self.hot is not None and self.hot.cell == cell:
            self._show_hot(camera_id)
        else:
            self.assign(self.assignment.with_camera_at(self.ids, camera_id, self._slot(cell)))

    def take_off(self, camera_id: str) -> None:
        """Its cell stays empty, but in the automatic layout, which has none to spare."""
        self.assign(self.assignment.without(self.ids, camera_id))
        if self.layout.automatic:
            self.assign(self.assignment.closed_up())

    def drop_cell(self, cell: int, layout: WallLayout) -> None:
        """The cell goes, and its camera off the wall; the others keep their cells in `layout`, which has one less."""
        hot = self.hot
        if hot is not None and hot.cell == cell:
            self._hot = None
        else:
            self.assignment = self.assignment.dropped(self.ids, self._slot(cell))
            if hot is not None and hot.cell > cell:
                hot.cell -= 1
        self.layout = layout
        self._drop_missing()

    def keep_only_page(self) -> None:
        """All cameras of other pages taken off."""
        here = self.on_page()
        kept = tuple(here[at] for at in self.places())
        self.page = 0
        self.assign(self.assignment.only(self.ids, kept))

    def _show_hot(self, camera_id: str) -> None:
        """By hand, so a lock does not mind."""
        if self._hot is not None and camera_id:
            self._hot.camera_id = camera_id
            self._drop_missing()

    def _slot(self, cell: int) -> int:
        places = self.places()
        return self.page * len(places) + places.index(cell)
