"""Reports from a file, CSV or GeoJSON, and what became of each line that was refused."""

import base64
import re
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QProgressBar, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.job_run import JobRun
from console.words import error_text
from engine.model.alert_command import ImportReports
from engine.model.errors import EnvironmentFault, InputError, WatchroomError
from engine.model.snapshot import Job, JobState
from widgets.form import Field
from widgets.icons import icon
from widgets.incident_words import one_line
from widgets.notice import Notice

MOST_BYTES = 20 << 20
FORMATS = {".csv": "csv", ".geojson": "geojson", ".json": "geojson"}
_LEFT_OUT = re.compile(r"^(?P<head>.*?\.) (?P<count>\d+) were left out: (?P<rows>.*)\.$", re.DOTALL)
_KEPT = re.compile(r"^(\d+) reports were kept: (\d+) incidents began, (\d+) joined(?:, (\d+) were there already)?\.$")
_NEXT_ROW = re.compile(r"; (?=(?:line|feature) \d+)")


class ImportReportsDialog(FramedDialog):
    """Stays open with what became of the file. For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = _tr(
            "CSV with a header or GeoJSON points. It needs incident_type, description, latitude, longitude and occurred_at (with a zone). "
            "Each report is correlated as if it had been sent. The same file can be imported again; nothing is kept twice."
        )
        super().__init__(_tr("Import reports"), lead, width=620, parent=parent)
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
        self.rows.setAccessibleName(self.tr("What was refused"))
        self.rows.setWordWrap(True)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setMinimumHeight(160)
        for part in (self.file, self.progress, self.outcome, self.rows):
            self.body.addWidget(part)
        for part in (self.progress, self.rows):
            part.hide()
        self.close_button = self.add_cancel(self.tr("&Close"))
        self.go = self.add_button(self.tr("&Import"), "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.start)
        self.file.validity_changed.connect(lambda _: self._show_buttons())
        self.file.submitted.connect(self.start)
        self._run.progressed.connect(self._progressed)
        self._run.ended.connect(self._ended)
        self._run.refused.connect(self._refused)
        self._show_buttons()

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
        self._bridge.fetch(lambda: _read(path), self._have_read, self._refused, owner=self)

    def _have_read(self, command: ImportReports) -> None:
        self._reading = False
        self._run.start(command)
        self._show_buttons()

    def _progressed(self, job: Job) -> None:
        self.progress.setVisible(True)
        self.progress.setMaximum(max(0, job.total))
        self.progress.setValue(job.done)

    def _ended(self, job: Job) -> None:
        head, rows = outcome_rows(job.message)
        done = job.state is JobState.DONE
        self.outcome.set_notice(head, "critical" if not done else "moderate" if rows else "good")
        self.rows.clear()
        self.rows.addItems([one_line(row) for row in rows])
        self.rows.setVisible(bool(rows))
        self.progress.hide()
        self._show_buttons()

    def _refused(self, error: WatchroomError) -> None:
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
        self.file.setEnabled(not busy)
        self.browse.setEnabled(not busy)


def outcome_rows(message: str) -> tuple[str, tuple[str, ...]]:
    """The closing sentence of an import in two: how it went (`12 filed: 10 new incidents, 2 joined; 1 refused`), and what was refused, one
    by one. A sentence that is put otherwise stays as it is."""
    found = _LEFT_OUT.match(message)
    head = found["head"] if found is not None else message
    rows = tuple(_NEXT_ROW.split(found["rows"])) if found is not None else ()
    kept = _KEPT.match(head)
    if kept is None:
        return message, ()
    filed, begun, joined, again = (int(count or 0) for count in kept.groups())
    text = _tr("{0} filed: {1} new incidents, {2} joined").format(filed, begun, joined)
    text += _tr("; {0} were there already").format(again) if again else ""
    return text + (_tr("; {0} refused").format(found["count"]) if found is not None else ""), rows


def _read(path: Path) -> ImportReports:
    """On a worker thread. Raises InputError, EnvironmentFault."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("file", _tr("This file is larger than {0} MB. Split it.").format(MOST_BYTES >> 20))
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault("file", _tr("{0} cannot be read: {1}. Choose another file.").format(path, error.strerror)) from None
    return ImportReports(base64.b64encode(data).decode("ascii"), FORMATS[path.suffix.lower()])


def _file_trouble(text: str) -> str:
    if not text.strip():
        return _tr("Choose a file.")
    path = Path(text.strip()).expanduser()
    if path.suffix.lower() not in FORMATS:
        return _tr("Its name has to end with .csv, .geojson or .json.")
    return "" if path.is_file() else _tr("There is no such file.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportReportsDialog", text)
