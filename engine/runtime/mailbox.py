"""The way into the engine thread: bounded for what repeats, never lossy for what does not."""

import threading
from collections import deque
from collections.abc import Callable

from engine.model.observation import FrameSeen, Observation
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the mailbox. `reached`: called once all that was posted before has been taken in; must return at once."""

    reached: Callable[[], None]


class Mailbox:
    """Observations waiting for the engine thread, in order of arrival. Any thread posts; one takes.

    When `limit` are waiting, further `FrameSeen` are shed and counted: the next frame says the same again. Everything else is kept
    however long the queue gets.
    """

    def __init__(self, limit: int = 2_000) -> None:
        self._limit = limit
        self._waiting: deque[Observation | Mark] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self.shed = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def post(self, observation: Observation) -> None:
        """Returns at once. After `close` nothing is taken in any more."""
        with self._changed:
            if self._closed:
                return
            if len(self._waiting) >= self._limit and isinstance(observation, FrameSeen):
                self.shed += 1
                return
            self._waiting.append(observation)
            self._changed.notify()

    def mark(self, reached: Callable[[], None]) -> bool:
        """As `post`, of a mark: it enters nothing. False after `close`."""
        with self._changed:
            if not self._closed:
                self._waiting.append(Mark(reached))
                self._changed.notify()
            return not self._closed

    def take(self, timeout_s: float) -> list[Observation | Mark]:
        """Everything that waits; empty when nothing came within `timeout_s`."""
        with self._changed:
            if not self._waiting and not self._closed:
                self._changed.wait(timeout_s)
            taken = list(self._waiting)
            self._waiting.clear()
            return taken

    def close(self) -> None:
        """Wake the taker; what waits can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
