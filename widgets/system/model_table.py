"""Models of the manifest: what is installed, and installing what is not."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.model.health import ModelRun
from engine.model.snapshot import Job, JobState, ModelEntry
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.theme import set_role
from widgets.translation import tr

INSTALL_JOB = "install_models"


class ModelTable(QWidget):
    """Signals:
    install_requested(ids): a tuple of model ids.
    install_from_folder_requested(): the user wants to pick a folder with the files.
    cancel_requested(job_id).
    """

    install_requested = Signal(tuple)
    install_from_folder_requested = Signal()
    cancel_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._allowed = True
        self._busy = False
        self._rows: dict[str, _ModelRow] = {}
        self._missing: tuple[str, ...] = ()
        self._list = QVBoxLayout()
        self._all = QPushButton(self.tr("Install all"))
        self._folder = QPushButton(self.tr("Install from folder…"))
        self._progress = _JobRow()
        self._none = QLabel(self.tr("No models are available."))
        set_role(self._none, "secondary")
        self._lay_out_table()
        self._all.clicked.connect(self._emit_install_missing)
        self._folder.clicked.connect(self.install_from_folder_requested)
        self._progress.cancel_requested.connect(self.cancel_requested)
        self._update_buttons()

    def _lay_out_table(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._all)
        buttons.addWidget(self._folder)
        buttons.addStretch(1)
        self._list.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._list)
        column.addWidget(self._none)
        column.addWidget(self._progress)
        column.addLayout(buttons)

    def set_models(self, models: tuple[ModelEntry, ...], jobs: tuple[Job, ...] = (), runs: tuple[ModelRun, ...] = ()) -> None:
        """`jobs`: all of the snapshot's; the newest of kind `install_models` shows as progress, or how it ended. `runs`: of loaded ones."""
        by_model = {run.model: run for run in runs}
        for gone in self._rows.keys() - {model.id for model in models}:
            self._rows.pop(gone).deleteLater()
        for model in models:
            self._model_row(model.id).show_model(model, by_model.get(model.id))
        job = next((job for job in reversed(jobs) if job.kind == INSTALL_JOB), None)
        self._busy = job is not None and job.state is JobState.RUNNING
        self._missing = tuple(model.id for model in models if not model.installed and not model.trouble)
        cancelling = self._progress.has_keyboard()
        self._progress.show_job(job)
        self._update_buttons()
        if cancelling and not self._busy:
            self._folder.setFocus()  # the button under the keyboard has gone: stay here

    def set_can_install(self, allowed: bool) -> None:
        self._allowed = allowed
        self._update_buttons()

    def _model_row(self, model_id: str) -> "_ModelRow":
        if model_id not in self._rows:
            row = self._rows[model_id] = _ModelRow()
            row.install_requested.connect(partial(self.install_requested.emit, (model_id,)))
            self._list.addWidget(row)
        return self._rows[model_id]

    def _emit_install_missing(self) -> None:
        self.install_requested.emit(self._missing)

    def _update_buttons(self) -> None:
        free = self._allowed and not self._busy
        self._none.setVisible(not self._rows)
        self._all.setVisible(len(self._missing) > 1)
        self._all.setEnabled(free)
        self._folder.setEnabled(free)
        self._folder.setVisible(bool(self._rows))
        self._progress.set_can_cancel(self._allowed)
        for row in self._rows.values():
            row.set_free(free)


class _ModelRow(QFrame):
    """Signals: install_requested()."""

    install_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[ModelEntry, ModelRun | None] | None = None
        self._title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._facts = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self._facts, "secondary")
        self._chip = StatusChip()
        self._button = QPushButton(self.tr("Install"))
        self._button.clicked.connect(self.install_requested)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(12)
        row.addLayout(texts, 1)
        row.addWidget(self._chip)
        row.addWidget(self._button)

    def show_model(self, model: ModelEntry, run: ModelRun | None) -> None:
        if (model, run) == self._shown:
            return
        self._shown = (model, run)
        self._title.setText(model.title)
        size = size_text(model.size_bytes) if model.size_bytes else ""
        facts = " · ".join(part for part in (_role_word(model.role), model.licence, size) if part)
        self._facts.setText("\n".join(line for line in (facts, model.trouble, run_text(run)) if line))
        self._chip.set_status(*self._status(model))
        self._button.setText(self.tr("Install again") if model.trouble else self.tr("Install"))
        self._button.setAccessibleName(self.tr("Install {0}").format(model.title))
        self._button.setVisible(bool(model.trouble) if model.installed else not model.trouble)

    def set_free(self, free: bool) -> None:
        self._button.setEnabled(free)

    def _status(self, model: ModelEntry) -> tuple[str, str]:
        if not model.installed:
            return self.tr("From a folder only") if model.trouble else self.tr("Not installed"), "neutral"
        if model.trouble:
            return self.tr("Damaged"), "high"
        return (self.tr("Substitute model"), "moderate") if model.variant == "stand-in" else (self.tr("Installed"), "good")


def run_text(run: ModelRun | None) -> str:
    """What runs it, what else was measured, and why it is not what was set; empty for one that is not loaded."""
    if run is None:
        return ""
    parts = [tr("Runs on {0}").format(run.provider), tr("{0} ms per run").format(number_text(run.ms, ".1f")) if run.ms else ""]
    measured = ", ".join(f"{each.provider} {number_text(each.ms, '.1f')}\N{NO-BREAK SPACE}ms" for each in run.tried if not each.refusal)
    refused = [each.refusal for each in run.tried if each.refusal and each.refusal not in run.reason]
    line = " · ".join([*filter(None, parts), *([tr("measured: {0}").format(measured)] if measured else [])])
    return "\n".join(filter(None, [line, *refused, run.reason]))


def _role_word(role: str) -> str:
    """What a model is for; a role that is not known here by its own name."""
    words = {
        "detector": tr("Person and object detection"),
        "face_detection": tr("Face detection"),
        "face_recognition": tr("Face recognition"),
        "reid": tr("Re-identification"),
        "voice_activity": tr("Voice activity"),
        "transcriber": tr("Speech recognition"),
        "pose_detection": tr("Pose detection"),
        "pose_landmarks": tr("Pose landmarks"),
    }
    return words.get(role) or role.replace("_", " ").capitalize()


def show_progress(bar: QProgressBar, job: Job) -> None:
    """Without an end while nothing has come yet."""
    known = job.total > 0 and job.done > 0
    bar.setRange(0, 1000 if known else 0)
    bar.setValue(round(1000 * job.done / job.total) if known else 0)


class _JobRow(QFrame):
    """Signals: cancel_requested(job_id)."""

    cancel_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._job: Job | None = None
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self._text, "secondary")
        self._bar = QProgressBar(textVisible=False)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(self._emit_cancel)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(column, 1)
        row.addWidget(self._cancel)

    def _emit_cancel(self) -> None:
        self.cancel_requested.emit(self._job.id if self._job else "")

    def show_job(self, job: Job | None) -> None:
        self._job = job
        self.setVisible(job is not None)
        if job is None:
            return
        running = job.state is JobState.RUNNING
        self._bar.setVisible(running)
        self._cancel.setVisible(running)
        show_progress(self._bar, job)
        set_role(self._text, "error" if job.state is JobState.FAILED else "secondary")
        amount = self.tr("{0} of {1}").format(size_text(job.done), size_text(job.total)) if running and job.total else ""
        self._text.setText(" · ".join(part for part in (job.title, job.message, amount) if part))

    def has_keyboard(self) -> bool:
        return self._cancel.hasFocus()

    def set_can_cancel(self, allowed: bool) -> None:
        self._cancel.setEnabled(allowed)
