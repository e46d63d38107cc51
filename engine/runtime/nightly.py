"""Work that is done once a night, at an hour of UTC whatever the zone of the machine."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from apscheduler.triggers.cron import CronTrigger  # pyright: ignore[reportMissingTypeStubs]

from engine.model.time import SECOND, Clock

HOUR_NS = 3600 * SECOND
GRACE_NS = HOUR_NS
POLL_S = 1.0


class Nightly:
    """Thread `nightly` (`run`) starts the work when it is due, once; the work itself is somebody else's thread.

    What was missed by at most an hour (the machine slept, the engine was down) is made up for, once however many nights were missed; what
    was missed by more waits for the next night. The hours come from APScheduler's cron trigger; the pace is our own clock's.

    Args:
        hour: of the day, UTC, asked at each look. begin: starts the work and returns at once. done_ns: when it was begun last, 0: never.
    """

    def __init__(self, hour: Callable[[], int], begin: Callable[[], None], clock: Clock, done_ns: int = 0) -> None:
        self._hour = hour
        self._begin = begin
        self._clock = clock
        self._done_ns = done_ns

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self.look()
            stopping.wait(POLL_S)

    def look(self) -> None:
        """Begin the work if it is due now."""
        now_ns = self._clock.now_ns()
        due_ns = first_from(self._hour(), now_ns - GRACE_NS)
        if self._done_ns < due_ns <= now_ns:
            self._done_ns = now_ns
            self._begin()

    def next_ns(self) -> int:
        """When it is due next. Any thread."""
        return first_from(self._hour(), self._clock.now_ns() + 1)


def first_from(hour: int, from_ns: int) -> int:
    """The first time the clock shows this hour, UTC, at `from_ns` or later."""
    trigger: Any = CronTrigger(hour=hour, minute=0, second=0, timezone=UTC)
    found: datetime = trigger.get_next_fire_time(None, datetime.fromtimestamp(-(-from_ns // SECOND), UTC))
    return int(found.timestamp()) * SECOND
