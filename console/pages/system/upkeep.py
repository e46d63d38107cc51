"""Record, disk and settings on the System page: what there is, how long it lasts, and what can be done about it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.upkeep.backups import BackupsDialog
from console.dialogs.upkeep.import_settings import import_dialog
from console.dialogs.upkeep.retention import RetentionDialog
from console.dialogs.upkeep.tidy import TidyDialog
from console.job_run import JobRun
from console.pages.system.tips import backup_tips, disk_tips, statistics_tips
from console.pages.system.upkeep_words import backup_facts, disk_facts, restored_text, statistics_facts
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.snapshot import Job, JobState, Snapshot
from engine.model.time import SECOND, Clock
from engine.model.upkeep import BackUpNow, ExportSettings, GetUpkeep, UpkeepView
from widgets.facts import Facts
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.head_row import HeadRow
from widgets.marks.notice import Notice
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.theme import set_role

ASK_EVERY_NS = 5 * SECOND


class UpkeepSection(QWidget):
    """UI thread. Asks the engine every five seconds while it is on screen.

    Signals:
        told(UpkeepView): what the engine said.
    """

    told = Signal(object)

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts, self._clock = bridge, toasts, clock
        self._asked_ns, self._asking = 0, False
        self.view = UpkeepView()
        self._run = JobRun(bridge, self)
        self.restored = Notice("", "moderate", self)
        self.restored.hide()
        self.backups, self.disk, self.statistics = (Facts(self, tips) for tips in (backup_tips(), disk_tips(), statistics_tips()))
        self.back_up = QPushButton(icon("copy"), self.tr("Bac&k up now"))
        self.settings = QPushButton(icon("settings"), self.tr("Backups…"))
        self.keep = QPushButton(icon("clock"), self.tr("Retention…"))
        self.tidy = QPushButton(icon("trash-2"), self.tr("&Clean up now…"))
        self.export = QPushButton(icon("upload"), self.tr("E&xport settings…"))
        self.take = QPushButton(icon("download"), self.tr("I&mport settings…"))
        self._lay_out_bounds()
        self._connect_buttons()

    def _lay_out_bounds(self) -> None:
        column = make_column(self, spacing=12, margins=NO_MARGINS)
        column.addLayout(_heading(self.tr("Record and backups"), self.take, self.export, self.settings, self.back_up))
        column.addWidget(self.restored)
        column.addWidget(self.backups)
        column.addSpacing(16)
        column.addLayout(_heading(self.tr("Disk"), self.keep, self.tidy))
        column.addWidget(self.disk)
        column.addSpacing(16)
        column.addLayout(_heading(self.tr("Statistics")))
        column.addWidget(self.statistics)

    def _connect_buttons(self) -> None:
        session = self._bridge.session
        permit(self.back_up, session, Verb.ADMINISTER, self.tr("Copy the database now and verify the copy"))
        permit(self.settings, session, Verb.ADMINISTER, self.tr("Interval, number and folder of backups"))
        permit(self.keep, session, Verb.ADMINISTER, self.tr("Time and size limits for each kind of data"))
        permit(self.tidy, session, Verb.ADMINISTER, self.tr("Count expired and left-over data, then remove it"))
        permit(self.export, session, Verb.ADMINISTER, self.tr("All settings as a file, without passwords"))
        permit(self.take, session, Verb.ADMINISTER, self.tr("All settings from a file, after a preview of the changes"))
        on(self.back_up.clicked, self._run.start, BackUpNow())
        on(self.settings.clicked, self._open, BackupsDialog)
        on(self.keep.clicked, self._open, RetentionDialog)
        on(self.tidy.clicked, self._open, TidyDialog)
        self.export.clicked.connect(self._export)
        self.take.clicked.connect(self._import)
        self._run.ended.connect(self._backed_up)
        self._run.refused.connect(self._show_upkeep_error)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self._asking or (self._asked_ns and 0 <= snapshot.at_ns - self._asked_ns < ASK_EVERY_NS):
            return
        self._asked_ns, self._asking = snapshot.at_ns, True
        self._bridge.ask(GetUpkeep(), self._show_view, self._not_told, owner=self)

    def _show_view(self, view: UpkeepView) -> None:
        self._asking = False
        if self._bridge.snapshot is None:
            return
        self.view, now_ns = view, self._clock.now_ns()
        told = restored_text(self.view, now_ns)
        self.restored.set_notice(told)
        self.backups.set_facts(backup_facts(self.view, self._bridge.snapshot, now_ns))
        self.disk.set_facts(disk_facts(self.view))
        self.statistics.set_facts(statistics_facts(self.view, self._bridge.snapshot))
        self.told.emit(self.view)

    def _not_told(self, _: WatchroomError) -> None:
        self._asking = False

    def _open(self, make: Callable[[EngineBridge, QWidget], QDialog]) -> None:
        self._open_upkeep_dialog(make(self._bridge, self))

    def _open_upkeep_dialog(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._ask_soon)
        dialog.open()

    def _ask_soon(self) -> None:
        self._asked_ns = 0

    def _backed_up(self, job: Job) -> None:
        self._ask_soon()
        done = job.state is JobState.DONE
        self._toasts.show_message(self.tr("Backed up: {0}").format(job.message) if done else job.message, "neutral" if done else "critical")

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export settings"), "watchroom-settings.toml", "TOML (*.toml)")
        if name:
            self._bridge.ask(ExportSettings(), self._write_file, self._show_upkeep_error, Path(name), owner=self)

    def _write_file(self, path: Path, text: str) -> None:
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            self._toasts.show_message(self.tr("{0} cannot be written ({1}).").format(path.name, error.strerror), "critical", seconds=0)
        else:
            self._toasts.show_message(self.tr("The settings are in {0}.").format(path.name), "neutral")

    def _import(self) -> None:
        dialog = import_dialog(self._bridge, self._toasts, self)
        if dialog is not None:
            self._open_upkeep_dialog(dialog)

    def _show_upkeep_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)


def _heading(title: str, *buttons: QPushButton) -> HeadRow:
    label = QLabel(title, textFormat=Qt.TextFormat.PlainText)
    set_role(label, "section")
    return HeadRow(label, *buttons)
