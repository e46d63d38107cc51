"""A replay's process as this one sees it: told what to do, listened to on a thread of its own, and ended with it."""

import logging
import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from engine.history.replay_worker import Failed, Move, Told, WantPicture, Window, play, work_out
from engine.model.errors import EnvironmentFault
from engine.model.replay import ReplayDifference
from engine.model.snapshot import Snapshot

log = logging.getLogger(__name__)

PICTURE_S = 5.0
GOES_S = 5.0  # a process that does not end by itself is ended
_FRESH = multiprocessing.get_context("spawn")  # a copy of this one would hold its locks and files


class ReplayProcess:
    """Any thread; `on_told` is called on the thread that listens.

    Args:
        on_told: with this, and a `Told`, a `Failed`, or None when the process has ended by itself.
    """

    def __init__(self, name: str, window: Window, on_told: Callable[["ReplayProcess", Told | Failed | None], None]) -> None:
        self._on_told = on_told
        self._sending = threading.Lock()
        self._answered = threading.Condition()
        self._wanted = 0
        self._picture: tuple[int, Snapshot | None] = (0, None)
        self._over = False
        self._pipe, self._process = _started(name, play, window)
        self._thread = threading.Thread(target=self._listen, name=name, daemon=True)
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
        self._process.join(GOES_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(GOES_S)
        if self._thread is not threading.current_thread():
            self._thread.join(GOES_S)
        self._process.close()

    def _send(self, order: Any) -> None:
        with self._sending, suppress(OSError, ValueError):  # it has ended, which the thread that listens tells
            self._pipe.send(order)

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                told: Told | Failed = self._pipe.recv()
                if isinstance(told, Told) and told.answers:
                    self._answer(told)
                self._on_told(self, told)
        self._pipe.close()
        with self._answered:
            by_us, self._over = self._over, True
            self._answered.notify_all()
        if not by_us:
            self._on_told(self, None)

    def _answer(self, told: Told) -> None:
        with self._answered:
            self._picture = told.answers, told.picture
            self._answered.notify_all()


def worked_out(name: str, window: Window, on_progress: Callable[[int], None], turn_s: float = 0.2) -> ReplayDifference:
    """A difference, worked out in a process of its own. `on_progress` is told how far it is (UTC ns), and asked a few times a second with
    0; what it raises ends the process. Raises EnvironmentFault."""
    pipe, process = _started(name, work_out, window)
    try:
        while True:
            if not pipe.poll(turn_s):
                on_progress(0)
                continue
            told = pipe.recv()
            if isinstance(told, ReplayDifference):
                return told
            if isinstance(told, Failed):
                _write_down(told)
                raise EnvironmentFault("replay_failed", told.message)
            on_progress(told)
    except EOFError:
        raise EnvironmentFault("replay_failed", "The replay ended before it was done: the machine may be short of memory.") from None
    finally:
        process.terminate()
        process.join(GOES_S)
        process.close()
        pipe.close()


def _write_down(failed: Failed) -> None:
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
