"""How other threads reach the screen: they ring a bell, and leave what they have in an outbox.

Engine threads and workers never hold a QObject. A `Bell` is a plain object that writes one byte to a socket; Qt's event loop watches the
other end. However often a bell is rung before the UI thread looks, it wakes it once. After closing, ringing does nothing.
"""

import logging
import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import field
from typing import Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QSocketNotifier

from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.value_class import dataclass

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
OnError = Callable[[WatchroomError], None]


def ignore_answer(_answer: object) -> None:
    """For who asks and has nothing to do with the answer."""


class Closing(Protocol):
    def close(self) -> None: ...


def close_it(unwanted: Closing) -> None:
    """For what comes when nobody wants it any more."""
    unwanted.close()


class Bell:
    """Wakes the UI thread. Any thread may `ring` at any time, also after `close`; it never blocks."""

    def __init__(self) -> None:
        self._ear, self._clapper = socket.socketpair()
        self._ear.setblocking(False)
        self._clapper.setblocking(False)
        self._lock = threading.Lock()
        self._rung = self._closed = False

    def ring(self) -> None:
        with self._lock:
            if not self._rung and not self._closed:
                self._rung = True
                self._clapper.send(b"!")  # one byte at most is under way, so the socket is never full

    def fileno(self) -> int:
        return self._ear.fileno()

    def answer(self) -> None:
        """UI thread: take the ring, before looking at what was left, so that nothing left later is missed."""
        with self._lock:
            if self._rung and not self._closed:
                self._ear.recv(8)
                self._rung = False

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                self._ear.close()
                self._clapper.close()


class Listener(QObject):
    """UI thread: calls `on_ring` each time its bell is found rung."""

    def __init__(self, on_ring: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bell = Bell()
        self._on_ring = on_ring
        self._closed = False
        self._notifier = QSocketNotifier(self.bell.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._rung)

    def _rung(self) -> None:
        if not self._closed:
            self.bell.answer()
            self._on_ring()

    def close(self) -> None:
        self._closed = True
        self._notifier.setEnabled(False)
        self.bell.close()


@dataclass(frozen=True, slots=True)
class _Errand:
    on_answer: Callable[[Any], None]
    on_error: OnError
    owner: QObject | None
    discard: Callable[[Any], None] | None

    def deliver(self, result: Any, error: WatchroomError | None) -> None:
        if self.owner is not None and not shiboken6.isValid(self.owner):
            self.give_back(result)
        elif error is not None:
            self.on_error(error)
        else:
            self.on_answer(result)

    def give_back(self, result: Any) -> None:
        if self.discard is not None and result is not None:
            self.discard(result)


@dataclass(slots=True)
class _Outbox:
    """What workers hand over; shared by them and the UI thread."""

    bell: Bell
    outcomes: deque[tuple[int, Any, WatchroomError | None]] = field(default_factory=deque)

    def run(self, number: int, call: Callable[[], Any]) -> None:
        """Worker thread."""
        self.outcomes.append((number, *_outcome(call)))
        self.bell.ring()


class Courier(QObject):
    """Runs calls that may take long on a few worker threads and hands their outcome over on the UI thread, where all its methods run."""

    def __init__(self, parent: QObject | None = None, workers: int = 4) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="console-courier")
        self._listener = Listener(self._deliver, self)
        self._outbox = _Outbox(self._listener.bell)
        self._errands: dict[int, _Errand] = {}
        self._under_way: dict[int, Future[None]] = {}
        self._count = 0
        self._closed = False

    def fetch(
        self,
        call: Callable[[], T],
        on_answer: Callable[[T], None],
        on_error: OnError,
        owner: QObject | None = None,
        discard: Callable[[T], None] | None = None,
    ) -> None:
        """Run `call` on a worker; later give its result to `on_answer` or its failure to `on_error`.

        Neither is called once `owner` has been deleted or the courier is closed; `discard` then gets the result, for things that must
        be given back. A call that raises anything but a `WatchroomError` is a bug: logged, and told as `EnvironmentFault("bug")`.
        """
        if self._closed:
            return
        self._count += 1
        self._errands[self._count] = _Errand(on_answer, on_error, owner, discard)
        self._under_way[self._count] = self._pool.submit(self._outbox.run, self._count, call)

    @property
    def idle(self) -> bool:
        return not self._errands

    def _deliver(self) -> None:
        """Hand over one outcome, and ring again for the next: an asker's bug must not keep the others' answers."""
        if not self._outbox.outcomes:
            return
        number, result, error = self._outbox.outcomes.popleft()
        self._under_way.pop(number, None)
        try:
            self._errands.pop(number).deliver(result, error)
        finally:
            if self._outbox.outcomes:
                self._listener.bell.ring()

    def close(self, wait_s: float = 5.0) -> None:
        """Drop what has not been delivered. Waits up to `wait_s` for calls under way, which nothing can interrupt."""
        if self._closed:
            return
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait([future for future in self._under_way.values() if not future.cancelled()], timeout=wait_s)
        self._listener.close()
        while self._outbox.outcomes:
            number, result, _ = self._outbox.outcomes.popleft()
            self._errands.pop(number).give_back(result)


def _outcome(call: Callable[[], T]) -> tuple[T | None, WatchroomError | None]:
    """Worker thread."""
    try:
        return call(), None
    except WatchroomError as error:
        return None, error
    except Exception as error:  # noqa: BLE001 a thread top: log the bug once, tell the asker
        _LOG.exception("A call from the console failed")
        return None, EnvironmentFault("bug", f"Something went wrong inside Watchroom ({type(error).__name__}). The log has the details.")
