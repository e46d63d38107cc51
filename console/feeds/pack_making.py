"""Makes one evidence pack, whoever looks: the case that it goes into first, then the job, then what came of it."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.job_run import JobRun
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.history.evidence import ListPacks, MakePack, Pack, PackRequest, PutCase
from engine.model.snapshot import Job, JobState


class PackMaking(QObject):
    """Belongs to the bridge, so that a dialog that is closed does not end it. UI thread.

    Signals:
        progressed(Job): while it runs. made(Pack): it is done. failed(why): it was refused, failed or was cancelled, a sentence.
    """

    progressed = Signal(object)
    made = Signal(object)
    failed = Signal(str)

    def __init__(self, bridge: EngineBridge) -> None:
        super().__init__(bridge)
        self._bridge, self._run = bridge, JobRun(bridge, self)
        self._request: PackRequest | None = None
        self._cases: dict[str, str] = {}  # made for a pack that was not: trying again puts it there
        self.running = self._cancelled = False
        self._run.progressed.connect(self.progressed)
        self._run.ended.connect(self._on_job_end)
        self._run.refused.connect(self._on_refusal)

    @property
    def title(self) -> str:
        return self._request.title if self._request is not None else ""

    def start(self, request: PackRequest, new_case: str = "") -> None:
        """`new_case`: title of a case that is to be made first; "" for the one of the request. Does nothing while it runs."""
        if self.running:
            return
        self.running, self._cancelled, self._request = True, False, request
        if new_case and new_case not in self._cases:
            self._bridge.command(PutCase(new_case), self._case_made, self._on_refusal, new_case, owner=self)
        else:
            self._begin(self._cases.get(new_case, request.case_id))

    def cancel(self) -> None:
        """`failed` follows. A case that was made for it stays."""
        self._cancelled = True
        if self._run.running:
            self._run.cancel()

    def _case_made(self, title: str, case_id: str) -> None:
        self._cases[title] = case_id
        self._begin(case_id)

    def _begin(self, case_id: str) -> None:
        if self._cancelled or self._request is None:
            self._fail(self.tr("Cancelled. Nothing was kept."))
            return
        self._request = replace(self._request, case_id=case_id)
        self._run.start(MakePack(self._request))

    def _on_job_end(self, job: Job) -> None:
        if job.state is JobState.DONE:
            self._bridge.ask(ListPacks(), self._find, self._on_refusal, job.message, owner=self)
        else:
            self._fail(job.message or self.tr("The pack was not made."))

    def _find(self, told: str, packs: tuple[Pack, ...]) -> None:
        pack = next((pack for pack in packs if pack.id in told or pack.request == self._request), None)
        if pack is None:
            self._fail(self.tr("The pack was made, but it is not in the list of packs any more."))
            return
        self.running = False
        self.made.emit(pack)

    def _on_refusal(self, error: WatchroomError) -> None:
        if not self._run.running:  # else it was cancelling that was refused: it goes on
            self._fail(error_text(error))

    def _fail(self, why: str) -> None:
        self.running = False
        self.failed.emit(why)
