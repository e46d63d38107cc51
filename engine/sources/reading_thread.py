"""The thread that reads a camera or a microphone, and is stopped whatever its source blocks in."""

import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

_log = logging.getLogger(__name__)


class Blocking(Protocol):
    """A source, as what stops it sees it. `interrupt` works from any thread and ends what `open` or `read` waits for."""

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


class ReadingThread:
    """Any thread starts and stops it; the body itself asks `stopping` and opens its sources within `holding`.

    Args:
        called: what it reads, in the log.
    """

    def __init__(self, name: str, body: Callable[[], None], called: str) -> None:
        self._called = called
        self._source: Blocking | None = None
        self._guard = threading.Lock()
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=body, name=name, daemon=True)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        """Once."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Returns at once; `stop` then has less to wait for. Lets many stop together."""
        self.stopping.set()
        with self._guard:
            if self._source is not None:
                self._source.interrupt()

    def stop(self, timeout_s: float = 3.0) -> None:
        """Interrupt whatever blocks and wait for the thread. Logs a warning if it is too late."""
        self.ask_to_stop()
        if self._thread.ident is None:
            return
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            _log.warning("%s does not stop; its driver or name lookup hangs. It is left to itself.", self._called)

    @contextmanager
    def holding(self, source: Blocking) -> Generator[bool]:
        """`stop` reaches this source until the block ends, where it is closed. False: it was told to stop before."""
        try:
            with self._guard:
                self._source = source
                wanted = not self.stopping.is_set()
            yield wanted
        finally:
            with self._guard:
                self._source = None
            source.close()
