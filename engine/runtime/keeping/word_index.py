"""Enters the words that wait for it (of a record from before there was a search, of large batches), little by little, beside all else."""

import threading
from collections.abc import Callable

from engine.runtime.ports import Trouble, WriterQueue
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor

PAUSE_S = 0.05  # between steps, so that what happens meanwhile is written without waiting
RETRY_S = 10.0  # after one that failed
LOOK_S = 5.0  # when nothing waits
TELL_ABOVE = 10_000  # rows; fewer are done before anybody has read of it


class WordIndex(Side):
    """Thread `words`. The writer's thread does each step.

    Args:
        step: enters the next rows: about how many are left, None when there are none. May raise, and is then tried again.
        writer: runs an action on the writer's thread. trouble: a sentence while it goes on, None when it is done.
    """

    def __init__(self, step: Callable[[], int | None], writer: WriterQueue, trouble: Trouble) -> None:
        self._step = step
        self._writer = writer
        self._trouble = trouble
        self._done = threading.Event()
        self._left: int | None = 0
        self._failed = False

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("words", self.run)

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self._done.clear()
            self._writer.run_in_order(self._one)
            while not self._done.wait(PAUSE_S):
                if stopping.is_set():
                    return
            self._trouble.tell(_sentence(self._left))
            stopping.wait(RETRY_S if self._failed else LOOK_S if self.done else PAUSE_S)

    @property
    def done(self) -> bool:
        return self._left is None

    def _one(self) -> None:
        self._failed = True
        try:
            self._left = self._step()
            self._failed = False
        finally:
            self._done.set()


def _sentence(left: int | None) -> str | None:
    if left is None or left <= TELL_ABOVE:
        return None
    return f"Search does not find everything yet: the words of about {left:,} entries are still to be indexed."
