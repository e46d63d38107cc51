"""What an operator can do with a node, wherever it is shown."""

from dataclasses import replace

from PySide6.QtWidgets import QMenu, QWidget

from console.actions.acts import Acts
from console.bridge import EngineBridge
from console.dialogs.accounts.pairing import PairingDialog
from console.dialogs.devices.firmware import FirmwareDialog
from console.dialogs.devices.firmware_update import UpdateDialog
from console.dialogs.devices.node import NodeDialog
from console.dialogs.devices.provision import ProvisionDialog
from console.dialogs.devices.provision_cable import Cable
from console.dialogs.devices.radio_settings import RadioSettingsDialog
from console.job_run import JobRun
from console.pages.devices.words import with_names
from engine.model.accounts.access import Verb
from engine.model.command import Command, IdentifyNode, PutNode, RebootNode, RemoveNode, SetPairing
from engine.model.radio.radio import NodeState
from engine.model.site import NodeSettings
from engine.model.snapshot import Job, JobState
from widgets.devices.node_words import NodeRow, node_name, node_rows
from widgets.marks.toast import ToastArea
from widgets.number_text import number_text
from widgets.signals import on

_BLINK_S = 5.0


class NodeActions(Acts):
    def __init__(self, bridge: EngineBridge, toasts: ToastArea, cable: Cable, over: QWidget) -> None:
        super().__init__(bridge, toasts, over)
        self._cable = cable
        self._update = JobRun(bridge, self)
        self._update.ended.connect(self._update_ended)
        self._update.refused.connect(self.complain)

    def nodes(self) -> tuple[NodeRow, ...]:
        snapshot = self._bridge.snapshot
        return node_rows(snapshot.radio.nodes, snapshot.settings.nodes) if snapshot is not None else ()

    def node(self, mac: str) -> NodeRow | None:
        return next((row for row in self.nodes() if row.view.mac == mac), None)

    # Dialogs

    def edit(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            self.open(NodeDialog, row)

    def provision(self, mac: str = "") -> None:
        self.open(ProvisionDialog, self._cable, mac)

    def open_pairing(self) -> None:
        self.open(PairingDialog)

    def add_firmware(self) -> None:
        self.open(FirmwareDialog)

    def change_radio(self) -> None:
        self.open(RadioSettingsDialog)

    def update_node(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            self._ask_to_update((row,), "")

    def update_all(self, version: str = "") -> None:
        self._ask_to_update(tuple(row for row in self.nodes() if row.enabled), version)

    def _ask_to_update(self, rows: tuple[NodeRow, ...], version: str) -> None:
        dialog = self.open(UpdateDialog, rows, version) if rows else None
        if dialog is not None:
            on(dialog.accepted, self._start_update, dialog)

    # At once

    def close_pairing(self) -> None:
        self.tell(SetPairing(False), self.tr("Pairing is closed. Nodes that joined stay connected until they are provisioned or restart."))

    def identify(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            text = self.tr("The lamp of {0} blinks for {1} s.").format(node_name(row), number_text(_BLINK_S, "g"))
            self.tell(IdentifyNode(mac, _BLINK_S), text)

    def switch_on(self, mac: str) -> None:
        self._set_enabled(mac, True, self.tr("{0} is switched on."))

    def switch_off(self, mac: str) -> None:
        self._set_enabled(mac, False, self.tr("{0} is switched off."))

    def _set_enabled(self, mac: str, enabled: bool, said: str) -> None:
        row = self.node(mac)
        if row is not None:
            settings = replace(row.settings or NodeSettings(mac, row.view.name), enabled=enabled)
            self.tell(PutNode(settings), said.format(node_name(row)))

    # After asking once

    def restart(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            text = self.tr("It is offline for about half a minute; its links detect no one during that time.")
            said = self.tr("{0} restarts.").format(node_name(row))
            self.confirm(self.tr("Restart {0}?").format(node_name(row)), text, self.tr("&Restart node"), self.tell, RebootNode(mac), said)

    def remove(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            text = self.tr("Name, position and token are deleted: to use it again, provision it again. Its past data stays in the record.")
            said = "" if row.settings is not None else self.tr("{0} is removed.").format(node_name(row))
            title = self.tr("Remove {0}?").format(node_name(row))
            self.confirm(title, text, self.tr("&Remove node"), self.tell, RemoveNode(mac), said, can_undo=not said or None)

    def tell(self, command: Command, said: str = "") -> None:
        if self._bridge.may(Verb.ADMINISTER):
            super().tell(command, said)

    # Updates

    def _start_update(self, dialog: UpdateDialog) -> None:
        self._update.start(dialog.command())

    def _update_ended(self, job: Job) -> None:
        if job.state is JobState.DONE:
            self._toasts.show_message(self.tr("The update is done. {0}").format(job.message).strip(), "good")
        elif job.state is JobState.CANCELLED:
            self.say(self.tr("The update was stopped. Nodes that were updated keep the new firmware."))
        else:
            self._toasts.show_message(
                self.tr("The update was halted. {0}").format(self._with_node_names(job.message)), "critical", seconds=0
            )

    def _with_node_names(self, text: str) -> str:
        return with_names(self._bridge.snapshot, text) if self._bridge.snapshot is not None else text

    # Menu

    def menu(self, mac: str, parent: QWidget) -> QMenu:
        """Everything for one node; what cannot be done is disabled, and says why where it is forbidden."""
        row = self.node(mac)
        if row is None:
            return self.menu_of(parent)
        online = row.view.state is not NodeState.OFFLINE
        entries = (
            (self.tr("&Edit…"), "pencil", True, self.edit),
            (self.tr("&Blink"), "lightbulb", online, self.identify),
            (self.tr("&Update firmware…"), "download", online, self.update_node),
            (self.tr("&Provision…"), "usb", True, self.provision),
            (self.tr("Re&start…"), "rotate-ccw", online, self.restart),
            (self.tr("Switch &off"), "power", True, self.switch_off)
            if row.enabled
            else (self.tr("Switch &on"), "power", True, self.switch_on),
            (self.tr("&Remove…"), "trash-2", True, self.remove),
        )
        return self.menu_of(parent, mac, entries)
