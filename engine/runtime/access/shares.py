"""How much of what takes long one user may have at once, so that there is some left for the others."""

import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from engine.model.errors import ShareUsed

RETRY_S = 2.0
PASSWORDS_OF_ONE = 2


class Shares:
    """Any thread."""

    def __init__(self, of_one: int) -> None:
        self._of_one = of_one
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()

    @contextmanager
    def reserve(self, user_id: str) -> Generator[None]:
        """Raises ShareUsed where this user has as many already."""
        with self._lock:
            if self._held[user_id] >= self._of_one:
                raise ShareUsed("You have asked for this as often as may be at once. Wait until it is done.", RETRY_S)
            self._held[user_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[user_id] -= 1
                if not self._held[user_id]:
                    del self._held[user_id]
