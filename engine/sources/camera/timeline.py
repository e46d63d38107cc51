"""Stream time to UTC. A stream counts from anywhere, drifts, wraps and jumps; recorded time must run on smoothly and never go back."""

from engine.model.time import SECOND, Clock

_TOLERANCE_NS = SECOND // 2
_LEAK = 500e-6  # faster than any camera's crystal drifts (50 ppm), slower than anybody sees


class LiveTimeline:
    """Times of a live stream: smooth as the sender made them, never later than their arrival.

    Keeps the smallest delay seen between stream time and arrival (the estimator of network jitter buffers: the fastest packet met the
    least queueing), forgets it slowly to follow drift, and starts anew when arrival and stream differ by more than half a second:
    after a pause, a jump, a wrap of the counter or a step of the clock. One thread.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ns: int | None = None
        self._now_ns = 0

    def begin(self, delay_ns: int | None) -> None:
        """A new connection, by the least delay (arrival − stream time) among the packets that it had waiting; None: it had none."""
        self._offset_ns = delay_ns

    def waited(self, stream_ns: int) -> int:
        """UTC of a packet that came earlier than it is looked at now: as if it were looked at then."""
        if self._offset_ns is None:
            return self.arrived(stream_ns)
        self._now_ns = self._offset_ns + stream_ns
        return self._now_ns

    def arrived(self, stream_ns: int | None) -> int:
        """A packet with this stream time (its decode time) has just come; its UTC time."""
        now_ns = self._clock.now_ns()
        waited_ns, self._now_ns = now_ns - self._now_ns, now_ns
        if stream_ns is None:
            return now_ns
        delay_ns = now_ns - stream_ns
        if self._offset_ns is None or abs(delay_ns - self._offset_ns) > _TOLERANCE_NS:
            self._offset_ns = delay_ns
        else:
            self._offset_ns = min(self._offset_ns + round(waited_ns * _LEAK), delay_ns)
        return self._offset_ns + stream_ns

    def at(self, stream_ns: int | None) -> int:
        """UTC of a picture with this presentation time, decoded from packets that have arrived."""
        if stream_ns is None or self._offset_ns is None:
            return self._now_ns
        shown_ns = self._offset_ns + stream_ns
        return min(shown_ns, self._now_ns) if abs(shown_ns - self._now_ns) <= 2 * _TOLERANCE_NS else self._now_ns


class FileTimeline:
    """Times of a file: the moment it was opened plus its own time, so that they are as even as the file's. One thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ns: int | None = None

    def at(self, stream_ns: int) -> int:
        if self._offset_ns is None:
            self._offset_ns = self._clock.now_ns() - stream_ns
        return self._offset_ns + stream_ns

    def follow(self, stream_ns: int) -> None:
        """A paced file plays this moment now. Where the machine fell behind, or the clock was set ahead, later times move with it. Nothing
        that is played is of the future, as it would be where the machine fell behind by that much and then caught up."""
        now_ns = self._clock.now_ns()
        if not 0 <= now_ns - self.at(stream_ns) <= _TOLERANCE_NS:
            self._offset_ns = now_ns - stream_ns
