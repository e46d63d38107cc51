"""Reports from a file, CSV or GeoJSON, and what became of each line that was refused."""

import base64
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QProgressBar, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.job_run import JobRun
from console.words import error_text
from engine.model.alerts.commands import ImportReports
from engine.model.errors import EnvironmentFault, InputError, WatchroomError
from engine.model.incidents.imported import ImportResult
from engine.model.snapshot import Job, JobState
from widgets.fields.form import Field
from widgets.icons import icon
from widgets.incidents.incident_words import one_line
from widgets.marks.notice import Notice
from widgets.number_text import number_text
from widgets.translation import tr
from widgets.words import capitalised, count_text

MOST_BYTES = 20 << 20
_KIND = "import_reports"
FORMATS = {".csv": "csv", ".geojson": "geojson", ".json": "geojson"}


class ImportReportsDialog(FramedDialog):
    """Stays open with what became of the file. For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr(
            "CSV with a header, or GeoJSON points. Required: description, latitude, longitude, occurred_at "
            "(with a time zone). Without incident_type, keywords set the category. Importing the same file "
            "again creates no duplicates."
        )
        super().__init__(tr("Import reports"), lead, width=620, parent=parent)
        self._bridge = bridge
        self._run = JobRun(bridge, self)
        self._reading = False
        self.file = Field(self.tr("&File"), _file_trouble, placeholder=self.tr("reports.csv"))
        self.browse = QPushButton(icon("folder-open"), self.tr("&Browse…"))
        self.browse.clicked.connect(self._browse)
        self.file.add_beside(self.browse)
        self.progress = QProgressBar()
        self.outcome = Notice()
        self.rows = QListWidget()
        self.rows.setAccessibleName(self.tr("Rejected rows"))
        self.rows.setWordWrap(True)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setMinimumHeight(160)
        for part in (self.file, self.progress, self.outcome, self.rows):
            self.body.addWidget(part)
        for part in (self.progress, self.rows):
            part.hide()
        self.stop = self.add_button(self.tr("&Stop import"), at_left=True)
        self.stop.setToolTip(self.tr("Filed reports stay; the same file can be imported again"))
        self.stop.clicked.connect(self._stop)
        self.close_button = self.add_cancel(self.tr("&Close"))
        self.go = self.add_button(self.tr("&Import"), "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.start)
        self.file.validity_changed.connect(self._show_buttons)
        self.file.submitted.connect(self.start)
        self._run.progressed.connect(self._progressed)
        self._run.ended.connect(self._show_import_result)
        self._run.refused.connect(self._show_import_error)
        self._show_buttons()
        self._find_running()

    def _find_running(self) -> None:
        """One that was begun before, or by another program, is shown here too."""
        jobs = self._bridge.snapshot.jobs if self._bridge.snapshot is not None else ()
        running = next((job for job in jobs if job.kind == _KIND and job.state is JobState.RUNNING), None)
        if running is not None:
            self._run.follow(running)
            self._show_buttons()

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self._run.cancel()

    def _browse(self) -> None:
        kinds = self.tr("Reports (*.csv *.geojson *.json);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file of reports"), "", kinds)
        if path:
            self.file.edit().setText(path)

    def start(self) -> None:
        if self._reading or self._run.running or not self.file.is_valid():
            self.file.reveal()
            return
        path = Path(self.file.value().strip()).expanduser()
        self._reading = True
        self.rows.hide()
        self.outcome.set_notice(self.tr("Reading {0}…").format(path.name), "neutral")
        self._show_buttons()
        self._bridge.fetch(partial(_read_reports, path), self._have_read, self._show_import_error, owner=self)

    def _have_read(self, command: ImportReports) -> None:
        self._reading = False
        self._run.start(command)
        self._show_buttons()

    def _progressed(self, job: Job) -> None:
        self.progress.setVisible(True)
        self.progress.setMaximum(max(0, job.total))
        self.progress.setValue(job.done)
        counted = job.result is not None and job.total > 0
        self.outcome.set_notice(result_words(job.result) if counted and job.result else self.tr("Reading the file…"), "neutral")
        self._show_rows(job.result)

    def _show_import_result(self, job: Job) -> None:
        result = job.result or ImportResult()
        words = {JobState.DONE: result_words(result), JobState.CANCELLED: self.tr("Stopped. {0}").format(result_words(result))}.get(
            job.state, f"{job.message} {result_words(result)}" if result.kept else job.message
        )
        done = job.state is JobState.DONE
        level = "critical" if job.state is JobState.FAILED else "good" if done and not result.left_out else "moderate"
        self.outcome.set_notice(words, level)
        self._show_rows(result)
        self.progress.hide()
        self._show_buttons()

    def _show_rows(self, result: ImportResult | None) -> None:
        rows = refused_rows(result) if result is not None else []
        if len(rows) != self.rows.count():
            self.rows.clear()
            self.rows.addItems(rows)
        self.rows.setVisible(bool(rows))

    def _show_import_error(self, error: WatchroomError) -> None:
        self._reading = False
        self.progress.hide()
        self.outcome.set_notice("", "neutral")
        if isinstance(error, InputError):
            self.file.show_error(error_text(error))
        else:
            self.outcome.set_notice(error_text(error), "critical")
        self._show_buttons()

    def _show_buttons(self) -> None:
        busy = self._reading or self._run.running
        self.go.setEnabled(not busy and self.file.is_valid())
        self.stop.setVisible(self._run.running)
        self.stop.setEnabled(True)
        self.file.setEnabled(not busy)
        self.browse.setEnabled(not busy)


def result_words(result: ImportResult) -> str:
    """`12 filed: 10 new incidents, 2 joined; 1 refused`."""
    began = count_text(result.began, tr("one new incident"), tr("{0} new incidents"))
    text = tr("{0} filed: {1}, {2} joined").format(number_text(result.kept), began, number_text(result.joined))
    text += tr("; {0} already recorded").format(number_text(result.known)) if result.known else ""
    return text + (tr("; {0} rejected").format(number_text(result.left_out)) if result.left_out else "")


def refused_rows(result: ImportResult) -> list[str]:
    """What was refused, row by row, and how many more there are."""
    lines = [
        capitalised(f"{one_line(row.place)}{f', {row.field}' if row.field else ''}: {one_line(row.message)}") for row in result.refused
    ]
    more = result.left_out - len(lines)
    return [*lines, tr("… and {0} more").format(number_text(more))] if more > 0 else lines


def _read_reports(path: Path) -> ImportReports:
    """On a worker thread. Raises InputError, EnvironmentFault."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("file", tr("This file is larger than {0} MB. Split it.").format(MOST_BYTES >> 20))
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault("file", tr("{0} cannot be read: {1}. Choose another file.").format(path, error.strerror)) from None
    return ImportReports(base64.b64encode(data).decode("ascii"), FORMATS[path.suffix.lower()])


def _file_trouble(text: str) -> str:
    if not text.strip():
        return tr("Choose a file.")
    path = Path(text.strip()).expanduser()
    if path.suffix.lower() not in FORMATS:
        return tr("Choose a file ending in .csv, .geojson or .json.")
    return "" if path.is_file() else tr("File not found.")
