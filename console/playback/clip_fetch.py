"""Fetches the file of a clip for this session: where faces are hidden, the copy without them, which the engine may have to make first."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.courier import ignore_answer
from engine.model.cameras.clip import Clip
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.event import Event
from engine.model.people.commands import PrepareClip
from engine.model.snapshot import Job, JobState, Snapshot
from engine.model.time import SECOND

_APPROACH_NS = 2 * SECOND


class ClipFetch(QObject):
    """One clip at a time; what comes of an earlier one is ignored. UI thread.

    Signals:
        preparing(Job): faces are being hidden. came(Path): here it is. failed(WatchroomError): it does not come.
        faces_changed(hidden): what this session may see has changed since the file was asked for: it has to be asked for anew.
    """

    preparing = Signal(object)
    came = Signal(object)
    failed = Signal(object)
    faces_changed = Signal(bool)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._clip_id = ""
        self._job_id = ""
        self._number = 0
        self.hidden = False
        bridge.snapshot_changed.connect(self._check_snapshot)

    def start(self, clip_id: str) -> None:
        self.leave()
        self._clip_id, self.hidden = clip_id, self._hides()
        number = self._number
        if not self.hidden:
            self._fetch(number)
            return
        self._bridge.command(
            PrepareClip(clip_id), self._prepared, lambda error: self._report_fetch_error(number, error), number, owner=self
        )

    def leave(self) -> None:
        """Nobody waits for it any more; the engine gives up what it does for this session only."""
        clip_id, waiting = self._clip_id, bool(self._job_id)
        self._number += 1
        self._clip_id = self._job_id = ""
        if waiting:
            self._bridge.command(PrepareClip(clip_id, wanted=False), ignore_answer, ignore_answer, owner=self)

    def _prepared(self, number: int, job_id: str) -> None:
        if number != self._number:
            return
        if not job_id:
            self._fetch(number)
            return
        self._job_id = job_id
        if self._bridge.snapshot is not None:
            self._check_snapshot(self._bridge.snapshot)

    def _check_snapshot(self, snapshot: Snapshot) -> None:
        if not self._clip_id:
            return
        if snapshot.faces_hidden != self.hidden:
            self.leave()
            self.faces_changed.emit(snapshot.faces_hidden)
            return
        job = next((job for job in snapshot.jobs if job.id == self._job_id), None) if self._job_id else None
        if job is not None:
            self._follow_job(job)

    def _follow_job(self, job: Job) -> None:
        if job.state is JobState.RUNNING:
            self.preparing.emit(job)
            return
        self._job_id = ""
        if job.state is JobState.DONE:
            self._fetch(self._number)
        else:
            self._report_fetch_error(
                self._number, EnvironmentFault("not_masked", self.tr("Faces could not be blurred in this clip. {0}").format(job.message))
            )

    def _fetch(self, number: int) -> None:
        port, clip_id = self._bridge.port, self._clip_id
        self._bridge.fetch(
            partial(port.clip_file, clip_id), self._receive_path, lambda error: self._report_fetch_error(number, error), number, owner=self
        )

    def _receive_path(self, number: int, path: Path) -> None:
        if number == self._number:
            self.came.emit(path)

    def _report_fetch_error(self, number: int, error: WatchroomError) -> None:
        if number == self._number:
            self.failed.emit(error)

    def _hides(self) -> bool:
        snapshot = self._bridge.snapshot
        return snapshot is not None and snapshot.faces_hidden


def event_begins_s(clip: Clip, event: Event) -> float:
    """Where in its clip an event is looked at: a clip has more of what came before."""
    return max(0, event.started_ns - clip.started_ns - _APPROACH_NS) / SECOND
