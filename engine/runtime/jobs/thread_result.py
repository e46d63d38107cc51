"""What one thread does for another, which waits for it."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from engine.runtime.jobs.jobs import Progress

LOOK_S = 0.1
T = TypeVar("T")


class ThreadResult(Generic[T]):
    """`settle` on one thread, once; `wait` on another."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._result: list[T] = []
        self._error: Exception | None = None

    def settle(self, action: Callable[[], T]) -> None:
        try:
            self._result.append(action())
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            self._error = error
        finally:
            self._done.set()

    def wait(self, progress: Progress) -> T:
        """What `action` gave, or what it raised. Raises Cancelled."""
        while not self._done.wait(LOOK_S):
            progress.check()
        if self._error is not None:
            raise self._error
        return self._result[0]
