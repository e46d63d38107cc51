"""Which cameras are on the wall now: layout, page, selection, the one that fills it. No Qt."""

from widgets.wall_grid import LAYOUTS


class WallState:
    """Camera ids in order, cut into pages. A selected or maximised camera that is removed is no longer either."""

    def __init__(self) -> None:
        self.ids: tuple[str, ...] = ()
        self.tiles = 4
        self.page = 0
        self.selected = ""
        self.maximised = ""

    def set_ids(self, ids: tuple[str, ...]) -> None:
        self.ids = ids
        self.selected = self.selected if self.selected in ids else ""
        self.maximised = self.maximised if self.maximised in ids else ""
        self.set_page(self.page)

    def set_tiles(self, tiles: int) -> None:
        """Another layout; the page that holds the selected (or the first shown) camera stays in sight."""
        if tiles not in LAYOUTS:
            raise ValueError(f"layout {tiles} is none of {LAYOUTS}")
        anchor = self.selected or next(iter(self.shown()), "")
        self.tiles = tiles
        self.maximised = ""
        self.set_page(self.ids.index(anchor) // tiles if anchor else 0)

    def pages(self) -> int:
        return max(1, -(-len(self.ids) // self.tiles))

    def set_page(self, page: int) -> None:
        self.page = min(max(0, page), self.pages() - 1)

    def shown(self) -> tuple[str, ...]:
        """Ids on the screen, in order."""
        if self.maximised:
            return (self.maximised,)
        return self.ids[self.page * self.tiles : (self.page + 1) * self.tiles]

    def cells(self) -> int:
        return 1 if self.maximised else self.tiles

    def select(self, camera_id: str) -> None:
        """Select a camera and turn to its page; while one is maximised, that one gives way to it. Unknown ids select none."""
        self.selected = camera_id if camera_id in self.ids else ""
        if not self.selected:
            return
        self.page = self.ids.index(camera_id) // self.tiles
        if self.maximised:
            self.maximised = camera_id

    def maximise(self, camera_id: str) -> None:
        """Let a camera fill the wall and select it; "" or an unknown one goes back to the grid."""
        if camera_id not in self.ids:
            self.maximised = ""
            return
        self.select(camera_id)
        self.maximised = camera_id

    def nth_on_page(self, position: int) -> str:
        """Id of the camera that stands there on the current page of the grid, counted from 0; "" where there is none."""
        index = self.page * self.tiles + position
        return self.ids[index] if position < self.tiles and index < len(self.ids) else ""

    def position(self) -> int:
        """Place of the selected camera on its page, 0 when none is selected."""
        return self.ids.index(self.selected) % self.tiles if self.selected else 0
