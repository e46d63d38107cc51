"""Who may decode many pictures at once: as many cameras as there are cores, the others after them."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

_MOST_THREADS = 4
_FEW = 8  # pictures that are decoded without asking, as while playing


def decoding_threads(cores: int, cameras: int) -> int:
    """How many threads decode each of so many cameras that are shown. With many, each has enough to do.

    One that is shown alone gets a thread more than there are cores: each waits for rows of the picture before its own.
    """
    return min(_MOST_THREADS, cores + 1 if cameras <= 1 and cores > 1 else max(1, cores // max(1, cameras)))


class Turns:
    """Any thread. After a jump, cameras that share the cores all come late; one after the other, half of them come in half the time."""

    def __init__(self, at_once: int) -> None:
        self._free = threading.BoundedSemaphore(at_once)

    @contextmanager
    def turn(self, pictures: int) -> Generator[None]:
        """For so many pictures; nothing but decoding may be done in it."""
        if pictures <= _FEW:
            yield
            return
        with self._free:
            yield
