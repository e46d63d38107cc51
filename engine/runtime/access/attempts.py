"""Attempts at a password, counted before they are checked. Those at one name from one place wait for each other: guessing in parallel gains
nothing, and right ones do not close the name. Others go on beside them."""

import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from engine.model.repository import AccountRepository
from engine.model.time import Clock
from engine.runtime.access.lockout import HERE, Charged, LockoutGuard, Origin


class Attempts:
    """Any thread."""

    def __init__(self, repository: AccountRepository, clock: Clock) -> None:
        self._guard = LockoutGuard(repository, clock)
        self._lock = threading.Lock()  # guards the others, and what the guard counts
        self._locks: dict[tuple[str, Origin], threading.Lock] = {}
        self._users: Counter[tuple[str, Origin]] = Counter()  # of each lock: who has it, and who waits

    @contextmanager
    def one(self, name: str, origin: Origin = HERE) -> Generator[Charged]:
        """It has failed unless `clear` is called within. Raises NotSignedIn: the name is closed to this place."""
        key = name, origin
        with self._lock:
            self._users[key] += 1
            alone = self._locks.setdefault(key, threading.Lock())
        try:
            with alone:
                with self._lock:
                    charged = self._guard.charge(name, origin)
                yield charged
        finally:
            with self._lock:
                self._users[key] -= 1
                if not self._users[key]:
                    del self._users[key], self._locks[key]

    def clear(self, name: str, origin: Origin = HERE) -> None:
        """They have shown who they are."""
        with self._lock:
            self._guard.clear(name, origin)

    def clear_all(self, name: str) -> None:
        """From everywhere. Raises EnvironmentFault."""
        with self._lock:
            self._guard.clear_all(name)
