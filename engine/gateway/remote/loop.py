"""The thread on which a remote port listens to its engine."""

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from engine.gateway.last_turns import last_turns
from engine.model.errors import EnvironmentFault

JOIN_S = 5.0
LAST_S = 0.15
THREADS = max(4, os.cpu_count() or 1)  # for pictures; on few cores too while one waits for a name to be looked up


class RemoteLoop:
    """One asyncio loop on a thread of its own. What runs on it can be ended at any moment, also in the middle of connecting. Any thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(THREADS, f"{name}-work"))
        self._found = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def spawn(self, work: Coroutine[Any, Any, None]) -> "concurrent.futures.Future[None]":
        """Cancelling the future cancels the work. Raises EnvironmentFault (`closed`) after `close`."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()
            raise EnvironmentFault("closed", "The connection to this engine is closed.") from None

    async def pause(self, longest_s: float) -> None:
        """For so long, or until the engine is found again. On the loop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest_s):
                await self._found.wait()

    def end_pauses(self) -> None:
        """The engine was lost and answers again: whoever waits to try it again tries now. On the loop."""
        self._found.set()  # wakes all who wait, also when it is cleared at once
        self._found.clear()

    def call(self, act: Callable[[], None]) -> None:
        """Run `act` on the loop soon; nothing after `close`."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(act)

    @property
    def closed(self) -> bool:
        return not self._thread.is_alive()

    def close(self) -> None:
        """Cancel everything and end the thread. Again is no error."""
        self.call(self._loop.stop)
        if threading.current_thread() is not self._thread:
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        try:
            self._loop.run_forever()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            if tasks:
                self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(last_turns(LAST_S))
        finally:
            self._loop.close()
