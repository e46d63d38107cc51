"""Which packets of a ring belong to one event, and in which files."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.model.cameras.frame import StreamInfo
from engine.model.settings import RecordingSettings
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass
from engine.recording.clips.clip_file import ClipFile, shown_ns
from engine.recording.ring import PacketRing, RingPacket

_PAUSE_NS = 2 * SECOND  # no picture for this long: the camera was lost, and a player must not show a frozen picture meanwhile
_BACK_NS = SECOND // 2  # the clock was set back by more than its own unrest
_GRACE_NS = 2 * SECOND  # how long after its end a cut waits for packets that are still under way


@dataclass(frozen=True, slots=True)
class Order:
    """Video wanted for an event. `transcoded`: the camera sends raw pictures."""

    event_id: str
    camera_id: str
    event_started_ns: int
    transcoded: bool = False


def continues(file: ClipFile, last: RingPacket, kept: RingPacket) -> bool:
    """Whether a packet goes into the file after the one that it has last; else something is missing between them, or has changed."""
    return (
        kept.number == last.number + 1
        and (kept.stream is last.stream or (kept.stream == last.stream and kept.packet.keyframe))
        and -_BACK_NS < kept.packet.captured_ns - last.packet.captured_ns < _PAUSE_NS
        and file.fits(kept.packet)
    )


class Cut:
    """Follows one ring for one event. A reconnection, a pause, lost packets or another picture size end a file; the rest of the event
    goes into a further one, beginning at a keyframe. The recording thread only, except `end_event`.

    Attributes:
        done: nothing more will be written. event_ended: `end_event` was called.
        no_more: set when the ring will get no further packets; what is in it is still taken.
    """

    def __init__(
        self, order: Order, ring: PacketRing, settings: RecordingSettings, make_file: Callable[[Order, StreamInfo], ClipFile]
    ) -> None:
        self.order = order
        self.done = False
        self.event_ended = False
        self.no_more = False
        self._ring = ring
        self._settings = settings
        self._make_file = make_file
        self._after_ns = seconds_to_ns(settings.after_s)
        self._longest_ns = seconds_to_ns(settings.longest_clip_s)
        wanted_ns = order.event_started_ns - seconds_to_ns(settings.before_s)
        self._end_ns = wanted_ns + self._longest_ns
        self._begun = False
        self._wanted_ns = wanted_ns
        self._cursor: int | None = None  # looked up when the first packets are there: raw pictures are encoded a little later
        self._file: ClipFile | None = None
        self._last: RingPacket | None = None

    def end_event(self, event_ended_ns: int) -> None:
        """The event is over; the cut ends `after_s` later. Any thread."""
        self.event_ended = True
        self._end_ns = min(self._end_ns, event_ended_ns + self._after_ns)

    def going_on(self, ring: PacketRing, transcoded: bool) -> "Cut":
        """What follows the same event in another ring from now on, to the same end."""
        following = Cut(replace(self.order, transcoded=transcoded), ring, self._settings, self._make_file)
        following.event_ended, following._end_ns = self.event_ended, self._end_ns
        return following

    def advance(self, now_ns: int) -> Iterator[ClipFile]:
        """Write what has come since the last call; yields files that have got all their packets. Raises EnvironmentFault."""
        for kept in self._news():
            self._cursor = kept.number + 1
            yield from self._take_packet(kept)
            if self.done:
                return
        if self.no_more or now_ns > self._end_ns + _GRACE_NS:
            yield from self._finish()

    def abandon(self) -> None:
        """Give up and leave no part file."""
        self.done = True
        self._drop()

    def _news(self) -> list[RingPacket]:
        if self._cursor is None:
            self._cursor = self._ring.keyframe_at(self._wanted_ns)
        return [] if self._cursor is None else self._ring.read(self._cursor)

    def _finish(self) -> Iterator[ClipFile]:
        self.done = True
        yield from self._release()

    def _take_packet(self, kept: RingPacket) -> Iterator[ClipFile]:
        if self._is_past_end(kept):
            yield from self._finish()
            return
        if self._file is not None and not self._continues(self._file, kept):
            if kept.packet.captured_ns <= self.order.event_started_ns:
                self._drop()  # it holds nothing of the event, and the next one begins before it too
            yield from self._release()
        if self._file is not None or kept.packet.keyframe:
            self._write_packet(kept)

    def _is_past_end(self, kept: RingPacket) -> bool:
        """The pictures between the last one written and this are all there too: B-pictures come after the later one they lean on."""
        last_shown_ns = self._file.ended_ns if self._file is not None else 0
        return kept.packet.captured_ns > self._end_ns and shown_ns(kept.packet, kept.stream) > last_shown_ns

    def _write_packet(self, kept: RingPacket) -> None:
        if self._file is None:
            self._file = self._make_file(self.order, kept.stream)
        if not self._begun:
            self._begun = True
            self._end_ns = min(self._end_ns, kept.packet.captured_ns + self._longest_ns)
        self._last = kept
        self._file.write(kept.packet)

    def _continues(self, file: ClipFile, kept: RingPacket) -> bool:
        return self._last is not None and continues(file, self._last, kept)

    def _release(self) -> Iterator[ClipFile]:
        file, self._file = self._file, None
        if file is not None:
            yield file

    def _drop(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.abandon()
