"""One connection of a node, from its hello to its end. Knows no sockets: whoever carries the bytes gives `send` and `close`."""

import logging
import time
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from engine.model.time import Clock
from engine.sources.node import orders
from engine.sources.node.frame import HEADER_BYTES, Refusal, mac_bytes, refusal
from engine.sources.node.messages import BleReport, Garbled, Hello, Ignored, Message, parse

log = logging.getLogger(__name__)

HELLO_S, SILENCE_S = 60.0, 60.0
MALFORMED_WINDOW_S, MALFORMED_WARN, MALFORMED_MOST = 60.0, 100, 1000
EXCESSIVE = "Excessive malformed frames — possible firmware bug"
TEXTS_PER_S = 100  # a firmware update reports once per 4 KiB
REPORTS_PER_S = 2  # of BLE; the firmware makes one in five seconds
MOST_PEERS = 64  # that a node may report within a second

HANG_UP, NORMAL, POLICY = 0, 1000, 1008

Send = Callable[[str], None]
Close = Callable[[int, str], None]


class Stage(Enum):
    WAITING = "waiting"  # for its hello
    ADMITTED = "admitted"
    OVER = "over"


class SessionHost(Protocol):
    """Who decides and keeps: the hub. Called on the connection's thread."""

    def greet(self, session: "NodeSession", hello: Hello) -> None: ...

    def on_message(self, session: "NodeSession", message: Message) -> None: ...

    def frame(self, session: "NodeSession", frame: bytes, arrival_ns: int) -> None: ...

    def left(self, session: "NodeSession", reason: str) -> None: ...


class NodeSession:
    """`text`, `binary` and `closed` belong to the thread that carries the connection; the rest may be called by any.

    Args:
        address: of the node, to be shown. reached_at: the base URL under which it reached us, to give it addresses that it can reach.
        send: one text to the node; close: end the connection with this code, or without a word for code 0 (`HANG_UP`). Both return at
            once, on any thread, also when the connection is gone.
    """

    def __init__(
        self,
        host: SessionHost,
        clock: Clock,
        address: str,
        send: Send,
        close: Close,
        token: str | None = None,
        simulated: bool = False,
        reached_at: str = "",
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address, self.reached_at, self.token, self.simulated = address, reached_at, token, simulated
        self._host, self._clock, self._steady_s = host, clock, steady_s
        self._send, self._close = send, close
        self.stage = Stage.WAITING
        self.mac = ""
        self._raw_mac = b""
        self.frames = self.malformed = self.shed = 0
        self.last_seen_ns = clock.now_ns()
        self.opened_s = self.heard_s = steady_s()
        self.told_s: float | None = None  # when the last config was sent
        self._window_s, self._window_count = self.opened_s, 0
        self._second, self._texts, self._reports = 0, 0, 0
        self._peers: set[bytes] = set()

    def text(self, text: str) -> None:
        """One text message. Never raises."""
        if self.stage is Stage.OVER:
            return
        self._alive()
        if self._texts_flood():
            return
        message = parse(text)
        if self.stage is Stage.WAITING:
            self._first(message)
        elif self._is_own(message) and not self._reports_flood(message):
            self._host.on_message(self, message)

    def binary(self, data: bytes) -> None:
        """One binary message: a CSI frame. Never raises. About two microseconds."""
        if self.stage is not Stage.ADMITTED:
            if self.stage is Stage.WAITING:
                self.reject(orders.INVALID_HELLO)
            return
        now_ns = self._alive()
        why = refusal(data)
        if why is None and not data.startswith(self._raw_mac):
            why = Refusal.FOREIGN_MAC
        if why is not None:
            self._count_malformed(why)
            return
        self.frames += 1
        if len(data) > HEADER_BYTES:
            self._pass_on(data, now_ns)

    def closed(self, goodbye: bool = False) -> None:
        """The connection has ended; `goodbye`: the node closed it in order."""
        self._over("It closed the connection." if goodbye else "The connection was lost.")

    def tick(self) -> None:
        """At least every few seconds, by any thread: ends what waited too long."""
        now_s = self._steady_s()
        self._peers.clear()
        if self.stage is Stage.WAITING and now_s - self.opened_s > HELLO_S:
            self.hang_up("It said no hello.")
        elif self.stage is Stage.ADMITTED and now_s - self.heard_s > SILENCE_S:
            self.hang_up(f"It sent nothing for {SILENCE_S:.0f} s.")

    def admit(self, mac: str) -> None:
        self.mac, self._raw_mac = mac, mac_bytes(mac)
        self.stage = Stage.ADMITTED

    def order(self, text: str) -> None:
        if self.stage is not Stage.OVER:
            self._send(text)

    def reject(self, reason: str, why: str = "") -> None:
        """Say why, and hang up as the reference does: without a close frame."""
        self.order(orders.reject(reason))
        self.hang_up(why or f"It was rejected ({reason}).")

    def hang_up(self, reason: str) -> None:
        self.end(HANG_UP, "", reason)

    def end(self, code: int, words: str, reason: str) -> None:
        """`words` go to the node, `reason` to the operator."""
        if self.stage is not Stage.OVER:
            self._over(reason)
            self._close(code, words)

    def _alive(self) -> int:
        self.heard_s = self._steady_s()
        self.last_seen_ns = now_ns = self._clock.now_ns()
        return now_ns

    def _texts_flood(self) -> bool:
        second = int(self.heard_s)
        if second != self._second:
            self._second, self._texts, self._reports = second, 0, 0
        self._texts += 1
        return self._texts > TEXTS_PER_S

    def _reports_flood(self, message: Message) -> bool:
        self._reports += isinstance(message, BleReport)
        return isinstance(message, BleReport) and self._reports > REPORTS_PER_S

    def _first(self, message: Message) -> None:
        if isinstance(message, Hello):
            self._host.greet(self, message)
        else:
            self.reject(orders.INVALID_HELLO if isinstance(message, Garbled) else orders.HELLO_FIRST)

    def _is_own(self, message: Message) -> bool:
        """A node speaks for its own MAC only. What is garbled or unknown after the hello is ignored, as the reference does."""
        if isinstance(message, (Garbled, Ignored)):
            return False
        if message.mac not in ("", self.mac):
            self._count_malformed(Refusal.FOREIGN_MAC)
            return False
        return True

    def _pass_on(self, frame: bytes, now_ns: int) -> None:
        peer = frame[6:12]
        if peer == self._raw_mac:  # no link has both ends at one place
            return
        if len(self._peers) >= MOST_PEERS and peer not in self._peers:
            self.shed += 1
            return
        self._peers.add(peer)
        self._host.frame(self, frame, now_ns)

    def _count_malformed(self, why: Refusal) -> None:
        self.malformed += 1
        if self.heard_s - self._window_s > MALFORMED_WINDOW_S:
            self._window_s, self._window_count = self.heard_s, 0
        self._window_count += 1
        if self._window_count == MALFORMED_WARN + 1:
            log.warning("node %s: more than %d malformed frames within a minute (now: %s)", self.mac, MALFORMED_WARN, why)
        elif self._window_count > MALFORMED_MOST:
            self.end(POLICY, EXCESSIVE, f"It sent more than {MALFORMED_MOST} malformed frames within a minute. Its firmware may be broken.")

    def _over(self, reason: str) -> None:
        if self.stage is not Stage.OVER:
            self.stage = Stage.OVER
            self._host.left(self, reason)

    def __repr__(self) -> str:
        return f"NodeSession({self.mac or 'no hello yet'}, {self.stage.value})"
