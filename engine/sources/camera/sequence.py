"""One camera's pictures numbered and timed across connections, whatever each connection counted."""

from dataclasses import replace

from engine.model.cameras.frame import Bytes2D, DecodedFrame, EncodedPacket


class Sequence:
    """Times strictly rise; indices rise by one. One thread."""

    def __init__(self) -> None:
        self._next = 0
        self._frame_ns = 0
        self._packet_ns = 0

    @property
    def count(self) -> int:
        """Pictures so far."""
        return self._next

    def frame(self, frame: DecodedFrame) -> DecodedFrame:
        index, self._next = self._next, self._next + 1
        captured_ns = max(frame.captured_ns, self._frame_ns + 1)
        self._frame_ns = captured_ns
        return frame if (frame.index, frame.captured_ns) == (index, captured_ns) else _Numbered(frame, index, captured_ns)

    def packet(self, packet: EncodedPacket) -> EncodedPacket:
        if packet.captured_ns > self._packet_ns:
            self._packet_ns = packet.captured_ns
            return packet
        self._packet_ns += 1
        return replace(packet, captured_ns=self._packet_ns)


class _Numbered:
    """A frame under another number and time."""

    __slots__ = ("_frame", "captured_ns", "index")

    def __init__(self, frame: DecodedFrame, index: int, captured_ns: int) -> None:
        self._frame = frame
        self.index = index
        self.captured_ns = captured_ns

    @property
    def width(self) -> int:
        return self._frame.width

    @property
    def height(self) -> int:
        return self._frame.height

    def luma(self) -> Bytes2D:
        return self._frame.luma()

    def bgr(self, width: int, height: int) -> Bytes2D:
        return self._frame.bgr(width, height)

    def bgra(self, width: int, height: int) -> Bytes2D:
        return self._frame.bgra(width, height)
