"""One open recorded file: its pictures by number, decoded from the nearest keyframe or on from where decoding stands."""

from collections.abc import Iterator
from pathlib import Path

from av.codec.context import ThreadType
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from engine.model.errors import EnvironmentFault
from engine.model.time import EVER_NS
from engine.recording.footage.index import shown_ticks
from engine.recording.footage.opening import FootageOpener, OpenedFile
from engine.recording.opening import open_video

Numbered = tuple[int, VideoFrame]

_REORDERED = ("h264", "hevc")
_STRICTLY = {"err_detect": "explode"}


class _Doubt(Exception):
    """Something is damaged, and several threads decode."""


class FootageReader:
    """One thread at a time. A picture that does not decode is left out, and with it the rest of its group, which leans on it.

    FFmpeg would show something anyway: what it guesses is no evidence. A camera whose stream is never quite right shows as other players
    show it: where a file gives no picture at all so strictly, it is read once more without.

    Several threads decode pictures of one file at once, each a part of the way behind the other. Which picture was damaged is told late
    then, so that at the first doubt it is all decoded again by one.

    Attributes:
        index: the file's pictures. decoded: how many were, for figures. threads: how many decode.
    """

    def __init__(self, path: Path, opened: OpenedFile | None = None, threads: int = 1) -> None:
        """`opened`: the file, if it is open; the reader's from now on. Raises EnvironmentFault: it does not play at all."""
        self._path = path
        opened = opened or FootageOpener().open(path)
        self._container, self._stream, self.index = opened.container, opened.stream, opened.index
        self.threads = threads
        self._strict = True
        self._alone = threads == 1
        self._decode_by(threads)
        self._by_order = False
        self._given = 0
        self.decoded = 0
        self._broken = range(0)  # numbers of pictures that lean on one that is damaged
        self._pictures: Iterator[Numbered] = iter(())
        self._held: Numbered | None = None
        self._next = -1  # number of the picture that decoding on would give; -1: it would give none

    @property
    def size(self) -> tuple[int, int]:
        """Of its pictures, as its headers say."""
        return self._stream.codec_context.width, self._stream.codec_context.height

    def ahead_of(self, number: int) -> int:
        """How many pictures have to be decoded for one."""
        key = int(self.index.keys[self.index.key_of(number)])
        return number + 1 - (self._next if key <= self._next <= number else key)

    def until(self, number: int) -> Iterator[Numbered]:
        """Pictures in order, up to `number`: from where decoding stands, or from the keyframe before it where that is nearer.

        The last one is `number` itself, unless that is damaged. A later call ends an earlier one.
        """
        last = -1
        try:
            for last, frame in self._until(number):
                yield last, frame
        except _Doubt:
            if not self._again(strict=True):
                return
            for found, frame in self._until(number):
                if found > last:
                    last = found
                    yield found, frame
        if last < 0 and self._strict and not self._given and self._again(strict=False):
            yield from self._until(number)

    def _until(self, number: int) -> Iterator[Numbered]:
        index = self.index
        key = index.key_of(number)
        if not int(index.keys[key]) <= self._next <= number:
            self._start(key)
        while (found := self._take_picture()) is not None:
            if found[0] > number:
                self._held = found
                return
            yield found
            if found[0] == number:
                return

    def group(self, number: int) -> Iterator[Numbered]:
        """Pictures in order from the keyframe before `number` to `number`."""
        self._next = -1
        return self.until(number)

    def close(self) -> None:
        self._pictures = iter(())
        self._held = None
        # Freeing a decoder waits for its threads and holds Python's lock, for which one that has something to say waits in turn: for
        # ever. Flushing waits for them without it.
        self._stream.codec_context.flush_buffers()
        self._container.close()

    def _again(self, strict: bool) -> bool:
        """Open the file anew, for one thread; not strictly: to take what FFmpeg makes of it."""
        self.close()
        try:
            self._container, self._stream = open_video(self._path, "recording")
        except EnvironmentFault:
            return False
        self._strict, self._next, self._alone = strict, -1, True
        self._decode_by(1)
        return True

    def _decode_by(self, threads: int) -> None:
        codec = self._stream.codec_context
        if threads > 1:
            codec.thread_type, codec.thread_count = ThreadType.FRAME, threads
        if self._strict:
            codec.options = _STRICTLY

    def _take_picture(self) -> Numbered | None:
        found, self._held = self._held or next(self._pictures, None), None
        self._next = -1 if found is None else found[0] + 1
        return found

    def _start(self, key: int) -> None:
        self._held = None
        first = int(self.index.keys[key])
        self._broken = range(0)
        self._pictures = self._numbered(self._packets(key), first)
        self._next = first

    def _numbered(self, packets: "Iterator[Packet[VideoStream]]", first: int) -> Iterator[Numbered]:
        """Pictures before the keyframe, of an open group, lean on what was not decoded: they are left out."""
        last = first - 1
        for packet in packets:
            for frame in self._decoded(packet, last):
                number = self._number(frame, last)
                if number is not None and number > last and number not in self._broken:
                    last = number
                    self._given += 1
                    yield number, frame

    def _decoded(self, packet: "Packet[VideoStream]", last: int) -> list[VideoFrame]:
        """What comes of a packet when all up to `last` was given. After damage nothing can be trusted until the next keyframe."""
        try:
            frames = packet.decode()
        except FFmpegError as error:
            if not self._alone:
                raise _Doubt from error
            ticks = shown_ticks(packet)
            self._broken = range(last + 1, self.index.group_end(last + 1 if ticks is None else self.index.number_of(ticks)))
            return []
        self.decoded += len(frames)
        return frames

    def _number(self, frame: VideoFrame, last: int) -> int | None:
        ticks = shown_ticks(frame)
        if ticks is None:
            return None
        number = self.index.number_of(ticks)
        if self._misled(frame, number, last):
            return last + 1
        if frame.is_corrupt and self._strict:
            if not self._alone:
                raise _Doubt
            self._broken = range(number, self.index.group_end(number))
        return number if self.index.ticks[number] == ticks else None

    def _misled(self, frame: VideoFrame, number: int, last: int) -> bool:
        """Some containers, as AVI, tell only when pictures are decoded. Decoders give them in the order in which they are shown: where a
        picture between others comes though the file knows of no such order, it is the order that is right."""
        if not self._by_order and self.index.in_order and not self._broken:
            between = frame.pict_type == PictureType.B and self._stream.codec_context.name in _REORDERED
            self._by_order = between and number != last + 1
        return self._by_order and not frame.key_frame

    def _packets(self, key: int) -> "Iterator[Packet[VideoStream]]":
        """From a keyframe on. Files without an index of their own cannot always be entered in the middle: those are read from the start."""
        dts = int(self.index.key_dts[key])
        packets = self._enter(dts)
        found = _drop_before(packets, dts)
        if found is None or found.dts != dts:
            packets = self._enter(None)
            found = _drop_before(packets, dts)
        if found is not None:
            yield found
            yield from packets

    def _enter(self, dts: int | None) -> "Iterator[Packet[VideoStream]]":
        """None: at the very start."""
        try:
            if dts is not None:
                self._container.seek(dts, stream=self._stream, backward=True)
            else:
                self._container.seek(0)
        except FFmpegError:
            return iter(())
        return _readable(self._container.demux(self._stream))


def _drop_before(packets: "Iterator[Packet[VideoStream]]", dts: int) -> "Packet[VideoStream] | None":
    """The first packet that is not before a time."""
    for packet in packets:  # not a generator of its own, which would end the other with it
        if _decoded_at(packet) >= dts:
            return packet
    return None


def _decoded_at(packet: "Packet[VideoStream]") -> int:
    known = packet.dts if packet.dts is not None else packet.pts
    return -EVER_NS if known is None else known


def _readable(packets: "Iterator[Packet[VideoStream]]") -> "Iterator[Packet[VideoStream]]":
    """Until the end, or until the file is damaged."""
    try:
        yield from packets
    except FFmpegError:
        return
