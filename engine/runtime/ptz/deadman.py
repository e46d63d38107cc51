"""The movement of one camera as it is wanted: the newest steering message wins, and without another one the camera stops."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

DEADMAN_S = 1.0
Velocity: TypeAlias = tuple[float, float, float]  # pan, tilt, zoom, shares of the top speed
STILL: Velocity = (0.0, 0.0, 0.0)


class Deadman:
    """Asyncio; one loop. A timer of the loop, not a turn of whoever talks to the camera, so that a camera that hangs cannot delay it.

    Args:
        released: called when movement ends, whoever ended it; must return at once.
    """

    def __init__(self, released: Callable[[], None]) -> None:
        self._released = released
        self._timer: asyncio.TimerHandle | None = None
        self.wanted: Velocity = STILL

    def steer(self, wanted: Velocity) -> None:
        if wanted == STILL:
            self.release()
            return
        self._cancel()
        self.wanted = wanted
        self._timer = asyncio.get_running_loop().call_later(DEADMAN_S, self.release)

    def release(self) -> None:
        self._cancel()
        moved, self.wanted = self.wanted != STILL, STILL
        if moved:
            self._released()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
