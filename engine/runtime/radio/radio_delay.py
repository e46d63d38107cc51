"""Whether radio sensing keeps up: a machine with too much to do makes its steps late, and then nobody is located, which would look like an
empty building."""

import threading
import time
from collections import deque
from collections.abc import Callable

LATE_S = 3.0  # steps are due every 0.1 s; people move on by some metres meanwhile
SLOW_S = 1.0  # between two steps on average: links lose the movements that they are read by
WINDOW_S = 10.0
STEADY_S = 10.0  # of punctual steps, before the trouble is over
DEAF_S = 10.0  # without any usable link, which a restart of the nodes does not take

BEHIND = (
    "Radio sensing is behind by {late} s: this machine has too much to do. People are not located by radio meanwhile, and falls can be"
    " missed. Use fewer cameras, a lower detection rate, or a faster machine."
)
DEAF = "Radio sensing has located nobody for {span} s. {trouble}"


class RadioDelay:
    """Steps are reported by the engine thread, looked at from any.

    Args:
        steady_s: a monotonic clock, in seconds.
    """

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._lock = threading.Lock()
        self._steps: deque[float] = deque()
        self._deaf_since_s: float | None = None
        self._trouble = ""
        self._late_s: float | None = None  # when steps were late last

    def stepped(self, trouble: str) -> None:
        """A step of radio sensing is done. `trouble`: why nobody could be located, as a sentence; empty when somebody could."""
        with self._lock:
            now_s = self._steady_s()
            self._note_delay(now_s)
            self._steps.append(now_s)
            while self._steps[0] < now_s - WINDOW_S:
                self._steps.popleft()
            self._deaf_since_s = (self._deaf_since_s or now_s) if trouble else None
            self._trouble = trouble

    def idle(self) -> None:
        """There is nothing to sense: no node, or radio is switched off."""
        with self._lock:
            self._steps.clear()
            self._deaf_since_s = self._late_s = None

    @property
    def behind(self) -> bool:
        """Whether steps are late now, or were within the last ten seconds."""
        with self._lock:
            return self._is_behind(self._steady_s())

    def sentence(self) -> str:
        """The trouble of now, empty when there is none."""
        with self._lock:
            now_s = self._steady_s()
            if self._is_behind(now_s):
                return BEHIND.format(late=f"{max(self._delay_s(now_s), SLOW_S):.0f}")
            deaf_s = 0.0 if self._deaf_since_s is None else now_s - self._deaf_since_s
            return DEAF.format(span=f"{deaf_s:.0f}", trouble=self._trouble) if deaf_s > DEAF_S else ""

    def _is_behind(self, now_s: float) -> bool:
        self._note_delay(now_s)
        return self._late_s is not None and now_s - self._late_s <= STEADY_S

    def _note_delay(self, now_s: float) -> None:
        if self._steps and (now_s - self._steps[-1] > LATE_S or self._interval_s(now_s) > SLOW_S):
            self._late_s = now_s

    def _delay_s(self, now_s: float) -> float:
        return max(now_s - self._steps[-1], self._interval_s(now_s)) if self._steps else 0.0

    def _interval_s(self, now_s: float) -> float:
        """Between two steps, on average over what is known of the window."""
        return (now_s - self._steps[0]) / len(self._steps) if now_s - self._steps[0] >= WINDOW_S / 2 else 0.0
