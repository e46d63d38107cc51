"""What an operator can do with Bluetooth devices and with people, wherever they are shown."""

from PySide6.QtWidgets import QMenu, QWidget

from console.actions.acts import Acts
from console.bridge import EngineBridge
from console.dialogs.devices.calibrate import CalibrateDialog
from console.dialogs.devices.calibrate_collect import Fit
from console.dialogs.devices.register_device import RegisterDeviceDialog
from console.dialogs.devices.scanner_survey import ScannerSurveyDialog
from console.dialogs.people.erase_person import ErasePersonDialog
from console.dialogs.people.person import PersonDialog
from console.pages.devices.words import all_nodes, scanner_name
from engine.model.command import RemoveBleDevice
from engine.model.radio.radio import LOCAL_SCANNER, NodeState
from engine.model.time import Clock
from widgets.devices.ble_words import BleRow, PersonRow, ble_rows, ble_title, is_gone, person_rows
from widgets.devices.node_words import node_name
from widgets.marks.toast import ToastArea

_HEARS = "ble"  # the capability of nodes that scan


class BleActions(Acts):
    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, fit: Fit, over: QWidget) -> None:
        super().__init__(bridge, toasts, over)
        self._clock, self._fit = clock, fit

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
        self.open(RegisterDeviceDialog, self.device(device) if device else None)

    def calibrate(self, device: str = "") -> None:
        self.open(CalibrateDialog, self._clock, self._fit, self._scanners(), self._devices_in_range(), device)

    def survey(self, device: str = "") -> None:
        """Calibrate all scanners at once, with a phone at many places."""
        placed, away = self._placed_scanners()
        self.open(ScannerSurveyDialog, self._clock, placed, away, self._devices_in_range(), device)

    def _devices_in_range(self) -> tuple[BleRow, ...]:
        """Registered ones first."""
        now_ns = self._clock.now_ns()
        heard = (row for row in self.devices() if row.view.last_seen_ns and not is_gone(row.view, now_ns))
        return tuple(sorted(heard, key=lambda row: (row.settings is None, ble_title(row).casefold())))

    def _placed_scanners(self) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
        """Those with a position that can hear now; names of those that are offline."""
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return (), ()
        nodes = {row.view.mac: row for row in all_nodes(snapshot) if row.view.position is not None and row.enabled}
        own = {LOCAL_SCANNER} if snapshot.settings.radio.scanner_position is not None else set[str]()
        away = tuple(node_name(row) for row in nodes.values() if row.view.state is NodeState.OFFLINE)
        return tuple(scanner for scanner in self._scanners() if scanner[0] in nodes.keys() | own), away

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
            text = self.tr("The device becomes unregistered and its identity key is deleted. Past identifications stay in the record.")
            title = self.tr("Forget {0}?").format(ble_title(row))
            self.confirm(title, text, self.tr("&Forget device"), self.tell, RemoveBleDevice(row.settings.address), "", can_undo=True)

    # People

    def add_person(self) -> None:
        self.open(PersonDialog, None)

    def edit_person(self, person_id: str) -> None:
        row = self.person(person_id)
        if row is not None:
            self.open(PersonDialog, row.person)

    def erase_person(self, person_id: str) -> None:
        row = self.person(person_id)
        if row is None:
            return
        devices = ", ".join(device.label for device in row.devices)
        self.open(ErasePersonDialog, row.person, devices)

    # Menus

    def device_menu(self, device: str, parent: QWidget) -> QMenu:
        row = self.device(device)
        known = row is not None and row.settings is not None
        entries = (
            (self.tr("&Edit…") if known else self.tr("&Register…"), "pencil" if known else "plus", True, self.register),
            (self.tr("&Calibrate a scanner…"), "ruler", True, self.calibrate),
            (self.tr("&Survey scanners…"), "footprints", True, self.survey),
            (self.tr("&Forget…"), "trash-2", known, self.forget),
        )
        return self.menu_of(parent, device, entries)

    def person_menu(self, person_id: str, parent: QWidget) -> QMenu:
        entries = ((self.tr("&Edit…"), "pencil", True, self.edit_person), (self.tr("&Erase…"), "trash-2", True, self.erase_person))
        return self.menu_of(parent, person_id, entries)
