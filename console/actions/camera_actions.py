"""What an operator can do with a camera, wherever it is shown."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from console.actions.acts import Acts
from console.bridge import EngineBridge
from console.dialogs.alerts.what_to_try import WhatToTryDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.camera_poses import CameraPosesDialog
from console.dialogs.cameras.ptz import PtzDialog
from console.dialogs.floor.floor_points import FloorPointsDialog
from console.dialogs.frame import open_dialog
from console.dialogs.incidents.file_report import FileReportDialog, ReportStart
from console.dialogs.zones.zones import ZonesDialog
from console.help.advice import Advice
from console.help.camera_advice import advice_about
from engine.model.accounts.access import Verb
from engine.model.capability import Capability
from engine.model.command import PutCamera, RemoveCamera, RestartCamera
from engine.model.settings import CameraSettings
from engine.model.snapshot import Picture
from widgets.icons import icon
from widgets.marks.toast import ToastArea
from widgets.signals import on


class CameraActions(Acts):
    """Add, edit, pause and remove, with their dialogs and messages. UI thread."""

    def __init__(
        self, bridge: EngineBridge, toasts: ToastArea, over: QWidget, last_picture: Callable[[str], Picture | None] = lambda _: None
    ) -> None:
        """`last_picture`: of a camera, where somebody has it still."""
        super().__init__(bridge, toasts, over)
        self._last_picture = last_picture

    def add(self) -> None:
        self.open_at_site(CameraDialog, None)

    def add_first(self) -> None:
        """At finding one on the network."""
        if self._bridge.may(Verb.ADMINISTER):
            open_dialog(CameraDialog(self._bridge, None, self._over, first=True)).search(first=True)

    def edit(self, camera_id: str) -> None:
        if self._camera(camera_id) is not None:
            self.open_at_site(_camera_dialog, camera_id)

    def set_up_ptz(self, camera_id: str) -> None:
        """Priorities, tours, presets, and the way home."""
        if self._camera(camera_id) is not None:
            self.open_at_site(_ptz_dialog, camera_id)

    def place(self, camera_id: str) -> None:
        """Where it hangs and looks, on the plan of the floor."""
        self.open_at_site(CameraPosesDialog, camera_id)

    def click_floor(self, camera_id: str) -> None:
        """Where spots of the floor are in its picture."""
        if self._camera(camera_id) is not None:
            self.open_at_site(FloorPointsDialog, camera_id)

    def draw_zones(self, camera_id: str) -> ZonesDialog | None:
        """Zones, lines, privacy areas and excluded areas in its picture; None where that cannot be."""
        camera = self._camera(camera_id)
        if camera is None:
            return None
        opened = partial(self._say_when_saved, self.tr("Zones and masks of {0} are saved.").format(camera.name))
        return self.open_at_site(_zones_dialog, camera_id, self._last_picture(camera_id), opened=opened)

    def _say_when_saved(self, said: str, dialog: ZonesDialog, _: EngineBridge) -> None:
        on(dialog.saved, self.say, said)

    def pause(self, camera_id: str) -> None:
        self._set_paused(camera_id, True, self.tr("{0} is paused."))

    def go_on(self, camera_id: str) -> None:
        self._set_paused(camera_id, False, self.tr("{0} is switched on."))

    def restart(self, camera_id: str) -> None:
        """Its connection is closed and opened again."""
        camera = self._camera(camera_id)
        if camera is not None and self._bridge.may(Verb.ADMINISTER):
            self.tell(RestartCamera(camera_id), self.tr("{0} is restarted.").format(camera.name))

    def _set_paused(self, camera_id: str, paused: bool, said: str) -> None:
        camera = self._camera(camera_id)
        if camera is not None:
            self.tell(PutCamera(replace(camera, enabled=not paused)), said.format(camera.name))

    def remove(self, camera_id: str) -> None:
        camera = self._camera(camera_id)
        if camera is not None:
            title = self.tr("Remove camera {0}?").format(camera.name)
            what_goes, action = self._what_goes(camera_id), self.tr("&Remove camera")
            self.confirm(title, what_goes, action, self.tell, RemoveCamera(camera_id), "", can_undo=True)

    def _what_goes(self, camera_id: str) -> str:
        said = self.tr("Monitoring stops and its stored login is deleted. Past events and clips stay in the record.")
        snapshot = self._bridge.snapshot
        if snapshot is None or all(lookout.camera_id != camera_id for lookout in snapshot.settings.lookouts):
            return said
        return f"{said} {self.tr('Its settings as a smoke lookout are deleted too.')}"

    def show_what_to_try(self, camera_id: str) -> None:
        """The cards of System about this camera, for as long as something is wrong with it."""
        self.open_at_site(_what_to_try_dialog, camera_id, verb=Verb.SEE_LIVE, opened=self._edit_if_wanted)

    def _edit_if_wanted(self, dialog: WhatToTryDialog, bridge: EngineBridge) -> None:
        dialog.edit_wanted.connect(lambda camera_id: self.edit(bridge.beyond(camera_id)))

    def _advice(self, camera_id: str) -> tuple[Advice, ...]:
        return advice_about(self._bridge.snapshot, camera_id) if self._bridge.snapshot is not None else ()

    def menu(self, camera_id: str, parent: QWidget) -> QMenu:
        """What to try where something is wrong; edit, zones, pause, place, floor points and remove for one camera. What the session may
        not do is disabled and says why."""
        camera = self._camera(camera_id)
        paused = camera is not None and not camera.enabled
        switch = (self.tr("Switch &on"), "play", True, self.go_on) if paused else (self.tr("&Pause"), "pause", True, self.pause)
        entries = (
            (self.tr("&Edit…"), "pencil", True, self.edit),
            (self.tr("&Zones and masks…"), "square-dashed", True, self.draw_zones),
            *(((self.tr("PT&Z settings…"), "move", True, self.set_up_ptz),) if camera is not None and camera.onvif else ()),
            switch,
            (self.tr("Restar&t"), "refresh-cw", not paused, self.restart),
            (self.tr("Place on the &floor…"), "cctv", True, self.place),
            (self.tr("Floor po&ints…"), "locate-fixed", True, self.click_floor),
        )
        menu = self.menu_of(parent)
        if self._advice(camera_id):
            on(menu.addAction(icon("circle-help"), self.tr("&Recommendations…")).triggered, self.show_what_to_try, camera_id)
        self._add_report(menu, camera_id)
        self.add_entries(menu, camera_id, entries)
        menu.addSeparator()
        self.add_entries(menu, camera_id, ((self.tr("&Remove…"), "trash-2", True, self.remove),))
        return menu

    def _add_report(self, menu: QMenu, camera_id: str) -> None:
        """Whoever is signed in may report; where incidents are left out nobody does."""
        snapshot = self._bridge.snapshot
        if snapshot is not None and Capability.INCIDENTS not in snapshot.left_out:
            self.add_entry(menu, self.tr("File repor&t…"), "message-square", True, self.file_report, camera_id, verb=Verb.SEE_LIVE)
            menu.addSeparator()

    def file_report(self, camera_id: str) -> None:
        """With its current picture, at its place."""
        self.open_at_site(_report_dialog, camera_id, verb=Verb.SEE_LIVE, opened=self._say_when_filed)

    def _say_when_filed(self, dialog: FileReportDialog, _: EngineBridge) -> None:
        on(dialog.filed, self.say, self.tr("Report filed. It is on the page Incidents."))

    def _camera(self, camera_id: str) -> CameraSettings | None:
        return self._bridge.snapshot.settings.camera(camera_id) if self._bridge.snapshot is not None else None


def _camera_of(bridge: EngineBridge, camera_id: str) -> CameraSettings | None:
    """As its site has it."""
    return None if bridge.snapshot is None else bridge.snapshot.settings.camera(camera_id)


def _camera_dialog(bridge: EngineBridge, camera_id: str, over: QWidget) -> CameraDialog | None:
    camera = _camera_of(bridge, camera_id)
    return None if camera is None else CameraDialog(bridge, camera, over)


def _ptz_dialog(bridge: EngineBridge, camera_id: str, over: QWidget) -> PtzDialog | None:
    camera = _camera_of(bridge, camera_id)
    return None if camera is None else PtzDialog(bridge, camera, over)


def _zones_dialog(bridge: EngineBridge, camera_id: str, picture: Picture | None, over: QWidget) -> ZonesDialog | None:
    camera = _camera_of(bridge, camera_id)
    return None if camera is None else ZonesDialog(bridge, camera, picture, over)


def _report_dialog(bridge: EngineBridge, camera_id: str, over: QWidget) -> FileReportDialog:
    return FileReportDialog(bridge, ReportStart(picture_of=camera_id), over)


def _what_to_try_dialog(bridge: EngineBridge, camera_id: str, over: QWidget) -> WhatToTryDialog:
    advice = () if bridge.snapshot is None else advice_about(bridge.snapshot, camera_id)
    return WhatToTryDialog(bridge, advice, camera_id, over)
