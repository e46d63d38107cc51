"""Calls to sites beside each other: a site that does not answer holds nobody up but who asked it, and that not for long."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from typing import Any, TypeVar

from engine.model.errors import EnvironmentFault

T = TypeVar("T")

log = logging.getLogger(__name__)

AT_ONCE, WAITING = 4, 16
SILENT = "{0} does not answer. Check that it runs and the network between."
SHORT_S = 1.0
"""So long the answers of several sites wait for one that kept the call before waiting in vain."""


class SiteCalls:
    """The calls to one site: so many at once on threads of their own, some more wait, the rest is refused. Any thread.

    The threads are the interpreter's to end: one that hangs in a site's port cannot be stopped, nor may it keep the console from closing.
    """

    def __init__(self, key: str, name: str, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._key, self._name, self._at_once, self._most = key, name, at_once, at_once + waiting
        self._changed = threading.Condition()
        self._queue: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._threads, self._idle, self._under_way = 0, 0, 0
        self._closed = self._slow = False

    def run(self, work: Callable[[], T], within_s: float) -> T:
        """Raises what the work raises; EnvironmentFault `unreachable` where it takes longer, `busy` where too much waits, `closed`."""
        return self.result(self.begin(work), within_s)

    def begin(self, work: Callable[[], T]) -> "Future[T]":
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise EnvironmentFault("closed", f"{self._name} is not part of this console any more.")
            if self._under_way >= self._most:
                raise EnvironmentFault("busy", f"{self._name} has not answered what it was asked before. Try again in a moment.")
            self._under_way += 1
            self._queue.append((future, work))
            if len(self._queue) > self._idle and self._threads < self._at_once:
                self._threads += 1
                threading.Thread(target=self._serve, name=f"site-{self._key}-call", daemon=True).start()
            self._changed.notify()
        return future

    def result(self, future: "Future[T]", within_s: float) -> T:
        try:
            found = future.result(within_s)
        except NotInTime:
            if not future.done():
                self.give_up(future)
                raise EnvironmentFault("unreachable", SILENT.format(self._name)) from None
            raise
        finally:
            if future.done() and not future.cancelled():
                self._slow = False
        return found

    def patience_s(self, within_s: float) -> float:
        """How long the answers of others wait for what may take so long."""
        return min(within_s, SHORT_S) if self._slow else within_s

    def give_up(self, future: "Future[Any]") -> None:
        """Nobody waits for it any more."""
        self._slow = True
        if future.cancel():
            with self._changed:
                self._under_way -= 1
                self._queue = deque(pair for pair in self._queue if pair[0] is not future)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            for future, _ in self._queue:
                future.cancel()
            self._queue.clear()
            self._changed.notify_all()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                while not self._queue and not self._closed:
                    self._changed.wait()
                self._idle -= 1
                if self._closed:
                    self._threads -= 1
                    return
                future, work = self._queue.popleft()
            self._carry_out(future, work)
            with self._changed:
                self._under_way -= 1

    def _carry_out(self, future: "Future[Any]", work: Callable[[], Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is the caller's, who waits for it
            future.set_exception(error)


def wait_until(futures: "list[Future[Any]]", until_s: float) -> None:
    """Until all are done or it is that late, on the monotonic clock."""
    for future in futures:
        with suppress(Exception):
            future.exception(max(until_s - time.monotonic(), 0.0))
