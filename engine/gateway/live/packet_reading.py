"""What one viewer is sent next of a camera's packets: from a keyframe on, in order, and never more than a moment late.

Delay is bounded on both sides of the line: a viewer that has not answered for a while is sent nothing, and one that is late goes on at the
newest keyframe instead of getting what came meanwhile.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile

from engine.gateway.live.packet_messages import PacketMessage, PacketStream
from engine.model.time import EVER_NS, SECOND
from engine.recording.clips.clip_file import shown_ns
from engine.recording.ring import PacketRing, RingPacket
from engine.runtime.cameras.packets import PacketSource

ASK_S = 0.1  # at least so long between two messages that are to be answered
PATIENCE_S = 1.0  # so much may be sent without an answer
LATE_NS = SECOND  # later than this, a newer keyframe is gone on from
LATEST_NS = 3 * SECOND  # later than this, the next keyframe is waited for
CATCH_UP_S = 3.0  # after a keyframe it may be later for so long: those can be many seconds apart
_MOST_BYTES = 64 << 10  # of a message that holds several packets
_MOST_PACKETS = 100


class PacketReading:
    """One viewer's place in the ring. On the network loop. `now_s`: steady."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._ring: PacketRing | None = None
        self._cursor = 0
        self._anew = True  # waits for a keyframe, and does not go on from what was sent before
        self._began_s = 0.0
        self._told: PacketStream | None = None
        self._sent = 0
        self._asked: int | None = None  # of the message that is to be answered
        self._asked_s = 0.0
        self.skips = 0

    def on_answer(self, number: int) -> None:
        if number == self._asked:
            self._asked = None

    def next(self, source: PacketSource) -> PacketStream | PacketMessage | None:
        """What to send now; None: nothing yet. A description comes before the packets that it is of."""
        if source.ring is not self._ring:
            self._ring = source.ring
            self._begin_at(source.ring.keyframe_at(EVER_NS) or 0)
        if self._asked is not None and self._now_s() - self._asked_s > PATIENCE_S:
            return None
        packets = self._packets(source.ring)
        if not packets:
            return None
        described = PacketStream(packets[0].stream, source.stream, source.track_size)
        told = self._told
        if told is None or described.info is not told.info or described.track_size != told.track_size:
            self._anew = self._anew or told is None or described.info is not told.info
            self._told = described
            return described
        return self._message(packets)

    def forget(self) -> None:
        """Something else was sent meanwhile: what follows is described again, and begins at a keyframe."""
        self._ring = self._told = self._asked = None

    def _packets(self, ring: PacketRing) -> list[RingPacket]:
        self._go_on_if_late(ring)
        waiting = ring.read(self._cursor, _MOST_PACKETS)
        if waiting and waiting[0].number != self._cursor:  # what came between was dropped; a keyframe follows
            self._begin_at(waiting[0].number)
        if self._anew:
            while waiting and not waiting[0].packet.keyframe:
                self._cursor = waiting.pop(0).number + 1
        return waiting

    def _go_on_if_late(self, ring: PacketRing) -> None:
        span, first = ring.span_ns(), ring.read(self._cursor, 1)
        if span is None or not first:
            return
        late_ns = span[1] - first[0].packet.captured_ns
        if late_ns <= LATE_NS:
            return
        newest = ring.keyframe_at(EVER_NS)
        if newest is not None and newest > self._cursor:
            self._begin_at(newest)
            self.skips += 1
        elif late_ns > LATEST_NS and self._now_s() - self._began_s > CATCH_UP_S:
            self._begin_at(ring.read(self._cursor)[-1].number + 1)
            self.skips += 1

    def _begin_at(self, number: int) -> None:
        self._cursor, self._anew, self._began_s = number, True, self._now_s()

    def _message(self, waiting: list[RingPacket]) -> PacketMessage:
        sizes = 0
        chosen: list[RingPacket] = []
        for kept in takewhile(lambda kept: kept.stream is waiting[0].stream, waiting):
            sizes += len(kept.packet.data)
            if chosen and sizes > _MOST_BYTES:
                break
            chosen.append(kept)
        self._cursor, self._sent = chosen[-1].number + 1, self._sent + 1 & 0xFFFFFFFF
        packets = tuple(replace(kept.packet, captured_ns=shown_ns(kept.packet, kept.stream)) for kept in chosen)
        message = PacketMessage(self._sent, packets, self._asks(), self._anew)
        self._anew = False
        return message

    def _asks(self) -> bool:
        now_s = self._now_s()
        if self._asked is not None or now_s - self._asked_s < ASK_S:
            return False
        self._asked, self._asked_s = self._sent, now_s
        return True
