"""What a new connection has waiting: FFmpeg decodes some pictures before it calls a stream open, and many cameras send a whole group of
pictures at once to who comes anew. All of that is older than the moment at which it is read."""

from collections import deque
from collections.abc import Callable

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND, Clock
from engine.sources.camera.stream import Packet

_MOST = 600  # packets: 20 s at 30 fps
_MOST_UNTIMED = 5  # FFmpeg gives the first packet no time, and knows none in order of decoding before B-pictures have shown themselves
_LONGEST_STEP_NS = 2 * SECOND  # from one picture to the next; a longer one is a jump of the sender's clock


class Backlog:
    """The packets of one connection, those that were waiting told apart from those that come as they are sent. One thread.

    While packets are waiting, each is read much sooner after the one before than its own time says. The first one that is not has come
    live; it is known only once it is there, so the first picture of a connection is late by the time between two.

    Args:
        next_packet: blocks; None at the end. Raises EnvironmentFault.
        sent_ns: when a packet was sent as its sender counts, None where that is not known.
    """

    def __init__(self, next_packet: Callable[[], Packet | None], sent_ns: Callable[[Packet], int | None], clock: Clock) -> None:
        self._next_packet = next_packet
        self._sent_ns = sent_ns
        self._clock = clock
        self._packets: deque[tuple[Packet, int | None]] = deque()
        self._fault: EnvironmentFault | None = None

    def look(self) -> int | None:
        """Take in what waits, up to the first packet that is live. The least delay (arrival − sent, ns) of it; None when nothing waits."""
        untimed: list[Packet] = []
        timed: list[tuple[Packet, int]] = []
        least_ns, step_ns = 0, 0
        live: Packet | None = None
        while live is None and len(timed) < _MOST and (packet := self._read_ahead()) is not None:
            sent_ns = self._sent_ns(packet)
            if sent_ns is None:
                early = not timed and len(untimed) < _MOST_UNTIMED
                untimed, live = ([*untimed, packet], None) if early else (untimed, packet)
                continue
            delay_ns = self._clock.now_ns() - sent_ns
            if timed:
                step_ns = step_ns or _step(sent_ns - timed[0][1])
                live = None if _had_waited(sent_ns - timed[-1][1], least_ns - delay_ns) else packet
            if live is None:
                timed.append((packet, sent_ns))
                least_ns = delay_ns
        self._packets.extend(_with_send_times(untimed, timed, step_ns) + ([] if live is None else [(live, None)]))
        return least_ns if step_ns else None

    def next(self) -> tuple[Packet | None, int | None]:
        """The next packet, None at the end; when it was sent, if it had waited. Raises EnvironmentFault."""
        if self._packets:
            return self._packets.popleft()
        if self._fault is not None:
            raise self._fault
        return self._next_packet(), None

    def _read_ahead(self) -> Packet | None:
        """A fault is kept until what came before it was given out."""
        try:
            return self._next_packet()
        except EnvironmentFault as fault:
            self._fault = fault
            return None


def _step(step_ns: int) -> int:
    """The time between two pictures; 0 for what is none."""
    return step_ns if 0 < step_ns <= _LONGEST_STEP_NS else 0


def _had_waited(step_ns: int, sooner_ns: int) -> bool:
    """Whether a packet that was read so much sooner after the one before than it was sent after it was there already."""
    return bool(_step(step_ns)) and sooner_ns > step_ns // 2


def _with_send_times(untimed: list[Packet], timed: list[tuple[Packet, int]], step_ns: int) -> list[tuple[Packet, int | None]]:
    """All that waited with the times at which it was sent: the untimed ones come before the others. Without a step nothing is known."""
    if not step_ns:
        return [(packet, None) for packet in (*untimed, *(packet for packet, _ in timed))]
    first_ns = timed[0][1] - step_ns * len(untimed)
    return [*((packet, first_ns + i * step_ns) for i, packet in enumerate(untimed)), *timed]
