"""Moving pictures as sources hand them over, free of any decoder's types."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.model.health import CameraState
from engine.model.value_class import dataclass

Bytes2D = npt.NDArray[np.uint8]

PACKET_CODECS = frozenset({"h264", "hevc"})  # by FFmpeg's names; an engine passes such streams on as they came


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What a stream turned out to be, known once it is open.

    Attributes:
        codec: FFmpeg's name (`h264`, `hevc`, `mjpeg`); empty for raw pictures, which come without packets.
        extradata: codec set-up bytes for remuxing. time_base: seconds per packet time unit, as (numerator, denominator).
        fps: nominal; 0 when the stream does not say.
    """

    codec: str
    width: int
    height: int
    fps: float
    time_base: tuple[int, int] = (1, 90_000)
    extradata: bytes = b""


@dataclass(frozen=True, slots=True)
class DecoderInfo:
    """What decodes a stream: `software` or the name of a device; `reason`: why it is not what was set, as a sentence."""

    name: str
    reason: str = ""


SOFTWARE = DecoderInfo("software")


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPacket:
    """One compressed picture as received. `pts`, `dts`, `duration` in the stream's time base; `captured_ns` is UTC on arrival."""

    data: bytes
    pts: int
    dts: int
    duration: int
    keyframe: bool
    captured_ns: int


class DecodedFrame(Protocol):
    """One decoded picture. Conversions cost time and memory each call; they may be made from any thread while the frame is referenced."""

    @property
    def captured_ns(self) -> int: ...

    @property
    def index(self) -> int:
        """Counts this camera's decoded frames from 0, across reconnects."""
        ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    def luma(self) -> Bytes2D:
        """(height, width) uint8 brightness; a view where possible, so do not write."""
        ...

    def bgr(self, width: int, height: int) -> Bytes2D:
        """(height, width, 3) uint8, scaled, C-contiguous, owned by the caller."""
        ...

    def bgra(self, width: int, height: int) -> Bytes2D:
        """(height, width, 4) uint8 with alpha 255, scaled, C-contiguous, owned by the caller."""
        ...


class CaptureSink(Protocol):
    """Takes what one capture thread reads, on that thread and in order. Every call must return within a few milliseconds."""

    def on_stream(self, camera_id: str, info: StreamInfo) -> None:
        """A connection was made; also after each reconnect."""
        ...

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None:
        """Every packet of the stream, in decode order."""
        ...

    def on_frame(self, camera_id: str, frame: DecodedFrame) -> None: ...

    def on_state(self, camera_id: str, state: CameraState, reason: str, fault: str) -> None:
        """The state changed. `reason` is a sentence without credentials, `fault` its word (`CameraHealth.fault`)."""
        ...
