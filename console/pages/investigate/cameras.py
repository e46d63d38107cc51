"""Which cameras the Investigate page shows: chosen from a menu, remembered, or none there at all."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from console.playback.playback import PlaybackController
from console.session.remembered import Remembered
from widgets.marks.empty_state import EmptyState
from widgets.playback.overlay_menu import add_overlay_choices
from widgets.playback.playback import MOST_CAMERAS
from widgets.playback.playback_wall import PlaybackWall
from widgets.signals import on_told
from widgets.translation import tr


class ZonesShown:
    """Whether zones and lines are drawn over the pictures; the first time as on Live. UI thread."""

    def __init__(self, wall: PlaybackWall, remembered: Remembered) -> None:
        self._wall, self._remembered = wall, remembered
        wall.show_zones(remembered.flag("investigate/zones", remembered.flag("live/zones", True)))

    def toggle(self) -> None:
        self._wall.show_zones(not self._wall.zones_shown())
        self._remembered.put("investigate/zones", self._wall.zones_shown())

    def add_to(self, menu: QMenu) -> None:
        action = menu.addAction(tr("&Zones and lines"))
        action.setCheckable(True)
        action.setChecked(self._wall.zones_shown())
        action.triggered.connect(self.toggle)


class CameraChoice:
    """UI thread. Fills `menu` whenever it opens."""

    def __init__(self, playback: PlaybackController, menu: QMenu, zones: ZonesShown, remembered: Remembered) -> None:
        self._playback, self._menu, self._zones, self._remembered = playback, menu, zones, remembered
        self._names: Mapping[str, str] = {}
        self.known: tuple[str, ...] = ()
        menu.aboutToShow.connect(self._fill_menu)

    def offer(self, cameras: tuple[str, ...], names: Mapping[str, str]) -> None:
        """All of them, as many as fit; those that were chosen before, where they are still there."""
        self._names = names
        if cameras == self.known:
            return
        self.known = cameras
        kept = tuple(each for each in self._remembered.text("investigate/cameras").split(",") if each in cameras)
        self._playback.set_cameras((kept or cameras)[:MOST_CAMERAS])

    def bring(self, camera_id: str) -> None:
        """Show it too, in front."""
        if camera_id in self.known and camera_id not in self._playback.cameras:
            self._playback.set_cameras((camera_id, *self._playback.cameras)[:MOST_CAMERAS])

    def choose(self, camera_id: str, on: bool) -> None:
        shown = self._playback.cameras
        chosen = tuple(each for each in self.known if (on if each == camera_id else each in shown))
        self._playback.set_cameras(chosen[:MOST_CAMERAS])
        self._remembered.put("investigate/cameras", ",".join(chosen))

    def camera_filter(self) -> tuple[str, ...]:
        """Empty: all of them."""
        shown = self._playback.cameras
        return tuple(shown) if set(shown) != set(self.known) else ()

    def _fill_menu(self) -> None:
        shown = self._playback.cameras
        self._menu.clear()
        for camera_id in self.known:
            action = self._menu.addAction(self._names.get(camera_id, camera_id))
            action.setCheckable(True)
            action.setChecked(camera_id in shown)
            action.setEnabled(camera_id in shown or len(shown) < MOST_CAMERAS)
            on_told(action.toggled, self.choose, camera_id)
        self._menu.addSeparator()
        add_overlay_choices(self._menu, "M", places=False)
        self._menu.addSeparator()
        self._zones.add_to(self._menu)


class CameraStage(QStackedWidget):
    """The recordings side by side, or why there are none. Signals: add_requested(): a first camera."""

    add_requested = Signal()

    def __init__(self, wall: QWidget, may_add: bool) -> None:
        super().__init__()
        self._wall, self._may_add = wall, may_add
        self._none = EmptyState("video", "", "", tr("Add camera…"))
        self._none.action_requested.connect(self.add_requested)
        self.addWidget(wall)
        self.addWidget(self._none)

    def show_whether(self, known: bool, shown: bool) -> None:
        """`known`: there are cameras; `shown`: some of them are chosen."""
        if known:
            self._none.set_text(tr("No camera selected"), tr("Select up to nine with “Cameras” at the top."))
        else:
            how = "" if self._may_add else tr("An administrator adds cameras.")
            self._none.set_text(tr("No cameras yet"), f"{tr('Recordings of cameras are searched and replayed here.')} {how}".strip())
        self._none.set_action_visible(self._may_add and not known)
        self.setCurrentWidget(self._wall if shown else self._none)
