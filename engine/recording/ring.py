"""The last seconds of one camera's stream as it was received, so that a clip can begin before its event."""

import threading
from collections import deque
from itertools import islice

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.model.value_class import dataclass

_TELLING_NS = 2 * SECOND


@dataclass(frozen=True, slots=True, eq=False)
class RingPacket:
    """A packet with its place in the ring: numbers rise by one. `stream` is the connection it came over."""

    number: int
    stream: StreamInfo
    packet: EncodedPacket


class PacketRing:
    """Packets from a keyframe on, bounded in bytes and time; the oldest group of pictures goes first.

    The capture thread appends, others read from a number of their own ("cursor"); no call blocks for longer than a copy of references.
    """

    def __init__(self, max_bytes: int, max_ns: int) -> None:
        self._lock = threading.Lock()
        self._packets: deque[RingPacket] = deque()
        self._keyframes: deque[RingPacket] = deque()
        self._stream: StreamInfo | None = None
        self._headless = True  # waits for a keyframe: nothing before it could be decoded
        self._next = 0
        self._bytes = 0
        self._max_bytes, self._max_ns = max_bytes, max_ns

    @property
    def size_bytes(self) -> int:
        return self._bytes

    @property
    def stream(self) -> StreamInfo | None:
        return self._stream

    def bytes_per_s(self) -> float:
        """Of what it holds; 0 where that is too little to tell."""
        with self._lock:
            span_ns = self._packets[-1].packet.captured_ns - self._packets[0].packet.captured_ns if self._packets else 0
            return self._bytes * SECOND / span_ns if span_ns >= _TELLING_NS else 0.0

    def resize(self, max_bytes: int, max_ns: int) -> None:
        with self._lock:
            self._max_bytes, self._max_ns = max_bytes, max_ns
            self._trim()

    def on_stream(self, info: StreamInfo) -> None:
        """A (new) connection; what came over earlier ones stays."""
        with self._lock:
            self._stream = info
            self._headless = True

    def append(self, packet: EncodedPacket) -> None:
        """Packets that cannot be decoded, because no keyframe came before them, are not kept."""
        with self._lock:
            if self._stream is None or (self._headless and not packet.keyframe):
                return
            self._headless = False
            kept = RingPacket(self._next, self._stream, packet)
            self._next += 1
            self._packets.append(kept)
            if packet.keyframe:
                self._keyframes.append(kept)
            self._bytes += len(packet.data)
            self._trim()

    def clear(self) -> None:
        with self._lock:
            self._drop_until(self._next)
            self._headless = True

    def keyframe_at(self, wanted_ns: int) -> int | None:
        """Number of the keyframe at or before a time; of the oldest where that is gone; None in an empty ring."""
        with self._lock:
            if not self._keyframes:
                return None
            before = [kept.number for kept in self._keyframes if kept.packet.captured_ns <= wanted_ns]
            return before[-1] if before else self._keyframes[0].number

    def span_ns(self) -> tuple[int, int] | None:
        """Times of the oldest and the newest packet; None in an empty ring."""
        with self._lock:
            return (self._packets[0].packet.captured_ns, self._packets[-1].packet.captured_ns) if self._packets else None

    def read(self, cursor: int, most: int | None = None) -> list[RingPacket]:
        """Every packet from number `cursor` on that is still there, `most` of them at most."""
        with self._lock:
            if not self._packets or cursor >= self._next:
                return []
            skip = max(cursor - self._packets[0].number, 0)
            return list(islice(self._packets, skip, None if most is None else skip + most))

    def _trim(self) -> None:
        while len(self._keyframes) > 1 and (self._bytes > self._max_bytes or self._too_long()):
            self._drop_until(self._keyframes[1].number)
        if self._bytes > self._max_bytes:  # one group of pictures alone is too big: begin again at the next keyframe
            self._drop_until(self._next)
            self._headless = True

    def _too_long(self) -> bool:
        return self._packets[-1].packet.captured_ns - self._keyframes[1].packet.captured_ns >= self._max_ns

    def _drop_until(self, number: int) -> None:
        while self._packets and self._packets[0].number < number:
            self._bytes -= len(self._packets.popleft().packet.data)
        while self._keyframes and self._keyframes[0].number < number:
            self._keyframes.popleft()
