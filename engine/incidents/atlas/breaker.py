"""A circuit breaker: a service that fails is left alone for a while, then asked once.

Source: M. Nygard, "Release It!", 2nd ed., Pragmatic Bookshelf 2018, chapter 5, "Circuit Breaker".
"""

import threading
from collections.abc import Callable

from engine.incidents.atlas.fault import OPEN, AtlasFault

FAILURES, PAUSE_S = 5, 60.0


class Breaker:
    """Closed: calls pass. After `failures` on end it opens: none passes for `pause_s`. Then one passes, the probe, until its verdict.

    Every `enter` that returns is followed by `succeeded`, `record_failure` or `abandoned`. Any thread.

    Args:
        now_s: seconds that never go back.
    """

    def __init__(self, now_s: Callable[[], float], failures: int = FAILURES, pause_s: float = PAUSE_S) -> None:
        self._now_s = now_s
        self._allowed = failures
        self._pause_s = pause_s
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_s: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Until a probe went well."""
        return self._opened_s is not None

    @property
    def opens_in_s(self) -> float:
        """Until a call may pass; 0 when one may pass now."""
        opened_s = self._opened_s
        return 0.0 if opened_s is None else max(0.0, opened_s + self._pause_s - self._now_s())

    def enter(self) -> None:
        """Raises AtlasFault `open` when no call may be made."""
        with self._lock:
            if self._opened_s is None:
                return
            left_s = self.opens_in_s
            if left_s > 0 or self._probing:
                when = f"for another {left_s:.0f} s" if left_s > 0 else "until the call under way has shown how it does"
                raise AtlasFault(OPEN, f"Atlas failed {self._failures} times on end and is not called {when}.")
            self._probing = True

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._opened_s, self._probing = 0, None, False

    def record_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._probing or (self._opened_s is None and self._failures >= self._allowed):
                self._opened_s = self._now_s()
            self._probing = False

    def abandoned(self) -> None:
        """The call ended without saying anything about the service."""
        with self._lock:
            self._probing = False

    def reset(self) -> None:
        """Another address or key: what was wrong with the old one is forgotten."""
        self.succeeded()
