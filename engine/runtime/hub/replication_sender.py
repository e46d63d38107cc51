"""Tells a hub what was recorded, in order, as often as it takes: a change counts as told once the hub says that its database has it."""

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from engine.model.errors import WatchroomError
from engine.model.replication import ChangeBatch, ReplicationState
from engine.model.time import Clock
from engine.runtime.hub.carrier import Carrier
from engine.runtime.hub.replication_messages import SiteClock, StreamPlace, pack_batch, pack_heartbeat, pack_place, read_place
from engine.runtime.hub.subjects import AHEAD, BEGIN, KEEP, RESUME, record_subject
from engine.store.replication.queue import ReplicationQueue

MOST_CHANGES = 1_000  # of one batch
MOST_AHEAD = 50  # alerts that are told before all that waits before them
WITHIN_S = 20.0  # a hub that is catching up answers late
LOOK_S = 0.25
HEARD_S = 15.0  # a site that has nothing to tell says so this often: the hub knows that it is there, and it that the hub is as it was
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 10.0


class ReplicationSender:
    """On one asyncio loop; the record is asked on threads of it.

    Args:
        site: its key at the hub. trouble: a sentence while the hub does not take what it is told, None when it does again.
    """

    def __init__(self, queue: ReplicationQueue, site: str, carrier: Carrier, trouble: Callable[[str | None], None], clock: Clock) -> None:
        self._queue, self._site, self._carrier, self._trouble, self._clock = queue, site, carrier, trouble, clock
        self._trip_ns: int | None = None  # of the last heartbeat
        self._woken = asyncio.Event()
        self._pause_s = FIRST_RETRY_S
        self._ahead = 0  # the newest alert that was told ahead of its turn

    def wake(self) -> None:
        """Something was recorded. On the loop."""
        self._woken.set()

    async def run(self) -> None:
        """Until it is cancelled, or the site leaves."""
        while True:
            try:
                if await self._tell():
                    return
            except WatchroomError as error:
                self._trouble(str(error))
                await asyncio.sleep(self._pause_s)
                self._pause_s = min(2 * self._pause_s, LONGEST_RETRY_S)

    async def _tell(self) -> bool:
        """From where the hub is, for as long as it follows. Whether the site has left."""
        state = await asyncio.to_thread(self._queue.state)
        if state is None:
            return True
        place = await self._resume(state)
        self._trouble(None)
        sent, settled, heard_s = state.sent, state.settled, time.monotonic()
        while place.stream == state.stream:
            batch = await self._next(place.seq)
            if batch.through == place.seq:
                if settled < place.seq:
                    await asyncio.to_thread(self._queue.note, place.seq, sent)
                    settled = place.seq
                await self._wait()
                if time.monotonic() - heard_s >= HEARD_S:
                    if await self._place(state.stream, sent) != place:
                        return False
                    heard_s = time.monotonic()
                if await asyncio.to_thread(self._queue.stream) != state.stream:
                    return False
                continue
            sent, settled = max(sent, batch.through), place.seq
            place, heard_s = await self._keep(batch, sent), time.monotonic()
            self._pause_s = FIRST_RETRY_S
        return False

    async def _resume(self, state: ReplicationState) -> StreamPlace:
        """A hub that is not where this stream left it is told everything anew: it is another one, or one of the two was put back from a
        backup, and what lies between is told by nobody any more, or was something else."""
        place = await self._place(state.stream, state.sent)
        if place.stream == state.stream and state.settled <= place.seq <= state.sent:
            return place
        if not place.stream and not state.sent:
            await self._ask(BEGIN, pack_place(StreamPlace(state.stream, 0)))
            return StreamPlace(state.stream, 0)
        stream = secrets.token_hex(8)
        await asyncio.to_thread(self._queue.begin, stream)
        await self._ask(BEGIN, pack_place(StreamPlace(stream, 0)))
        return StreamPlace(stream, 0)  # not the one that is gone on with: begin from there

    async def _place(self, stream: str, sent: int) -> StreamPlace:
        """Where the hub is."""
        began_ns, clock = time.monotonic_ns(), None
        if self._trip_ns is not None:
            clock = SiteClock(self._clock.now_ns(), self._trip_ns)
        answer = await self._ask(RESUME, pack_heartbeat(StreamPlace(stream, sent), clock))
        self._trip_ns = time.monotonic_ns() - began_ns
        return read_place(answer)

    async def _next(self, after: int) -> ChangeBatch:
        batch = await asyncio.to_thread(self._queue.batch, after, MOST_CHANGES)
        if len(batch.changes) < MOST_CHANGES and await asyncio.to_thread(self._queue.fill, MOST_CHANGES):
            batch = await asyncio.to_thread(self._queue.batch, after, MOST_CHANGES)
        return batch

    async def _keep(self, batch: ChangeBatch, sent: int) -> StreamPlace:
        if len(batch.changes) == MOST_CHANGES:
            await self._tell_alerts_ahead(batch.through)
        data = pack_batch(batch)
        if len(data) > self._carrier.most_bytes and len(batch.changes) > 1:
            smaller = await asyncio.to_thread(self._queue.batch, batch.after, len(batch.changes) // 2)
            return await self._keep(smaller, sent)
        await asyncio.to_thread(self._queue.note, batch.after, sent)
        return read_place(await self._ask(KEEP, data))

    async def _tell_alerts_ahead(self, through: int) -> None:
        """Where much waits, nobody waits for the newest alerts behind it."""
        changes = await asyncio.to_thread(self._queue.newest_alerts, max(through, self._ahead), MOST_AHEAD)
        if changes:
            await self._ask(AHEAD, pack_batch(ChangeBatch("", 0, 0, changes)))
            self._ahead = changes[0].seq

    async def _wait(self) -> None:
        self._woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await self._woken.wait()

    async def _ask(self, act: str, data: bytes) -> bytes:
        return await self._carrier.request(record_subject(self._site, act), data, WITHIN_S)
