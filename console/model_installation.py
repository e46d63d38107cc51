"""Installing models from any page: one job at a time, and what became of it as a message."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.job_run import JobRun
from console.pages.system.words import DETECTOR_ROLE
from console.words import error_text, short_digests
from engine.model.command import InstallModels
from engine.model.errors import WatchroomError
from engine.model.snapshot import Job, JobState, Snapshot
from widgets.marks.toast import ToastArea
from widgets.system.model_table import INSTALL_JOB


class ModelInstallation(QObject):
    """UI thread. Signals: changed(): a run began or ended."""

    changed = Signal()

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts = bridge, toasts
        self._run = JobRun(bridge, self)
        self._run.ended.connect(self._show_installation_outcome)
        self._run.refused.connect(self._show_installation_error)

    @property
    def running(self) -> bool:
        return self._run.running

    def start(self, command: InstallModels) -> None:
        """Does nothing while one that was started here runs."""
        self._run.start(command)
        self.changed.emit()

    def install_detectors(self) -> None:
        """What replaces basic detection; the other models are installed from the list, by whoever wants what they do."""
        models = self._bridge.snapshot.models if self._bridge.snapshot is not None else ()
        self.start(InstallModels(tuple(model.id for model in models if model.role == DETECTOR_ROLE and not model.installed)))

    def _show_installation_outcome(self, job: Job) -> None:
        if job.state is JobState.DONE:
            self._toasts.show_message(self.tr("The models are installed. They are in use from now on."), "good")
        elif job.state is JobState.FAILED:
            self._toasts.show_message(
                self.tr("The models were not installed. {0}").format(short_digests(job.message)), "critical", seconds=0
            )
        else:
            self._toasts.show_message(self.tr("Installing was cancelled. Nothing has changed."))
        self.changed.emit()

    def _show_installation_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
        self.changed.emit()


def running_installation(snapshot: Snapshot) -> Job | None:
    """The installation that runs now, whoever started it."""
    return next((job for job in snapshot.jobs if job.kind == INSTALL_JOB and job.state is JobState.RUNNING), None)
