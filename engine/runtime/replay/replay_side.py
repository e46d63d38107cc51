"""Replays of the record: who replays what, how far it is, and what other settings would have made of it.

Each runs in a process of its own (`replay_process`), which reads the data folder and writes nothing.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import field, replace

from engine.history.replay.journal import JournalFolder
from engine.history.replay.window import Window
from engine.history.replay.worker import Move, ReplayFailure, ReplayPosition
from engine.model.accounts.access import Session
from engine.model.errors import EnvironmentFault, InputError, NotFound, ShareUsed
from engine.model.event import Event
from engine.model.history.replay import ChangeReplay, MoveReplay, ReplayDifference, ReplaySession, ReplaySettings, ReplayState, StartReplay
from engine.model.question import ListEvents
from engine.model.repository import Repository
from engine.model.snapshot import JobState, Snapshot
from engine.model.time import SECOND, Clock, to_iso
from engine.model.value_class import dataclass
from engine.runtime.data_folder import DataFolder
from engine.runtime.jobs.jobs import Jobs, JobShare, Progress
from engine.runtime.replay.replay_process import ReplayProcess, worked_out
from engine.runtime.side import Side

MOST_SESSIONS, MOST_OF_ONE = 8, 3  # in all, and of one user
MOST_JOBS = 2
RETRY_S = 10.0
IDLE_S = 3600.0
NEWEST = 200  # events of a picture
FLUSH_S = 5.0
SHIFT_NS = 24 * 3600 * SECOND  # longest window
_OVER = frozenset({ReplayState.FAILED, ReplayState.STOPPED})
_NOT_SHOWN = _OVER | {ReplayState.PREPARING}


@dataclass(slots=True)
class _ReplayEntry:
    """A session and what serves it. `job_id`: of the newest difference; `before`: events that began before the replay does."""

    told: ReplaySession
    user_id: str
    session_id: str  # the user's
    process: ReplayProcess | None = None
    asked_s: float = field(default_factory=time.monotonic)
    job_id: str = ""
    difference: ReplayDifference | None = None
    trouble: str = ""  # why there is no difference
    before: tuple[int, tuple[Event, ...]] | None = None


class ReplaySide(Side):
    """Any thread.

    Args:
        flush: waits until all that is known is written; False where that takes longer than so many seconds.
    """

    def __init__(self, data: DataFolder, store: Repository, jobs: Jobs, clock: Clock, flush: Callable[[float], bool]) -> None:
        self._data, self._store, self._jobs, self._clock, self._flush = data, store, jobs, clock, flush
        self._lock = threading.Lock()  # guards _kept and what is in it
        self._kept: dict[str, _ReplayEntry] = {}
        self._count = 0
        self._closed = False

    def start(self, wanted: StartReplay, session: Session) -> str:
        """The id of a new session, on its way to the beginning of its window.

        Raises InputError (nothing of the window is in the record, or it is too long), EnvironmentFault `busy`; ShareUsed.
        """
        now_ns = self._clock.now_ns()
        until_ns = min(wanted.until_ns, now_ns)
        if until_ns - wanted.since_ns > SHIFT_NS:
            raise InputError("until", "is more than 24 hours after since; replay a day in parts")
        self._tidy()
        self._flush(FLUSH_S)
        if not JournalFolder(self._data.journal).holds(wanted.since_ns, until_ns):
            raise InputError("since", "is a time of which nothing is in the record: the engine did not run then, or it is too long ago")
        kept = self._add_session(wanted, until_ns, session)
        self._begin_process(kept)
        return kept.told.id

    def list(self, session: Session) -> tuple[ReplaySession, ...]:
        self._tidy()
        with self._lock:
            return tuple(kept.told for kept in self._kept.values() if kept.user_id == session.user.id)

    def get(self, replay_id: str, session: Session) -> ReplaySession:
        """Raises NotFound; also for those of others."""
        return self._find(replay_id, session).told

    def picture(self, replay_id: str, session: Session) -> Snapshot | None:
        """What was on screen at its moment; None while it is on its way there. Raises NotFound, EnvironmentFault."""
        kept = self._find(replay_id, session)
        if kept.process is None or kept.told.state in _NOT_SHOWN:
            return None
        shown = kept.process.picture()
        return None if shown is None else self._with_earlier(kept, replace(shown, replay_id=replay_id))

    def move(self, wanted: MoveReplay, session: Session) -> str:
        """Raises NotFound, InputError."""
        kept = self._find(wanted.session_id, session)
        told = kept.told
        if wanted.seek_ns is not None and not told.since_ns <= wanted.seek_ns <= told.until_ns:
            raise InputError("seek", "is outside the window of this replay")
        if kept.process is None or told.state in _OVER:
            raise NotFound(f"The replay {told.id} has ended{f': {told.trouble}' if told.trouble else '.'}")
        if wanted.seek_ns is not None:
            self._change_session(kept, state=ReplayState.PREPARING, at_ns=wanted.seek_ns)
        kept.process.move(Move(wanted.seek_ns, wanted.playing, wanted.speed))
        return told.id

    def change(self, wanted: ChangeReplay, session: Session) -> str:
        """The id of the job that works out what the settings make different; the session goes on with them, where it was.

        Raises NotFound, EnvironmentFault `busy`; ShareUsed.
        """
        kept = self._find(wanted.session_id, session)
        told = kept.told
        title = f"Replay {to_iso(told.since_ns)} – {to_iso(told.until_ns)} with other settings"
        before = kept.job_id
        window = self._window(replace(told, settings=wanted.settings))
        share = JobShare(session.holder, besides=before)
        work: Callable[[str, Progress], str] = lambda job_id, progress: self._work_out(kept, window, job_id, progress)  # noqa: E731
        job_id = self._jobs.start("replay", title, work, MOST_JOBS, share=share)
        with self._lock:
            kept.job_id, kept.difference, kept.trouble = job_id, None, ""
        self._cancel(before)
        self._go_on_with(kept, wanted.settings)
        return job_id

    def difference(self, replay_id: str, session: Session) -> ReplayDifference:
        """Raises NotFound, EnvironmentFault `not_ready`."""
        kept = self._find(replay_id, session)
        if not kept.job_id:
            raise NotFound("Nothing was changed in this replay, so there is no difference.")
        if kept.difference is None:
            raise EnvironmentFault("not_ready", kept.trouble or "The difference is still being worked out. Its job says how far it is.")
        return kept.difference

    def stop(self, replay_id: str, session: Session) -> str:
        kept = self._find(replay_id, session)
        self._end_sessions((kept,))
        return replay_id

    def on_session_ended(self, session_id: str) -> None:
        """A user signed out."""
        with self._lock:
            ended = [kept for kept in self._kept.values() if kept.session_id == session_id]
        self._end_sessions(ended)

    def on_session_renewed(self, session_id: str, renewed_id: str) -> None:
        """Its user goes on as another session."""
        with self._lock:
            for kept in self._kept.values():
                kept.session_id = renewed_id if kept.session_id == session_id else kept.session_id

    def end_all(self) -> None:
        """What they were made of is gone from the record, or the engine stops listening to anybody."""
        with self._lock:
            ended = list(self._kept.values())
        self._end_sessions(ended)

    def on_stop(self) -> None:
        self.close()

    def close(self) -> None:
        self._closed = True
        self.end_all()

    def _add_session(self, wanted: StartReplay, until_ns: int, session: Session) -> _ReplayEntry:
        with self._lock:
            if self._closed or len(self._kept) >= MOST_SESSIONS:
                raise EnvironmentFault("busy", f"{MOST_SESSIONS} replays are going on. Stop one of them first.")
            if sum(kept.user_id == session.user.id for kept in self._kept.values()) >= MOST_OF_ONE:
                raise ShareUsed(f"{MOST_OF_ONE} replays of yours are going on. Stop one of them first.", RETRY_S)
            self._count += 1
            told = ReplaySession(
                id=f"rp-{self._clock.now_ns() // SECOND:x}-{self._count}",
                since_ns=wanted.since_ns,
                until_ns=until_ns,
                at_ns=wanted.since_ns,
                state=ReplayState.PREPARING,
                speed=1.0,
                by=session.user.name,
                settings=wanted.settings,
            )
            kept = self._kept[told.id] = _ReplayEntry(told, session.user.id, session.id)
            return kept

    def _begin_process(self, kept: _ReplayEntry) -> None:
        """A process for the session as it is told now. Raises EnvironmentFault; then the session is gone."""
        try:
            process = ReplayProcess(kept.told.id, self._window(kept.told), lambda process, told: self._hear(kept, process, told))
        except EnvironmentFault:
            self._end_sessions((kept,))
            raise
        with self._lock:
            gone = kept.told.id not in self._kept
            kept.process = None if gone else process
        if gone:  # it was ended meanwhile
            process.end()
            process.join()

    def _go_on_with(self, kept: _ReplayEntry, settings: ReplaySettings) -> None:
        """The same session, at the same moment, with other settings."""
        with self._lock:
            before, told, kept.process = kept.process, kept.told, None
            kept.told = replace(told, settings=settings, state=ReplayState.PREPARING)
        if before is not None:
            before.end()
            before.join()
        self._begin_process(kept)
        if kept.process is not None:
            kept.process.move(Move(told.at_ns, told.state is ReplayState.PLAYING, told.speed))

    def _window(self, told: ReplaySession) -> Window:
        return Window(self._data.journal, self._data.checkpoints, told.since_ns, told.until_ns, told.settings)

    def _hear(self, kept: _ReplayEntry, process: ReplayProcess, told: ReplayPosition | ReplayFailure | None) -> None:
        """On the thread that listens to a process."""
        if kept.process is not None and kept.process is not process:
            return
        match told:
            case ReplayPosition() if kept.told.state not in _OVER:
                self._change_session(kept, at_ns=told.at_ns, state=told.state, speed=told.speed, warm_ns=told.warm_ns, missing=told.missing)
            case ReplayFailure(message):
                self._change_session(kept, state=ReplayState.FAILED, trouble=message)
            case None if kept.told.state not in _OVER:
                self._change_session(kept, state=ReplayState.FAILED, trouble="Its process ended. The machine may be short of memory.")
            case _:
                pass

    def _change_session(self, kept: _ReplayEntry, **changes: object) -> None:
        with self._lock:
            kept.told = replace(kept.told, **changes)  # pyright: ignore[reportArgumentType]

    def _work_out(self, kept: _ReplayEntry, window: Window, job_id: str, progress: Progress) -> str:
        """The body of a job."""
        total = (window.until_ns - window.since_ns) // SECOND

        def at(now_ns: int) -> None:
            progress.at(max(0, now_ns - window.since_ns) // SECOND, total, f"At {to_iso(now_ns)}")

        try:
            found = worked_out(job_id, window, at)
        except BaseException as error:
            with self._lock:
                kept.trouble = str(error) or "Working out the difference was cancelled."
            raise
        finally:
            kept.asked_s = time.monotonic()
        with self._lock:
            if kept.job_id == job_id:
                kept.difference = replace(found, session_id=kept.told.id)
        return f"{len(found.gained)} gained, {len(found.lost)} lost, {found.ratio:.0f} × as fast as it was"

    def _with_earlier(self, kept: _ReplayEntry, shown: Snapshot) -> Snapshot:
        """With the events of the record that began before the replay does, as they were then."""
        begin_ns = kept.told.warm_ns or kept.told.since_ns
        if kept.before is None or kept.before[0] != begin_ns:
            kept.before = begin_ns, self._store.answer(ListEvents(limit=NEWEST, until_ns=begin_ns))
        known = {event.id for event in shown.events}
        earlier = (_as_of(event, shown.at_ns) for event in kept.before[1] if event.id not in known)
        return replace(shown, events=(*shown.events, *earlier)[:NEWEST])

    def _find(self, replay_id: str, session: Session) -> _ReplayEntry:
        self._tidy()
        with self._lock:
            kept = self._kept.get(replay_id)
            if kept is None or kept.user_id != session.user.id:
                raise NotFound(f"There is no replay {replay_id[:80]!r}. It was stopped, or nobody used it for an hour.")
            kept.asked_s = time.monotonic()
            return kept

    def _tidy(self) -> None:
        """End those that nobody has asked for in an hour. Working out a shift anew may take longer: the hour begins when that ends."""
        now_s, working = time.monotonic(), {job.id for job in self._jobs.all() if job.state is JobState.RUNNING}
        with self._lock:
            idle = [kept for kept in self._kept.values() if kept.job_id not in working and now_s - kept.asked_s > IDLE_S]
        self._end_sessions(idle)

    def _end_sessions(self, ended: Iterable[_ReplayEntry]) -> None:
        """Nothing of them is kept: neither what was shown nor what was worked out."""
        processes: list[ReplayProcess] = []
        for kept in ended:
            with self._lock:
                self._kept.pop(kept.told.id, None)
                kept.told = replace(kept.told, state=ReplayState.STOPPED)
                process, kept.process, kept.difference, kept.before = kept.process, None, None, None
            self._cancel(kept.job_id)
            if process is not None:
                process.end()
                processes.append(process)
        for process in processes:
            process.join()

    def _cancel(self, job_id: str) -> None:
        if any(job.id == job_id for job in self._jobs.all()):
            self._jobs.cancel(job_id)


def _as_of(event: Event, at_ns: int) -> Event:
    return replace(event, ended_ns=None) if event.ended_ns is not None and event.ended_ns > at_ns else event
