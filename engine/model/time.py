"""Time: UTC integer nanoseconds inside, ISO-8601 with zone at the edges. The only module of the engine that reads the wall clock."""

import threading
import time as _time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
EVER_NS = 1 << 62
"""Later than any time, about the year 2116; -EVER_NS is before any. Both fit a signed column with room to spare."""


class Clock(Protocol):
    """Where the engine asks for the time. Any thread may call it; it never blocks and never goes back."""

    def now_ns(self) -> int:
        """UTC nanoseconds since 1970."""
        ...


class SystemClock:
    """The machine's clock, made monotonic.

    Runs on the monotonic counter and follows the wall clock forward when that has been set ahead by more than
    `tolerance_ns`. A wall clock set *back* never shows: recorded time must not repeat.
    """

    def __init__(self, tolerance_ns: int = SECOND // 2) -> None:
        self._tolerance_ns = tolerance_ns
        self._lock = threading.Lock()
        self._offset_ns = _time.time_ns() - _time.monotonic_ns()

    def now_ns(self) -> int:
        steady_ns = _time.monotonic_ns() + self._offset_ns
        ahead_ns = _time.time_ns() - steady_ns
        if ahead_ns <= self._tolerance_ns:
            return steady_ns
        with self._lock:
            self._offset_ns = max(self._offset_ns, _time.time_ns() - _time.monotonic_ns())
            return _time.monotonic_ns() + self._offset_ns

    def skew_ns(self) -> int:
        """How far the wall clock now stands from ours; negative when it was set back."""
        return _time.time_ns() - (_time.monotonic_ns() + self._offset_ns)


class WallClock(Clock, Protocol):
    """A clock that knows how far the machine's stands from it."""

    def skew_ns(self) -> int: ...


class AgeClock:
    """For what goes by its age: nothing goes because a clock was wrong. Any thread.

    A `SystemClock` that once followed a wall clock which was ahead stays ahead until the next start; here the earlier of both counts. And
    where a start comes days after all that is known, the machine may not have set its clock yet: for some minutes it is still that time.

    Args:
        newest_ns: the newest time known; 0: nothing is. steady: seconds that only rise.
    """

    SETTLES_S = 600.0
    AWAY_NS = 86_400 * SECOND

    def __init__(self, clock: WallClock, newest_ns: int, steady: Callable[[], float] = _time.monotonic) -> None:
        self._clock, self._newest_ns, self._steady = clock, newest_ns, steady
        self._began_s = steady()

    def now_ns(self) -> int:
        now_ns = self._clock.now_ns() + min(0, self._clock.skew_ns())
        unsettled = self._newest_ns > 0 and self._steady() - self._began_s < self.SETTLES_S
        return self._newest_ns if unsettled and now_ns - self._newest_ns > self.AWAY_NS else now_ns


class ManualClock:
    """A clock that moves only when told to, for replay and tests."""

    def __init__(self, now_ns: int = 0) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        return self._now_ns

    def advance_to(self, now_ns: int) -> None:
        """Move forward to `now_ns`; an earlier time leaves the clock where it is."""
        self._now_ns = max(self._now_ns, now_ns)


def seconds_to_ns(seconds: float) -> int:
    return round(seconds * SECOND)


def to_iso(time_ns: int) -> str:
    """UTC nanoseconds as `2026-01-02T03:04:05.678Z` (milliseconds)."""
    whole, rest = divmod(time_ns, SECOND)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{rest // MILLISECOND:03d}Z"


def from_iso(text: str) -> int:
    """ISO-8601 with a zone as UTC nanoseconds.

    Raises:
        ValueError: the text is no ISO-8601 time or names no zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time without a zone: {text!r} (write for example 2026-01-02T03:04:05Z)")
    since_epoch = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since_epoch.days * 86_400 + since_epoch.seconds) * SECOND + since_epoch.microseconds * 1_000
