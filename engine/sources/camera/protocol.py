"""What every kind of camera looks like to the thread that reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from engine.model.cameras.frame import SOFTWARE, DecodedFrame, DecoderInfo, EncodedPacket, StreamInfo
from engine.model.value_class import dataclass

STALL_S = 1.8
"""A camera that gave no picture for this long is lost: so that it is told within two seconds, FFmpeg's tenth for noticing included."""


class EndOfStream(Exception):
    """A source that plays once has come to its end."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one read gave; often nothing, for instance while waiting for a whole picture.

    Attributes:
        packet: as received; None for raw pictures.
        frames: pictures finished by this read, in display order.
        info: the stream has changed (picture size) and this describes it from now on, this reading included.
        clock_ahead_ns: how far the sender's own clock is ahead of ours; None where it does not say what time it is.
        decoder: what decodes now.
        place_ns: of a file, where in it this packet stands, by the file's own count; None of everything else.
    """

    packet: EncodedPacket | None = None
    frames: tuple[DecodedFrame, ...] = ()
    info: StreamInfo | None = None
    clock_ahead_ns: int | None = None
    place_ns: int | None = None
    decoder: DecoderInfo = SOFTWARE


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file its picture was at `at_s` of the monotonic counter."""

    place_ns: int
    at_s: float


class FrameSource(Protocol):
    """One connection to one camera: opened once, read, closed once. Used by one thread, except `interrupt`."""

    def open(self) -> StreamInfo:
        """Connect and learn what comes. Takes as long as the camera does, a few seconds at most.

        Raises:
            EnvironmentFault: not there, refused, wrong credentials, nothing that can be decoded.
            InputError: the address makes no sense.
        """
        ...

    def read(self) -> Reading:
        """Wait for the next piece. Returns or raises within `STALL_S`, or within the stream's own picture interval if that is longer.

        Frames carry a time from the clock; their index counts this connection's frames.

        Raises:
            EndOfStream: nothing more will come, as expected.
            EnvironmentFault: the connection broke or stalled.
        """
        ...

    def interrupt(self) -> None:
        """From any thread, also before `open`: blocked calls return or raise at once, and so do all later ones."""
        ...

    def close(self) -> None:
        """Free everything. Safe after a failed `open`, and twice."""
        ...


@runtime_checkable
class DecodesOnRequest(Protocol):
    """A source that can pass packets on without spending time on decoding them."""

    decoding: bool


SimulatedFactory: TypeAlias = Callable[[str], FrameSource]
"""Makes the simulated camera that a `simulated:` URL names."""

Judge: TypeAlias = Callable[[Path], None]
"""Asked of each file just before a source opens it; raises InputError where it may not."""


def any_path(_path: Path) -> None:
    """The `Judge` of whoever reads files of their own."""
