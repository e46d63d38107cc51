"""Keeps threads alive: a bug is caught at the thread's top, logged once with its traceback, shown, and the thread's body started again."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from engine.model.health import ErrorNote
from engine.model.time import Clock

log = logging.getLogger(__name__)

MOST_NOTES = 20
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
STEADY_S = 60.0  # after running for so long, the next failure is a new one


class ErrorBook:
    """The last errors by component and message, counted. Any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._notes: dict[tuple[str, str], ErrorNote] = {}

    def note(self, component: str, message: str) -> bool:
        """Write it down; True when it is the first of its kind."""
        with self._lock:
            known = self._notes.pop((component, message), None)
            note = ErrorNote(self._clock.now_ns(), component, message)
            self._notes[component, message] = note if known is None else replace(known, at_ns=note.at_ns, count=known.count + 1)
            while len(self._notes) > MOST_NOTES:
                del self._notes[next(iter(self._notes))]
            return known is None

    def bug(self, component: str, error: BaseException) -> None:
        """Call where a bug is caught: at a thread's top, or at the border of what may fail alone."""
        if self.note(component, f"{type(error).__name__}: {error}"):
            log.error("bug in %s", component, exc_info=error)

    def newest_first(self) -> tuple[ErrorNote, ...]:
        with self._lock:
            return tuple(reversed(self._notes.values()))


class Supervisor:
    """Owns the engine's own threads. `stop` asks all to end and waits."""

    def __init__(self, errors: ErrorBook) -> None:
        self.errors = errors
        self.stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, name: str, body: Callable[[threading.Event], None]) -> None:
        """Run `body(stopping)` on a thread of this name. It returns when `stopping` is set; when it raises, it is started again."""
        thread = threading.Thread(target=self._keep_running, args=(name, body), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self, timeout_s: float = 10.0) -> list[str]:
        """Names of the threads that did not end in time."""
        self.stopping.set()
        for thread in self._threads:
            thread.join(timeout_s)
        return [thread.name for thread in self._threads if thread.is_alive()]

    def _keep_running(self, name: str, body: Callable[[threading.Event], None]) -> None:
        pause_s = FIRST_PAUSE_S
        while not self.stopping.is_set():
            began_s = time.monotonic()
            try:
                body(self.stopping)
            except Exception as error:  # noqa: BLE001 - the top of a thread
                self.errors.bug(name, error)
                if time.monotonic() - began_s > STEADY_S:
                    pause_s = FIRST_PAUSE_S
                self.stopping.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
