"""Installing models from any page: one job at a time, its progress, and its outcome as a message with the ways out."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from console.bridge import EngineBridge
from console.dialogs.engine_folder import EngineFolderDialog
from console.dialogs.frame import open_dialog
from console.job_run import JobRun
from console.pages.system.words import DETECTOR_ROLE
from console.words import error_text, short_digests
from engine.model.command import InstallModels
from engine.model.errors import WatchroomError
from engine.model.snapshot import Job, JobState, ModelEntry, Snapshot
from widgets.marks.toast import ToastArea
from widgets.system.model_table import INSTALL_JOB


class ModelInstallation(QObject):
    """UI thread.

    Signals:
        changed(): a run began or ended. progressed(Job): it goes on.
        installed(): all files are in use. failed(str): a sentence; shown as a message too, where there are toasts.
    """

    changed = Signal()
    progressed = Signal(object)
    installed = Signal()
    failed = Signal(str)

    def __init__(self, bridge: EngineBridge, toasts: ToastArea | None, parent: QWidget) -> None:
        """`toasts`: where the outcome is shown; None: whoever asked shows it."""
        super().__init__(parent)
        self._bridge, self._toasts, self._window = bridge, toasts, parent
        self._last = InstallModels()
        self._run = JobRun(bridge, self)
        self._run.progressed.connect(self.progressed)
        self._run.ended.connect(self._show_installation_outcome)
        self._run.refused.connect(self._show_installation_error)

    @property
    def running(self) -> bool:
        return self._run.running

    def start(self, command: InstallModels) -> None:
        """Does nothing while one that was started here runs."""
        if not self.running:
            self._last = command
            self._run.start(command)
            self.changed.emit()

    def cancel(self) -> None:
        self._run.cancel()

    def retry(self) -> None:
        """The last one once more; what was downloaded of it is kept."""
        self.start(self._last)

    def install_from_folder(self) -> None:
        """All that a folder of the engine's computer holds, which the user chooses."""
        from engine.gateway.remote.port import RemotePort  # only now: its HTTP client takes a while to load

        if isinstance(self._bridge.port, RemotePort):
            dialog = EngineFolderDialog(self._window)
            dialog.chosen.connect(self._install_from)
            open_dialog(dialog)
            return
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Folder with model files"))
        if folder:
            self._install_from(folder)

    def _install_from(self, folder: str) -> None:
        self.start(InstallModels(folder=folder))

    def install_detector(self) -> None:
        """The one that replaces basic detection; the other models are installed from the list."""
        models = self._bridge.snapshot.models if self._bridge.snapshot is not None else ()
        self.start(InstallModels(tuple(model.id for model in missing_detectors(models)[:1])))

    def _show_installation_outcome(self, job: Job) -> None:
        if job.state is JobState.DONE:
            self.installed.emit()
            self._announce(self.tr("The models are installed and in use."), "good")
        elif job.state is JobState.FAILED:
            self._offer_ways_out(self.tr("The models were not installed. {0}").format(short_digests(job.message)))
        else:
            self._announce(self.tr("The installation was cancelled. Nothing has changed."), "info")
        self.changed.emit()

    def _show_installation_error(self, error: WatchroomError) -> None:
        self._offer_ways_out(error_text(error))
        self.changed.emit()

    def _announce(self, text: str, level: str) -> None:
        if self._toasts is not None:
            self._toasts.show_message(text, level)

    def _offer_ways_out(self, text: str) -> None:
        self.failed.emit(text)
        if self._toasts is not None:
            choices = ((self.tr("Try again"), self.retry), (self.tr("Install from folder…"), self.install_from_folder))
            self._toasts.show_choices(text, "critical", choices)


def missing_detectors(models: tuple[ModelEntry, ...]) -> tuple[ModelEntry, ...]:
    """Those that can be downloaded, the preferred one first."""
    return tuple(model for model in models if model.role == DETECTOR_ROLE and not model.installed and not model.trouble)


def running_installation(snapshot: Snapshot) -> Job | None:
    """The installation that runs now, whoever started it."""
    return next((job for job in snapshot.jobs if job.kind == INSTALL_JOB and job.state is JobState.RUNNING), None)
