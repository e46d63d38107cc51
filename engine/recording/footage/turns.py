"""Who may decode many pictures at once: as many cameras as there are cores, the others after them."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

_FEW = 8  # pictures that are decoded without asking, as while playing


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
