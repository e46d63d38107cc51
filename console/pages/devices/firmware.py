"""Firmware: images that are kept, and the update that runs, node by node."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from console.actions.node_actions import NodeActions
from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.pages.devices.tab import DevicesTab
from console.pages.devices.words import all_nodes, update_job, with_names
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.command import CancelJob
from engine.model.errors import WatchroomError
from engine.model.snapshot import Job, JobState, Snapshot
from engine.model.time import Clock
from widgets.devices.firmware_table import FirmwareTable, UpdateTable, firmware_rows
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.marks.notice import Notice
from widgets.marks.toast import ToastArea
from widgets.signals import on_chosen
from widgets.theme import set_role

_PANEL_WIDTHS = (620, 380)


class FirmwareTab(DevicesTab):
    def __init__(self, bridge: EngineBridge, clock: Clock, actions: NodeActions, toasts: ToastArea, parent: QWidget | None = None) -> None:
        self._bridge, self._actions, self._toasts = bridge, actions, toasts
        self._job: Job | None = None
        self.firmware = FirmwareTable(clock, self.tr("Add firmware…"))
        self.updates = UpdateTable(clock)
        panel = self._panel()
        super().__init__("firmware", self.firmware, panel, parent, widths=_PANEL_WIDTHS)
        panel.show()
        self.add = QPushButton(icon("upload"), self.tr("&Add firmware…"))
        self.update_all = QPushButton(icon("download"), self.tr("&Update nodes…"))
        for button in (self.add, self.update_all):
            self.add_tool(button)
            permit(button, bridge.session, Verb.ADMINISTER)
        self.add_stretch()
        self.add.clicked.connect(actions.add_firmware)
        on_chosen(self.update_all.clicked, self.firmware.selected_key, actions.update_all)
        self.firmware.activated.connect(actions.update_all)
        self.firmware.empty.action_requested.connect(actions.add_firmware)
        self.firmware.empty.set_action_visible(bridge.may(Verb.ADMINISTER))

    def _panel(self) -> QFrame:
        panel = QFrame()
        set_role(panel, "panel")
        self.title = QLabel(self.tr("Update"), textFormat=Qt.TextFormat.PlainText)
        set_role(self.title, "section")
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.said = Notice()
        self.cancel = QPushButton(icon("x"), self.tr("&Stop update"))
        permit(self.cancel, self._bridge.session, Verb.ADMINISTER, self.tr("Nodes that have not started keep their firmware"))
        self.cancel.clicked.connect(self._cancel)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.cancel)
        column = make_column(panel, spacing=8, margins=(16, 12, 12, 12))
        column.addLayout(head)
        column.addWidget(self.progress)
        column.addWidget(self.said)
        column.addWidget(self.updates, 1)
        return panel

    def show_snapshot(self, snapshot: Snapshot) -> None:
        rows = all_nodes(snapshot)
        self.firmware.set_firmware(firmware_rows(snapshot.radio.firmware, rows))
        self.updates.set_nodes(rows)
        some = bool(snapshot.radio.firmware)
        self.add.setVisible(some)
        self.update_all.setVisible(some and bool(rows))
        job = update_job(snapshot)
        self._show_job(replace(job, message=with_names(snapshot, job.message)) if job is not None else None)

    def _show_job(self, job: Job | None) -> None:
        self._job = job
        running = job is not None and job.state is JobState.RUNNING
        if self.cancel.hasFocus() and not running:
            self.firmware.setFocus()  # or Qt hands the keyboard to whatever comes next
        self.cancel.setVisible(running)
        self.progress.setVisible(running)
        if job is None:
            self.title.setText(self.tr("Update"))
            self.said.set_notice("")
            return
        self.title.setText(job.title)
        self.progress.setRange(0, 1000 if job.total else 0)
        self.progress.setValue(round(1000 * job.done / job.total) if job.total else 0)
        self.said.set_notice(*self._outcome(job))

    def _outcome(self, job: Job) -> tuple[str, str]:
        if job.state is JobState.RUNNING:
            amount = self.tr("{0} of {1} nodes done.").format(job.done, job.total) if job.total else ""
            return f"{amount} {job.message}".strip(), "low"
        if job.state is JobState.FAILED:
            return self.tr("Halted. {0} The other nodes keep their firmware.").format(job.message), "high"
        if job.state is JobState.CANCELLED:
            return self.tr("Stopped. {0}").format(job.message).strip(), "neutral"
        return self.tr("Done. {0}").format(job.message).strip(), "good"

    def _cancel(self) -> None:
        if self._job is not None:
            self._bridge.command(CancelJob(self._job.id), ignore_answer, self._show_firmware_error, owner=self)

    def _show_firmware_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
