"""The newest packets of one camera's streams as they were received, for viewers that decode them themselves.

Each stream is held from its newest keyframe on, so that a viewer who comes now sees a picture before the camera's next keyframe.
"""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import StrEnum

from engine.model.cameras.frame import PACKET_CODECS, EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.ring import PacketRing
from engine.runtime.cameras.pictures import MAIN_FRESH_NS

ONLY, MAIN, SUB = "only", "main", "sub"
_MOST_BYTES = 32 << 20  # of a stream: ten seconds between keyframes at 25 Mbit/s
_OVERLAP_NS = SECOND  # a group of pictures stays so long after the next began, for viewers that are a little behind


class NoPackets(StrEnum):
    """Why a viewer gets pictures, not packets."""

    PRIVATE = "privacy"
    FACES_HIDDEN = "faces_hidden"
    RAW = "raw"
    CODEC = "codec"
    DECODER = "no_decoder"
    NOT_YET = "not_yet"


HIDDEN = frozenset({NoPackets.PRIVATE, NoPackets.FACES_HIDDEN})
"""For which nothing that came before may be seen any more."""

NO_PACKETS_WORDS = {
    NoPackets.PRIVATE: "Parts of this camera's picture are private: it is sent as pictures in which they are burned.",
    NoPackets.FACES_HIDDEN: "Faces are hidden from this session: pictures are sent in which they are.",
    NoPackets.RAW: "This camera gives pictures, not an encoded stream.",
    NoPackets.CODEC: "This camera's stream is neither H.264 nor H.265.",
    NoPackets.DECODER: "The viewer does not decode this camera's stream.",
    NoPackets.NOT_YET: "No keyframe of this camera came yet.",
}


@dataclass(frozen=True, slots=True, eq=False)
class PacketSource:
    """What a viewer reads now. `stream`: `only`, `main` or `sub`. track_size: what boxes refer to; (0, 0): this stream's own pictures."""

    ring: PacketRing
    stream: str
    track_size: tuple[int, int] = (0, 0)


class PacketHub:
    """The packets of one camera, also across its units. Capture threads append; any thread reads.

    Attributes:
        track_size: of the pictures that boxes refer to.
    """

    def __init__(self) -> None:
        self._passing = threading.RLock()  # held while a viewer is given something: see `begin_anew`
        self._rings: dict[str, PacketRing] = {}
        self._raw: set[str] = set()
        self._private = False
        self._listeners: tuple[Callable[[str], None], ...] = ()
        self.track_size: tuple[int, int] = (0, 0)

    def on_stream(self, stream: str, info: StreamInfo) -> None:
        """A (new) connection."""
        with self._passing:
            if info.codec:
                self._raw.discard(stream)
                self._rings.setdefault(stream, PacketRing(_MOST_BYTES, _OVERLAP_NS)).on_stream(info)
            else:
                self._raw.add(stream)
                self._rings.pop(stream, None)
        self._tell(stream)

    def append(self, stream: str, packet: EncodedPacket) -> None:
        """On a capture thread, never of a camera with privacy areas."""
        ring = self._rings.get(stream)
        if ring is not None:
            ring.append(packet)
            self._tell(stream)

    def begin_anew(self, private: bool, streams: dict[str, StreamInfo]) -> None:
        """Nothing that came before is given to anybody from the moment this returns.

        Args:
            private: there are privacy areas from now on. streams: those that are connected.
        """
        with self._passing:
            self._private = private
            self._rings = {}
            self._raw = set()
            for stream, info in streams.items():
                self.on_stream(stream, info)
        self._tell("")

    @contextmanager
    def passing_on(self) -> Generator[None]:
        """What is judged and sent within this is sent before `begin_anew` returns. Must not wait for anything."""
        with self._passing:
            yield

    def choose(self, main: bool, codecs: frozenset[str]) -> PacketSource | NoPackets:
        """The stream for a viewer: the sub-stream, where there is one, unless `main` is wanted and comes.

        Args:
            codecs: what the viewer decodes, by FFmpeg's names.
        """
        with self._passing:
            if self._private:
                return NoPackets.PRIVATE
            stream = self._stream(main)
            ring, raw = self._rings.get(stream), bool(self._raw)
        info = ring.stream if ring is not None else None
        if ring is None or info is None:
            return NoPackets.RAW if raw else NoPackets.NOT_YET
        if info.codec not in PACKET_CODECS:
            return NoPackets.CODEC
        if info.codec not in codecs:
            return NoPackets.DECODER
        if ring.span_ns() is None:
            return NoPackets.NOT_YET
        return PacketSource(ring, stream, self.track_size if stream == MAIN else (0, 0))

    def listen(self, on_packet: Callable[[str], None]) -> None:
        """`on_packet` is called on capture threads with the stream of each new packet, empty when something else changed."""
        with self._passing:
            self._listeners = (*self._listeners, on_packet)

    def leave(self, on_packet: Callable[[str], None]) -> None:
        with self._passing:
            self._listeners = tuple(each for each in self._listeners if each != on_packet)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def _stream(self, main: bool) -> str:
        if ONLY in self._rings:
            return ONLY
        if not main or MAIN not in self._rings:
            return SUB
        newest = {stream: span[1] for stream, ring in self._rings.items() if (span := ring.span_ns()) is not None}
        return MAIN if newest.get(SUB, 0) - newest.get(MAIN, 0) <= MAIN_FRESH_NS else SUB

    def _tell(self, stream: str) -> None:
        for listener in self._listeners:
            listener(stream)
