"""Decodes one camera's recordings ahead of a clock, on a thread of its own."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

from av.video.reformatter import VideoReformatter

from engine.model.value_class import dataclass
from engine.recording.footage.footage import Footage, Size
from engine.recording.footage.pace import Pace
from engine.recording.footage.plan import FootageGap, FootagePlan, GapReason
from engine.recording.footage.shot import Shot

_LOG = logging.getLogger(__name__)
_AHEAD_BYTES = 12 * 1024 * 1024
_AHEAD_LEAST, _AHEAD_MOST = 3, 12
_SCREEN_S = 1 / 60
_BEHIND = 5  # pictures in a row that came too late: decoding all of them is too much
_LONGEST_AHEAD_S = 0.25
_FAR_BEHIND_S = 0.75
_CLOSE_S = 5.0


@dataclass(frozen=True, slots=True)
class _Task:
    at_ns: int
    late: int  # how much it counts that the clock was there first
    pace: Pace
    fit: Size
    plan: FootagePlan
    number: int
    threads: int
    before: bool = False  # nothing is due: something of what comes before


class FootageWorker:
    """Any thread may call; nothing blocks but `close`.

    While the clock stands there is one shot, that of its moment. While it runs, some are decoded ahead in its direction; a worker that
    falls behind leaves out what would come too late. Pictures that the screen could not show one by one are decoded and left out too.
    """

    def __init__(self, name: str, footage: Footage, on_shot: Callable[[], None], steady: Callable[[], float] = perf_counter) -> None:
        """`on_shot` is called on the worker's thread when there is something new to take for somebody who found nothing before; it must
        return at once."""
        self._footage = footage
        self._on_shot = on_shot
        self._steady = steady
        self._condition = threading.Condition()
        self._pace = Pace(0)
        self._fit: Size = (0, 0)
        self._plan = footage.plan
        self._retry = self._closed = self._wanted = False
        self._missed = True  # somebody waits for the next shot
        self._threads = 1
        self._prepared = False  # the group before what was decoded last
        self._scaler = VideoReformatter()
        self._ready: deque[Shot] = deque()
        self._last: tuple[int, Shot] | None = None  # the newest shot and the moment it was asked for
        self._number = 0  # rises whenever what is under way is of no use any more
        self._overtaken: Shot | None = None
        self._lates = 0
        self._cost_s = 0.0
        self._thread = threading.Thread(target=self._run, name=f"footage-{name}", daemon=True)
        self._thread.start()

    def set_pace(self, pace: Pace) -> None:
        with self._condition:
            old, self._pace = self._pace, pace
            self._wanted = True
            turned = (pace.speed < 0) != (old.speed < 0) if pace.runs else False
            stopped = old.runs and not pace.runs  # what is ready lies ahead, not where it stopped
            if pace.every != old.every:
                self._lates = 0
            if pace.number != old.number or turned or stopped or pace.keyframes != old.keyframes:
                self._restart()
            self._condition.notify()

    def set_fit(self, fit: Size) -> None:
        """How large the pictures should be at most."""
        with self._condition:
            if fit != self._fit:
                self._fit = fit
                self._restart()

    def set_threads(self, threads: int) -> None:
        """How many may decode."""
        with self._condition:
            self._threads = threads

    def set_plan(self, plan: FootagePlan, retry: bool = False) -> None:
        """More is known of what was recorded. `retry`: files that could not be had are tried again."""
        with self._condition:
            self._plan = plan
            self._retry |= retry
            self._restart()

    def take(self, at_ns: int) -> Shot | None:
        """What to show at a moment of the clock, None where it is not there (yet). Shots that are past are dropped."""
        with self._condition:
            forward = self._pace.speed >= 0
            while self._ready and self._ready[0].is_past(at_ns, forward):
                self._ready.popleft()
                self._condition.notify()
            found = self._ready[0] if self._ready and self._ready[0].covers(at_ns) else None
            self._missed |= found is None
            return found

    @property
    def behind(self) -> bool:
        """It cannot decode as fast as the clock runs."""
        since_s = self._footage.decoding_since_s
        stuck = since_s is not None and self._pace.runs and perf_counter() - since_s > _FAR_BEHIND_S
        return stuck or self._lates >= _BEHIND

    @property
    def picture_ns(self) -> int:
        """How far its pictures lie apart, 0 before the first."""
        return self._footage.picture_ns

    @property
    def overtaken(self) -> Shot | None:
        """The newest shot that was decoded for a place the clock has left since: something to see while somebody drags it along."""
        return self._overtaken

    def end(self) -> None:
        """Let the thread end, without waiting for it."""
        with self._condition:
            self._closed = True
            self._condition.notify()

    @property
    def has_ended(self) -> bool:
        """The thread has ended, and nothing is kept."""
        return not self._thread.is_alive()

    def close(self, wait_s: float = _CLOSE_S) -> None:
        """End the thread. A file that is just being fetched from elsewhere is waited for some seconds."""
        self.end()
        self._thread.join(max(0.0, wait_s))

    def _restart(self) -> None:
        """What was decoded is of no use any more; the lock is held."""
        self._ready.clear()
        self._last = None
        self._number += 1
        self._lates = 0
        self._missed = True
        self._condition.notify()

    # the worker's thread

    def _run(self) -> None:
        try:
            while (task := self._wait()) is not None:
                (self._prepare if task.before else self._show_picture)(task)
        finally:
            self._footage.close()
            self._ready.clear()
            self._last = self._overtaken = None

    def _show_picture(self, task: _Task) -> None:
        began_s = self._steady()
        shot = self._shot(task)
        self._cost_s += ((self._steady() - began_s) - self._cost_s) / 8
        if self._deliver(task, shot):
            self._on_shot()

    def _wait(self) -> _Task | None:
        with self._condition:
            while not self._closed:
                task = self._task()
                if task is not None:
                    if self._retry:
                        self._retry = False
                        self._footage.forget_faults()
                    return task
                self._condition.wait()
            return None

    def _task(self) -> _Task | None:
        """What to decode next, if anything; the lock is held."""
        pace = self._pace
        if not self._wanted or not all(self._fit):
            return None
        last = self._last
        if last is None:
            return self._aimed(pace.now_ns(self._steady()), 0)
        if not pace.runs:
            return None
        return self._next(pace, *last) if self._has_room() else self._spare(pace, last[1])

    def _spare(self, pace: Pace, shot: Shot) -> _Task | None:
        """Backwards, the group before has to be there at once when the clock comes to its end."""
        if pace.speed > 0 or pace.keyframes or self._prepared:
            return None
        return replace(self._aimed(shot.shown.since_ns, 0), before=True)

    def _prepare(self, task: _Task) -> None:
        self._footage.plan, self._footage.threads = task.plan, task.threads
        try:
            self._prepared = not self._footage.prepare_before(task.at_ns, task.fit)
        except Exception:  # noqa: BLE001 - as below; it is said on the tile when it is wanted
            _LOG.exception("Recorded video cannot be prepared")
            self._prepared = True

    def _next(self, pace: Pace, asked_ns: int, shot: Shot) -> _Task | None:
        if shot.unknown:
            return None
        forward = pace.speed > 0
        edge_ns = shot.shown.until_ns if forward else shot.shown.since_ns
        stride_ns = round(pace.speed * _SCREEN_S * 1e9)
        now_ns = pace.now_ns(self._steady())
        ahead_ns = round(pace.speed * min(self._cost_s, _LONGEST_AHEAD_S) * 1e9)
        wanted_ns = max(edge_ns, asked_ns + stride_ns) if forward else min(edge_ns - 1, asked_ns + stride_ns)
        late_ns = (now_ns - wanted_ns) * (1 if forward else -1)
        if late_ns <= 0:
            return self._aimed(wanted_ns, 0)
        return self._aimed(now_ns + ahead_ns, _BEHIND if late_ns > _FAR_BEHIND_S * abs(pace.speed) * 1e9 else 1)

    def _aimed(self, at_ns: int, late: int) -> _Task:
        return _Task(at_ns, late, self._pace, self._fit, self._plan, self._number, self._threads)

    def _has_room(self) -> bool:
        ready = self._ready
        few = len(ready) < _AHEAD_LEAST
        return few or (len(ready) < _AHEAD_MOST and sum(shot.size_bytes for shot in ready) < _AHEAD_BYTES)

    def _shot(self, task: _Task) -> Shot:
        pace = task.pace
        self._footage.plan, self._footage.threads = task.plan, task.threads
        try:
            shown = self._footage.at(task.at_ns, task.fit, pace.backwards or pace.speed < 0, pace.keyframes, pace.every)
            return Shot.of(shown, self._scaler)
        except Exception as error:  # noqa: BLE001 - the top of a thread: a decoder's own error must end in words, not in a dead tile
            _LOG.exception("Recorded video cannot be shown")
            what = f"The recording cannot be shown ({type(error).__name__}). The log has the details."
            stretch = task.plan.at(task.at_ns)
            return Shot(FootageGap(stretch.since_ns, stretch.until_ns, GapReason.DAMAGED, what), None)

    def _deliver(self, task: _Task, shot: Shot) -> bool:
        """Whether somebody waits for it."""
        with self._condition:
            missed, self._missed = self._missed, False
            if task.number != self._number:
                self._overtaken = shot if task.fit == self._fit and shot.pixels is not None else None
                self._missed = True
                return missed
            self._overtaken = None
            self._lates = self._lates + task.late if task.late else 0
            self._last = task.at_ns, shot
            self._prepared = False
            self._ready.append(shot)
            return missed


def close_all(workers: Sequence[FootageWorker], steady: Callable[[], float] = perf_counter) -> None:
    """As `close` of each, but all of them are waited for together no longer than one."""
    for worker in workers:
        worker.end()
    until_s = steady() + _CLOSE_S
    for worker in workers:
        worker.close(until_s - steady())
