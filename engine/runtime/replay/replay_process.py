"""A replay's process as this one sees it: told what to do, listened to on a thread of its own, and ended with it."""

import logging
import multiprocessing
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import Any

from engine.history.replay.compare import OneRun, difference
from engine.history.replay.links import LinksApart
from engine.history.replay.window import Window
from engine.history.replay.worker import Move, ReplayFailure, ReplayPosition, WantPicture, run_replay, send_links, work_out
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
    """A difference: the run as it was and the one with the window's settings, each in a process of its own, and what links say, which both
    go by, in a third.

    `on_progress` is told how far both are (UTC ns), several times a second; what it raises ends them. Raises EnvironmentFault.
    """
    both = replace(window, settings=ReplaySettings()), window
    try:
        was, after = _both_runs(name, both, on_progress, shared=True)
    except LinksApart:  # these settings are about what links say
        was, after = _both_runs(name, both, on_progress, shared=False)
    return difference(was, after, window.settings, min(was.ratio, after.ratio))


def _both_runs(name: str, windows: tuple[Window, Window], on_progress: Callable[[int], None], shared: bool) -> tuple[OneRun, OneRun]:
    """Raises EnvironmentFault, LinksApart."""
    with ExitStack() as begun:
        pipes = [_FRESH.Pipe(duplex=False) for _ in windows] if shared else []
        given = [receiver for receiver, _ in pipes] or [None, None]
        runs = [_begin_run(begun, f"{name}-{number}", work_out, windows[number], given[number]) for number in (0, 1)]
        links = [_begin_run(begun, f"{name}-links", send_links, windows[0], *(sender for _, sender in pipes))] if shared else []
        while not all(run.done for run in runs):
            wait([run.pipe for run in (*runs, *links) if run.speaks], TURN_S)
            for run in (*links, *runs):
                run.listen()
            if any(not run.speaks and not run.done for run in runs):
                raise EnvironmentFault("replay_failed", ENDED_EARLY)
            on_progress(min(run.at_ns for run in runs))
        return runs[0].result(), runs[1].result()


def _begin_run(begun: ExitStack, name: str, body: Callable[..., None], window: Window, *links: Connection | None) -> "_Run":
    run = _Run(name, body, window, *links)
    begun.callback(run.end)
    return run


class _Run:
    """A process that works something out: one of the two runs of a difference, or what both go by. One thread.

    Args:
        links: ends of pipes between these processes; they are the process's own from now on.
    Attributes:
        speaks: whether it may tell anything yet.
    """

    def __init__(self, name: str, body: Callable[..., None], window: Window, *links: Connection | None) -> None:
        self.at_ns = window.since_ns
        self.speaks = True
        self._found: OneRun | None = None
        try:
            self.pipe, self._process = _started(name, body, window, *links)
        finally:
            for each in links:
                if each is not None:
                    each.close()

    @property
    def done(self) -> bool:
        return self._found is not None

    def listen(self) -> None:
        """Take in what was told. Raises EnvironmentFault where it failed, LinksApart."""
        try:
            while self.speaks and self.pipe.poll():
                self._take_message(self.pipe.recv())
        except (EOFError, OSError):
            self.speaks = False

    def result(self) -> OneRun:
        """Raises EnvironmentFault where there is none yet."""
        if self._found is None:
            raise EnvironmentFault("replay_failed", ENDED_EARLY)
        return self._found

    def end(self) -> None:
        end_process(self._process, GOES_S)
        self.pipe.close()

    def _take_message(self, told: int | OneRun | ReplayFailure | LinksApart) -> None:
        match told:
            case LinksApart():
                raise told
            case ReplayFailure(message):
                _write_down(told)
                raise EnvironmentFault("replay_failed", message)
            case OneRun():
                self._found, self.speaks = told, False
            case _:
                self.at_ns = told


def _write_down(failed: ReplayFailure) -> None:
    if failed.bug:
        log.error("bug in a replay: %s", failed.bug)


def _started(name: str, body: Callable[..., None], window: Window, *links: Connection | None) -> tuple[Connection, Any]:
    """The pipe to a new process, and it. Raises EnvironmentFault."""
    ours, theirs = _FRESH.Pipe()
    process = _FRESH.Process(target=body, args=(theirs, window, *links), name=name, daemon=True)
    try:
        process.start()
    except OSError as error:
        ours.close()
        raise EnvironmentFault("no_process", f"A replay needs a process of its own, which could not be started ({error}).") from error
    finally:
        theirs.close()
    return ours, process
