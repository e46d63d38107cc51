"""A request that is sent again while the one before is not answered: a line that is back does not wake a request that it swallowed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.model.errors import NotSignedIn, PermissionDenied

T = TypeVar("T")
Heard = Callable[[], None]

_REFUSED = NotSignedIn, PermissionDenied
MOST = 5  # under way at once; each ends by itself


async def hedged(ask: Callable[[Heard], Awaitable[T]], apart_s: float) -> T:
    """The first answer. What was not answered by then is cancelled.

    Args:
        ask: sends the request once; calls its argument whenever something of an answer comes.
        apart_s: so long nothing of any answer has come before it is sent once more.

    Raises NotSignedIn, PermissionDenied as soon as one is answered so; else what the last one raises when none is under way any more.
    """
    heard_s = time.monotonic()

    def hear() -> None:
        nonlocal heard_s
        heard_s = time.monotonic()

    waiting: set[asyncio.Future[T]] = set()
    try:
        while True:
            if len(waiting) < MOST and (not waiting or time.monotonic() - heard_s >= apart_s):
                hear()
                waiting.add(asyncio.ensure_future(ask(hear)))
            wait_s = None if len(waiting) == MOST else max(0.0, heard_s + apart_s - time.monotonic())
            done, waiting = await asyncio.wait(waiting, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            answered = [each for each in done if not isinstance(each.exception(), Exception) or isinstance(each.exception(), _REFUSED)]
            if answered or not waiting:
                return [*answered, *done][0].result()
    finally:
        for each in waiting:
            each.cancel()
