"""Reports that come while others are being written wait for one another and are written together, by one thread: fifty connections then
need no fifty threads, which would take the processor from everybody else."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.to_thread

from engine.model.access import Session
from engine.model.incident import Filed
from engine.runtime.reporting import Said

AT_ONCE = 100
FileTogether = Callable[[Sequence[tuple[Said, Session]]], Sequence[Filed | Exception]]


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    said: Said
    session: Session
    outcome: asyncio.Future[Filed] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def settle(self, outcome: Filed | Exception) -> None:
        """Whoever went away meanwhile has no use for it; what was written stays."""
        if self.outcome.done():
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


class ReportQueue:
    """On the network loop. `together` files several on a thread of its own; what it raises, all of them hear."""

    def __init__(self, together: FileTogether) -> None:
        self._together = together
        self._waiting: list[_Waiting] = []
        self._work: asyncio.Task[None] | None = None
        self._limiter = anyio.CapacityLimiter(1)

    async def file(self, said: Said, session: Session) -> Filed:
        """Returns when it is durable. Raises InputError, EnvironmentFault."""
        waiting = _Waiting(said, session)
        self._waiting.append(waiting)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._file_all())
        return await waiting.outcome

    async def _file_all(self) -> None:
        while self._waiting:
            several, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            said = [(each.said, each.session) for each in several]
            try:
                outcomes = await anyio.to_thread.run_sync(self._together, said, limiter=self._limiter)
            except Exception as error:  # noqa: BLE001 - raised again where each of them waits
                outcomes = [error] * len(several)
            for each, outcome in zip(several, outcomes, strict=True):
                each.settle(outcome)
