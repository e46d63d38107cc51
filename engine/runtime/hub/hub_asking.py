"""How a site asks its hub for something again and again, and reads what it is answered."""

import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from collections.abc import Sequence as Several
from typing import Any, NoReturn, TypeVar

from engine.model.errors import InputError, WatchroomError
from engine.runtime.hub.replication_sender import FIRST_RETRY_S, LONGEST_RETRY_S

T = TypeVar("T")
log = logging.getLogger(__name__)

Pause = Callable[[float], Awaitable[None]]
"""Given seconds."""


async def keep_asking(ask: Callable[[], Awaitable[None]], every_s: float, what: str, pause: Pause) -> NoReturn:
    """Until it is cancelled. A hub of before, which knows nothing of it, is asked again all the same: it may be another one soon.

    `what`: a word for the log.
    """
    pause_s = FIRST_RETRY_S
    while True:
        try:
            await ask()
            pause_s = FIRST_RETRY_S
            await pause(every_s)
        except WatchroomError as error:
            log.debug("the hub is asked for %s again: %s", what, error)
            await pause(pause_s)
            pause_s = min(2 * pause_s, LONGEST_RETRY_S)


def at_most(said: Iterable[T], most: int) -> Several[T]:
    """Raises ValueError: there are more."""
    found = list(said)
    if len(found) > most:
        raise ValueError("more than there can be")
    return found


def read_json(data: bytes, read: Callable[[Any], T]) -> T:
    """What `read` makes of a message, whatever it is. Raises InputError (`message`)."""
    try:
        return read(json.loads(data))
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        raise InputError("message", "is not understood") from None
