"""From the network loop to the engine's report desk and back: no thread waits for what became of a report."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from engine.model.accounts.access import Session
from engine.model.incidents.incident import Filed
from engine.runtime.incidents.reporting import IncomingReport

Outcome = Filed | Exception
Report = Callable[[IncomingReport, Session, Callable[[Outcome], None]], None]


class ReportQueue:
    """`file` on the network loop. `report` returns at once, and tells on a thread of its own what became of it."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lock = threading.Lock()  # guards _told
        self._told: list[tuple[asyncio.Future[Filed], Outcome]] = []

    async def file(self, said: IncomingReport, session: Session) -> Filed:
        """Returns when it is durable. Raises InputError, EnvironmentFault."""
        return await self.wait(partial(self._report, said, session))

    async def wait(self, begin: Callable[[Callable[[Outcome], None]], None]) -> Filed:
        """As `file`, of a report that `begin` files: it returns at once, and tells what became of it on a thread of its own."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Filed] = loop.create_future()
        begin(partial(self._notify_senders, loop, waiting))
        return await waiting

    def _notify_senders(self, loop: asyncio.AbstractEventLoop, waiting: "asyncio.Future[Filed]", outcome: Outcome) -> None:
        """Those of one commit are told with one call of the loop."""
        with self._lock:
            self._told.append((waiting, outcome))
            first = len(self._told) == 1
        if first:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        with self._lock:
            told, self._told = self._told, []
        for waiting, outcome in told:
            if waiting.done():  # whoever went away meanwhile has no use for it; what was written stays
                continue
            if isinstance(outcome, Exception):
                waiting.set_exception(outcome)
            else:
                waiting.set_result(outcome)
