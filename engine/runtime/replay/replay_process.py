"""A replay's process as this one sees it: told what to do, listened to on a thread of its own, and ended with it."""

import logging
import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import Any

from engine.history.replay.compare import OneRun, difference
from engine.history.replay.worker import Move, ReplayFailure, ReplayPosition, WantPicture, Window, run_replay, work_out
from engine.model.errors import EnvironmentFault
from engine.model.history.replay import ReplayDifference, ReplaySettings
from engine.model.snapshot import Snapshot
from engine.sources.child_process import end_process

log = logging.getLogger(__name__)

PICTURE_S = 5.0
TURN_S = 0.2
GOES_S = 5.0  # a process that does not end by itself is ended
_FRESH = multiprocessing.get_context("spawn")  # a copy of this one would hold its locks and files
ENDED_EARLY = "The replay ended before it was done: the machine may be short of memory."


class ReplayProcess:
    """Any thread; `on_told` is called on the thread that listens.

    Args:
        on_told: with this, and a `Told`, a `Failed`, or None when the process has ended by itself.
    """

    def __init__(
        self, name: str, window: Window, on_told: Callable[["ReplayProcess", ReplayPosition | ReplayFailure | None], None]
    ) -> None:
        self._on_told = on_told
        self._sending = threading.Lock()
        self._answered = threading.Condition()
        self._wanted = 0
        self._picture: tuple[int, Snapshot | None] = (0, None)
        self._over = False
        self._pipe, self._process = _started(name, run_replay, window)
        self._thread = threading.Thread(target=self._receive_replies, name=name, daemon=True)
        self._thread.start()

    def move(self, move: Move) -> None:
        self._send(move)

    def picture(self) -> Snapshot | None:
        """What is on screen at its moment; None while it is on its way there. Raises EnvironmentFault where it does not answer."""
        with self._answered:
            self._wanted += 1
            number = self._wanted
        self._send(WantPicture(number))
        with self._answered:
            self._answered.wait_for(lambda: self._over or self._picture[0] >= number, PICTURE_S)
            if self._picture[0] < number:
                raise EnvironmentFault("busy", "The replay does not answer. Stop it and start it again.")
            return self._picture[1]

    def end(self) -> None:
        """Returns at once; `join` waits."""
        with self._answered:
            self._over = True
            self._answered.notify_all()
        self._process.terminate()

    def join(self) -> None:
        """After `end`."""
        end_process(self._process, GOES_S)
        if self._thread is not threading.current_thread():
            self._thread.join(GOES_S)

    def _send(self, order: Any) -> None:
        with self._sending, suppress(OSError, ValueError):  # it has ended, which the thread that listens tells
            self._pipe.send(order)

    def _receive_replies(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                told: ReplayPosition | ReplayFailure = self._pipe.recv()
                if isinstance(told, ReplayPosition) and told.answers:
                    self._answer(told)
                self._on_told(self, told)
        self._pipe.close()
        with self._answered:
            by_us, self._over = self._over, True
            self._answered.notify_all()
        if not by_us:
            self._on_told(self, None)

    def _answer(self, told: ReplayPosition) -> None:
        with self._answered:
            self._picture = told.answers, told.picture
            self._answered.notify_all()


def worked_out(name: str, window: Window, on_progress: Callable[[int], None]) -> ReplayDifference:
    """A difference: the run as it was and the one with the window's settings, each in a process of its own.

    `on_progress` is told how far both are (UTC ns), several times a second; what it raises ends them. Raises EnvironmentFault.
    """
    runs = [_Run(f"{name}-{number}", replace(window, settings=tried)) for number, tried in enumerate((ReplaySettings(), window.settings))]
    try:
        while not all(run.done for run in runs):
            wait([run.pipe for run in runs if not run.done], TURN_S)
            for run in runs:
                run.listen()
            on_progress(min(run.at_ns for run in runs))
        was, after = (run.result() for run in runs)
        return difference(was, after, window.settings, min(was.ratio, after.ratio))
    finally:
        for run in runs:
            run.end()


class _Run:
    """One of the two runs of a difference. One thread."""

    def __init__(self, name: str, window: Window) -> None:
        self.at_ns = window.since_ns
        self._found: OneRun | None = None
        self.pipe, self._process = _started(name, work_out, window)

    @property
    def done(self) -> bool:
        return self._found is not None

    def listen(self) -> None:
        """Take in what was told. Raises EnvironmentFault where it failed."""
        try:
            while self._found is None and self.pipe.poll():
                self._take_message(self.pipe.recv())
        except (EOFError, OSError):
            raise EnvironmentFault("replay_failed", ENDED_EARLY) from None

    def result(self) -> OneRun:
        """Raises EnvironmentFault where there is none yet."""
        if self._found is None:
            raise EnvironmentFault("replay_failed", ENDED_EARLY)
        return self._found

    def end(self) -> None:
        end_process(self._process, GOES_S)
        self.pipe.close()

    def _take_message(self, told: int | OneRun | ReplayFailure) -> None:
        match told:
            case ReplayFailure(message):
                _write_down(told)
                raise EnvironmentFault("replay_failed", message)
            case OneRun():
                self._found = told
            case _:
                self.at_ns = told


def _write_down(failed: ReplayFailure) -> None:
    if failed.bug:
        log.error("bug in a replay: %s", failed.bug)


def _started(name: str, body: Callable[[Connection, Window], None], window: Window) -> tuple[Connection, Any]:
    """The pipe to a new process, and it. Raises EnvironmentFault."""
    ours, theirs = _FRESH.Pipe()
    process = _FRESH.Process(target=body, args=(theirs, window), name=name, daemon=True)
    try:
        process.start()
    except OSError as error:
        ours.close()
        raise EnvironmentFault("no_process", f"A replay needs a process of its own, which could not be started ({error}).") from error
    finally:
        theirs.close()
    return ours, process
