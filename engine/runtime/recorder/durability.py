"""Whoever was told that something is done may rely on it, whatever becomes of the engine in the next moment."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from engine.model.errors import EnvironmentFault

WAIT_S = 10.0
TROUBLED_S = 1.0  # whoever waits is told this soon that the record cannot be written
LOOK_S = 0.1


class MailboxMarks(Protocol):
    """The way into the engine thread."""

    def mark(self, reached: Callable[[], None]) -> bool: ...


class Committing(Protocol):
    """The thread that writes."""

    @property
    def troubled(self) -> bool: ...

    def soon(self, kept: Callable[[], None]) -> None: ...


class DurabilityBarrier:
    """Any thread but the engine's and the writer's."""

    def __init__(self, mailbox: MailboxMarks, writer: Committing, wait_s: float = WAIT_S) -> None:
        self._mailbox, self._writer, self._wait_s = mailbox, writer, wait_s

    def wait(self) -> None:
        """Until all that was entered up to now, and what came of it, is in the log and the record.

        Raises EnvironmentFault `not_kept`: it was done, and is in memory only.
        """
        kept = threading.Event()
        if not self._mailbox.mark(lambda: self._writer.soon(kept.set)):
            raise _not_kept("the engine is ending")
        began_s = time.monotonic()
        while not kept.wait(LOOK_S):
            waited_s = time.monotonic() - began_s
            if waited_s >= TROUBLED_S and self._writer.troubled:
                raise _not_kept("the record cannot be written now (see System)")
            if waited_s >= self._wait_s:
                raise _not_kept("the engine is busy")


def _not_kept(why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "not_kept", f"This was done, but is not written down yet: {why}. Should the engine end before it is, it has to be done again."
    )
