"""What an operator can do with a node, wherever it is shown."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.pairing import PairingDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.devices.firmware import FirmwareDialog
from console.dialogs.devices.firmware_update import UpdateDialog
from console.dialogs.devices.node import NodeDialog
from console.dialogs.devices.provision import ProvisionDialog
from console.dialogs.devices.provision_cable import Cable
from console.dialogs.devices.radio_settings import RadioSettingsDialog
from console.job_run import JobRun
from console.pages.devices.words import with_names
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.command import Command, IdentifyNode, PutNode, RebootNode, RemoveNode, SetPairing, UpdateNodes
from engine.model.errors import WatchroomError
from engine.model.radio.radio import NodeState
from engine.model.site import NodeSettings
from engine.model.snapshot import Job, JobState
from widgets.devices.node_words import NodeRow, node_name, node_rows
from widgets.icons import icon
from widgets.marks.toast import ToastArea
from widgets.number_text import number_text

_BLINK_S = 5.0


class NodeActions(QObject):
    """Dialogs, commands and messages. UI thread. What the session may not do does nothing here; buttons say why."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, cable: Cable, over: QWidget) -> None:
        super().__init__(over)
        self._bridge, self._toasts, self._cable, self._over = bridge, toasts, cable, over
        self._update = JobRun(bridge, self)
        self._update.ended.connect(self._update_ended)
        self._update.refused.connect(self._complain)

    def nodes(self) -> tuple[NodeRow, ...]:
        snapshot = self._bridge.snapshot
        return node_rows(snapshot.radio.nodes, snapshot.settings.nodes) if snapshot is not None else ()

    def node(self, mac: str) -> NodeRow | None:
        return next((row for row in self.nodes() if row.view.mac == mac), None)

    # Dialogs

    def edit(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            self._open_node_dialog(partial(NodeDialog, self._bridge, row, self._over))

    def provision(self, mac: str = "") -> None:
        self._open_node_dialog(partial(ProvisionDialog, self._bridge, self._cable, mac, self._over))

    def open_pairing(self) -> None:
        self._open_node_dialog(partial(PairingDialog, self._bridge, self._over))

    def add_firmware(self) -> None:
        self._open_node_dialog(partial(FirmwareDialog, self._bridge, self._over))

    def change_radio(self) -> None:
        self._open_node_dialog(partial(RadioSettingsDialog, self._bridge, self._over))

    def update_node(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            self._ask_to_update((row,), "")

    def update_all(self, version: str = "") -> None:
        self._ask_to_update(tuple(row for row in self.nodes() if row.enabled), version)

    def _ask_to_update(self, rows: tuple[NodeRow, ...], version: str) -> None:
        dialog = self._open_node_dialog(partial(UpdateDialog, self._bridge, rows, version, self._over)) if rows else None
        if isinstance(dialog, UpdateDialog):
            dialog.accepted.connect(lambda: self._start_update(dialog.command()))

    def _open_node_dialog(self, make: Callable[[], QDialog]) -> QDialog | None:
        if not self._bridge.may(Verb.ADMINISTER):
            return None
        dialog = make()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    # At once

    def close_pairing(self) -> None:
        self._send_command(
            SetPairing(False), self.tr("Pairing is closed. Nodes that joined stay connected until they are provisioned or restart.")
        )

    def identify(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            text = self.tr("The lamp of {0} blinks for {1} s.").format(node_name(row), number_text(_BLINK_S, "g"))
            self._send_command(IdentifyNode(mac, _BLINK_S), text)

    def set_enabled(self, mac: str, enabled: bool) -> None:
        row = self.node(mac)
        if row is not None:
            text = self.tr("{0} is used again.") if enabled else self.tr("{0} is switched off.")
            settings = replace(row.settings or NodeSettings(mac, row.view.name), enabled=enabled)
            self._send_command(PutNode(settings), text.format(node_name(row)))

    # After asking once

    def restart(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            text = self.tr("It is away for about half a minute; its links see nobody meanwhile.")
            said = self.tr("{0} restarts.").format(node_name(row))
            self._confirm(self.tr("Restart {0}?").format(node_name(row)), text, self.tr("&Restart node"), RebootNode(mac), said)

    def remove(self, mac: str) -> None:
        row = self.node(mac)
        if row is not None:
            text = self.tr(
                "Its name and position are forgotten and its token is no longer accepted: to use it again it has to be provisioned anew. "
                "What it has contributed stays in the record."
            )
            said = "" if row.settings is not None else self.tr("{0} is removed.").format(node_name(row))
            title = self.tr("Remove {0}?").format(node_name(row))
            self._confirm(title, text, self.tr("&Remove node"), RemoveNode(mac), said, not said or None)

    def _confirm(self, title: str, text: str, action: str, command: Command, said: str, can_undo: bool | None = None) -> None:
        dialog = self._open_node_dialog(partial(ConfirmDialog, title, text, action, self._over, can_undo=can_undo))
        if dialog is not None:
            dialog.accepted.connect(lambda: self._send_command(command, said))

    def _send_command(self, command: Command, said: str) -> None:
        if self._bridge.may(Verb.ADMINISTER):
            self._bridge.command(command, lambda _: self._show_toast(said) if said else None, self._complain, owner=self)

    # Updates

    def _start_update(self, command: UpdateNodes) -> None:
        self._update.start(command)

    def _update_ended(self, job: Job) -> None:
        if job.state is JobState.DONE:
            self._toasts.show_message(self.tr("The update is done. {0}").format(job.message).strip(), "good")
        elif job.state is JobState.CANCELLED:
            self._show_toast(self.tr("The update was stopped. Nodes that were updated keep the new firmware."))
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
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        if row is None:
            return menu
        online = row.view.state is not NodeState.OFFLINE
        entries: tuple[tuple[str, str, bool, Callable[[], None]], ...] = (
            (self.tr("&Edit…"), "pencil", True, lambda: self.edit(mac)),
            (self.tr("&Blink"), "lightbulb", online, lambda: self.identify(mac)),
            (self.tr("&Update firmware…"), "download", online, lambda: self.update_node(mac)),
            (self.tr("&Provision…"), "usb", True, lambda: self.provision(mac)),
            (self.tr("Re&start…"), "rotate-ccw", online, lambda: self.restart(mac)),
            (self._switch_text(row), "power", True, lambda: self.set_enabled(mac, not row.enabled)),
            (self.tr("&Remove…"), "trash-2", True, lambda: self.remove(mac)),
        )
        for text, icon_name, possible, act in entries:
            action = QAction(icon(icon_name), text, menu)
            action.triggered.connect(act)
            if permit(action, self._bridge.session, Verb.ADMINISTER):
                action.setEnabled(possible)
            menu.addAction(action)
        return menu

    def _switch_text(self, row: NodeRow) -> str:
        return self.tr("Switch &off") if row.enabled else self.tr("Switch &on")

    def _show_toast(self, text: str) -> None:
        self._toasts.show_message(text)

    def _complain(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
