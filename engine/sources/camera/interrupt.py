"""Ending FFmpeg's blocking calls from another thread.

FFmpeg asks a callback every 100 ms of waiting whether to go on. PyAV's callback answers from `time.monotonic()`, looked up in the module
`av.container.core`, and a time-out fixed beforehand; it offers no way to end a call earlier. So that one name is given a clock that runs
past every time-out on a thread whose `Interrupt` is set or whose time is up. FFmpeg asks on the thread that made the call, hence nothing
else is touched. Should a later PyAV not look there any more, calls still end by their time-outs (a test tells).
"""

import itertools
import threading
import time

from av.container import core

_LEAP_S = 1e9  # longer than any time-out


class Interrupt:
    """A flag that also wakes waits. Set once, stays set; any thread may set it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep; True when interrupted."""
        return self._event.wait(max(seconds, 0.0))

    def ends_ffmpeg_calls(self, limit_s: float) -> "_Watch":
        """While inside, setting the flag, or `limit_s` passing, makes this thread's FFmpeg call fail within about 100 ms.

        The container must have been opened with a time-out, any: otherwise FFmpeg never asks.
        """
        return _Watch(self, limit_s)


class _Watch:
    """One call of FFmpeg's. No generator: every packet of every camera comes through here."""

    __slots__ = ("_interrupt", "_limit_s")

    def __init__(self, interrupt: Interrupt, limit_s: float) -> None:
        self._interrupt = interrupt
        self._limit_s = limit_s

    def __enter__(self) -> None:
        _clock.watch(self._interrupt, time.monotonic() + self._limit_s)

    def __exit__(self, *_: object) -> None:
        _clock.watch(None, 0.0)


class _RunawayClock:
    """Stands where `av.container.core` has the module `time`."""

    def __init__(self) -> None:
        self._watched = threading.local()
        self._leaps = itertools.count(1)

    def watch(self, interrupt: Interrupt | None, until_s: float) -> None:
        self._watched.interrupt = interrupt
        self._watched.until_s = until_s

    def monotonic(self) -> float:
        interrupt: Interrupt | None = getattr(self._watched, "interrupt", None)
        now_s = time.monotonic()
        if interrupt is None or not (interrupt.is_set() or now_s > self._watched.until_s):
            return now_s
        return now_s + _LEAP_S * next(self._leaps)  # each answer later than the one before: PyAV compares two of them


_clock = _RunawayClock()
setattr(core, "time", _clock)  # noqa: B010  (the stub file does not list it)
