"""Messages to the outside that survive a crash: kept in the record, sent again until they arrive or a day has passed.

At least once: an attempt whose outcome could not be written before a crash is made again, with the same idempotency key. While the record
cannot be written (a full disk), messages are sent from memory all the same: a fall must be told.
"""

import asyncio
import logging
import random
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Sequence as Several
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

from engine.model.alerts.delivery import Delivery, DeliveryState
from engine.model.errors import EnvironmentFault
from engine.model.event import Event, EventKind
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.ports import Trouble

log = logging.getLogger(__name__)

ATTEMPT_S = 10.0  # longest time of one attempt, all in all
FIRST_RETRY_S, LONGEST_RETRY_S = 2.0, 900.0
JITTER = 0.3
GIVE_UP_S = 24 * 3600.0
TROUBLE_AFTER = 2  # failures on end
POLL_S = 0.2
LOOK_S = 5.0  # between two looks into the record when nothing was told
MOST_AT_ONCE = 20
MOST_SEEN = 10_000
MOST_THREADS = 100  # names that are looked up and mail servers that are talked to, one for each receiver, and those that linger


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended. Not ok and `final`: trying again would change nothing. `error` is a sentence.

    `blameless`: nobody wants the message any more, so nothing is wrong.
    """

    ok: bool
    final: bool
    error: str = ""
    retry_after_s: float | None = None
    blameless: bool = False

    @classmethod
    def arrived(cls) -> "Attempt":
        return cls(True, True)

    @classmethod
    def failed(cls, error: str, retry_after_s: float | None = None) -> "Attempt":
        return cls(False, False, error, retry_after_s)

    @classmethod
    def refused(cls, error: str) -> "Attempt":
        return cls(False, True, error)

    @classmethod
    def unwanted(cls, error: str) -> "Attempt":
        return cls(False, True, error, blameless=True)


class Channel(Protocol):
    """One way to send. Called on the outbox's loop; given up after `ATTEMPT_S`."""

    async def send(self, delivery: Delivery) -> Attempt: ...


class DeliveryStore(Protocol):
    """What is asked of the record. May raise EnvironmentFault."""

    def due_deliveries(self, now_ns: int, limit: int, busy: Several[str] = ()) -> tuple[Delivery, ...]: ...

    def deliveries_of(self, ids: Several[str]) -> tuple[Delivery, ...]: ...

    def event_deliveries(self, event_id: str) -> tuple[Delivery, ...]: ...


class DeliveryWriter(Protocol):
    """The one that writes the record: deliveries, new or changed, belong to no observation."""

    def submit(self, numbered: None, values: Sequence[Delivery]) -> None: ...


def _always(_: Delivery) -> str:
    return ""


class Outbox:
    """Thread `outbox` sends; `take` may be called on any thread and returns at once.

    Receivers do not wait for each other: each has one attempt under way at most, fresh messages before repeated ones. One that says when to
    come again (429) gets nothing until then, and first the message that it did not take, so that their order stays.

    Args:
        make: the messages for one event at one time (UTC ns), with ids that are the same whenever they are made again.
        channels: by name, as in `Delivery.channel`.
        unwanted: why nobody needs a message any more, asked before it is sent; empty while it is needed. Called on the outbox's thread.
        trouble: a sentence while a receiver does not take messages, None when all do again. Called on the outbox's thread.
    """

    def __init__(
        self,
        store: DeliveryStore,
        writer: DeliveryWriter,
        make: Callable[[Event, int], Iterable[Delivery]],
        channels: Mapping[str, Channel],
        clock: Clock,
        trouble: Trouble,
        *,
        unwanted: Callable[[Delivery], str] = _always,
        attempt_s: float = ATTEMPT_S,
        first_retry_s: float = FIRST_RETRY_S,
    ) -> None:
        self._store = store
        self._writer = writer
        self._make = make
        self._channels = channels
        self._clock = clock
        self._trouble = trouble
        self._unwanted = unwanted
        self._attempt_s = attempt_s
        self._first_retry_s = first_retry_s
        self._chance = random.Random()
        self._lock = threading.Lock()  # guards _ahead, _seen and _dropping
        self._ahead: dict[str, Delivery] = {}  # newer than the record, as far as is known
        self._seen: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._dropping: set[str] = set()
        self._told = threading.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by receiver
        self._paused: dict[str, tuple[int, str]] = {}  # by receiver: until when, and the message that goes first then
        self._failing: dict[str, tuple[int, str]] = {}  # by receiver: failures on end, the last one's sentence

    def take(self, events: Iterable[Event], replayed: bool = False) -> None:
        """Note the messages that these events call for: each when it opens and at each escalation, never for a mere change or an end.

        `replayed`: these were said again by a recovery and may have ended meanwhile; what was noted before the crash is not noted again.
        """
        for event in events:
            if self._is_new(event, replayed):
                for delivery in self._make(event, self._clock.now_ns()):
                    self._note_delivery(delivery)

    def put(self, deliveries: Iterable[Delivery]) -> None:
        """Note messages that somebody else has made. Their ids are the same whenever they are made again."""
        for delivery in deliveries:
            self._note_delivery(delivery)

    def drop(self, event_id: str) -> None:
        """Something changed about what these messages tell: those that wait are asked about once more, and dropped if nobody needs them."""
        with self._lock:
            self._dropping.add(event_id)
        self._told.set()

    def again(self) -> None:
        """Receivers were changed: what was wrong with them is forgotten, and what is due is looked at now. Any thread."""
        if self.troubles:
            self._trouble.tell(None)
        self._failing, self._paused = {}, {}
        self._told.set()

    @property
    def troubles(self) -> tuple[str, ...]:
        """Sentences about receivers that do not take messages."""
        return tuple(sentence for failures, sentence in list(self._failing.values()) if failures >= TROUBLE_AFTER)

    def run(self, stopping: threading.Event) -> None:
        """The thread's body. What is under way when `stopping` is set counts as not attempted."""
        asyncio.run(self._main(stopping))

    def _is_new(self, event: Event, replayed: bool) -> bool:
        told_once = event.kind is EventKind.GESTURE  # when it is over
        if event.ended_ns is not None and event.ended_ns > event.started_ns and not replayed and not told_once:
            return False
        with self._lock:
            known = (event.id, event.level) in self._seen
            self._seen[event.id, event.level] = None
            while len(self._seen) > MOST_SEEN:
                self._seen.popitem(last=False)
        return not known

    def _note_delivery(self, delivery: Delivery) -> None:
        with self._lock:
            self._ahead[delivery.id] = delivery
        self._writer.submit(None, (delivery,))
        self._told.set()

    async def _main(self, stopping: threading.Event) -> None:
        looked_s = -LOOK_S
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(MOST_THREADS, "outbox"))
        try:
            while not stopping.is_set():
                if self._told.is_set() or loop.time() - looked_s >= min(LOOK_S, self._first_retry_s / 2):
                    self._told.clear()
                    looked_s = loop.time()
                    self._begin_attempts()
                await asyncio.sleep(POLL_S if not self._told.is_set() else 0)
        finally:
            await self._cancel()

    async def _cancel(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    def _begin_attempts(self) -> None:
        """Start an attempt for each receiver that has something due and is not busy."""
        self._tasks = {receiver: task for receiver, task in self._tasks.items() if not task.done()}
        self._drop_what_nobody_needs()
        now_ns = self._clock.now_ns()
        due = self._due(now_ns)
        self._end_pauses({delivery.id for delivery in due}, now_ns)
        if len(due) >= MOST_AT_ONCE:  # behind these may be others, for receivers that are free
            self._told.set()
        for delivery in due:
            receiver = f"{delivery.channel}/{delivery.receiver}"
            _, first_id = self._paused.get(receiver, (0, delivery.id))
            if receiver not in self._tasks and delivery.id == first_id:
                self._tasks[receiver] = asyncio.get_running_loop().create_task(self._attempt(delivery, receiver))

    def _end_pauses(self, due_ids: set[str], now_ns: int) -> None:
        """Of those that are over at the time that `due_ids` are of, where nobody needs the message any more that was to go first."""
        self._paused = {receiver: pause for receiver, pause in self._paused.items() if pause[0] > now_ns or pause[1] in due_ids}

    def _drop_what_nobody_needs(self) -> None:
        with self._lock:
            event_ids, self._dropping = self._dropping, set()
        for event_id in event_ids:
            for delivery in self._about(event_id):
                free = f"{delivery.channel}/{delivery.receiver}" not in self._tasks
                if delivery.state is DeliveryState.WAITING and free and (why := self._unwanted(delivery)):
                    self._note_delivery(self._dropped(delivery, why))

    def _about(self, event_id: str) -> list[Delivery]:
        try:
            rows = self._store.event_deliveries(event_id)
        except EnvironmentFault:
            rows = ()  # what cannot be dropped now is asked about again before it is sent
        with self._lock:
            ahead = {delivery.id: delivery for delivery in self._ahead.values() if delivery.event_id == event_id}
        return list(({row.id: row for row in rows} | ahead).values())

    def _dropped(self, delivery: Delivery, why: str) -> Delivery:
        return replace(delivery, state=DeliveryState.DROPPED, last_error=why, finished_ns=self._clock.now_ns())

    def _due(self, now_ns: int) -> list[Delivery]:
        """What may be sent now, fresh messages first: the record's rows, but newer states from memory."""
        try:
            self._catch_up()
            firsts = [first_id for until_ns, first_id in self._paused.values() if until_ns <= now_ns]
            rows = self._store.due_deliveries(now_ns, MOST_AT_ONCE, (*self._tasks, *self._paused))
            rows = (*rows, *(self._store.deliveries_of(firsts) if firsts else ()))
        except EnvironmentFault:
            rows = ()  # the record is in trouble, and says so itself
        with self._lock:
            newest = {row.id: row for row in rows} | self._ahead
        due = [delivery for delivery in newest.values() if delivery.state is DeliveryState.WAITING and delivery.due_ns <= now_ns]
        return sorted(due, key=lambda delivery: (delivery.attempts, delivery.due_ns, delivery.id))

    def _catch_up(self) -> None:
        """Forget what the record knows as well by now."""
        with self._lock:
            ids = list(self._ahead)[:500]
        for row in self._store.deliveries_of(ids) if ids else ():
            with self._lock:
                ahead = self._ahead.get(row.id)
                if ahead is not None and (row.attempts, row.state.value != "waiting") >= (ahead.attempts, ahead.state.value != "waiting"):
                    del self._ahead[row.id]

    async def _attempt(self, delivery: Delivery, receiver: str) -> None:
        if why := self._unwanted(delivery):
            self._note_delivery(self._dropped(delivery, why))
            return
        attempt = await self._sent(self._worded(delivery))
        changed = self._after(delivery, attempt)
        if changed.state is DeliveryState.WAITING and attempt.retry_after_s:
            self._paused[receiver] = changed.due_ns, changed.id
        else:
            self._paused.pop(receiver, None)
        self._report_attempt(receiver, attempt, changed)
        self._note_delivery(changed)

    def _worded(self, delivery: Delivery) -> Delivery:
        """In the record's words: since these were made, somebody may have been erased from them."""
        try:
            rows = self._store.deliveries_of([delivery.id])
        except EnvironmentFault:
            rows = ()
        return replace(delivery, body=rows[0].body) if rows else delivery

    async def _sent(self, delivery: Delivery) -> Attempt:
        channel = self._channels.get(delivery.channel)
        if channel is None:
            return Attempt.refused(f"This version does not send by {delivery.channel!r}.")
        try:
            async with asyncio.timeout(self._attempt_s):
                return await channel.send(delivery)
        except TimeoutError:
            return Attempt.failed(f"{delivery.receiver} did not answer within {self._attempt_s:g} s.")
        except Exception as error:  # a bug in a channel must not keep the other receivers from being told
            log.exception("the channel %s failed", delivery.channel)
            return Attempt.failed(f"{type(error).__name__}: {error}.")

    def _after(self, delivery: Delivery, attempt: Attempt) -> Delivery:
        now_ns = self._clock.now_ns()
        tried = replace(delivery, attempts=delivery.attempts + 1, last_error=attempt.error)
        if attempt.ok:
            return replace(tried, state=DeliveryState.DELIVERED, finished_ns=now_ns)
        if attempt.final or now_ns - delivery.created_ns >= GIVE_UP_S * SECOND:
            log.warning("message %s given up: %s", delivery.id, attempt.error)
            return replace(tried, state=DeliveryState.GIVEN_UP, finished_ns=now_ns)
        return replace(tried, due_ns=now_ns + round(self._pause_s(tried.attempts, attempt.retry_after_s) * SECOND))

    def _pause_s(self, attempts: int, asked_s: float | None) -> float:
        """Doubling from the first to the longest, spread so that receivers that come back are not met by all at once."""
        pause_s = min(self._first_retry_s * 2.0 ** min(attempts - 1, 30), LONGEST_RETRY_S)
        return max(pause_s * self._chance.uniform(1 - JITTER, 1 + JITTER), asked_s or 0.0)

    def _report_attempt(self, receiver: str, attempt: Attempt, delivery: Delivery) -> None:
        before = self.troubles
        if attempt.ok or attempt.blameless:
            self._failing.pop(receiver, None)
        else:
            failures = self._failing.get(receiver, (0, ""))[0] + (TROUBLE_AFTER if attempt.final else 1)
            what = "The message was given up" if delivery.state is DeliveryState.GIVEN_UP else "It is tried again for a day"
            self._failing[receiver] = failures, f"The {delivery.channel} {delivery.receiver} does not work: {attempt.error} {what}."
        if self.troubles != before:
            self._trouble.tell(" ".join(self.troubles) or None)
