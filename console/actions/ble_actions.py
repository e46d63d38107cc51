"""What an operator can do with Bluetooth devices and with people, wherever they are shown."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.devices.calibrate import CalibrateDialog
from console.dialogs.devices.calibrate_collect import Fit
from console.dialogs.devices.register_device import RegisterDeviceDialog
from console.dialogs.people.erase_person import ErasePersonDialog
from console.dialogs.people.person import PersonDialog
from console.pages.devices.words import all_nodes, scanner_name
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.command import Command, RemoveBleDevice
from engine.model.errors import WatchroomError
from engine.model.radio.radio import LOCAL_SCANNER, NodeState
from engine.model.time import Clock
from widgets.devices.ble_words import BleRow, PersonRow, ble_rows, ble_title, is_gone, person_rows
from widgets.devices.node_words import node_name
from widgets.icons import icon
from widgets.marks.toast import ToastArea

_HEARS = "ble"  # the capability of nodes that scan


class BleActions(QObject):
    """Dialogs, commands and messages. UI thread."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, fit: Fit, over: QWidget) -> None:
        super().__init__(over)
        self._bridge, self._toasts, self._clock, self._fit, self._over = bridge, toasts, clock, fit, over

    def devices(self) -> tuple[BleRow, ...]:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return ()
        return ble_rows(snapshot.radio.devices, snapshot.settings, snapshot.people.persons, lambda scanner: scanner_name(snapshot, scanner))

    def people(self) -> tuple[PersonRow, ...]:
        snapshot = self._bridge.snapshot
        return person_rows(snapshot.people.persons, self.devices()) if snapshot is not None else ()

    def device(self, device: str) -> BleRow | None:
        return next((row for row in self.devices() if row.view.device == device), None)

    def person(self, person_id: str) -> PersonRow | None:
        return next((row for row in self.people() if row.person.id == person_id), None)

    # Devices

    def register(self, device: str = "") -> None:
        """Register a device that is heard, edit one that is registered, or (empty) register one by its address."""
        self._open_device_dialog(lambda: RegisterDeviceDialog(self._bridge, self.device(device) if device else None, self._over))

    def calibrate(self, device: str = "") -> None:
        now_ns = self._clock.now_ns()
        heard = tuple(row for row in self.devices() if row.view.last_seen_ns and not is_gone(row.view, now_ns))
        ordered = tuple(sorted(heard, key=lambda row: (row.settings is None, ble_title(row).casefold())))
        self._open_device_dialog(
            lambda: CalibrateDialog(self._bridge, self._clock, self._fit, self._scanners(), ordered, device, self._over)
        )

    def _scanners(self) -> tuple[tuple[str, str], ...]:
        """Those that can hear now: the engine's adapter where it is used, and nodes that scan."""
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return ()
        own = (
            ((LOCAL_SCANNER, scanner_name(snapshot, LOCAL_SCANNER)),)
            if snapshot.settings.radio.scan_ble and not snapshot.radio.ble_trouble
            else ()
        )
        online = (row for row in all_nodes(snapshot) if row.view.state is not NodeState.OFFLINE and _HEARS in row.view.capabilities)
        return (*own, *((row.view.mac, node_name(row)) for row in online))

    def forget(self, device: str) -> None:
        row = self.device(device)
        if row is not None and row.settings is not None:
            text = self.tr(
                "It is a stranger again: it names nobody, and its identity key is deleted. What it has named stays in the record."
            )
            self._confirm(
                self.tr("Forget {0}?").format(ble_title(row)), text, self.tr("&Forget device"), RemoveBleDevice(row.settings.address)
            )

    # People

    def add_person(self) -> None:
        self._open_device_dialog(partial(PersonDialog, self._bridge, None, self._over))

    def edit_person(self, person_id: str) -> None:
        row = self.person(person_id)
        if row is not None:
            self._open_device_dialog(partial(PersonDialog, self._bridge, row.person, self._over))

    def erase_person(self, person_id: str) -> None:
        row = self.person(person_id)
        if row is None:
            return
        devices = ", ".join(device.label for device in row.devices)
        self._open_device_dialog(partial(ErasePersonDialog, self._bridge, row.person, devices, self._over))

    # Menus

    def device_menu(self, device: str, parent: QWidget) -> QMenu:
        row = self.device(device)
        known = row is not None and row.settings is not None
        return self._menu(
            parent,
            (
                (self.tr("&Edit…") if known else self.tr("&Register…"), "pencil" if known else "plus", True, lambda: self.register(device)),
                (self.tr("&Calibrate a scanner…"), "ruler", True, lambda: self.calibrate(device)),
                (self.tr("&Forget…"), "trash-2", known, lambda: self.forget(device)),
            ),
        )

    def person_menu(self, person_id: str, parent: QWidget) -> QMenu:
        return self._menu(
            parent,
            (
                (self.tr("&Edit…"), "pencil", True, lambda: self.edit_person(person_id)),
                (self.tr("&Erase…"), "trash-2", True, lambda: self.erase_person(person_id)),
            ),
        )

    def _menu(self, parent: QWidget, entries: tuple[tuple[str, str, bool, Callable[[], None]], ...]) -> QMenu:
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        for text, icon_name, possible, act in entries:
            action = QAction(icon(icon_name), text, menu)
            action.triggered.connect(act)
            if permit(action, self._bridge.session, Verb.ADMINISTER):
                action.setEnabled(possible)
            menu.addAction(action)
        return menu

    # How

    def _open_device_dialog(self, make: Callable[[], QDialog]) -> QDialog | None:
        if not self._bridge.may(Verb.ADMINISTER):
            return None
        dialog = make()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _confirm(self, title: str, text: str, action: str, command: Command) -> None:
        dialog = self._open_device_dialog(partial(ConfirmDialog, title, text, action, self._over, can_undo=True))
        if dialog is not None:
            dialog.accepted.connect(lambda: self._bridge.command(command, ignore_answer, self._complain, owner=self))

    def _show_toast(self, text: str) -> None:
        self._toasts.show_message(text)

    def _complain(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
