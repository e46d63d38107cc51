"""How far a camera's own clock is from ours. Recorded time never rests on it (`timeline`); whoever minds the camera has to know it."""

from engine.model.time import SECOND

_HALF_NS = 5 * SECOND
_NO_CLOCK_NS = 366 * 86_400 * SECOND  # further off it is none: many cameras count from their start (RFC 3550, 6.4.1, allows that)


class SenderClock:
    """By the packet that was under way for the shortest time, of the last five to ten seconds: the filter of least delay that NTP uses
    (RFC 5905, 10). What is left of delays makes the clock seem that much further behind. One thread."""

    def __init__(self) -> None:
        self._best_ns: int | None = None
        self._before_ns: int | None = None
        self._since_ns = 0

    def add_sample(self, sent_ns: int, captured_ns: int) -> None:
        """A picture was made at `sent_ns` by the sender's clock, and at `captured_ns` by ours."""
        ahead_ns = sent_ns - captured_ns
        if captured_ns - self._since_ns >= _HALF_NS:
            self._before_ns, self._best_ns, self._since_ns = self._best_ns, None, captured_ns
        self._best_ns = ahead_ns if self._best_ns is None else max(self._best_ns, ahead_ns)

    @property
    def ahead_ns(self) -> int | None:
        """None where the sender does not say what time it is; negative where it is behind, or its pictures come late."""
        known = [value for value in (self._best_ns, self._before_ns) if value is not None]
        ahead_ns = max(known, default=None)
        return ahead_ns if ahead_ns is not None and abs(ahead_ns) < _NO_CLOCK_NS else None
