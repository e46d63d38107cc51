"""What changes, told to consoles over one socket each: `/ws/changes`. The engine's end.

A console that takes nothing gets nothing more: at most `IN_FLIGHT` messages are under way to it, and what happens meanwhile is merged into
the next one. After a cut it goes on where it was: what each message told is kept until the console says that it has it.
"""

import asyncio
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from starlette.types import Message
from starlette.websockets import WebSocket

from engine.gateway.border.attended import attend
from engine.gateway.border.shown_token import socket_token
from engine.gateway.live.cadence import ConsoleCadence
from engine.gateway.live.deflated import Deflated
from engine.gateway.live.deltas import SAME, node
from engine.model import wire
from engine.model.accounts.access import Verb
from engine.model.errors import EnvironmentFault
from engine.model.snapshot import Snapshot
from engine.runtime.access.scopes import check_verb
from engine.runtime.local import LocalDoor, LocalPort

LOOK_S = 0.1  # between two looks for what is new
BEAT_S = 1.0  # between two messages where nothing is new
IN_FLIGHT, QUICKLY = 8, 5
"""Messages that are not answered: at most, and until they come a beat apart. Otherwise a line of some seconds would be silent for as long
once all are under way, and the console would take the engine for lost."""
KEPT_S = 60.0  # a stream that nobody listens to
MOST_STREAMS = 64
LARGEST_WORD = 1024
NO_MORE = (1012, "The engine stops.")


class Stream:
    """One console's: what it has, as far as it said so, and what it was sent since. Any thread.

    Revisions rise; each change names the revision that it is told against. `turn` rises with each connection that goes on with it: one
    before that has not noticed its end yet tells nothing more.
    """

    def __init__(self, holder: str, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self.id = secrets.token_urlsafe(16)
        self.holder = holder
        self.left_s: float | None = None  # since when nobody listens; None: somebody does
        self.cadence = ConsoleCadence()
        self._sent: OrderedDict[int, Snapshot] = OrderedDict()  # what the console has with each revision
        self._revision = 0
        self._has = 0
        self._told_s = 0.0
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self.turn = 0

    @property
    def revision(self) -> int:
        """Of the newest message."""
        return self._revision

    @property
    def under_way(self) -> int:
        with self._lock:
            return sum(1 for revision in self._sent if revision > self._has)

    def has(self, revision: int) -> bool:
        with self._lock:
            return revision in self._sent

    def hear(self, revision: int) -> None:
        """The console has what this revision told."""
        with self._lock:
            if revision in self._sent:
                self._has = revision
                while next(iter(self._sent)) < revision:
                    self._sent.popitem(last=False)

    def resume(self, revision: int) -> None:
        """The console has this one, and none of what was sent after it. It is told on another connection from now on."""
        self.hear(revision)
        with self._telling, self._lock:
            self.turn += 1
            for lost in [each for each in self._sent if each > revision]:
                del self._sent[lost]

    def whole(self, now: Snapshot) -> dict[str, Any]:
        with self._lock:
            self._sent.clear()
        return {"stream": self.id, **self._head(now, now), "snapshot": wire.to_plain(now)}

    def next_change(self, now: Snapshot, turn: int) -> dict[str, Any] | None:
        """What is new since the last message; None: nothing, and the console need not be told that all is well yet."""
        with self._telling:
            return self._next_change(now) if turn == self.turn else None

    def _next_change(self, now: Snapshot) -> dict[str, Any] | None:
        self.cadence.begin(self._now_s())
        with self._lock:
            known, before = next(reversed(self._sent.items()))
        change, after = node(Snapshot).tell(before, now, self.cadence)
        if change is SAME and self._now_s() - self._told_s < BEAT_S:
            return None
        head = {"from": known, **self._head(now, after)}
        return head if change is SAME else {**head, "change": change}

    def _head(self, now: Snapshot, after: Snapshot) -> dict[str, Any]:
        self._told_s = self._now_s()
        with self._lock:
            self._revision += 1
            self._sent[self._revision] = replace(after, number=now.number, at_ns=now.at_ns)
            return {"revision": self._revision, "number": now.number, "at_ns": now.at_ns}


class Streams:
    """All consoles' of one engine. On the network loop."""

    def __init__(self) -> None:
        self._streams: dict[str, Stream] = {}

    def enter(self, holder: str, stream_id: str, revision: int) -> tuple[Stream, bool]:
        """The stream of before, and True, where it still is and knows this revision; else a new one. Raises EnvironmentFault (`busy`)."""
        self._forget_left()
        known = self._streams.get(stream_id)
        if known is not None and known.holder == holder and known.has(revision):
            known.resume(revision)
            known.left_s = None
            return known, True
        if sum(stream.left_s is None for stream in self._streams.values()) >= MOST_STREAMS:
            raise EnvironmentFault("busy", f"{MOST_STREAMS} consoles are connected already. Close one, or try again later.")
        stream = Stream(holder)
        self._streams[stream.id] = stream
        return stream, False

    def leave(self, stream: Stream, turn: int) -> None:
        if stream.turn == turn:
            stream.left_s = time.monotonic()
        self._forget_left()

    def _forget_left(self) -> None:
        """Those that nobody came back to, and the longest left of too many."""
        now_s = time.monotonic()
        left = sorted((stream.left_s, stream.id) for stream in self._streams.values() if stream.left_s is not None)
        for number, (left_s, stream_id) in enumerate(left):
            if now_s - left_s > KEPT_S or len(left) - number > MOST_STREAMS:
                del self._streams[stream_id]


async def tell_changes(socket: WebSocket, stream_id: str, revision: int) -> None:
    """Refusals before the handshake are ordinary HTTP answers; afterwards the socket is closed with 1008 when the session has ended.

    The console says `{"have": revision, "moves": whether it shows what moves}` to each message.

    Raises NotSignedIn, PermissionDenied, EnvironmentFault; all of them before the handshake.
    """
    door: LocalDoor = socket.app.state.door
    streams: Streams = socket.app.state.streams
    token, subprotocol = socket_token(socket)
    port = await asyncio.to_thread(door.enter, token)
    check_verb(port.session, Verb.SEE_LIVE)
    stream, goes_on = streams.enter(port.session.holder, stream_id, revision)
    heard, turn = asyncio.Event(), stream.turn
    try:
        await socket.accept(subprotocol)
        telling = _tell(socket, port, stream, goes_on, heard)
        await attend(socket, telling, lambda: check_verb(door.enter(token).session, Verb.SEE_LIVE), NO_MORE, _hear(stream, heard))
    finally:
        streams.leave(stream, turn)


def _hear(stream: Stream, heard: asyncio.Event) -> Callable[[Message], None]:
    def hear(message: Message) -> None:
        text: str = message.get("text") or ""
        try:
            said: Any = json.loads(text) if len(text) <= LARGEST_WORD else None
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, dict):
            words = cast("dict[str, Any]", said)
            if isinstance(words.get("have"), int):
                stream.hear(words["have"])
            stream.cadence.moves = words.get("moves") is True
            heard.set()

    return hear


async def _tell(socket: WebSocket, port: LocalPort, stream: Stream, goes_on: bool, heard: asyncio.Event) -> None:
    deflated, turn = Deflated(), stream.turn

    def first() -> bytes:
        return deflated(stream.whole(port.snapshot()))

    def following() -> bytes | None:
        change = stream.next_change(port.snapshot(), turn)
        return None if change is None else deflated(change)

    if not goes_on:
        await socket.send_bytes(await asyncio.to_thread(first))
    while stream.turn == turn:
        while stream.under_way >= IN_FLIGHT:
            heard.clear()
            await heard.wait()
        message = await asyncio.to_thread(following)
        if message is not None:
            await socket.send_bytes(message)
        await asyncio.sleep(LOOK_S)
        if stream.under_way >= QUICKLY:
            await _wait_for_word(heard, BEAT_S - LOOK_S)


async def _wait_for_word(heard: asyncio.Event, longest_s: float) -> None:
    heard.clear()
    with suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await heard.wait()
