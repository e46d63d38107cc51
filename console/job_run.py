"""Follows one job of the engine from its start to its end."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.courier import ignore_answer
from engine.model.command import CancelJob, Command
from engine.model.errors import WatchroomError
from engine.model.snapshot import Job, JobState, Snapshot


class JobRun(QObject):
    """Starts a job by a command, or follows one that runs, and reports it. UI thread.

    Signals:
        progressed(Job): while it runs. ended(Job): done, failed or cancelled. refused(WatchroomError): it could not be started.
    """

    progressed = Signal(object)
    ended = Signal(object)
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._job_id = ""
        self._starting = self._cancel_wanted = False
        bridge.snapshot_changed.connect(self._look)

    @property
    def running(self) -> bool:
        return self._starting or bool(self._job_id)

    def start(self, command: Command) -> None:
        """Does nothing while a job runs."""
        if self.running:
            return
        self._starting, self._cancel_wanted = True, False
        self._bridge.command(command, self._started, self._on_start_refusal, owner=self)

    def follow(self, job: Job) -> None:
        """One that was started elsewhere. Does nothing while a job runs."""
        if not self.running:
            self._job_id, self._cancel_wanted = job.id, False
            self._tell(job)

    def cancel(self) -> None:
        """Ask the engine to stop it; `ended` follows. Also right while it is just being started."""
        self._cancel_wanted = True
        if self._job_id:
            self._bridge.command(CancelJob(self._job_id), ignore_answer, self._refused_cancel, owner=self)

    def _started(self, job_id: str) -> None:
        self._starting, self._job_id = False, job_id
        if self._cancel_wanted:
            self.cancel()
        if self._bridge.snapshot is not None:
            self._look(self._bridge.snapshot)

    def _on_start_refusal(self, error: WatchroomError) -> None:
        self._starting = False
        self.refused.emit(error)

    def _refused_cancel(self, error: WatchroomError) -> None:
        """It may have ended meanwhile; then the snapshot says so and this is no news."""
        if self._job_id:
            self.refused.emit(error)

    def _look(self, snapshot: Snapshot) -> None:
        job = next((job for job in snapshot.jobs if job.id == self._job_id), None) if self._job_id else None
        if job is not None:
            self._tell(job)

    def _tell(self, job: Job) -> None:
        if job.state is JobState.RUNNING:
            self.progressed.emit(job)
        else:
            self._job_id = ""
            self.ended.emit(job)
