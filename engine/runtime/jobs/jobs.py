"""Long work on its own threads, with progress, an end that is always named, and a way to cancel."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.model.errors import EnvironmentFault, NotFound, ShareUsed, WatchroomError, fault_word
from engine.model.incidents.imported import ImportResult
from engine.model.snapshot import Job, JobState
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.supervisor import ErrorBook

KEPT = 20  # ended jobs that are still shown


RETRY_S = 10.0


@dataclass(frozen=True, slots=True)
class JobShare:
    """So many jobs of a kind at once are `holder`'s (see `Session.holder`), not counting those cancelled, nor the job
    `besides`, which the new one replaces."""

    holder: str
    most: int = 1
    besides: str = ""


class Cancelled(Exception):
    """Raised by `Progress.check` inside a job that was cancelled."""


class Progress:
    """What a job's body reports through. Its own thread only."""

    def __init__(
        self, update: Callable[[int, int, str], None], cancelled: threading.Event, tell: Callable[[ImportResult], None] = lambda _: None
    ) -> None:
        self._update = update
        self._cancelled = cancelled
        self.tell = tell  # what became of a file so far

    def at(self, done: int, total: int, message: str = "") -> None:
        """Raises Cancelled."""
        self.check()
        self._update(done, total, message)

    def check(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled

    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()


class Jobs:
    """All jobs of one engine. Any thread."""

    def __init__(self, errors: ErrorBook, clock: Clock) -> None:
        self._errors, self._clock = errors, clock
        self._lock = threading.Lock()
        self._count = 0
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, tuple[threading.Thread, threading.Event]] = {}
        self._holders: dict[str, str] = {}  # of those that run

    def start(
        self,
        kind: str,
        title: str,
        body: Callable[[str, Progress], str],
        at_once: int | None = None,
        by_id: str = "",
        share: JobShare | None = None,
    ) -> str:
        """Run `body(job id, progress)` on a thread of its own; it returns the closing message. WatchroomError ends it as failed.

        Raises EnvironmentFault (`busy`): so many of this kind run already; ShareUsed: so many of theirs do.
        """
        cancelled = threading.Event()
        with self._lock:
            alike = [job_id for job_id in self._running if self._jobs[job_id].kind == kind]
            if share is not None:
                self._check_share(share, alike)
            if at_once is not None and len(alike) >= at_once:
                raise EnvironmentFault(
                    "busy", f"{len(alike)} jobs like this run already ({title.lower()}). Wait until one of them has ended."
                )
            self._count += 1
            job_id = f"job-{self._count}"
            self._jobs[job_id] = Job(job_id, kind, title, JobState.RUNNING, by_id=by_id, started_ns=self._clock.now_ns())
            thread = threading.Thread(target=self._run_job, args=(job_id, body, cancelled), name=job_id, daemon=True)
            self._running[job_id] = (thread, cancelled)
            self._holders[job_id] = "" if share is None else share.holder
            self._forget_oldest()
        thread.start()
        return job_id

    def cancel(self, job_id: str) -> None:
        """Raises NotFound; a job that has ended is left as it is."""
        with self._lock:
            if job_id not in self._jobs:
                raise NotFound(f"There is no job {job_id}.")
            running = self._running.get(job_id)
        if running is not None:
            running[1].set()

    def all(self) -> tuple[Job, ...]:
        with self._lock:
            return tuple(self._jobs.values())

    def stop(self, timeout_s: float = 5.0) -> None:
        """Cancel all and wait."""
        with self._lock:
            running = list(self._running.values())
        for _, cancelled in running:
            cancelled.set()
        for thread, _ in running:
            thread.join(timeout_s)

    def _check_share(self, share: JobShare, alike: Iterable[str]) -> None:
        theirs = [job_id for job_id in alike if self._holders[job_id] == share.holder and not self._running[job_id][1].is_set()]
        if sum(job_id != share.besides for job_id in theirs) >= share.most:
            raise ShareUsed("A job of yours like this is still running. Wait until it has ended, or cancel it.", RETRY_S)

    def _run_job(self, job_id: str, body: Callable[[str, Progress], str], cancelled: threading.Event) -> None:
        progress = Progress(
            lambda done, total, message: self._change_job(job_id, done=done, total=total, message=message),
            cancelled,
            lambda result: self._change_job(job_id, result=result),
        )
        try:
            self._end_job(job_id, JobState.DONE, body(job_id, progress))
        except Cancelled:
            self._end_job(job_id, JobState.CANCELLED, "Cancelled.")
        except WatchroomError as error:
            self._end_job(job_id, JobState.FAILED, str(error), fault_word(error))
        except Exception as error:  # noqa: BLE001 - the top of a thread
            self._errors.bug(f"job {self._jobs[job_id].kind}", error)
            message = "Something went wrong inside Watchroom; see the last errors."
            self._end_job(job_id, JobState.FAILED, message, fault_word(error))
        finally:
            with self._lock:
                self._running.pop(job_id, None)
                self._holders.pop(job_id, None)

    def _end_job(self, job_id: str, state: JobState, message: str, fault: str = "") -> None:
        self._change_job(job_id, state=state, message=message, fault=fault, ended_ns=self._clock.now_ns())

    def _change_job(self, job_id: str, **changes: object) -> None:
        with self._lock:
            self._jobs[job_id] = replace(self._jobs[job_id], **changes)  # pyright: ignore[reportArgumentType]

    def _forget_oldest(self) -> None:
        ended = [job_id for job_id in self._jobs if job_id not in self._running]
        for job_id in ended[: max(0, len(ended) - KEPT)]:
            del self._jobs[job_id]
