"""Turns at what takes long and needs no token, as a check of a password does: few at once, each address and name in its turn.

Whoever asks for much waits behind themselves and not in front of others; whoever has as much waiting as is their share is told so at once.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from engine.model.errors import ShareUsed

AT_ONCE = 2
OF_ADDRESS, OF_NAME = 8, 2  # that are worked on or wait
RETRY_S = 2.0

Waiting = deque[asyncio.Future[None]]


class Turns:
    """On the network loop."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._held: Counter[tuple[str, str]] = Counter()  # by address, and by address and name
        self._waiting: OrderedDict[str, OrderedDict[str, Waiting]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str, name: str = "") -> AsyncGenerator[None]:
        """Raises ShareUsed at once where this address, or this name from there, has its share."""
        keys = (address, ""), (address, f"name {name}")
        if self._held[keys[0]] >= OF_ADDRESS or self._held[keys[1]] >= OF_NAME:
            raise ShareUsed("Others wait too: your attempts before this one are still being looked at. Wait a moment.", RETRY_S)
        for key in keys:
            self._held[key] += 1
        try:
            await self._wait(address, name)
            try:
                yield
            finally:
                self._next()
        finally:
            for key in keys:
                self._held[key] -= 1
                if not self._held[key]:
                    del self._held[key]

    async def _wait(self, address: str, name: str) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(address, OrderedDict()).setdefault(name, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._next()  # it was this one's turn, and nobody takes it
            raise

    def _next(self) -> None:
        """To the address that waits longest since its last turn, and of it to the name that does."""
        while self._waiting:
            address, names = self._waiting.popitem(last=False)
            name, turns = names.popitem(last=False)
            turn = turns.popleft()
            if turns:
                names[name] = turns
            if names:
                self._waiting[address] = names
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
