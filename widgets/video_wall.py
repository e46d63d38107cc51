"""The video wall: one custom-painted widget for all tiles."""

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtWidgets import QWidget

from engine.model.snapshot import CameraView, Picture
from engine.model.time import Clock
from widgets.overlays import Overlays

LAYOUTS = (1, 4, 9, 16)


class VideoWall(QWidget):
    """Pictures of up to sixteen cameras at a time, more on further pages. Qt's main thread only.

    Signals:
        tile_activated(camera_id): a tile was maximised or restored (double-click, Enter).
        selection_changed(camera_id): "" when nothing is selected.
        wanted_size_changed(camera_id, pixels, main): ask the engine for pictures of this size, from the main stream if `main`.
            An empty size means that the camera is off the screen. Sent at most a few times per second.
        add_camera_requested(): an empty tile was clicked.
        context_menu_requested(camera_id, global position): "" on an empty tile.
        page_changed(page, pages): pages count from 0.
    """

    tile_activated = Signal(str)
    selection_changed = Signal(str)
    wanted_size_changed = Signal(str, QSize, bool)
    add_camera_requested = Signal()
    context_menu_requested = Signal(str, QPoint)
    page_changed = Signal(int, int)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None: ...
    def set_cameras(self, cameras: tuple[CameraView, ...]) -> None:
        """Take the cameras of a new snapshot: names, states, tracks. Order is the order on the wall."""

    def set_picture(self, camera_id: str, picture: Picture) -> None:
        """Show a newer picture; cheap. Its pixels are not copied: they must stay as they are. Unknown cameras are ignored."""

    def set_layout_size(self, tiles: int) -> None:
        """1, 4, 9 or 16 tiles on a page. ValueError otherwise."""

    def layout_size(self) -> int: ...
    def set_overlays(self, overlays: Overlays) -> None: ...
    def overlays(self) -> Overlays: ...
    def set_can_add(self, allowed: bool) -> None:
        """Whether empty tiles invite to add a camera (the account may administer)."""

    def tile_pixel_size(self, camera_id: str) -> QSize:
        """Device pixels that pictures of this camera should have now, zoom included; empty while it is not on the screen."""

    def visible_cameras(self) -> tuple[str, ...]: ...
    def selected(self) -> str: ...
    def select(self, camera_id: str) -> None:
        """Select a camera, turning to its page; "" selects none."""

    def maximised(self) -> str:
        """Id of the camera that fills the wall, "" when none does."""

    def set_maximised(self, camera_id: str) -> None:
        """Let one camera fill the wall; "" goes back to the grid."""

    def page(self) -> int: ...
    def pages(self) -> int: ...
    def set_page(self, page: int) -> None: ...
