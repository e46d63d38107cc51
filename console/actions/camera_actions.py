"""What an operator can do with a camera, wherever it is shown."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.alerts.what_to_try import WhatToTryDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.camera_poses import CameraPosesDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.floor.floor_points import FloorPointsDialog
from console.dialogs.zones.zones import ZonesDialog
from console.help.advice import Advice
from console.help.camera_advice import advice_about
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.command import PutCamera, RemoveCamera
from engine.model.errors import WatchroomError
from engine.model.settings import CameraSettings
from engine.model.snapshot import Picture
from widgets.icons import icon
from widgets.marks.toast import ToastArea


class CameraActions(QObject):
    """Add, edit, pause and remove, with their dialogs and messages. UI thread."""

    def __init__(
        self, bridge: EngineBridge, toasts: ToastArea, over: QWidget, last_picture: Callable[[str], Picture | None] = lambda _: None
    ) -> None:
        """`last_picture`: of a camera, where somebody has it still."""
        super().__init__(over)
        self._bridge, self._toasts, self._over, self._last_picture = bridge, toasts, over, last_picture

    def add(self) -> None:
        self._open_dialog(None)

    def add_first(self) -> None:
        """At finding one on the network."""
        dialog = self._open_dialog(None, first=True)
        if dialog is not None:
            dialog.search(first=True)

    def edit(self, camera_id: str) -> None:
        camera = self._camera(camera_id)
        if camera is not None:
            self._open_dialog(camera)

    def _open_dialog(self, camera: CameraSettings | None, first: bool = False) -> CameraDialog | None:
        if not self._bridge.may(Verb.ADMINISTER):
            return None
        dialog = CameraDialog(self._bridge, camera, self._over, first)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def place(self, camera_id: str) -> None:
        """Where it hangs and looks, on the plan of the floor."""
        if self._bridge.may(Verb.ADMINISTER):
            dialog = CameraPosesDialog(self._bridge, camera_id, self._over)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def click_floor(self, camera_id: str) -> None:
        """Where spots of the floor are in its picture."""
        if self._bridge.may(Verb.ADMINISTER) and self._camera(camera_id) is not None:
            dialog = FloorPointsDialog(self._bridge, camera_id, self._over)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def draw_zones(self, camera_id: str) -> ZonesDialog | None:
        """Zones, lines, privacy areas and excluded areas in its picture; None where that cannot be."""
        camera = self._camera(camera_id)
        if camera is None or not self._bridge.may(Verb.ADMINISTER):
            return None
        dialog = ZonesDialog(self._bridge, camera, self._last_picture(camera_id), self._over)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(lambda: self._show_toast(self.tr("Zones and masks of {0} are saved.").format(camera.name)))
        dialog.open()
        return dialog

    def set_paused(self, camera_id: str, paused: bool) -> None:
        camera = self._camera(camera_id)
        if camera is not None:
            command = PutCamera(replace(camera, enabled=not paused))
            text = self.tr("{0} is paused.") if paused else self.tr("{0} is switched on again.")
            self._bridge.command(command, lambda _: self._show_toast(text.format(camera.name)), self._complain, owner=self)

    def remove(self, camera_id: str) -> None:
        camera = self._camera(camera_id)
        if camera is None:
            return
        title = self.tr("Remove camera {0}?").format(camera.name)
        dialog = ConfirmDialog(title, self._what_goes(camera_id), self.tr("&Remove camera"), self._over, can_undo=True)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._remove_now(camera))
        dialog.open()

    def _what_goes(self, camera_id: str) -> str:
        said = self.tr("It is no longer watched and its stored login is deleted. Its past events and clips stay in the record.")
        snapshot = self._bridge.snapshot
        if snapshot is None or all(lookout.camera_id != camera_id for lookout in snapshot.settings.lookouts):
            return said
        return f"{said} {self.tr('It is no lookout for smoke any more either: where it stands and looks is forgotten.')}"

    def _remove_now(self, camera: CameraSettings) -> None:
        self._bridge.command(RemoveCamera(camera.id), ignore_answer, self._complain, owner=self)

    def show_what_to_try(self, camera_id: str) -> None:
        """The cards of System about this camera, for as long as something is wrong with it."""
        dialog = WhatToTryDialog(self._bridge, self._advice(camera_id), camera_id, self._over)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.edit_wanted.connect(self.edit)
        dialog.open()

    def _advice(self, camera_id: str) -> tuple[Advice, ...]:
        return advice_about(self._bridge.snapshot, camera_id) if self._bridge.snapshot is not None else ()

    def menu(self, camera_id: str, parent: QWidget) -> QMenu:
        """What to try where something is wrong; edit, zones, pause, place, floor points and remove for one camera. What the session may
        not do is disabled and says why."""
        camera = self._camera(camera_id)
        paused = camera is not None and not camera.enabled
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        if self._advice(camera_id):
            menu.addAction(icon("circle-help"), self.tr("What to tr&y…"), lambda: self.show_what_to_try(camera_id))
        for text, icon_name, act in (
            (self.tr("&Edit…"), "pencil", lambda: self.edit(camera_id)),
            (self.tr("&Zones and masks…"), "square-dashed", lambda: self.draw_zones(camera_id)),
            (
                self.tr("Switch &on") if paused else self.tr("&Pause"),
                "play" if paused else "pause",
                lambda: self.set_paused(camera_id, not paused),
            ),
            (self.tr("Place on the &floor…"), "cctv", lambda: self.place(camera_id)),
            (self.tr("Floor po&ints…"), "locate-fixed", lambda: self.click_floor(camera_id)),
            (self.tr("&Remove…"), "trash-2", lambda: self.remove(camera_id)),
        ):
            action = QAction(icon(icon_name), text, menu)
            action.triggered.connect(act)
            permit(action, self._bridge.session, Verb.ADMINISTER)
            menu.addAction(action)
        return menu

    def _camera(self, camera_id: str) -> CameraSettings | None:
        return self._bridge.snapshot.settings.camera(camera_id) if self._bridge.snapshot is not None else None

    def _show_toast(self, text: str) -> None:
        self._toasts.show_message(text)

    def _complain(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
