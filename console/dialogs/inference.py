"""What runs each model: by measurement, or as it is set by hand; and a new measurement."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QSpinBox, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import whole_box
from console.job_run import JobRun
from console.words import error_text
from engine.inference.provider import provider_name
from engine.model.command import ChangeSettings, MeasureModels
from engine.model.errors import WatchroomError
from engine.model.health import ModelRun
from engine.model.settings import AUTO_PROVIDER, PROVIDERS, DetectionSettings, ModelProvider
from engine.model.snapshot import Job, JobState, ModelEntry, Snapshot
from engine.runtime.inference.trials import ROLES
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.properties import with_properties
from widgets.system.model_table import run_text, show_progress
from widgets.theme import set_role
from widgets.translation import tr

MEASURE_JOB = "measure_models"
_ON_THREADS = (AUTO_PROVIDER, "cpu")
_WIDTH = 620
_THREADS_WIDTH = 120


class InferenceDialog(SavingDialog):
    """For administrators."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("By measurement, a model runs on the CPU unless another provider gives the same results and is at least 10 % faster.")
        super().__init__(bridge, tr("Inference providers"), lead, width=_WIDTH, parent=parent)
        self.rows: dict[str, ModelProviderRow] = {}
        self._job = JobRun(bridge, self)
        self._add_models(bridge.snapshot)
        self._add_measurement()
        self.add_save(tr("&Save"))
        self._connect_measurement()
        bridge.snapshot_changed.connect(self.show_snapshot)
        if bridge.snapshot is not None:
            self.show_snapshot(bridge.snapshot)

    def _add_models(self, snapshot: Snapshot | None) -> None:
        detection = snapshot.settings.detection if snapshot is not None else DetectionSettings()
        here = snapshot.health.providers if snapshot is not None else ()
        for model in measured_models(snapshot):
            row = self.rows[model.id] = ModelProviderRow(model, detection.provider_of(model.id), here, self)
            self.body.addWidget(row)
        self.none = _note(self)
        self.body.addWidget(self.none)

    def _add_measurement(self) -> None:
        self.state = _note(self)
        self.bar = with_properties(QProgressBar(self, textVisible=False), accessibleName=tr("Measurement progress"))
        self.body.addWidget(self.state)
        self.body.addWidget(self.bar)
        self.measure = self.add_button(tr("&Measure again"), at_left=True)
        self.measure.setToolTip(tr("Takes a few seconds for each model and provider. Detection continues."))
        self.stop = self.add_button(tr("S&top measuring"), at_left=True)

    def _connect_measurement(self) -> None:
        self.measure.clicked.connect(self.start_measurement)
        self.stop.clicked.connect(self._job.cancel)
        self._job.progressed.connect(self._show_progress)
        self._job.ended.connect(self._show_end)
        self._job.refused.connect(self._show_measuring_error)
        self.state.hide()
        self._show_buttons()

    # What is known

    def show_snapshot(self, snapshot: Snapshot) -> None:
        runs = {run.model: run for run in snapshot.health.models}
        for model_id, row in self.rows.items():
            row.show_run(runs.get(model_id), snapshot.health.providers)
        self.none.setText(self._none_text(snapshot))
        self.none.setVisible(bool(self.none.text()))
        running = next((job for job in snapshot.jobs if job.kind == MEASURE_JOB and job.state is JobState.RUNNING), None)
        if running is not None and not self._job.running:
            self._job.follow(running)

    def _none_text(self, snapshot: Snapshot) -> str:
        if not self.rows:
            return self.tr("No model is installed. Install models under System, Detection.")
        if not snapshot.health.providers:
            return self.tr("Only the CPU is available on this machine. The manual, Acceleration, says what GPUs and NPUs need.")
        return ""

    # A measurement

    def start_measurement(self) -> None:
        self.show_trouble("")
        self._job.start(MeasureModels())
        self._show_buttons()
        self.bring_to_view(self.bar)

    def _show_progress(self, job: Job) -> None:
        self.state.setText(self.tr("Measuring {0}").format(job.message) if job.message else self.tr("Waiting for a measurement to end…"))
        self.state.show()
        show_progress(self.bar, job)
        self._show_buttons()

    def _show_end(self, job: Job) -> None:
        self.state.setText("" if job.state is JobState.FAILED else job.message)
        self.state.setVisible(bool(self.state.text()))
        if job.state is JobState.FAILED:
            self.show_trouble(job.message)
        self._show_buttons()

    def _show_measuring_error(self, error: WatchroomError) -> None:
        self.show_trouble(error_text(error))
        self._show_buttons()

    def _show_buttons(self) -> None:
        running = self._job.running
        had_keyboard = self.measure.hasFocus() or self.stop.hasFocus()
        self.measure.setVisible(not running)
        self.measure.setEnabled(bool(self.rows))
        self.stop.setVisible(running)
        self.bar.setVisible(running)
        if had_keyboard:
            (self.stop if running else self.measure).setFocus()

    # Saving

    def command(self) -> ChangeSettings:
        """Of what others changed meanwhile only the models shown here are changed."""
        snapshot = self.bridge.snapshot
        now = snapshot.settings.detection if snapshot is not None else DetectionSettings()
        for_all = now.provider, now.threads
        others = tuple(each for each in now.models if each.model not in self.rows)
        chosen = (row.choice() for row in self.rows.values())
        own = tuple(each for each in chosen if (each.provider, each.threads) != for_all)
        return ChangeSettings(detection=replace(now, models=(*others, *own)))


class ModelProviderRow(QWidget):
    """One model: what runs it, what was measured, and what is to run it.

    Signals: changed().
    """

    changed = Signal()

    def __init__(self, model: ModelEntry, chosen: ModelProvider, here: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._chosen = model, chosen
        self.provider = with_properties(QComboBox(self), accessibleName=tr("Provider of {0}").format(model.title))
        self.threads: QSpinBox = whole_box(ModelProvider, "threads", chosen.threads)
        self.threads.setSpecialValueText(tr("Automatic"))
        for part in (self.threads, self.threads.lineEdit()):
            part.setAccessibleName(tr("CPU threads of {0}").format(model.title))
        self.threads.setMinimumWidth(_THREADS_WIDTH)
        self.note = _note(self)
        self._lay_out()
        self._offer(here)
        self.provider.setCurrentIndex(self.provider.findData(chosen.provider))
        self.provider.currentIndexChanged.connect(self._enable_threads)
        self._enable_threads()

    def _lay_out(self) -> None:
        title = QLabel(self._model.title, self, textFormat=Qt.TextFormat.PlainText)
        title.setBuddy(self.provider)
        label = QLabel(tr("CPU threads"), self, textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(self.threads)
        row = make_row(spacing=8)
        row.addWidget(self.provider, 1)
        row.addWidget(label)
        row.addWidget(self.threads)
        column = make_column(self, spacing=4, margins=NO_MARGINS)
        column.addWidget(title)
        column.addLayout(row)
        column.addWidget(self.note)

    def _offer(self, here: tuple[str, ...]) -> None:
        """What is there, and what is set: a choice that is not there any more is not lost by opening the dialog."""
        for name in PROVIDERS:
            if name in (AUTO_PROVIDER, "cpu", *here):
                self._offer_one(name, _choice_text(name))
            elif name == self._chosen.provider:
                self._offer_one(name, tr("{0} (not available)").format(_choice_text(name)))

    def _offer_one(self, name: str, text: str) -> None:
        at = self.provider.findData(name)
        if at < 0:
            self.provider.addItem(text, name)
        elif self.provider.itemText(at) != text:
            self.provider.setItemText(at, text)

    def _enable_threads(self) -> None:
        self.threads.setEnabled(self.provider.currentData() in _ON_THREADS)

    def show_run(self, run: ModelRun | None, here: tuple[str, ...]) -> None:
        self._offer(here)
        text = run_text(run) or tr("Not loaded: nothing uses this model now.")
        if text != self.note.text():
            self.note.setText(text)
            self.provider.setAccessibleDescription(text)

    def choice(self) -> ModelProvider:
        return ModelProvider(self._model.id, self.provider.currentData(), self.threads.value())


def measured_models(snapshot: Snapshot | None) -> tuple[ModelEntry, ...]:
    """Those that are installed and can run on other providers."""
    models = snapshot.models if snapshot is not None else ()
    return tuple(model for model in models if model.installed and model.role in ROLES)


def _choice_text(name: str) -> str:
    return tr("By measurement") if name == AUTO_PROVIDER else provider_name(name)


def _note(parent: QWidget) -> QLabel:
    note = QLabel(parent, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    set_role(note, "secondary")
    return note
