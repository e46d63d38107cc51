"""Work that is waited for until a time and no longer, whatever holds it up: an import, a name server, a peer that sends byte after byte."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

_Made = TypeVar("_Made")


def within(left_s: float, work: Callable[[], _Made], late: Callable[[], Exception]) -> _Made:
    """What `work` gives, or raises. Once `left_s` are over, `late` is raised instead; the work then goes on by itself and has to end by a
    time-out of its own, and nobody hears of it."""
    made: SimpleQueue[tuple[bool, object]] = SimpleQueue()

    def run() -> None:
        try:
            made.put((True, work()))
        except BaseException as error:  # noqa: BLE001 - raised again for whoever waits
            made.put((False, error))

    threading.Thread(target=run, name="claude-question", daemon=True).start()
    try:
        good, found = made.get(timeout=max(left_s, 0.001))
    except Empty:
        raise late() from None
    if not good and isinstance(found, BaseException):
        raise found
    return found  # type: ignore[return-value]
